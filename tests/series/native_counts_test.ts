import { assert, assertEquals } from "@std/assert";
import { NativeCounts } from "../../series/native_counts.ts";
import { type NativeOptions, resolveNative } from "../../series/native_options.ts";
import type { NativeBuckets, NativeHistogram } from "../../model/sample.ts";
import { generator, magnitudes, normal } from "../support/random.ts";

const NONE: NativeBuckets = { spans: [], deltas: [] };
const ZERO_THRESHOLD = 2 ** -128;

function create(options: NativeOptions, now?: () => number): NativeCounts {
  return new NativeCounts(resolveNative('Cannot create histogram "x"', options), now);
}

function observing(options: NativeOptions, values: Iterable<number>): NativeCounts {
  const counts = create(options);
  for (const value of values) counts.observe(value);
  return counts;
}

/** Buckets as pairs of offset and length, and deltas. */
function buckets(spans: [number, number][], deltas: number[]): NativeBuckets {
  return { spans: spans.map(([offset, length]) => ({ offset, length })), deltas };
}

/** The counts by index, without empty buckets. */
function counted({ spans, deltas }: NativeBuckets): [number, number][] {
  const all: [number, number][] = [];
  let index = 0;
  let count = 0;
  let i = 0;
  for (const { offset, length } of spans) {
    index += offset;
    for (const end = index + length; index < end; index++) {
      count += deltas[i++]!;
      if (count > 0) all.push([index, count]);
    }
  }
  assertEquals(i, deltas.length);
  return all;
}

function total({ zeroCount, positive, negative }: NativeHistogram): number {
  const all = [...counted(positive), ...counted(negative)];
  return all.reduce((sum, [, count]) => sum + count, zeroCount);
}

/** How many buckets have counts. */
function populated({ positive, negative }: NativeHistogram): number {
  return counted(positive).length + counted(negative).length;
}

Deno.test("NativeCounts starts empty", () => {
  const counts = create({});
  assertEquals([counts.count, counts.sum, counts.zeroCount], [0, 0, 0]);
  assertEquals([counts.schema, counts.zeroThreshold], [3, ZERO_THRESHOLD]);
  assertEquals(counts.snapshot(), {
    schema: 3,
    zeroThreshold: ZERO_THRESHOLD,
    zeroCount: 0,
    positive: NONE,
    negative: NONE,
  });
});

Deno.test("NativeCounts with no zero threshold is known as native while its buckets are empty", () => {
  const noop = buckets([[0, 0]], []);
  const counts = create({ zeroThreshold: 0 });
  assertEquals(counts.snapshot().positive, noop);
  counts.observe(NaN);
  assertEquals(counts.snapshot().positive, noop);
  counts.observe(0);
  assertEquals([counts.snapshot().positive, counts.zeroCount], [NONE, 1]);
  const negative = observing({ zeroThreshold: 0 }, [-1]).snapshot();
  assertEquals([negative.positive, negative.negative], [NONE, buckets([[0, 1]], [1])]);
});

const ONE_TO_TWO = buckets([[0, 5]], [1, -1, 2, -2, 2]);

for (
  const [behaviour, growthFactor, values, expected] of [
    ["in schema 2", 1.2, [0, 1, 1.2, 1.4, 1.8, 2], { zeroCount: 1, positive: ONE_TO_TWO }],
    ["below 0", 1.2, [0, -1, -1.2, -1.4, -1.8, -2], { zeroCount: 1, negative: ONE_TO_TWO }],
    [
      "in schema 3, with gaps of more than two buckets between spans",
      1.1,
      [0, 1, 2, 3],
      { zeroCount: 1, positive: buckets([[0, 1], [7, 1], [4, 1]], [1, 0, 0]) },
    ],
    [
      "with gaps of one and two buckets within a span",
      2,
      [1, 4, 32, 512],
      { positive: buckets([[0, 6], [3, 1]], [1, -1, 1, -1, 0, 1, 0]) },
    ],
    [
      "in schema -1",
      4,
      [0.0156251, 0.0625, 0.1, 0.25, 0.5, 1, 1.5, 2, 3, 3.5, 5, 6, 7, 33.33],
      { positive: buckets([[-2, 6]], [2, 0, 0, 2, -1, -2]) },
    ],
    [
      "in schema -2",
      17,
      [0.0156251, 0.0625, 0.1, 0.25, 0.5, 1, 1.5, 2, 3, 3.5, 5, 6, 7, 33.33],
      { positive: buckets([[-1, 4]], [2, 2, 3, -6]) },
    ],
    [
      "of infinities in buckets of their own",
      1.2,
      [Number.MAX_VALUE, Infinity, -Infinity],
      { positive: buckets([[4096, 2]], [1, 0]), negative: buckets([[4097, 1]], [1]) },
    ],
    ["of NaN in no bucket", 1.2, [NaN, 1], { positive: buckets([[0, 1]], [1]) }],
    [
      "up to the zero threshold as 0, on both sides",
      2,
      [ZERO_THRESHOLD, -ZERO_THRESHOLD, 0, -0, 2 ** -127, -(2 ** -127), 5e-324],
      { zeroCount: 5, positive: buckets([[-127, 1]], [1]), negative: buckets([[-127, 1]], [1]) },
    ],
  ] as const
) {
  Deno.test(`NativeCounts counts values ${behaviour}`, () => {
    const counts = observing({ growthFactor }, values);
    assertEquals(counts.snapshot(), {
      schema: counts.schema,
      zeroThreshold: ZERO_THRESHOLD,
      zeroCount: 0,
      positive: NONE,
      negative: NONE,
      ...expected,
    });
    assertEquals(counts.count, values.length);
    assertEquals(counts.sum, values.reduce((sum, value) => sum + value, 0));
  });
}

