import { assertEquals, assertThrows } from "@std/assert";
import { median, spread } from "../../benches/compare/statistics.ts";

Deno.test("median() returns the middle value", () => {
  assertEquals(median([3, 1, 20]), 3);
  assertEquals(median([7]), 7);
});

Deno.test("median() returns the mean of the two middle values", () => {
  assertEquals(median([4, 1, 100, 2]), 3);
});

Deno.test("median() sorts numerically and does not change its argument", () => {
  const values = [10, 9, 100];
  assertEquals(median(values), 10);
  assertEquals(values, [10, 9, 100]);
});

Deno.test("median() rejects an empty list", () => {
  assertThrows(() => median([]), RangeError, "Cannot take median: no values");
});

Deno.test("spread() returns a fraction of the median", () => {
  assertEquals(spread([8, 10, 13]), 0.5);
  assertEquals(spread([0, 0]), 0);
});
