import { assert, assertEquals, assertFalse, assertStringIncludes } from "@std/assert";
import { Counter } from "../../counter.ts";
import { Metric } from "../../metric.ts";
import { deadlineIn } from "../../model/deadline.ts";
import { Registry } from "../../registry.ts";
import { type DebuggedScrape, debugText } from "../../status/debug.ts";

const METRIC = new Metric("a", { type: "gauge", value: 1 });

async function debug(
  registry: Registry,
  options: Partial<DebuggedScrape> & { seconds?: number; exclude?: string[] } = {},
): Promise<string> {
  const { seconds = 10, exclude = [], ...more } = options;
  const gathering = await registry.gather({ deadline: deadlineIn(seconds), filter: { exclude } });
  return debugText({
    ...{ exporter: "doors 1.2.3", query: "", contentType: "text/plain", encoding: "gzip" },
    ...{ bytes: 1234, duration: 0.5, timeout: 9.5, gathering, isDetailed: true },
    collectors: registry.collectorNames(),
    ...more,
  });
}

/** The line about a collector, with single spaces and without the duration. */
function lineOf(text: string, name: string): string {
  const line = text.split("\n").find((line) => line.startsWith(`${name} `)) ?? "";
  return line.replaceAll(/ +/g, " ").replaceAll(/\d+\.\d{3} s/g, "T");
}

Deno.test("debugText() tells about the response", async () => {
  const text = await debug(new Registry(), { query: "collect%5B%5D=doors&floor=1" });
  assertEquals(text.split("\n\n")[1]!.replace(/time .*/, "time      …").split("\n"), [
    "exporter  doors 1.2.3",
    "time      …",
    "took      0.500 s of 9.500 s",
    "query     collect[]=doors & floor=1",
    "format    text/plain",
    "encoding  gzip",
    "bytes     1234",
    "samples   2",
    "families  2",
  ]);
});

Deno.test("debugText() distinguishes runs, results of the cache, failures and what was left out", async () => {
  const registry = new Registry();
  let fails = false;
  const breaking = () => {
    if (fails) throw new RangeError("no\n disk");
    return [METRIC];
  };
  registry.register({ collect: () => [METRIC] }, { name: "fresh" });
  registry.register({ collect: () => [METRIC] }, { name: "cached", ttl: 60 });
  registry.register({ collect: breaking }, { name: "broken" });
  registry.register({ collect: breaking }, { name: "stale", ttl: 1e-9, maxStale: 60 });
  registry.register({ collect: () => [METRIC] }, { name: "other" });
  const first = await debug(registry);
  assertEquals(lineOf(first, "cached"), "cached ran T T 1");
  fails = true;
  const text = await debug(registry, { exclude: ["other"] });
  assertEquals(["fresh", "cached", "broken", "stale", "other"].map((name) => lineOf(text, name)), [
    "fresh ran T - 1",
    "cached cached T T 1",
    "broken failed T - 0 RangeError: no disk",
    "stale failed, stale T T 1 RangeError: no disk",
    "other skipped - - -",
  ]);
});

Deno.test("debugText() has one line for all collectors without a name, and one for each that fails", async () => {
  const registry = new Registry();
  registry.register({ collect: () => [METRIC] });
  registry.register({ collect: () => [new Metric("b"), new Metric("c")] });
  registry.register({
    collect: () => {
      throw new TypeError("no");
    },
  });
  const text = await debug(registry);
  assertEquals(lineOf(text, "(2 without a name)"), "(2 without a name) ran T - 3");
  assertEquals(lineOf(text, "(without a name)"), "(without a name) failed T - 0 TypeError: no");
});

Deno.test("debugText() tells which collectors were not done in time", async () => {
  const registry = new Registry();
  registry.register({ collect: () => new Promise(() => {}) }, { name: "slow" });
  const text = await debug(registry, { seconds: 0.01 });
  assertStringIncludes(lineOf(text, "slow"), "slow timed out T - 0 TimeoutError: ");
});

Deno.test("debugText() has only the classes of errors for those who may not know more", async () => {
  const registry = new Registry();
  registry.register({
    collect: () => {
      throw new TypeError("secret");
    },
  }, { name: "c" });
  const text = await debug(registry, { isDetailed: false });
  assertFalse(text.includes("secret"));
  assertEquals(lineOf(text, "c"), "c failed T - 0 TypeError, see the log");
});

Deno.test("debugText() has messages without passwords", async () => {
  const registry = new Registry();
  registry.register({
    collect: () => {
      throw new Error("refused by http://a:secret@host/");
    },
  }, { name: "c" });
  assertStringIncludes(await debug(registry), "Error: refused by http://…@host/");
});

Deno.test("debugText() tells about duplicates, conflicts and limits", async () => {
  const registry = new Registry();
  const options = { labels: ["id"], maxSeries: 1 } as const;
  const jobs = registry.register(new Counter("jobs_total", "Jobs.", options));
  for (let i = 0; i < 3; i++) jobs.labels(String(i)).inc();
  registry.register({ collect: () => [METRIC, METRIC] }, { name: "twice" });
  registry.register({ collect: () => [new Metric("a", { type: "counter" })] }, { name: "other" });
  const lines = (await debug(registry)).split("\n");
  assertEquals(lines.slice(lines.lastIndexOf("") + 1), [
    "left out: 1 duplicate samples of twice, such as a",
    "left out: family a of other, which conflicts with another one",
    'limit hit since the start: exporter_series_dropped_total{metric="jobs_total"} 2',
  ]);
});

Deno.test("debugText() creates no samples of series in blocks", async () => {
  const registry = new Registry();
  const collect = () =>
    Array.from({ length: 1000 }, (_, i) => new Metric("b", { labels: { i: String(i) } }));
  registry.register({ collect }, { name: "c" });
  const gathering = await registry.gather();
  for (const { families } of gathering.outcomes) {
    for (const family of families) {
      Object.defineProperty(family, "samples", {
        get: () => {
          throw new Error("Samples were created");
        },
      });
    }
  }
  assert((await debug(registry, { gathering })).includes(" 1000"));
});
