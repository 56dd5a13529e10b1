import { assertEquals } from "@std/assert";
import { Heap } from "../../model/heap.ts";

function popAll(heap: Heap<number>): number[] {
  const items: number[] = [];
  for (let item = heap.pop(); item !== undefined; item = heap.pop()) items.push(item);
  return items;
}

const NUMBERS = [5, 3, 9, 1, 7, 3, 8, 2];

Deno.test("Heap.pop() returns items in order", () => {
  const heap = new Heap<number>((a, b) => a < b);
  for (const number of NUMBERS) heap.push(number);
  assertEquals(heap.size, 8);
  assertEquals(popAll(heap), [1, 2, 3, 3, 5, 7, 8, 9]);
  assertEquals(heap.pop(), undefined);
});

Deno.test("Heap.retain() keeps the order of the items that it retains", () => {
  const heap = new Heap<number>((a, b) => a < b);
  for (const number of NUMBERS) heap.push(number);
  heap.retain((number) => number % 2 === 1);
  assertEquals(heap.size, 6);
  heap.push(4);
  assertEquals(popAll(heap), [1, 3, 3, 4, 5, 7, 9]);
});

Deno.test("Heap.clear() removes all items", () => {
  const heap = new Heap<number>((a, b) => a < b);
  heap.push(1);
  heap.clear();
  assertEquals([heap.size, heap.pop()], [0, undefined]);
});
