import { assertEquals, assertThrows } from "@std/assert";
import { median, spread } from "../../benches/compare/statistics.ts";

Deno.test("median() is the value in the middle", () => {
  assertEquals(median([3, 1, 20]), 3);
  assertEquals(median([7]), 7);
});

Deno.test("median() of an even number of values is between the two in the middle", () => {
  assertEquals(median([4, 1, 100, 2]), 3);
});

Deno.test("median() orders numbers as numbers and leaves its argument alone", () => {
  const values = [10, 9, 100];
  assertEquals(median(values), 10);
  assertEquals(values, [10, 9, 100]);
});

Deno.test("median() rejects an empty list", () => {
  assertThrows(() => median([]), RangeError, "Cannot take median: no values");
});

Deno.test("spread() is a part of the median", () => {
  assertEquals(spread([8, 10, 13]), 0.5);
  assertEquals(spread([0, 0]), 0);
});
