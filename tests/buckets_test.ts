import { assertEquals, assertThrows } from "@std/assert";
import { exponentialBuckets, linearBuckets } from "../buckets.ts";

Deno.test("linearBuckets() returns bounds at equal distances", () => {
  assertEquals(linearBuckets(-15, 5, 6), [-15, -10, -5, 0, 5, 10]);
  assertEquals(linearBuckets(1, 0.5, 1), [1]);
});

Deno.test("exponentialBuckets() returns bounds that grow by a factor", () => {
  assertEquals(exponentialBuckets(100, 1.5, 3), [100, 150, 225]);
  assertEquals(exponentialBuckets(0.001, 10, 4), [0.001, 0.01, 0.1, 1]);
});

for (
  const [start, width, count] of [
    [NaN, 1, 1],
    [Infinity, 1, 1],
    [0, 0, 1],
    [0, -1, 1],
    [0, 1, 0],
    [0, 1, 1.5],
    [0, 1, NaN],
    [1, Infinity, 3],
    [1, 1e308, 3],
  ] as const
) {
  Deno.test(`linearBuckets() rejects ${start}, ${width}, ${count}`, () => {
    assertThrows(() => linearBuckets(start, width, count), RangeError, `got ${start}, ${width}`);
  });
}

for (
  const [start, factor, count] of [[0, 2, 1], [-1, 2, 1], [1, 1, 1], [1, NaN, 1], [1, 2, 0], [
    1,
    10,
    400,
  ]]
) {
  Deno.test(`exponentialBuckets() rejects ${start}, ${factor}, ${count}`, () => {
    assertThrows(
      () => exponentialBuckets(start!, factor!, count!),
      RangeError,
      "Cannot create exponential buckets",
    );
  });
}
