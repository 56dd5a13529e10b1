import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { Exporter } from "../exporter.ts";
import { SILENT } from "../model/logger.ts";
import { httpProbe, tcpProbe } from "../probers.ts";
import { Registry } from "../registry.ts";
import { RawTarget } from "./support/raw_target.ts";

Deno.test("httpProbe() and tcpProbe() are modules of an exporter", async () => {
  await using target = new RawTarget("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  await using exporter = new Exporter({
    ...{ configFile: false, registry: new Registry(), logger: SILENT },
  });
  exporter.probe("/probe", { web: httpProbe(), port: tcpProbe() }, { targets: ["127.0.0.1"] });
  for (const [module, metric] of [["web", "probe_http_status_code 200"], ["port", "probe_ip"]]) {
    const url = `http://localhost/probe?module=${module}&target=${target.host}`;
    const text = await (await exporter.fetch(new Request(url))).text();
    assertStringIncludes(text, "probe_success 1\n");
    assertStringIncludes(text, metric!);
  }
});

Deno.test("httpProbe() and tcpProbe() check their options at once", () => {
  assertThrows(() => httpProbe({ methd: "GET" } as object), TypeError, 'did you mean "method"?');
  assertThrows(() => tcpProbe({ queryResponse: [{ expect: "(" }] }), SyntaxError);
  assertEquals(typeof httpProbe(), "function");
});
