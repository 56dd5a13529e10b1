import { assert, assertEquals } from "@std/assert";
import { Sketch } from "../../series/sketch.ts";
import { generator, magnitudes, normal } from "../support/random.ts";

const SHARES = [0, 0.001, 0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 0.9999, 1];

function sketching(values: Iterable<number>): Sketch {
  const sketch = new Sketch();
  for (const value of values) sketch.add(value);
  return sketch;
}

/** The value of the rank `share * count`, rounded up. */
function exactQuantile(sorted: Float64Array, share: number): number {
  return sorted[Math.max(1, Math.ceil(share * sorted.length)) - 1]!;
}

function assertClose(sketch: Sketch, values: readonly number[], error: number): void {
  const sorted = Float64Array.from(values).sort();
  for (const share of SHARES) {
    const exact = exactQuantile(sorted, share);
    const actual = sketch.quantile(share);
    const isClose = actual === exact || Math.abs(actual - exact) <= error * Math.abs(exact);
    assert(isClose, `${actual} for ${exact} at ${share}`);
  }
}

Deno.test("Sketch.quantile() without values is NaN", () => {
  assertEquals(SHARES.map((share) => new Sketch().quantile(share)), SHARES.map(() => NaN));
});

Deno.test("Sketch.quantile() of one or two values is exact", () => {
  assertEquals([0, 0.5, 1].map((share) => sketching([0.3]).quantile(share)), [0.3, 0.3, 0.3]);
  const two = sketching([0.7, -0.3]);
  assertEquals([0, 0.5, 0.51, 1].map((share) => two.quantile(share)), [-0.3, -0.3, 0.7, 0.7]);
});

Deno.test("Sketch.quantile() of equal values is exact", () => {
  const sketch = sketching(new Array(1000).fill(0.1));
  assertEquals(SHARES.map((share) => sketch.quantile(share)), SHARES.map(() => 0.1));
});

Deno.test("Sketch.quantile() counts ranks from the lowest value, and rounds them up", () => {
  // Powers of 2 are in different buckets, so that they can be told apart.
  const sketch = sketching([4, -4, 0, 2, -2, 0, 1, -1, 8, 16]);
  const nearest = Array.from({ length: 11 }, (_, i) => sketch.quantile(i / 10))
    .map((value) => Math.sign(value) * 2 ** Math.round(Math.log2(Math.abs(value))) || 0);
  assertEquals(nearest, [-4, -4, -2, -1, 0, 0, 1, 2, 4, 8, 16]);
});

Deno.test("Sketch.quantile() does not take 7 % of 100 values for more than 7", () => {
  const sketch = sketching(Array.from({ length: 100 }, (_, i) => 2 ** i));
  assertEquals(Math.round(Math.log2(sketch.quantile(0.07))), 6);
});

Deno.test("Sketch.quantile() gives zeros and infinities exactly", () => {
  const sketch = sketching([-Infinity, -Infinity, -1, 0, 0, 0, 1, Infinity, Infinity, Infinity]);
  assertEquals([0.15, 0.2, 0.35, 0.5, 0.6, 0.75, 0.8, 1].map((share) => sketch.quantile(share)), [
    -Infinity,
    -Infinity,
    0,
    0,
    0,
    Infinity,
    Infinity,
    Infinity,
  ]);
});

Deno.test("Sketch.quantile() of the largest numbers is finite", () => {
  const max = Number.MAX_VALUE;
  assertClose(sketching([max, max, max, Infinity]), [max, max, max, Infinity], 0.0055);
  assertClose(sketching([-max, -max, -1, 1]), [-max, -max, -1, 1], 0.0055);
});

type Distribution = (random: () => number) => () => number;

