import {
  assertEquals,
  assertNotStrictEquals,
  assertRejects,
  assertStrictEquals,
} from "@std/assert";
import { gunzipSync } from "node:zlib";
import { DEFAULT_VARIANT, type FormatVariant } from "../../encode/format.ts";
import { Metric } from "../../metric.ts";
import { gatheringSteps, Registry } from "../../registry.ts";
import { Gate } from "../../serve/gate.ts";
import { Scrape } from "../../serve/scrape.ts";

const OPENMETRICS: FormatVariant = {
  format: "openmetrics",
  version: "1.0.0",
  escaping: "underscores",
};

const FILTER = { names: new Set(["a_b"]) };

function scrape(gate = new Gate(4)): Scrape {
  const registry = new Registry();
  registry.register({ collect: () => [new Metric("a_b", { type: "gauge" })] });
  const { collect, merge } = gatheringSteps(registry);
  return new Scrape({
    collect: (signal) => collect({ filter: FILTER, signal }),
    merge,
    write: (gathering, options) => registry.write(gathering, options),
    gate,
  });
}

Deno.test("Scrape.expose() encodes the gathered families", async () => {
  const text = await scrape().expose(DEFAULT_VARIANT, "identity");
  assertEquals(text.text(), "# TYPE a_b gauge\na_b 0\n");
  const openMetrics = await scrape().expose(OPENMETRICS, "gzip");
  assertEquals(
    new TextDecoder().decode(gunzipSync(openMetrics.bytes())),
    "# TYPE a_b gauge\na_b 0\n# EOF\n",
  );
});

Deno.test("Scrape.expose() distinguishes content codings", async () => {
  const shared = scrape();
  const encodings = [];
  for (const encoding of ["identity", "gzip", "identity"] as const) {
    encodings.push((await shared.expose(OPENMETRICS, encoding)).encoding);
  }
  assertEquals(encodings, ["identity", "gzip", "identity"]);
});

for (const encoding of ["identity", "gzip"] as const) {
  Deno.test(`Scrape.expose() encodes a format once with ${encoding}`, async () => {
    const shared = scrape();
    const [first, second] = await Promise.all([
      shared.expose(OPENMETRICS, encoding),
      shared.expose({ ...OPENMETRICS }, encoding),
    ]);
    assertStrictEquals(first.chunks, second.chunks);
  });

  Deno.test(`Scrape.expose() distinguishes formats with ${encoding}`, async () => {
    const shared = scrape();
    const text = await shared.expose(DEFAULT_VARIANT, encoding);
    const openMetrics = await shared.expose(OPENMETRICS, encoding);
    const dots = await shared.expose({ ...OPENMETRICS, escaping: "dots" }, encoding);
    const draft = await shared.expose({ ...OPENMETRICS, version: "0.0.1" }, encoding);
    assertNotStrictEquals(text.chunks, openMetrics.chunks);
    assertNotStrictEquals(openMetrics.chunks, dots.chunks);
    assertEquals(draft.contentType.includes("version=0.0.1"), true);
  });
}

Deno.test("Scrape.expose() waits for its turn if the scrape has a filter", async () => {
  const gate = new Gate(1);
  const blocker = Promise.withResolvers<void>();
  const first = gate.run(() => blocker.promise);
  const filtered = scrape(gate);
  const exposition = filtered.expose(DEFAULT_VARIANT, "identity");
  await new Promise((resolve) => setTimeout(resolve));
  assertEquals(filtered.isPending, true);
  blocker.resolve();
  await first;
  assertEquals((await exposition).text(), "# TYPE a_b gauge\na_b 0\n");
  assertEquals(filtered.isPending, false);
});

Deno.test("Scrape stops when all that use it have gone, and not before", async () => {
  const gate = new Gate(1);
  const blocker = Promise.withResolvers<void>();
  const first = gate.run(() => blocker.promise);
  const filtered = scrape(gate);
  const clients = [new AbortController(), new AbortController()];
  const uses = clients.map(({ signal }) =>
    filtered.use(signal, () => filtered.expose(DEFAULT_VARIANT, "identity"))
  );
  for (const use of uses) use.catch(() => {});
  await new Promise((resolve) => setTimeout(resolve));
  clients[0]!.abort(new Error("gone"));
  assertEquals(filtered.isPending, true);
  clients[1]!.abort(new Error("gone, too"));
  assertEquals(filtered.isPending, false);
  blocker.resolve();
  await first;
  await assertRejects(() => uses[1]!, Error, "gone, too");
});

Deno.test("Scrape.gather() shares the merged families with expositions", async () => {
  const shared = scrape();
  assertEquals(shared.gathering, undefined);
  const [first, second] = await Promise.all([shared.gather(), shared.gather()]);
  await shared.expose(DEFAULT_VARIANT, "identity");
  assertStrictEquals(first, second);
  assertStrictEquals(shared.gathering, first);
  assertEquals(first.families.map(({ name }) => name), ["a_b"]);
});
