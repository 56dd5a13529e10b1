import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { Counter } from "../../counter.ts";
import { Gauge } from "../../gauge.ts";
import { Histogram } from "../../histogram.ts";
import type { Instrument } from "../../instrument.ts";
import { Summary } from "../../summary.ts";
import { storeOf } from "../../instrument.ts";
import { familiesOf } from "../support/instrument.ts";

function series(instrument: Instrument): Record<string, number> {
  const samples = familiesOf(instrument).flatMap(({ samples }) => samples);
  return Object.fromEntries(samples.map(({ series, value }) => [series, value]));
}

const LRU = { labels: ["a"], maxSeries: 1, whenFull: "lru" } as const;

Deno.test("a kept child comes back with what it counts after its series was dropped", () => {
  const counter = new Counter("x_total", "", LRU);
  const kept = counter.labels("kept");
  kept.inc(5);
  counter.labels("other").inc();
  assertEquals(series(counter), { 'x_total{a="other"}': 1 });
  kept.inc(2);
  assertEquals(series(counter), { 'x_total{a="kept"}': 2 });
  kept.inc();
  assertEquals(series(counter), { 'x_total{a="kept"}': 3 });
  assertEquals(counter.dropped, 2);
});

Deno.test("labels() finds the dropped child that a program kept", () => {
  const counter = new Counter("x_total", "", LRU);
  const kept = counter.labels("kept");
  kept.inc(5);
  counter.labels("other");
  assertStrictEquals(counter.labels("kept"), kept);
  counter.labels("kept").inc();
  kept.inc();
  assertEquals(series(counter), { 'x_total{a="kept"}': 2 });
});

Deno.test("a kept child comes back after its series became too old", async () => {
  const counter = new Counter("x_total", "", { labels: ["a"], maxAge: 0.01 });
  const kept = counter.labels("kept");
  kept.inc(5);
  assertEquals(series(counter), { 'x_total{a="kept"}': 5 });
  await storeOf(counter).dropOutdated(); // notices the use
  await new Promise((resolve) => setTimeout(resolve, 20));
  await storeOf(counter).dropOutdated();
  assertEquals(series(counter), {});
  kept.inc(2);
  kept.inc();
  assertEquals(series(counter), { 'x_total{a="kept"}': 3 });
});

Deno.test("a dropped gauge keeps its value, so that decreases match increases", () => {
  const gauge = new Gauge("x", "", LRU);
  const kept = gauge.labels("kept");
  kept.inc();
  gauge.labels("other");
  kept.dec();
  assertEquals(series(gauge), { 'x{a="kept"}': 0 });
});

Deno.test("a dropped histogram and a dropped summary start from zero", () => {
  const histogram = new Histogram("x", "", { ...LRU, buckets: [1], native: {} });
  const summary = new Summary("y", "", LRU);
  const kept = [histogram.labels("kept"), summary.labels("kept")];
  for (const child of kept) child.observe(0.5);
  histogram.labels("other");
  summary.labels("other");
  for (const child of kept) child.observe(2);
  assertEquals(series(histogram), {
    'x_bucket{a="kept",le="1"}': 0,
    'x_bucket{a="kept",le="+Inf"}': 1,
    'x_sum{a="kept"}': 2,
    'x_count{a="kept"}': 1,
  });
  const { native } = familiesOf(histogram)[0]!.samples.at(-1)!.details!;
  assertEquals(native?.positive.deltas, [1]);
  assertEquals(series(summary), { 'y_sum{a="kept"}': 2, 'y_count{a="kept"}': 1 });
});

for (const end of ["remove", "clear"] as const) {
  Deno.test(`a dropped child does not come back after ${end}()`, () => {
    const counter = new Counter("x_total", "", LRU);
    const kept = counter.labels("kept");
    counter.labels("other");
    if (end === "remove") counter.remove("kept");
    else counter.clear();
    kept.inc();
    assertEquals('x_total{a="kept"}' in series(counter), false);
  });
}

Deno.test("a dropped child waits for room where no series may be dropped for it", async () => {
  const counter = new Counter("x_total", "", {
    labels: ["a"],
    maxSeries: 1,
    maxAge: 0.01,
    whenFull: "reject",
  });
  const kept = counter.labels("kept");
  await new Promise((resolve) => setTimeout(resolve, 20));
  await storeOf(counter).dropOutdated();
  counter.labels("other").inc();
  kept.inc(2);
  assertEquals(series(counter), { 'x_total{a="other"}': 1 });
  counter.remove("other");
  kept.inc();
  assertEquals(series(counter), { 'x_total{a="kept"}': 3 });
});

Deno.test("removed series leave no memory behind under whenFull lru", () => {
  const counter = new Counter("x_total", "", { labels: ["a"], maxSeries: 200, whenFull: "lru" });
  const churn = (count: number) => {
    for (let i = 0; i < count; i++) {
      counter.labels(`${i}`).inc();
      if (i >= 100) counter.remove(`${i - 100}`);
    }
    counter.clear();
  };
  churn(20_000);
  const before = Deno.memoryUsage().heapUsed;
  churn(200_000);
  const growth = Deno.memoryUsage().heapUsed - before;
  assert(growth < 20e6, `the heap grew by ${growth} bytes`);
});