Deno.test("NativeCounts counts up to a zero threshold that is no bound", () => {
  const values = [0, 1, 1.2, 1.4, 1.8, 2, -1, -1.2, -1.4, -1.8, -2];
  const counts = observing({ growthFactor: 1.2, zeroThreshold: 1.4 }, values);
  assertEquals(counts.snapshot(), {
    schema: 2,
    zeroThreshold: 1.4,
    zeroCount: 7,
    positive: buckets([[4, 1]], [2]),
    negative: buckets([[4, 1]], [2]),
  });
});

Deno.test("NativeCounts.sum follows IEEE 754", () => {
  assertEquals(observing({}, [1, NaN]).sum, NaN);
  assertEquals(observing({}, [1, Infinity]).sum, Infinity);
  assertEquals(observing({}, [Infinity, -Infinity]).sum, NaN);
});

Deno.test("NativeCounts.snapshot() is not changed by later values", () => {
  const counts = observing({ growthFactor: 2, maxBuckets: 2 }, [0, 1, 2, -1]);
  const snapshot = counts.snapshot();
  const copy = structuredClone(snapshot);
  for (const value of [0, 1, 2, 1000, -1000]) counts.observe(value);
  assertEquals(snapshot, copy);
});

Deno.test("NativeCounts coarsens when there are more buckets than it may have", () => {
  const options = { growthFactor: 1.2, maxBuckets: 4 };
  assertEquals(observing(options, [0, 1, 1.2, 1.4, 1.8]).schema, 2);
  const counts = observing(options, [0, 1, 1.1, 1.2, 1.4, 1.8, 2, 3]);
  assertEquals(counts.snapshot(), {
    schema: 1,
    zeroThreshold: ZERO_THRESHOLD,
    zeroCount: 1,
    positive: buckets([[0, 5]], [1, 2, -1, -2, 1]),
    negative: NONE,
  });
  assertEquals([counts.count, counts.sum], [8, 11.5]);
});

Deno.test("NativeCounts coarsens both sides as often as it takes", () => {
  const counts = observing({ growthFactor: 2, maxBuckets: 3 }, [2 ** 8, 2 ** 24, -2, -(2 ** 10)]);
  assertEquals(counts.snapshot(), {
    schema: -4,
    zeroThreshold: ZERO_THRESHOLD,
    zeroCount: 0,
    positive: buckets([[1, 2]], [1, 0]),
    negative: buckets([[1, 1]], [2]),
  });
});

Deno.test("NativeCounts keeps infinities apart when it coarsens", () => {
  const values = [Number.MAX_VALUE, Infinity, -Infinity, -1, -2];
  const counts = observing({ growthFactor: 1.001, maxBuckets: 3 }, values);
  assertEquals(counts.snapshot(), {
    schema: -4,
    zeroThreshold: ZERO_THRESHOLD,
    zeroCount: 0,
    positive: buckets([[64, 2]], [1, 0]),
    negative: buckets([[0, 2], [63, 1]], [1, 0, 0]),
  });
});

Deno.test("NativeCounts widens the zero bucket before it coarsens", () => {
  const options = { growthFactor: 1.2, maxBuckets: 4, maxZeroThreshold: 1.2 };
  assertEquals(observing(options, [0, 1, 1.1, 1.2, 1.4, 1.8, 2, 3]).snapshot(), {
    schema: 2,
    zeroThreshold: 1,
    zeroCount: 2,
    positive: buckets([[1, 7]], [1, 1, -2, 2, -2, 0, 1]),
    negative: NONE,
  });
  assertEquals(observing(options, [0, -1, -1.1, -1.2, -1.4, -1.8, -2, -3, -4]).snapshot(), {
    schema: 2,
    zeroThreshold: 1.189207115002721,
    zeroCount: 3,
    positive: NONE,
    negative: buckets([[2, 7]], [2, -2, 2, -2, 0, 1, 0]),
  });
});

