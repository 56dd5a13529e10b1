import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  type QuantilesConfig,
  resolveQuantiles,
  SlidingQuantiles,
} from "../../series/quantiles.ts";
import { generator } from "../support/random.ts";

const ACTION = 'Cannot create summary "x"';

/** The lowest and the highest value, which are exact, over 100 s in parts of 20 s. */
function sliding(clock: { time: number }, options: Partial<QuantilesConfig> = {}) {
  const config = resolveQuantiles(ACTION, { quantiles: [0, 1], window: 100, ...options });
  return new SlidingQuantiles(config, () => clock.time);
}

Deno.test("SlidingQuantiles.values() without values is NaN for each quantile", () => {
  assertEquals(sliding({ time: 0 }, { quantiles: [0, 0.5, 1] }).values(), [NaN, NaN, NaN]);
  assertEquals(sliding({ time: 0 }, { quantiles: [] }).values(), []);
});

Deno.test("SlidingQuantiles.values() gives the quantiles in their order", () => {
  const quantiles = sliding({ time: 0 }, { quantiles: [0, 0.5, 0.99, 1] });
  for (let value = 1; value <= 1000; value++) quantiles.observe(value);
  const [lowest, median, high, highest] = quantiles.values();
  assertEquals([lowest, highest], [1, 1000]);
  assert(Math.abs(median! / 500 - 1) < 0.0055);
  assert(Math.abs(high! / 990 - 1) < 0.0055);
});

Deno.test("SlidingQuantiles.observe() passes over NaN", () => {
  const quantiles = sliding({ time: 0 });
  quantiles.observe(NaN);
  assertEquals(quantiles.values(), [NaN, NaN]);
  for (const value of [2, NaN, 3]) quantiles.observe(value);
  assertEquals(quantiles.values(), [2, 3]);
});

Deno.test("SlidingQuantiles forgets values together with their part of the window", () => {
  const clock = { time: 1000 };
  const quantiles = sliding(clock);
  quantiles.observe(1);
  clock.time = 1019;
  quantiles.observe(2);
  clock.time = 1020;
  quantiles.observe(3);
  clock.time = 1099.9;
  assertEquals(quantiles.values(), [1, 3]);
  clock.time = 1100;
  assertEquals(quantiles.values(), [3, 3]);
  clock.time = 1119.9;
  assertEquals(quantiles.values(), [3, 3]);
  clock.time = 1120;
  assertEquals(quantiles.values(), [NaN, NaN]);
});

Deno.test("SlidingQuantiles forgets everything when nothing came for longer than the window", () => {
  const clock = { time: 0 };
  const quantiles = sliding(clock);
  for (const time of [0, 30, 50, 70, 90]) {
    clock.time = time;
    quantiles.observe(time);
  }
  clock.time = 1e15;
  quantiles.observe(5);
  assertEquals(quantiles.values(), [5, 5]);
});

Deno.test("SlidingQuantiles with one part forgets everything at once", () => {
  const clock = { time: 0 };
  const quantiles = sliding(clock, { windowParts: 1 });
  quantiles.observe(1);
  clock.time = 99;
  quantiles.observe(2);
  assertEquals(quantiles.values(), [1, 2]);
  clock.time = 100;
  assertEquals(quantiles.values(), [NaN, NaN]);
});

Deno.test("SlidingQuantiles has a window of 10 minutes in 5 parts by default", () => {
  const clock = { time: 0 };
  const config = resolveQuantiles(ACTION, { quantiles: [0, 1] });
  const quantiles = new SlidingQuantiles(config, () => clock.time);
  quantiles.observe(1);
  clock.time = 120;
  quantiles.observe(2);
  clock.time = 599;
  assertEquals(quantiles.values(), [1, 2]);
  clock.time = 600;
  assertEquals(quantiles.values(), [2, 2]);
  assertEquals([config.window, config.windowParts], [600, 5]);
});

Deno.test("SlidingQuantiles keeps values no longer than a part more when the clock is set back", () => {
  const clock = { time: 5000 };
  const quantiles = sliding(clock);
  quantiles.observe(1);
  clock.time = 1000;
  assertEquals(quantiles.values(), [1, 1]);
  quantiles.observe(2);
  clock.time = 1099;
  assertEquals(quantiles.values(), [1, 2]);
  clock.time = 1100;
  assertEquals(quantiles.values(), [NaN, NaN]);
});

