import { assertEquals } from "@std/assert";
import { SeriesMap } from "../series.ts";

function children(map: SeriesMap<number>): number[] {
  const all: number[] = [];
  map.forEach((child) => all.push(child));
  return all;
}

Deno.test("SeriesMap tells apart what would join to the same string", () => {
  const map = new SeriesMap<number>(2);
  map.set(["a", "b,c"], 1);
  map.set(["a,b", "c"], 2);
  map.set(["", "ab"], 3);
  map.set(["ab", ""], 4);
  assertEquals([map.get(["a", "b,c"]), map.get(["a,b", "c"])], [1, 2]);
  assertEquals([map.get(["", "ab"]), map.get(["ab", ""]), map.get(["a", "b"])], [3, 4, undefined]);
  assertEquals(children(map), [1, 2, 3, 4]);
});

Deno.test("SeriesMap without labels holds one child", () => {
  const map = new SeriesMap<number>(0);
  assertEquals(map.get([]), undefined);
  map.set([], 1);
  assertEquals([map.get([]), children(map)], [1, [1]]);
  assertEquals([map.delete([]), map.delete([]), children(map)], [true, false, []]);
});

Deno.test("SeriesMap forgets what was deleted, and nothing else", () => {
  const map = new SeriesMap<number>(3);
  const keys = [["a", "b", "c"], ["a", "b", "d"], ["a", "e", "c"], ["f", "b", "c"]];
  for (const [i, key] of keys.entries()) map.set(key, i);
  assertEquals(map.delete(["a", "b", "x"]), false);
  assertEquals(map.delete(["x", "b", "c"]), false);
  for (const [i, key] of keys.entries()) {
    assertEquals(map.delete(key), true);
    assertEquals(map.get(key), undefined);
    assertEquals(children(map).sort(), keys.keys().toArray().slice(i + 1));
  }
});

Deno.test("SeriesMap.clear() removes everything", () => {
  const map = new SeriesMap<number>(1);
  map.set(["a"], 1);
  map.clear();
  assertEquals([map.get(["a"]), children(map)], [undefined, []]);
});