Deno.test("NativeCounts widens the zero bucket by the buckets next to 0 on both sides", () => {
  const options = { growthFactor: 2, maxBuckets: 3, maxZeroThreshold: 1 };
  const counts = observing(options, [1, -1, 2, -4]);
  assertEquals(counts.snapshot(), {
    schema: 0,
    zeroThreshold: 1,
    zeroCount: 2,
    positive: buckets([[1, 1]], [1]),
    negative: buckets([[2, 1]], [1]),
  });
  counts.observe(-1);
  counts.observe(1.5);
  assertEquals([counts.zeroCount, counts.snapshot().positive.deltas], [3, [2]]);
});

Deno.test("NativeCounts widens the zero bucket no farther than it may, and then coarsens", () => {
  const options = { growthFactor: 2, maxBuckets: 2, maxZeroThreshold: 0.9 };
  const counts = observing(options, [0.5, 1, 2, 4]);
  assertEquals(counts.snapshot(), {
    schema: -1,
    zeroThreshold: 0.5,
    zeroCount: 1,
    positive: buckets([[0, 2]], [1, 1]),
    negative: NONE,
  });
});

Deno.test("NativeCounts keeps the widest buckets there are", () => {
  const counts = observing({ maxBuckets: 1 }, [1, 2 ** 16, 2 ** 32, -1]);
  assertEquals([counts.schema, populated(counts.snapshot()), counts.count], [-4, 4, 4]);
});

/** A histogram of two buckets and an interval of 60 s, whose clock stands at 1000 s. */
function resettable(): { counts: NativeCounts; clock: { time: number } } {
  const clock = { time: 1000 };
  const options = { growthFactor: 2, maxBuckets: 2, minResetInterval: 60, maxZeroThreshold: 1 };
  return { counts: create(options, () => clock.time), clock };
}

Deno.test("NativeCounts begins anew with the value that is too much, when the interval has passed", () => {
  const { counts, clock } = resettable();
  assertEquals(counts.created, 1_000_000);
  assertEquals([0, 1, 2, NaN].map((value) => counts.observe(value)), [false, false, false, false]);
  clock.time = 1060;
  assertEquals([counts.observe(2), counts.observe(4)], [false, true]);
  assertEquals([counts.count, counts.sum, counts.created], [1, 4, 1_060_000]);
  assertEquals(counts.snapshot(), {
    schema: 0,
    zeroThreshold: ZERO_THRESHOLD,
    zeroCount: 0,
    positive: buckets([[2, 1]], [1]),
    negative: NONE,
  });
});

Deno.test("NativeCounts begins anew although the clock was set back", () => {
  const { counts, clock } = resettable();
  for (const value of [0, 1, 2]) counts.observe(value);
  clock.time = 1000 - 86_400;
  assertEquals(counts.observe(4), true);
});

Deno.test("NativeCounts does not begin anew before the interval has passed since it last did", () => {
  const { counts, clock } = resettable();
  clock.time = 1059.9;
  assertEquals([1, 2, 4].map((value) => counts.observe(value)), [false, false, false]);
  assertEquals([counts.zeroThreshold, counts.count, counts.created], [1, 3, 1_000_000]);
  clock.time = 1060;
  assertEquals(counts.observe(8), true);
  clock.time = 1119;
  assertEquals([16, 32, 64].map((value) => counts.observe(value)), [false, false, false]);
  assertEquals([counts.schema, counts.count], [-1, 4]);
});

Deno.test("NativeCounts never begins anew without an interval", () => {
  let time = 0;
  const counts = create({ growthFactor: 2, maxBuckets: 1 }, () => time);
  counts.observe(2);
  time = 1e9;
  assertEquals([counts.observe(4), counts.schema, counts.count], [false, -1, 2]);
  counts.snapshot();
  time = 2e9;
  assertEquals([counts.observe(2), counts.count], [false, 3]);
});

Deno.test("NativeCounts begins anew with narrower buckets after it was read, and loses nothing", () => {
  const { counts, clock } = resettable();
  for (const value of [2, 4, 8]) counts.observe(value);
  assertEquals(counts.schema, -1);
  clock.time = 1100;
  assertEquals(counts.observe(8), false);
  assertEquals(total(counts.snapshot()), 4);
  assertEquals(total(counts.snapshot()), 4);
  assertEquals([counts.observe(8), counts.observe(8)], [true, false]);
  assertEquals([counts.schema, counts.count, counts.created], [0, 2, 1_100_000]);
});

