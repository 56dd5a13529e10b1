import { assertEquals } from "@std/assert";
import { BucketCounts } from "../../series/bucket_counts.ts";
import { generator } from "../support/random.ts";

function entries(counts: BucketCounts): [number, number][] {
  const all: [number, number][] = [];
  counts.forEach((index, count) => all.push([index, count]));
  return all;
}

function counting(schema: number, indices: readonly number[]): BucketCounts {
  const counts = new BucketCounts(schema);
  for (const index of indices) counts.increment(index);
  return counts;
}

Deno.test("BucketCounts starts without counts", () => {
  const counts = new BucketCounts(3);
  assertEquals([counts.schema, counts.size, counts.lowest], [3, 0, Infinity]);
  assertEquals(entries(counts), []);
  assertEquals(counts.indexAt(1), Infinity);
  assertEquals(counts.take(0), 0);
  assertEquals(counts.coarsen(), true);
  assertEquals(counts.schema, 2);
});

Deno.test("BucketCounts.increment() counts in the buckets of its schema", () => {
  const counts = new BucketCounts(7);
  assertEquals([5, 6, 7, -3, -2, 0].map((index) => counts.increment(index)), [
    true,
    false,
    true,
    true,
    false,
    true,
  ]);
  assertEquals(entries(counts), [[-1, 2], [0, 1], [3, 2], [4, 1]]);
  assertEquals([counts.size, counts.lowest], [4, -1]);
});

Deno.test("BucketCounts.coarsen() makes two buckets one, down to schema -4", () => {
  const counts = counting(8, [1, 2, 3, -1, 0, 10]);
  assertEquals(counts.coarsen(), true);
  assertEquals(entries(counts), [[0, 2], [1, 2], [2, 1], [5, 1]]);
  assertEquals([counts.schema, counts.size], [7, 4]);
  while (counts.coarsen());
  assertEquals([counts.schema, counts.coarsen(), counts.schema], [-4, false, -4]);
  assertEquals(entries(counts), [[0, 2], [1, 4]]);
});

Deno.test("BucketCounts.take() takes one bucket away", () => {
  const counts = counting(8, [4, 4, -9, 100]);
  assertEquals([counts.take(4), counts.take(4), counts.take(5)], [2, 0, 0]);
  assertEquals(entries(counts), [[-9, 1], [100, 1]]);
  assertEquals(counts.size, 2);
  assertEquals(counts.increment(4), true);
});

Deno.test("BucketCounts.merge() takes the coarser schema", () => {
  const fine = counting(8, [1, 2, 3, 10]);
  const coarse = counting(7, [1, 20]);
  fine.merge(coarse);
  assertEquals([fine.schema, ...entries(fine)], [7, [1, 3], [2, 1], [5, 1], [10, 1]]);
  coarse.merge(counting(8, [21, 22]));
  assertEquals([coarse.schema, ...entries(coarse)], [7, [1, 1], [10, 1], [11, 2]]);
});

Deno.test("BucketCounts.clear() begins again with another schema", () => {
  const counts = counting(2, [1, 1000, 2000]);
  counts.clear(8);
  assertEquals([counts.schema, counts.size, counts.lowest], [8, 0, Infinity]);
  counts.increment(7);
  assertEquals(entries(counts), [[7, 1]]);
});

Deno.test("BucketCounts.indexAt() finds the value of a rank", () => {
  const counts = counting(8, [7, 7, -2, 9]);
  assertEquals([1, 2, 3, 4, 5].map((rank) => counts.indexAt(rank)), [-2, 7, 7, 9, Infinity]);
});

Deno.test("BucketCounts do not share anything", () => {
  const [one, other] = [new BucketCounts(8), new BucketCounts(8)];
  one.increment(0);
  assertEquals([entries(one), entries(other)], [[[0, 1]], []]);
});

Deno.test("BucketCounts agrees with a map over random operations", () => {
  for (let seed = 0; seed < 50; seed++) {
    const random = generator(seed);
    const below = (limit: number) => Math.floor(random() * limit);
    const spread = 4 ** below(10);
    let schema = 8 - below(5);
    let model = new Map<number, number>();
    const counts = new BucketCounts(schema);
    const coarser = (index: number, times: number) => Math.ceil(index / 2 ** times);
    const add = (index: number, count: number) => model.set(index, (model.get(index) ?? 0) + count);
    for (let i = 0; i < 500; i++) {
      const choice = random();
      if (choice < 0.97) {
        const index = below(2 * spread) - spread;
        const before = model.size;
        add(coarser(index, 8 - schema), 1);
        assertEquals(counts.increment(index), model.size > before);
      } else if (choice < 0.975) {
        const entries = [...model];
        model = new Map();
        for (const [index, count] of entries) {
          add(schema === -4 ? index : coarser(index, 1), count);
        }
        schema = Math.max(-4, schema - 1);
        counts.coarsen();
      } else {
        const { lowest } = counts;
        assertEquals(lowest, Math.min(...model.keys()));
        assertEquals(counts.take(lowest), model.get(lowest) ?? 0);
        model.delete(lowest);
      }
      if (i % 10 > 0) continue;
      assertEquals(entries(counts), [...model].sort(([a], [b]) => a - b));
      assertEquals([counts.size, counts.schema], [model.size, schema]);
    }
  }
});
