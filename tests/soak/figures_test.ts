import { assertAlmostEquals, assertEquals } from "@std/assert";
import { bucketQuantile, resolutionOf } from "./figures.ts";

Deno.test("bucketQuantile() interpolates within a bucket", () => {
  const buckets = new Map([[Infinity, 10], [0.1, 4], [0.2, 8], [0.5, 10]]);
  assertAlmostEquals(bucketQuantile(0.2, buckets), 0.05);
  assertAlmostEquals(bucketQuantile(0.5, buckets), 0.125);
  assertAlmostEquals(bucketQuantile(1, buckets), 0.5);
});

Deno.test("bucketQuantile() returns the last bound for what is above it, and 0 for nothing", () => {
  assertEquals(bucketQuantile(0.9, new Map([[1, 1], [Infinity, 10]])), 1);
  assertEquals(bucketQuantile(0.5, new Map([[1, 0], [Infinity, 0]])), 0);
  assertEquals(bucketQuantile(0.5, new Map()), 0);
});

Deno.test("resolutionOf() returns a share of the level, and another one before that is reached", () => {
  assertEquals(resolutionOf("rss", 300, 150), 15);
  assertEquals(resolutionOf("rss", 300, 20), 120);
  assertEquals(resolutionOf("heap", 100, 20), 32);
  assertEquals(resolutionOf("heap", 100, 150), 5);
  assertEquals(resolutionOf("heap", 10, 150), 1);
});