Deno.test("NativeCounts begins anew with a narrower zero bucket after it was read", () => {
  const { counts, clock } = resettable();
  for (const value of [1, 2, 4]) counts.observe(value);
  counts.snapshot();
  clock.time = 1059;
  assertEquals(counts.observe(4), false);
  clock.time = 1060;
  assertEquals(counts.observe(4), false);
  counts.snapshot();
  assertEquals([counts.observe(4), counts.zeroThreshold], [true, ZERO_THRESHOLD]);
});

Deno.test("NativeCounts that was not reduced goes on after it was read", () => {
  const { counts, clock } = resettable();
  counts.observe(1);
  counts.snapshot();
  clock.time = 5000;
  assertEquals([counts.observe(1), counts.count], [false, 2]);
});

Deno.test("NativeCounts looks at the clock only when there are too many buckets", () => {
  let looks = 0;
  const options = { growthFactor: 2, maxBuckets: 2, minResetInterval: 60 };
  const counts = create(options, () => looks++);
  assertEquals(looks, 1);
  for (const value of [0, 1, 2, NaN, 1]) counts.observe(value);
  counts.snapshot();
  counts.observe(1);
  assertEquals(looks, 1);
});

Deno.test("NativeCounts that was coarsened is what it would be with that schema from the beginning", () => {
  for (let seed = 0; seed < 300; seed++) {
    const random = generator(seed);
    const next = magnitudes(random);
    const spread = random() * 300;
    const values = Array.from({ length: 200 }, () => {
      const value = seed % 2 === 0 ? next() : Math.exp((random() - 0.5) * spread);
      return random() < 0.5 ? value : -value;
    });
    const options = { growthFactor: 1.001 + random() ** 4, zeroThreshold: 0 };
    const maxBuckets = 1 + Math.floor(random() * 160);
    const limited = observing({ ...options, maxBuckets }, values);
    const growthFactor = 2 ** 2 ** -limited.schema;
    const whole = observing({ ...options, growthFactor, maxBuckets: Infinity }, values);
    assertEquals(limited.snapshot(), whole.snapshot());
    assert(populated(limited.snapshot()) <= maxBuckets || limited.schema === -4);
  }
});

Deno.test("NativeCounts that widened its zero bucket is what it would be with that threshold and schema from the beginning", () => {
  for (let seed = 0; seed < 300; seed++) {
    const next = normal(generator(seed));
    const values = Array.from({ length: 300 }, () => next() ** 3);
    const maxZeroThreshold = 10 ** (seed % 7 - 5);
    const limited = observing({ maxBuckets: 40, maxZeroThreshold }, values);
    const { schema, zeroThreshold } = limited;
    assert(zeroThreshold <= maxZeroThreshold);
    const options = { growthFactor: 2 ** 2 ** -schema, zeroThreshold, maxBuckets: Infinity };
    assertEquals(limited.snapshot(), observing(options, values).snapshot());
    assert(populated(limited.snapshot()) <= 40);
  }
});

Deno.test("NativeCounts counts every value but NaN in one bucket, whatever happens", () => {
  const odd = [NaN, Infinity, -Infinity, 0, -0, Number.MAX_VALUE, Number.MIN_VALUE];
  for (let seed = 0; seed < 100; seed++) {
    const random = generator(seed);
    const next = magnitudes(random);
    let time = 0;
    const options: NativeOptions = {
      growthFactor: 1.001 + random(),
      zeroThreshold: random() < 0.5 ? 0 : 10 ** (random() * 20 - 10),
      maxBuckets: 134 + Math.floor(random() * 300),
      minResetInterval: random() < 0.5 ? 0 : random() * 1000,
      maxZeroThreshold: random() < 0.5 ? 0 : 10 ** (random() * 10 - 5),
    };
    const counts = create(options, () => time += random());
    let expected: number[] = [];
    for (let i = 0; i < 1000; i++) {
      const value = random() < 0.1 ? odd[Math.floor(random() * odd.length)]! : next();
      if (counts.observe(value)) expected = [];
      expected.push(value);
      if (i % 50 > 0) continue;
      const snapshot = counts.snapshot();
      assertEquals(counts.count, expected.length);
      assertEquals(counts.sum, expected.reduce((sum, value) => sum + value, 0));
      assertEquals(total(snapshot), expected.filter((value) => !Number.isNaN(value)).length);
      assert(populated(snapshot) <= options.maxBuckets!);
    }
  }
});
