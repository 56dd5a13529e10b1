import { assertEquals, assertNotStrictEquals, assertStrictEquals } from "@std/assert";
import { gunzipSync } from "node:zlib";
import { DEFAULT_VARIANT, type FormatVariant } from "../../encode/format.ts";
import { Metric } from "../../metric.ts";
import { Registry } from "../../registry.ts";
import { Scrape } from "../../serve/scraper.ts";

const OPENMETRICS: FormatVariant = {
  format: "openmetrics",
  version: "1.0.0",
  escaping: "underscores",
};

async function scrape(): Promise<Scrape> {
  const registry = new Registry();
  registry.register({ collect: () => [new Metric("a_b", { type: "gauge" })] });
  return new Scrape(registry, await registry.gather({ filter: { names: new Set(["a_b"]) } }));
}

Deno.test("Scrape.expose() encodes the gathered families", async () => {
  const text = await (await scrape()).expose(DEFAULT_VARIANT, "identity");
  assertEquals(text.text(), "# TYPE a_b gauge\na_b 0\n");
  const openMetrics = await (await scrape()).expose(OPENMETRICS, "gzip");
  assertEquals(
    new TextDecoder().decode(gunzipSync(openMetrics.bytes())),
    "# TYPE a_b gauge\na_b 0\n# EOF\n",
  );
});

Deno.test("Scrape.expose() distinguishes content codings", async () => {
  const shared = await scrape();
  const encodings = [];
  for (const encoding of ["identity", "gzip", "identity"] as const) {
    encodings.push((await shared.expose(OPENMETRICS, encoding)).encoding);
  }
  assertEquals(encodings, ["identity", "gzip", "identity"]);
});

for (const encoding of ["identity", "gzip"] as const) {
  Deno.test(`Scrape.expose() encodes a format once with ${encoding}`, async () => {
    const shared = await scrape();
    const [first, second] = await Promise.all([
      shared.expose(OPENMETRICS, encoding),
      shared.expose({ ...OPENMETRICS }, encoding),
    ]);
    assertStrictEquals(first.chunks, second.chunks);
  });

  Deno.test(`Scrape.expose() distinguishes formats with ${encoding}`, async () => {
    const shared = await scrape();
    const text = await shared.expose(DEFAULT_VARIANT, encoding);
    const openMetrics = await shared.expose(OPENMETRICS, encoding);
    const dots = await shared.expose({ ...OPENMETRICS, escaping: "dots" }, encoding);
    const draft = await shared.expose({ ...OPENMETRICS, version: "0.0.1" }, encoding);
    assertNotStrictEquals(text.chunks, openMetrics.chunks);
    assertNotStrictEquals(openMetrics.chunks, dots.chunks);
    assertEquals(draft.contentType.includes("version=0.0.1"), true);
  });
}