const DISTRIBUTIONS: Record<string, Distribution> = {
  "uniform": (random) => random,
  "uniform on both sides of 0": (random) => () => random() - 0.3,
  "normal": (random) => normal(random),
  "narrow": (random) => {
    const next = normal(random);
    return () => 1e9 + next();
  },
  "exponential": (random) => () => -Math.log(1 - random()),
  "lognormal": (random) => {
    const next = normal(random);
    return () => Math.exp(next());
  },
  "Pareto": (random) => () => (1 - random()) ** -0.9,
  "of two peaks": (random) => {
    const next = normal(random);
    return () => random() < 0.985 ? 0.001 + Math.abs(next()) * 1e-4 : 30 + next();
  },
  "of few values": (random) => () => [0.1, 0.2, 0.2, 5, -3][Math.floor(random() * 5)]!,
  "of integers": (random) => () => Math.floor(random() * 1000),
  "mostly 0": (random) => () => Math.max(0, random() - 0.9),
};

const ORDERS: Record<string, (values: number[]) => number[]> = {
  "as they come": (values) => values,
  "rising": (values) => values.toSorted((a, b) => a - b),
  "falling": (values) => values.toSorted((a, b) => b - a),
};

for (const [name, distribution] of Object.entries(DISTRIBUTIONS)) {
  Deno.test(`Sketch.quantile() keeps its bound for values ${name}`, () => {
    for (const [i, count] of [10, 100, 1000, 30_000].entries()) {
      const values = Array.from({ length: count }, distribution(generator(i)));
      for (const order of Object.values(ORDERS)) {
        assertClose(sketching(order(values)), values, 0.0055);
      }
    }
  });

  Deno.test(`Sketch.merge() keeps the bound for values ${name}`, () => {
    const next = distribution(generator(7));
    const parts = [1000, 0, 1, 20_000].map((length) => Array.from({ length }, next));
    const whole = new Sketch();
    for (const part of parts) whole.merge(sketching(part));
    assertClose(whole, parts.flat(), 0.0055);
    assertEquals(whole.count, 21_001);
  });
}

for (
  const [exponent, error] of [[16, 0.00542], [32, 0.01084], [64, 0.02167], [128, 0.0433], [
    256,
    0.0864,
  ]] as const
) {
  Deno.test(`Sketch.quantile() has an error of at most ${error} for values within a factor of 2^${exponent}`, () => {
    for (const scale of [1, 2 ** -exponent, 1.234e-5]) {
      const random = generator(exponent);
      const values = Array.from(
        { length: 50_000 },
        () => scale * 2 ** (random() * exponent * 0.99999),
      );
      assertClose(sketching(values), values, error);
      assertClose(sketching(values.map((value) => -value)), values.map((value) => -value), error);
    }
  });
}

Deno.test("Sketch.merge() of sketches of different sizes keeps the wider bound", () => {
  const random = generator(3);
  const wide = Array.from({ length: 20_000 }, () => 2 ** (random() * 31.9));
  const narrow = Array.from({ length: 20_000 }, () => 1 + random());
  for (const [one, other] of [[wide, narrow], [narrow, wide]] as const) {
    const sketch = sketching(one);
    sketch.merge(sketching(other));
    assertClose(sketch, [...one, ...other], 0.01084);
  }
});

Deno.test("Sketch.merge() leaves the other sketch as it was", () => {
  const [one, other] = [sketching([1, 2, 4]), sketching([-8, 0, 8])];
  one.merge(other);
  one.add(100);
  assertEquals([other.count, other.quantile(0), other.quantile(0.5), other.quantile(1)], [
    3,
    -8,
    0,
    8,
  ]);
});

Deno.test("Sketch.size stays bounded whatever the values", () => {
  const random = generator(5);
  const next = magnitudes(random);
  const sketch = new Sketch();
  for (let i = 0; i < 100_000; i++) {
    sketch.add(random() < 0.5 ? next() : -next());
    assert(sketch.size <= 2050);
  }
  const other = sketching(Array.from({ length: 5000 }, (_, i) => 1.01 ** i));
  const merged = sketching(Array.from({ length: 5000 }, (_, i) => 1.01 ** -i));
  merged.merge(other);
  assert(merged.size <= 1025);
  assert(sketch.size + merged.size > 1025);
});
