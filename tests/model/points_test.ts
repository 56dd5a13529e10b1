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

/** Returns a family `x` of samples with the values 0, 1, 2, and so on. */
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

Deno.test("sampleBatches() groups samples whose labels differ only in the part label", () => {
  assertEquals(sizes(sampleBatches(HISTOGRAM)), [4, 1, 2, 1]);
  assertEquals([...sampleBatches(HISTOGRAM)].flat(), HISTOGRAM.samples);
});

Deno.test("sampleBatches() groups the states of a state set", () => {
  const states = family("stateset", ["", "x", "on"], ["", "x", "off"], ["", "a", "1", "x", "on"]);
  assertEquals(sizes(sampleBatches(states)), [2, 1]);
});

Deno.test("sampleBatches() splits samples of other types into batches of limited size", () => {
  const gauges = family("gauge", ...Array.from({ length: 300 }, (): [string] => [""]));
  assertEquals(sizes(sampleBatches(gauges)), [128, 128, 44]);
});

Deno.test("sampleBatches() accepts some of the samples", () => {
  assertEquals(sizes(sampleBatches(HISTOGRAM, HISTOGRAM.samples.slice(0, 5))), [4, 1]);
});

Deno.test("sampleBatches() yields nothing without samples", () => {
  assertEquals(sizes(sampleBatches(family("gauge"))), []);
  assertEquals(sizes(sampleBatches(family("histogram"))), []);
});

Deno.test("readPoint() identifies parts by labels and names", () => {
  assertEquals(readPoint(HISTOGRAM, HISTOGRAM.samples.slice(0, 4)), {
    bounds: [1, Infinity],
    values: [0, 1],
    sum: 2,
    count: 3,
    hasOneTimestamp: true,
  });
});

Deno.test("readPoint() detects different timestamps", () => {
  const samples = [new Sample("x_sum", [], 1, 5), new Sample("x_count", [], 1)];
  assertEquals(readPoint({ name: "x", type: "summary", samples }, samples).hasOneTimestamp, false);
});

const POINT = { bounds: [1, Infinity], values: [2, 3], sum: 4, count: 3, hasOneTimestamp: true };

Deno.test("hasValidBuckets() accepts buckets that agree with the count", () => {
  assert(hasValidBuckets(POINT));
  assert(hasValidBuckets({ ...POINT, sum: undefined, count: undefined }));
});

for (
  const [title, change] of Object.entries({
    "no last bucket": { bounds: [1, 2] },
    "no buckets": { bounds: [], values: [] },
    "decreasing counts": { values: [4, 3] },
    "a fraction": { values: [1.5, 3] },
    "a negative count": { values: [-1, 3] },
    "NaN": { values: [NaN, 3] },
    "a count that differs from the last bucket": { count: 4 },
    "no sum": { sum: undefined },
    "no count": { count: undefined },
    "different timestamps": { hasOneTimestamp: false },
  })
) {
  Deno.test(`hasValidBuckets() rejects ${title}`, () => {
    assertEquals(hasValidBuckets({ ...POINT, ...change }), false);
  });
}

Deno.test("hasValidBuckets() accepts counts that the callback allows, if they increase and agree", () => {
  const fractions = { ...POINT, values: POINT.values.map((value) => value / 8) };
  const count = fractions.values.at(-1);
  assertEquals(hasValidBuckets({ ...fractions, count }), false);
  assert(hasValidBuckets({ ...fractions, count }, Number.isFinite));
  assertEquals(hasValidBuckets(fractions, Number.isFinite), false);
  const falling = { ...fractions, values: fractions.values.toReversed(), count: undefined };
  assertEquals(hasValidBuckets({ ...falling, sum: undefined }, Number.isFinite), false);
});

Deno.test("isCount() accepts integers of at least 0", () => {
  assertEquals([0, -0, 1, 1e21, -1, 0.5, Infinity, NaN].filter(isCount), [0, -0, 1, 1e21]);
});

Deno.test("isStrictlyIncreasing() rejects equal bounds", () => {
  assert(isStrictlyIncreasing([]));
  assert(isStrictlyIncreasing([-1, 0, Infinity]));
  assertEquals(isStrictlyIncreasing([-0, 0]), false);
  assertEquals(isStrictlyIncreasing([1, 0]), false);
});
