import type { Instrument } from "../instrument.ts";
import { familiesOf, liveFamily } from "./support/instrument.ts";
import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { Encoder } from "../encode/encoder.ts";
import { type Format, FORMATS } from "../exposition.ts";
import { VERSIONS } from "../encode/format.ts";
import { Histogram, type HistogramOptions } from "../histogram.ts";
import { encode } from "./support/encode.ts";
import { readProtobuf } from "./support/protobuf_reader.ts";
import { generator } from "./support/random.ts";
import { StoppedDate } from "./support/stopped_date.ts";

function series(histogram: Instrument): [string, number][] {
  return familiesOf(histogram).flatMap(({ samples }) =>
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
  assertEquals(familiesOf(histogram)[0]?.type, "histogram");
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
    familiesOf(histogram)[0]?.samples.map(({ exemplar }) =>
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
  assertEquals(familiesOf(histogram)[0]?.samples.at(-1)?.value, 0);
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
      `Cannot create histogram "x": expected finite buckets in ascending order, got ${
        buckets.join(", ")
      }`,
    );
  });
}

Deno.test("new Histogram() rejects buckets that are no numbers", () => {
  for (const buckets of ["1", [1, "2"], {}] as unknown as number[][]) {
    assertThrows(
      () => new Histogram("x", "", { buckets }),
      TypeError,
      "array of numbers as buckets",
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

Deno.test("new Histogram() does not follow later changes of the array of buckets", () => {
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
  const [sum, count] = familiesOf(histogram)[0]!.samples.slice(-2).map(({ value }) => value);
  assertEquals(count, 3);
  assert(sum! >= 0.004 && sum! < 5);
});

/** A histogram with buckets from each power of 2 to the next, which has values in three of them. */
function nativeHistogram(options: HistogramOptions<readonly []> = {}): Histogram {
  const histogram = new Histogram("x_seconds", "How long.", {
    unit: "seconds",
    native: { growthFactor: 2 },
    ...options,
  });
  for (const value of [0, 0.75, 1, 3, -3]) histogram.observe(value);
  return histogram;
}

async function write(histogram: Histogram, format: Format): Promise<string> {
  return (await encode([liveFamily(histogram)], format)).text();
}

async function readNative(histogram: Histogram) {
  const [family] = readProtobuf((await encode([liveFamily(histogram)], "protobuf")).bytes());
  return family!.metrics[0]!.histogram!;
}

/** What {@linkcode nativeHistogram} is in protobuf, when it is created at half a second past 1,700,000,000. */
const NATIVE = {
  count: 5,
  sum: 1.75,
  buckets: [],
  schema: 0,
  zeroThreshold: 2 ** -128,
  zeroCount: 1,
  negativeSpans: [{ offset: 2, length: 1 }],
  negativeDeltas: [1],
  positiveSpans: [{ offset: 0, length: 3 }],
  positiveDeltas: [2, -2, 1],
  created: { seconds: 1_700_000_000, nanos: 500_000_000 },
  exemplars: [],
};

Deno.test("Histogram that is native has the bucket for everything only, where there are no native ones", async () => {
  const histogram = nativeHistogram();
  assertEquals(histogram.buckets, []);
  assertEquals(
    await write(histogram, "text"),
    `# HELP x_seconds How long.
# TYPE x_seconds histogram
x_seconds_bucket{le="+Inf"} 5
x_seconds_sum 1.75
x_seconds_count 5
`,
  );
  assertEquals(
    await write(histogram, "openmetrics"),
    `# TYPE x_seconds histogram
# UNIT x_seconds seconds
# HELP x_seconds How long.
x_seconds_bucket{le="+Inf"} 5
x_seconds_sum 1.75
x_seconds_count 5
# EOF
`,
  );
});

Deno.test("Histogram that is native is exposed with its own buckets in protobuf", async () => {
  using _date = new StoppedDate(1_700_000_000.5);
  assertEquals(await readNative(nativeHistogram()), NATIVE);
});

Deno.test("Histogram has both kinds of buckets if it is native and has buckets", async () => {
  using _date = new StoppedDate(1_700_000_000.5);
  const histogram = nativeHistogram({ buckets: [0.75, 2] });
  assertEquals(
    await write(histogram, "text"),
    `# HELP x_seconds How long.
# TYPE x_seconds histogram
x_seconds_bucket{le="0.75"} 3
x_seconds_bucket{le="2"} 4
x_seconds_bucket{le="+Inf"} 5
x_seconds_sum 1.75
x_seconds_count 5
`,
  );
  assertEquals(await readNative(histogram), {
    ...NATIVE,
    buckets: [{ count: 3, bound: 0.75 }, { count: 4, bound: 2 }, { count: 5, bound: Infinity }],
  });
});

Deno.test("Histogram that is not native has no native buckets in protobuf", async () => {
  const histogram = new Histogram("x", "", { buckets: [1] });
  histogram.observe(1);
  const { schema, buckets, positiveSpans } = await readNative(histogram);
  assertEquals([schema, buckets.length, positiveSpans], [undefined, 2, []]);
});

Deno.test("Histogram that is native and has labels counts each combination, empty ones as well", async () => {
  const histogram = new Histogram("x", "", { native: {}, labels: { a: ["1", "2"] } });
  histogram.labels({ a: "2" }).observe(1);
  const [family] = readProtobuf((await encode([liveFamily(histogram)], "protobuf")).bytes());
  assertEquals(
    family?.metrics.map(({ labels, histogram }) => [
      labels,
      histogram?.schema,
      histogram?.count,
      histogram?.positiveDeltas,
    ]),
    [
      [[{ name: "a", value: "1" }], 3, 0, []],
      [[{ name: "a", value: "2" }], 3, 1, [1]],
    ],
  );
});

Deno.test("Histogram that is native exposes the last exemplar where formats have some", async () => {
  const histogram = nativeHistogram();
  histogram.observe(7, { trace_id: "a" });
  histogram.observe(2, { trace_id: "b" });
  histogram.observe(3);
  const { buckets, exemplars: [exemplar, ...others] } = await readNative(histogram);
  assertEquals([buckets, others], [[], []]);
  assertEquals(exemplar?.labels, [{ name: "trace_id", value: "b" }]);
  assertEquals([exemplar?.value, exemplar?.timestamp === undefined], [2, false]);
  assertMatch(await write(histogram, "openmetrics"), /le="\+Inf"} 8 # {trace_id="b"} 2 \d+/);
});

/** What there is when a native histogram of two buckets has got a third one after a minute. */
async function resetHistogram(options: HistogramOptions<readonly []> = {}) {
  using date = new StoppedDate(1_700_000_000);
  const histogram = new Histogram("x", "", {
    native: { growthFactor: 2, maxBuckets: 2, minResetInterval: 60 },
    ...options,
  });
  histogram.observe(0.5, { trace_id: "a" });
  histogram.observe(1);
  const before = { text: await write(histogram, "text"), native: await readNative(histogram) };
  date.advance(60);
  histogram.observe(4, { trace_id: "b" });
  return { before, histogram };
}

Deno.test("Histogram begins anew as a whole when its native buckets do", async () => {
  const { before, histogram } = await resetHistogram({ buckets: [1, 10] });
  assertEquals(
    before.text,
    `# TYPE x histogram
x_bucket{le="1"} 2
x_bucket{le="10"} 2
x_bucket{le="+Inf"} 2
x_sum 1.5
x_count 2
`,
  );
  assertEquals(before.native.created, { seconds: 1_700_000_000, nanos: 0 });
  assertEquals(
    await write(histogram, "text"),
    `# TYPE x histogram
x_bucket{le="1"} 0
x_bucket{le="10"} 1
x_bucket{le="+Inf"} 1
x_sum 4
x_count 1
`,
  );
  const { buckets, created, positiveSpans, positiveDeltas, count, sum } = await readNative(
    histogram,
  );
  assertEquals(buckets.map(({ count, exemplar }) => [count, exemplar?.value]), [
    [0, undefined],
    [1, 4],
    [1, undefined],
  ]);
  assertEquals(created, { seconds: 1_700_000_060, nanos: 0 });
  assertEquals([positiveSpans, positiveDeltas], [[{ offset: 2, length: 1 }], [1]]);
  assertEquals([count, sum], [1, 4]);
  const child = histogram.labels({});
  assertEquals([child.count, child.sum], [1, 4]);
});

for (const format of FORMATS) {
  for (const size of [1, 100]) {
    Deno.test(`Histogram that begins anew among ${size} is written anew in ${format}, which has kept it`, async () => {
      using date = new StoppedDate();
      const histogram = new Histogram("x", "", {
        labels: ["a"],
        buckets: [1],
        native: { growthFactor: 2, maxBuckets: 1, minResetInterval: 60 },
      });
      for (let i = 0; i < size; i++) histogram.labels(`${i}`).observe(1, { trace_id: "b" });
      const encoder = new Encoder({
        maxKeptBytes: Infinity,
        now: () => 0,
        utf8Names: false,
        createdSamples: true,
      });
      const variant = { format, version: VERSIONS[format][0], escaping: "underscores" } as const;
      const write = async () => {
        using exposition = await encoder.encode([liveFamily(histogram)], {
          variant,
          encoding: "identity",
        });
        const options = { createdSamples: true };
        const fromScratch = await encode(familiesOf(histogram), format, options);
        assertEquals(exposition.bytes(), fromScratch.bytes());
      };
      await write();
      date.advance(60);
      histogram.labels("0").observe(1);
      await write();
      histogram.labels("0").observe(4);
      await write();
      const count = familiesOf(histogram)[0]!.samples[3];
      assertEquals([count?.value, count?.details?.created], [1, 1_700_000_060_000]);
    });
  }
}

Deno.test("Histogram that was removed can begin anew", () => {
  using date = new StoppedDate();
  const options = { growthFactor: 2, maxBuckets: 1, minResetInterval: 60 };
  const histogram = new Histogram("x", "", { labels: ["a"], native: options });
  const child = histogram.labels("1");
  child.observe(1);
  histogram.remove("1");
  histogram.labels("2").observe(1);
  date.advance(60);
  child.observe(4);
  assertEquals([child.count, child.sum], [1, 4]);
  assertEquals(series(histogram), [
    ['x_bucket{a="2",le="+Inf"}', 1],
    ['x_sum{a="2"}', 1],
    ['x_count{a="2"}', 1],
  ]);
  assertEquals(familiesOf(histogram)[0]?.samples.at(-1)?.details?.created, 1_700_000_000_000);
});

Deno.test("Histogram and its native buckets have the same count at any time", () => {
  using date = new StoppedDate();
  let resets = 0;
  for (let seed = 0; seed < 50; seed++) {
    const random = generator(seed);
    const histogram = new Histogram("x", "", {
      buckets: seed % 2 === 0 ? [] : [0.01, 1],
      native: { maxBuckets: 4, minResetInterval: 60, maxZeroThreshold: seed % 3 },
    });
    const child = histogram.labels({});
    let last = 0;
    for (let i = 0; i < 100; i++) {
      date.advance(random() * 20);
      child.observe(Math.exp((random() - 0.5) * 20));
      if (child.count < last) resets++;
      last = child.count;
      const [sample] = familiesOf(histogram)[0]!.samples.slice(-1);
      const { zeroCount, positive: { deltas } } = sample!.details!.native!;
      let bucket = 0;
      const total = deltas.reduce((sum, delta) => sum + (bucket += delta), zeroCount);
      assertEquals([sample!.value, child.count], [total, total]);
    }
  }
  assert(resets > 100);
});

for (
  const [native, failure, message] of [
    [{ growth: 2 }, TypeError, 'unknown option "growth"'],
    [{ growthFactor: 1 }, RangeError, "expected growthFactor to be a number above 1, got 1"],
    [true, TypeError, "expected options of a native histogram, got true"],
    [null, TypeError, "expected options of a native histogram, got null"],
  ] as const
) {
  Deno.test(`new Histogram() rejects ${JSON.stringify(native)} as native`, () => {
    assertThrows(
      () => new Histogram("x", "", { native } as unknown as HistogramOptions),
      failure,
      `Cannot create histogram "x": ${message}`,
    );
  });
}