Deno.test("SlidingQuantiles.drops grows when values are dropped, and not when there are none to drop", () => {
  const clock = { time: 0 };
  const quantiles = sliding(clock);
  clock.time = 50;
  assertEquals(quantiles.drops, 0);
  quantiles.observe(1);
  clock.time = 120;
  assertEquals(quantiles.drops, 0);
  clock.time = 140;
  assertEquals([quantiles.values(), quantiles.drops], [[NaN, NaN], 1]);
  clock.time = 500;
  assertEquals(quantiles.drops, 1);
  quantiles.observe(2);
  clock.time = 1000;
  quantiles.observe(3);
  assertEquals([quantiles.values(), quantiles.drops], [[3, 3], 2]);
});

Deno.test("SlidingQuantiles has what came in the window, to within a part, at any time", () => {
  for (let seed = 0; seed < 100; seed++) {
    const random = generator(seed);
    const clock = { time: random() * 1000 };
    const start = clock.time;
    const windowParts = 1 + Math.floor(random() * 6);
    const part = 100 / windowParts;
    const quantiles = sliding(clock, { windowParts });
    const seen: { value: number; time: number }[] = [];
    for (let i = 0; i < 300; i++) {
      clock.time += random() ** 6 * 300;
      if (random() < 0.7) {
        const value = random() - 0.5;
        quantiles.observe(value);
        seen.push({ value, time: clock.time });
      }
      const current = Math.floor((clock.time - start) / part);
      const live = seen.filter(({ time }) =>
        Math.floor((time - start) / part) > current - windowParts
      ).map(({ value }) => value);
      const expected = live.length === 0 ? [NaN, NaN] : [Math.min(...live), Math.max(...live)];
      assertEquals(quantiles.values(), expected);
    }
  }
});

Deno.test("resolveQuantiles() completes options and keeps a copy of the quantiles", () => {
  const quantiles = [0, 0.5, 1];
  const config = resolveQuantiles(ACTION, { quantiles });
  quantiles[1] = 2;
  assertEquals(config, { quantiles: [0, 0.5, 1], window: 600, windowParts: 5 });
});

for (
  const quantiles of [[-0.1], [1.1], [NaN], [0.5, 0.5], [0.9, 0.5], [0.5, NaN], [Infinity], [50]]
) {
  Deno.test(`resolveQuantiles() rejects the quantiles ${quantiles.join(", ")}`, () => {
    assertThrows(
      () => resolveQuantiles(ACTION, { quantiles }),
      RangeError,
      `${ACTION}: expected quantiles from 0 to 1 in increasing order, got ${quantiles.join(", ")}`,
    );
  });
}

for (
  const [options, message] of [
    [{ window: 0 }, "expected window to be finite seconds above 0, got 0"],
    [{ window: Infinity }, "expected window to be finite seconds above 0, got Infinity"],
    [{ window: NaN }, "expected window to be finite seconds above 0, got NaN"],
    [{ windowParts: 0 }, "expected windowParts to be an integer of 1 or more, got 0"],
    [{ windowParts: 1.5 }, "expected windowParts to be an integer of 1 or more, got 1.5"],
    [{ windowParts: Infinity }, "expected windowParts to be an integer of 1 or more, got Infinity"],
  ] as const
) {
  Deno.test(`resolveQuantiles() rejects a value out of range: ${message}`, () => {
    assertThrows(
      () => resolveQuantiles(ACTION, { quantiles: [0.5], ...options }),
      RangeError,
      `${ACTION}: ${message}`,
    );
  });
}

for (
  const [options, message] of [
    [{ quantiles: 0.5 }, "expected a list of numbers as quantiles"],
    [{ quantiles: ["0.5"] }, "expected a list of numbers as quantiles"],
    [{ quantiles: [0.5], window: "5" }, 'expected window to be finite seconds above 0, got "5"'],
  ] as const
) {
  Deno.test(`resolveQuantiles() rejects what is of the wrong kind: ${message} (${JSON.stringify(options)})`, () => {
    assertThrows(
      () => resolveQuantiles(ACTION, options as unknown as QuantilesConfig),
      TypeError,
      `${ACTION}: ${message}`,
    );
  });
}
