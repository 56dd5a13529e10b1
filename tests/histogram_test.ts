import { assert, assertEquals, assertThrows } from "@std/assert";
import { Histogram } from "../histogram.ts";

function series(histogram: Pick<Histogram, "families">): [string, number][] {
  return histogram.families().flatMap(({ samples }) =>
    samples.map(({ series, value }): [string, number] => [series, value])
  );
}

Deno.test("Histogram counts values where they are less than or equal", () => {
  const histogram = new Histogram("x", "", { buckets: [1, 2.5, 10] });
  for (const value of [0, 1, 1.5, 2.5, 11, -4]) histogram.observe(value);
  assertEquals(series(histogram), [
    ['x_bucket{le="1"}', 3],
    ['x_bucket{le="2.5"}', 5],
    ['x_bucket{le="10"}', 5],
    ['x_bucket{le="+Inf"}', 6],
    ["x_sum", 12],
    ["x_count", 6],
  ]);
});

Deno.test("Histogram is exposed with counts of 0 from the start, with default buckets", () => {
  const histogram = new Histogram("x_seconds", "How long.");
  assertEquals(histogram.families()[0]?.type, "histogram");
  assertEquals(series(histogram).map(([name]) => name), [
    ...["0.005", "0.01", "0.025", "0.05", "0.1", "0.25", "0.5", "1", "2.5", "5", "10", "+Inf"]
      .map((le) => `x_seconds_bucket{le="${le}"}`),
    "x_seconds_sum",
    "x_seconds_count",
  ]);
  assertEquals(new Set(series(histogram).map(([, value]) => value)), new Set([0]));
});

Deno.test("Histogram puts le after its labels", () => {
  const histogram = new Histogram("x", "", { labels: ["a"], buckets: [1] });
  const child = histogram.labels("b");
  child.observe(0.5);
  assertEquals(series(histogram), [
    ['x_bucket{a="b",le="1"}', 1],
    ['x_bucket{a="b",le="+Inf"}', 1],
    ['x_sum{a="b"}', 0.5],
    ['x_count{a="b"}', 1],
  ]);
  assertEquals([child.sum, child.count], [0.5, 1]);
});

Deno.test("Histogram counts NaN and infinities where they belong", () => {
  const histogram = new Histogram("x", "", { buckets: [1] });
  for (const value of [Infinity, -Infinity, NaN]) histogram.observe(value);
  assertEquals(series(histogram), [
    ['x_bucket{le="1"}', 1],
    ['x_bucket{le="+Inf"}', 3],
    ["x_sum", NaN],
    ["x_count", 3],
  ]);
});

Deno.test("Histogram.observe() keeps the last exemplar of each bucket", () => {
  const histogram = new Histogram("x", "", { buckets: [1, 2] });
  histogram.observe(0.5, { trace_id: "a" });
  histogram.observe(0.7, { trace_id: "b" });
  histogram.observe(0.9);
  histogram.observe(5, { trace_id: "c" });
  assertEquals(
    histogram.families()[0]?.samples.map(({ exemplar }) =>
      exemplar && [...exemplar.labels, exemplar.value]
    ),
    [["trace_id", "b", 0.7], undefined, ["trace_id", "c", 5], undefined, undefined],
  );
});

Deno.test("Histogram.observe() takes a value in also with an exemplar that cannot be", () => {
  const histogram = new Histogram("x", "");
  histogram.observe(1, { "1": "x" });
  assertEquals(series(histogram).at(-1), ["x_count", 1]);
});

Deno.test("Histogram.observe() rejects what is no number", () => {
  const histogram = new Histogram("x", "");
  assertThrows(
    () => histogram.observe("1" as unknown as number),
    TypeError,
    'Cannot observe with histogram "x": expected a number, got "1"',
  );
  assertEquals(histogram.families()[0]?.samples.at(-1)?.value, 0);
});

Deno.test("new Histogram() takes buckets with and without a last one for everything", () => {
  assertEquals(new Histogram("x", "", { buckets: [1, Infinity] }).buckets, [1]);
  assertEquals(series(new Histogram("x", "", { buckets: [] })).map(([name]) => name), [
    'x_bucket{le="+Inf"}',
    "x_sum",
    "x_count",
  ]);
});

for (const buckets of [[2, 1], [1, 1], [NaN], [1, NaN], [Infinity, 1], [-Infinity, 1]]) {
  Deno.test(`new Histogram() rejects the buckets ${buckets.join(", ")}`, () => {
    assertThrows(
      () => new Histogram("x", "", { buckets }),
      RangeError,
      `Cannot create histogram "x": expected finite buckets that rise, got ${buckets.join(", ")}`,
    );
  });
}

Deno.test("new Histogram() rejects buckets that are no numbers", () => {
  for (const buckets of ["1", [1, "2"], {}] as unknown as number[][]) {
    assertThrows(
      () => new Histogram("x", "", { buckets }),
      TypeError,
      "list of numbers as buckets",
    );
  }
});

Deno.test("new Histogram() keeps the label le for itself", () => {
  assertThrows(
    () => new Histogram("x", "", { labels: ["le"] }),
    RangeError,
    'Cannot create histogram "x": label "le" is reserved or occurs twice',
  );
});

Deno.test("new Histogram() is not changed by whoever gave it the buckets", () => {
  const buckets = [1, 2];
  const histogram = new Histogram("x", "", { buckets, labels: ["a"] });
  buckets[0] = 5;
  histogram.labels("b").observe(1);
  assertEquals(series(histogram)[0], ['x_bucket{a="b",le="1"}', 1]);
});

Deno.test("Histogram.time() and Histogram.startTimer() observe how long something took", async () => {
  const histogram = new Histogram("x", "");
  assertEquals(histogram.time(() => 1), 1);
  await histogram.time(() => new Promise((resolve) => setTimeout(resolve, 5)));
  const timer = histogram.startTimer();
  assertEquals(timer.stop(), timer.stop());
  const [sum, count] = histogram.families()[0]!.samples.slice(-2).map(({ value }) => value);
  assertEquals(count, 3);
  assert(sum! >= 0.004 && sum! < 5);
});
