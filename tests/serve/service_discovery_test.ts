import { assertEquals } from "@std/assert";
import { Exporter } from "../../exporter.ts";
import { SILENT } from "../../model/logger.ts";
import type { ProbeOptions } from "../../probe.ts";
import { Registry } from "../../registry.ts";

function create(options: { externalUrl?: string } = {}): Exporter {
  return new Exporter({
    ...{ configFile: false, registry: new Registry(), logger: SILENT },
    ...options,
  });
}

async function discover(exporter: Exporter, query = ""): Promise<unknown> {
  const response = await exporter.fetch(new Request(`http://exporter.example:9999/sd${query}`));
  assertEquals(response.status, 200);
  assertEquals(response.headers.get("content-type"), "application/json");
  return await response.json();
}

const WEB: ProbeOptions = {
  discover: [
    { targets: ["https://a.example", "https://b.example"], module: "web", labels: { team: "x" } },
    { targets: ["c.example:22"] },
  ],
};

Deno.test("discoveryReply() lists every target with all that Prometheus needs", async () => {
  await using exporter = create();
  exporter.probe("/probe", () => {}, WEB);
  const group = (target: string, labels: Record<string, string>) => ({
    targets: ["exporter.example:9999"],
    labels: {
      __scheme__: "http",
      __metrics_path__: "/probe",
      __param_target: target,
      instance: target,
      ...labels,
    },
  });
  assertEquals(await discover(exporter), [
    group("https://a.example", { __param_module: "web", team: "x" }),
    group("https://b.example", { __param_module: "web", team: "x" }),
    group("c.example:22", {}),
  ]);
});

Deno.test("discoveryReply() restricts by module and by path", async () => {
  await using exporter = create();
  exporter.probe("/probe", () => {}, WEB).probe("/other", () => {}, {
    resolve: false,
    discover: () => Promise.resolve([{ targets: ["device 7"], labels: { instance: "seven" } }]),
  });
  const instances = async (query: string) =>
    (await discover(exporter, query) as { labels: { instance: string } }[])
      .map(({ labels }) => labels.instance);
  assertEquals(await instances("?module=web"), ["https://a.example", "https://b.example"]);
  assertEquals(await instances("?path=/other"), ["seven"]);
  assertEquals((await instances("")).length, 4);
});

Deno.test("discoveryReply() uses the URL as seen from outside", async () => {
  await using exporter = create({ externalUrl: "https://outside.example/exporter/" });
  exporter.probe("/probe", () => {}, { discover: [{ targets: ["a.example"] }] });
  const request = new Request("http://127.0.0.1:9999/exporter/sd");
  const [{ targets, labels }] = await (await exporter.fetch(request)).json();
  assertEquals(targets, ["outside.example:443"]);
  assertEquals(labels.__scheme__, "https");
  assertEquals(labels.__metrics_path__, "/exporter/probe");
});

Deno.test("discoveryReply() is not there without targets", async () => {
  await using exporter = create();
  exporter.probe("/probe", () => {});
  const request = new Request("http://exporter.example:9999/sd");
  assertEquals((await exporter.fetch(request)).status, 404);
});

Deno.test("discoveryReply() answers invalid targets of a function with status 500", async () => {
  await using exporter = create();
  exporter.probe("/probe", () => {}, { discover: () => [{ targets: [""] }] });
  const request = new Request("http://exporter.example:9999/sd");
  assertEquals((await exporter.fetch(request)).status, 500);
});
