import { assertEquals } from "@std/assert";
import { SeriesMap } from "../../series/map.ts";
import { Child } from "../../series/block.ts";

/** A child that is nothing but a number. */
class Numbered extends Child {
  constructor(readonly value: number) {
    super();
  }

  override read(into: Float64Array, at: number): void {
    into[at] = this.value;
  }
}

/** Children that are told apart by their numbers. */
class NumberMap {
  readonly map: SeriesMap<Numbered>;

  constructor(depth: number) {
    const labelNames = ["a", "b", "c"].slice(0, depth);
    this.map = new SeriesMap({ name: "x", labelNames, parts: [{ suffix: "" }] });
  }

  get(values: readonly string[]): number | undefined {
    return this.map.get(values)?.value;
  }

  set(values: readonly string[], value: number): void {
    this.map.add(values, new Numbered(value));
  }

  delete(values: readonly string[]): boolean {
    return this.map.delete(values);
  }
}

function children({ map }: NumberMap): number[] {
  return map.blocks.flatMap((block) =>
    [...Array(block.rows).keys()].flatMap((row) => block.samplesOf(row)).map(({ value }) => value)
  );
}

Deno.test("SeriesMap tells apart what would join to the same string", () => {
  const map = new NumberMap(2);
  map.set(["a", "b,c"], 1);
  map.set(["a,b", "c"], 2);
  map.set(["", "ab"], 3);
  map.set(["ab", ""], 4);
  assertEquals([map.get(["a", "b,c"]), map.get(["a,b", "c"])], [1, 2]);
  assertEquals([map.get(["", "ab"]), map.get(["ab", ""]), map.get(["a", "b"])], [3, 4, undefined]);
  assertEquals(children(map), [1, 2, 3, 4]);
});

Deno.test("SeriesMap without labels holds one child", () => {
  const map = new NumberMap(0);
  assertEquals(map.get([]), undefined);
  map.set([], 1);
  assertEquals([map.get([]), children(map)], [1, [1]]);
  assertEquals([map.delete([]), map.delete([]), children(map)], [true, false, []]);
});

Deno.test("SeriesMap forgets what was deleted, and nothing else", () => {
  const map = new NumberMap(3);
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
  const map = new NumberMap(1);
  map.set(["a"], 1);
  map.map.clear();
  assertEquals([map.get(["a"]), children(map)], [undefined, []]);
});
