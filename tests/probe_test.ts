import { assertEquals, assertRejects, assertStringIncludes, assertThrows } from "@std/assert";
import { Exporter } from "../exporter.ts";
import type { ExporterOptions } from "../exporter_options.ts";
import { SILENT } from "../model/logger.ts";
import type { Probe, ProbeOptions } from "../probe.ts";
import { Registry } from "../registry.ts";

function create(options: ExporterOptions = {}): Exporter {
  return new Exporter({
    configFile: false,
    registry: new Registry(),
    listenPort: 0,
    logger: SILENT,
    ...options,
  });
}

async function get(exporter: Exporter, path: string): Promise<[status: number, text: string]> {
  const response = await exporter.fetch(new Request(`http://localhost${path}`));
  return [response.status, await response.text()];
}

Deno.test("Exporter.probe() answers probes at a path, in a server of the program's own", async () => {
  await using exporter = create({ labels: { site: "north" } });
  exporter.probe("/probe", () => {}, { allowPrivate: true });
  const [status, text] = await get(exporter, "/probe?target=127.0.0.1");
  assertEquals(status, 200);
  assertStringIncludes(text, 'probe_success{site="north"} 1\n');
});

Deno.test("Exporter.probe() answers probes over its own server, under the prefix of its paths", async () => {
  await using exporter = create({ routePrefix: "/exporter" });
  exporter.probe("/probe", () => {}, { allowPrivate: true });
  await exporter.start();
  const response = await fetch(new URL("/exporter/probe?target=127.0.0.1", exporter.url));
  assertStringIncludes(await response.text(), "probe_success 1\n");
  for (const path of ["/probe", "/another1/probe"]) {
    const response = await fetch(new URL(`${path}?target=127.0.0.1`, exporter.url));
    assertEquals(response.status, 404);
    await response.text();
  }
});

Deno.test("Exporter.probe() can be called after the start", async () => {
  await using exporter = create();
  await exporter.start();
  exporter.probe("/a", () => {}, { allowPrivate: true });
  assertEquals((await get(exporter, "/a?target=127.0.0.1"))[0], 200);
  exporter.probe("/b", () => {});
  assertEquals((await get(exporter, "/b?target=127.0.0.1"))[0], 403);
});

Deno.test("Exporter.probe() counts requests by result among its metrics", async () => {
  await using exporter = create();
  exporter.probe("/probe", () => {}, { allowPrivate: true });
  await get(exporter, "/probe?target=127.0.0.1");
  await get(exporter, "/probe?target=127.0.0.1");
  await get(exporter, "/probe?target=169.254.169.254");
  const text = await exporter.export();
  assertStringIncludes(text, 'exporter_probe_requests_total{path="/probe",result="success"} 2\n');
  assertStringIncludes(text, 'exporter_probe_requests_total{path="/probe",result="refused"} 1\n');
  assertStringIncludes(text, 'exporter_probes_in_flight{path="/probe"} 0\n');
});

Deno.test("Exporter has no metrics about probes without a probe", async () => {
  await using exporter = create();
  assertEquals((await exporter.export()).includes("probe"), false);
});

for (const path of ["probe", "", "/", "/sd", "/metrics", "/-/ready", "/a b", "/a?b", "/../x"]) {
  Deno.test(`Exporter.probe() refuses the path "${path}"`, () => {
    assertThrows(() => create().probe(path, () => {}), RangeError, "Cannot add probe at ");
  });
}

Deno.test("Exporter.probe() refuses a path in use", () => {
  const exporter = create();
  exporter.probe("/probe", () => {});
  assertThrows(
    () => exporter.probe("/probe", () => {}),
    RangeError,
    'Cannot add probe at "/probe": path already in use',
  );
});

const WRONG: [what: string, options: unknown, message: string][] = [
  ["an unknown option", { target: [] }, 'unknown option "target", did you mean "targets"?'],
  ["targets", { targets: "a" }, 'expected targets to be a list or a function, got "a"'],
  ["allowPrivate", { allowPrivate: 1 }, "expected allowPrivate to be a list or a boolean, got 1"],
  ["discover", { discover: {} }, "expected discover to be a list or a function, got an object"],
  ["resolve", { resolve: 0 }, "expected resolve to be true or false, got 0"],
  ["timeout", { timeout: "5s" }, 'expected timeout to be more than 0 seconds, got "5s"'],
];

for (const [what, options, message] of WRONG) {
  Deno.test(`Exporter.probe() checks ${what}`, () => {
    assertThrows(
      () => create().probe("/probe", () => {}, options as ProbeOptions),
      TypeError,
      message,
    );
  });
}

Deno.test("Exporter.probe() checks the ranges of its options, and its function", () => {
  const exporter = create();
  assertThrows(() => exporter.probe("/a", () => {}, { timeout: 0 }), RangeError);
  assertThrows(() => exporter.probe("/a", () => {}, { maxConcurrent: 0.5 }), RangeError);
  for (const probe of [undefined, {}, { a: 1 }, "x", null]) {
    assertThrows(() => exporter.probe("/a", probe as unknown as Probe), TypeError);
  }
});

Deno.test("Exporter.start() refuses invalid patterns of targets", async () => {
  await using exporter = create();
  exporter.probe("/probe", () => {}, { targets: ["10.0.0.0/99"] });
  await assertRejects(() => exporter.start(), RangeError, 'Cannot allow targets "10.0.0.0/99"');
});
