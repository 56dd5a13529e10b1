import { assert, assertEquals } from "@std/assert";
import type { MetricType } from "../../model/metric_type.ts";
import {
  hasValidBuckets,
  isCount,
  isStrictlyIncreasing,
  readPoint,
  sampleBatches,
} from "../../model/points.ts";
import type { Family } from "../../model/family.ts";
import { Sample } from "../../model/sample.ts";

/** A family `x` of samples with values 0, 1, 2 and so on. */
function family(type: MetricType, ...written: [suffix: string, ...labels: string[]][]): Family {
  const samples = written.map(([suffix, ...labels], i) => new Sample(`x${suffix}`, labels, i));
  return { name: "x", type, samples };
}

function sizes(batches: Iterable<readonly Sample[]>): number[] {
  return Array.from(batches, ({ length }) => length);
}

const HISTOGRAM = family(
  "histogram",
  ["_bucket", "a", "1", "le", "1"],
  ["_bucket", "le", "+Inf", "a", "1"],
  ["_sum", "a", "1"],
  ["_count", "a", "1"],
  ["_sum", "a", "2"],
  ["_sum", "a", "2", "b", "1"],
  ["_count", "b", "1", "a", "2"],
  ["_sum"],
);

Deno.test("sampleBatches() gives the samples that have the same labels but for one", () => {
  assertEquals(sizes(sampleBatches(HISTOGRAM)), [4, 1, 2, 1]);
  assertEquals([...sampleBatches(HISTOGRAM)].flat(), HISTOGRAM.samples);
});

Deno.test("sampleBatches() knows the states of a state set", () => {
  const states = family("stateset", ["", "x", "on"], ["", "x", "off"], ["", "a", "1", "x", "on"]);
  assertEquals(sizes(sampleBatches(states)), [2, 1]);
});

Deno.test("sampleBatches() gives samples of other types some at a time", () => {
  const gauges = family("gauge", ...Array.from({ length: 300 }, (): [string] => [""]));
  assertEquals(sizes(sampleBatches(gauges)), [128, 128, 44]);
});

Deno.test("sampleBatches() takes some of the samples", () => {
  assertEquals(sizes(sampleBatches(HISTOGRAM, HISTOGRAM.samples.slice(0, 5))), [4, 1]);
});

Deno.test("sampleBatches() gives nothing of nothing", () => {
  assertEquals(sizes(sampleBatches(family("gauge"))), []);
  assertEquals(sizes(sampleBatches(family("histogram"))), []);
});

Deno.test("readPoint() tells parts by their labels and names", () => {
  assertEquals(readPoint(HISTOGRAM, HISTOGRAM.samples.slice(0, 4)), {
    bounds: [1, Infinity],
    values: [0, 1],
    sum: 2,
    count: 3,
    hasOneTimestamp: true,
  });
});

Deno.test("readPoint() knows when samples are of different times", () => {
  const samples = [new Sample("x_sum", [], 1, 5), new Sample("x_count", [], 1)];
  assertEquals(readPoint({ name: "x", type: "summary", samples }, samples).hasOneTimestamp, false);
});

const POINT = { bounds: [1, Infinity], values: [2, 3], sum: 4, count: 3, hasOneTimestamp: true };

Deno.test("hasValidBuckets() takes buckets that agree with their count", () => {
  assert(hasValidBuckets(POINT));
  assert(hasValidBuckets({ ...POINT, sum: undefined, count: undefined }));
});

for (
  const [title, change] of Object.entries({
    "no last bucket": { bounds: [1, 2] },
    "no buckets": { bounds: [], values: [] },
    "falling counts": { values: [4, 3] },
    "a fraction": { values: [1.5, 3] },
    "a negative count": { values: [-1, 3] },
    "NaN": { values: [NaN, 3] },
    "another count": { count: 4 },
    "no sum": { sum: undefined },
    "no count": { count: undefined },
    "different times": { hasOneTimestamp: false },
  })
) {
  Deno.test(`hasValidBuckets() does not take ${title}`, () => {
    assertEquals(hasValidBuckets({ ...POINT, ...change }), false);
  });
}

Deno.test("hasValidBuckets() takes counts that are allowed, if they rise and agree", () => {
  const fractions = { ...POINT, values: POINT.values.map((value) => value / 8) };
  const count = fractions.values.at(-1);
  assertEquals(hasValidBuckets({ ...fractions, count }), false);
  assert(hasValidBuckets({ ...fractions, count }, Number.isFinite));
  assertEquals(hasValidBuckets(fractions, Number.isFinite), false);
  const falling = { ...fractions, values: fractions.values.toReversed(), count: undefined };
  assertEquals(hasValidBuckets({ ...falling, sum: undefined }, Number.isFinite), false);
});

Deno.test("isCount() takes integers of at least 0", () => {
  assertEquals([0, -0, 1, 1e21, -1, 0.5, Infinity, NaN].filter(isCount), [0, -0, 1, 1e21]);
});

Deno.test("isStrictlyIncreasing() does not take the same bound twice", () => {
  assert(isStrictlyIncreasing([]));
  assert(isStrictlyIncreasing([-1, 0, Infinity]));
  assertEquals(isStrictlyIncreasing([-0, 0]), false);
  assertEquals(isStrictlyIncreasing([1, 0]), false);
});
