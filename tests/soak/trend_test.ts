import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { generator, normal } from "../support/random.ts";
import { judge, lowerEnvelope, type Point, theilSen } from "./trend.ts";

/** The course of a figure over 400 seconds. */
function course(valueAt: (time: number) => number): Point[] {
  return Array.from({ length: 400 }, (_, time) => [time, valueAt(time)]);
}

/** Garbage of up to 30 that is collected every 17 seconds. */
function garbage(time: number): number {
  return (time % 17) * 30 / 17;
}

Deno.test("lowerEnvelope() returns the lowest point of each window", () => {
  const points: Point[] = [[0, 5], [1, 3], [2, 4], [3, 9], [4, 8], [5, 8]];
  assertEquals(lowerEnvelope(points, 2), [[1, 3], [4, 8]]);
  assertThrows(() => lowerEnvelope(points, 7), RangeError, "expected 7 points or more, got 6");
});

Deno.test("lowerEnvelope() leaves nothing of garbage", () => {
  const lows = lowerEnvelope(course((time) => 20 + garbage(time))).map(([, value]) => value);
  assertEquals(new Set(lows), new Set([20]));
});

Deno.test("theilSen() returns the slope of a line, whatever a quarter of its points are", () => {
  const line = Array.from({ length: 12 }, (_, i): Point => [i, 2 * i + 1]);
  assertEquals(theilSen(line), { slope: 2, lowerBound: 2 });
  const disturbed = line.map(([time, value], i): Point => [time, i % 4 === 1 ? 1e6 : value]);
  assertAlmostEquals(theilSen(disturbed).slope, 2);
});

Deno.test("theilSen() returns the slope and the lower bound of the example of Sen", () => {
  const points: Point[] = [[1, 9], [2, 15], [3, 19], [4, 20], [10, 45], [12, 55], [18, 78]];
  // (21 − 2.326 · 6.66) / 2 = 2.8: the second of the 21 slopes.
  assertEquals(theilSen(points), { slope: 4, lowerBound: 2.5 });
});

Deno.test("theilSen() needs two points at different times", () => {
  assertThrows(() => theilSen([[1, 2], [1, 3]]), RangeError, "no two points differ in time");
});

for (
  const [what, valueAt, verdict] of [
    ["a constant", () => 7, "flat"],
    ["garbage that is collected", garbage, "flat"],
    ["what falls", (time) => 1000 - time, "flat"],
    ["a burst", (time) => time > 350 && time < 380 ? 900 : 5, "flat"],
    ["a rise below the resolution", (time) => time / 500, "flat"],
    ["a leak", (time) => time / 50, "rises"],
    ["a leak under garbage", (time) => 20 + garbage(time) + time / 50, "rises"],
    ["a leak in steps", (time) => 20 + 5 * Math.floor(time / 70), "rises"],
    ["what approaches a level", (time) => 50 - 30 * Math.exp(-time / 50), "levels off"],
    [
      "a leak that goes on after a rise",
      (time) => 50 - 30 * Math.exp(-time / 50) + time / 50,
      "rises",
    ],
  ] satisfies [string, (time: number) => number, string][]
) {
  Deno.test(`judge() finds that ${what} ${verdict === "flat" ? "is flat" : verdict}`, () => {
    assertEquals(judge(course(valueAt), 1).verdict, verdict);
  });
}

Deno.test("judge() takes noise for a rise in less than one of a hundred cases", () => {
  const random = normal(generator(7));
  const verdicts = Array.from({ length: 1000 }, () => judge(course(random), 0).verdict);
  const rises = verdicts.filter((verdict) => verdict === "rises").length;
  assert(rises < 10, `${rises} of 1000`);
});

Deno.test("judge() needs two points for each window", () => {
  assertThrows(() => judge(course(() => 1).slice(0, 22), 1), RangeError, "12 points");
});
