import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { Counter } from "../../counter.ts";
import { Registry } from "../../registry.ts";
import { ValueLimit } from "../../series/value_limit.ts";

Deno.test("ValueLimit.apply() returns values up to the limit as they are", () => {
  const limit = new ValueLimit("x");
  assertEquals(limit.apply("x".repeat(1024)), "x".repeat(1024));
  assertEquals(new ValueLimit("x", 30).apply("x".repeat(30)).length, 30);
  assertEquals(new ValueLimit("x", Infinity).apply("x".repeat(1e6)).length, 1e6);
  assertEquals(limit.shortened, 0);
});

Deno.test("ValueLimit.apply() keeps the start of a longer value, and counts it", () => {
  const limit = new ValueLimit("x");
  const short = limit.apply("x".repeat(1025));
  assertEquals(short.length, 1024);
  assertMatch(short, /^x{1009}…[0-9a-f]{14}$/);
  assertEquals(limit.apply("x".repeat(1025)), short);
  assertEquals(limit.shortened, 2);
});

Deno.test("ValueLimit.apply() keeps values different that differ anywhere or in their length", () => {
  const limit = new ValueLimit("x", 30);
  const start = "x".repeat(100);
  const values = Array.from({ length: 20_000 }, (_, i) => `${start}${i}${start}`);
  for (let i = 31; i < 1000; i++) values.push("y".repeat(i), "\0".repeat(i));
  values.push("z".repeat(100_000), "z".repeat(100_001));
  assertEquals(new Set(values.map((value) => limit.apply(value))).size, values.length);
});

Deno.test("a label value that is too long is shortened and counted", async () => {
  const registry = new Registry();
  const options = { labels: ["path"], maxLabelValueLength: 40, maxSeries: 2 } as const;
  const requests = registry.register(new Counter("requests_total", "", options));
  const path = `/${"a".repeat(100)}`;
  requests.labels({ path }).inc();
  requests.labels(path).inc();
  requests.labels(`${path}b`).inc();
  requests.labels("/").inc();
  using exposition = await registry.expose();
  const lines = exposition.text().split("\n").filter((line) => /^requests|shortened/.test(line));
  assertEquals(lines.map((line) => line.replace(/…[0-9a-f]{14}/, "…HASH")), [
    "# HELP exporter_label_values_shortened_total How often a label value of an instrument was too long and has been shortened.",
    "# TYPE exporter_label_values_shortened_total counter",
    'exporter_label_values_shortened_total{metric="requests_total"} 3',
    `requests_total{path="/${"a".repeat(24)}…HASH"} 2`,
    `requests_total{path="/${"a".repeat(24)}…HASH"} 1`,
    'requests_total{path="other"} 1',
  ]);
  assertEquals(requests.remove(path), true);
  assertEquals(requests.remove(path), false);
});

Deno.test("a declared label value is not shortened", async () => {
  const path = "a".repeat(100);
  const counter = new Counter("c_total", "", { labels: { path: [path] }, maxLabelValueLength: 30 });
  const registry = new Registry();
  registry.register(counter).labels({ path }).inc();
  using exposition = await registry.expose();
  assertEquals(/^c_total.*$/m.exec(exposition.text())?.[0], `c_total{path="${path}"} 1`);
});

Deno.test("a character that is cut in two is replaced", async () => {
  const registry = new Registry();
  const options = { labels: ["path"], maxLabelValueLength: 30 } as const;
  registry.register(new Counter("c_total", "", options)).labels("x".repeat(14) + "🥪".repeat(20))
    .inc();
  using exposition = await registry.expose();
  assertMatch(exposition.text(), /^c_total\{path="x{14}\uFFFD…[0-9a-f]{14}"\} 1$/m);
});

for (
  const [length, error] of [[29, RangeError], [30.5, RangeError], [NaN, RangeError], [
    "30",
    TypeError,
  ]] as const
) {
  Deno.test(`an instrument rejects maxLabelValueLength ${JSON.stringify(length)}`, () => {
    assertThrows(
      () => new Counter("c_total", "", { maxLabelValueLength: length as number }),
      error,
      'Cannot create counter "c_total": expected maxLabelValueLength to be an integer of 30 or more, got ',
    );
  });
}
