import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { NumberChild } from "../../series/child.ts";
import type { SeriesLayout } from "../../series/layout.ts";
import { SeriesMap } from "../../series/map.ts";
import { Dice } from "../support/dice.ts";

/** A number that tests set. */
class Settable extends NumberChild {
  set(value: number): void {
    this.replace(value);
  }
}

const LABELS = ["a", "b", "c"];

function createMap(depth: number, details: Partial<SeriesLayout> = {}): SeriesMap<Settable> {
  const labelNames = LABELS.slice(0, depth);
  const layout = { name: "x", labelNames, parts: [{ suffix: "" }], isNumber: true, ...details };
  return new SeriesMap(layout, { createChild: (slots, slot) => new Settable(slots, slot) });
}

function set(map: SeriesMap<Settable>, values: readonly string[], value: number): Settable {
  const child = map.get(values) ?? map.add(values);
  child.set(value);
  return child;
}

function get(map: SeriesMap<Settable>, values: readonly string[]): number | undefined {
  return map.get(values)?.value;
}

/** The values that encoders read, in the order of exposition. */
function exposed(map: SeriesMap<Settable>): number[] {
  return map.blocks.flatMap((block) =>
    [...Array(block.rows).keys()].flatMap((row) => block.samplesOf(row)).map(({ value }) => value)
  );
}

Deno.test("SeriesMap tells apart what would join to the same string", () => {
  const map = createMap(2);
  set(map, ["a", "b,c"], 1);
  set(map, ["a,b", "c"], 2);
  set(map, ["", "ab"], 3);
  set(map, ["ab", ""], 4);
  assertEquals([get(map, ["a", "b,c"]), get(map, ["a,b", "c"])], [1, 2]);
  assertEquals([get(map, ["", "ab"]), get(map, ["ab", ""]), get(map, ["a", "b"])], [
    3,
    4,
    undefined,
  ]);
  assertEquals(exposed(map), [1, 2, 3, 4]);
});

Deno.test("SeriesMap without labels holds one child", () => {
  const map = createMap(0);
  assertEquals(get(map, []), undefined);
  const child = set(map, [], 1);
  assertStrictEquals(map.get([]), child);
  assertEquals([get(map, []), exposed(map)], [1, [1]]);
  assertEquals([map.delete([]), map.delete([]), exposed(map)], [true, false, []]);
});

Deno.test("SeriesMap forgets what was deleted, and nothing else", () => {
  const map = createMap(3);
  const keys = [["a", "b", "c"], ["a", "b", "d"], ["a", "e", "c"], ["f", "b", "c"]];
  for (const [i, key] of keys.entries()) set(map, key, i);
  assertEquals(map.delete(["a", "b", "x"]), false);
  assertEquals(map.delete(["x", "b", "c"]), false);
  for (const [i, key] of keys.entries()) {
    assertEquals(map.delete(key), true);
    assertEquals(map.get(key), undefined);
    assertEquals(exposed(map), keys.keys().toArray().slice(i + 1));
  }
});

Deno.test("SeriesMap.clear() removes everything", () => {
  const map = createMap(1);
  const child = set(map, ["a"], 1);
  map.clear();
  child.set(2);
  assertEquals([get(map, ["a"]), exposed(map), child.value], [undefined, [], 2]);
});

Deno.test("all children of a number stand for the same series", () => {
  const map = createMap(1);
  const first = set(map, ["a"], 1);
  set(map, ["a"], 5);
  assertEquals(first.value, 5);
  first.set(7);
  assertEquals(get(map, ["a"]), 7);
});

Deno.test("a child of a removed series changes no other series", () => {
  const map = createMap(1);
  const removed = set(map, ["a"], 1);
  map.delete(["a"]);
  set(map, ["b"], 2);
  set(map, ["a"], 3);
  removed.set(9);
  assertEquals([removed.value, get(map, ["a"]), exposed(map)], [9, 3, [2, 3]]);
});

/** How many series are in a block if each has so many parts. */
const PARTS = [[512, 1], [16, 32], [1, 512]] as const;

for (const [parts, rows] of PARTS) {
  for (const keepsChildren of [false, true]) {
    Deno.test(
      `SeriesMap does the same as a Map in 10,000 random steps, ${rows} rows a block, ${
        keepsChildren ? "with" : "without"
      } kept children`,
      () => {
        const dice = new Dice(parts + Number(keepsChildren));
        const map = new SeriesMap<Settable>(
          {
            name: "x",
            labelNames: ["a", "b"],
            parts: Array.from({ length: parts }, () => ({ suffix: "" })),
            isNumber: true,
          },
          { createChild: (slots, slot) => new Settable(slots, slot), keepsChildren },
        );
        const model = new Map<string, { child: Settable; value: number; isChanged: boolean }>();
        const removed: Settable[] = [];
        const range = 3 * Math.min(rows, 60);
        for (let step = 0; step < 10_000; step++) {
          const key = [`${dice.below(range)}`, dice.of(["p", "q", "4096000"])];
          const known = model.get(key.join());
          assertEquals(map.get(key)?.value, known?.value);
          // Growing and shrinking in turns, so that blocks are filled, joined and dropped.
          const isGrowing = step % 2000 < 1000;
          const die = dice.below(1000);
          if (die === 0) {
            map.clear();
            model.clear();
          } else if (die < (isGrowing ? 100 : 950)) {
            assertEquals(map.delete(key), known !== undefined);
            if (known !== undefined) removed.push(known.child);
            model.delete(key.join());
          } else if (known === undefined) {
            const child = map.add(key);
            child.set(step);
            model.set(key.join(), { child, value: step, isChanged: true });
          } else {
            dice.of([known.child, map.get(key)!]).set(step);
            known.value = step;
            known.isChanged = true;
          }
          if (removed.length > 0) dice.of(removed).set(-1);
          if (step % 100 === 0) assertSame(map, model);
        }
      },
    );
  }
}

/** Compares what is exposed and what counts as changed since the last call. */
function assertSame(
  map: SeriesMap<Settable>,
  model: ReadonlyMap<string, { value: number; isChanged: boolean }>,
): void {
  const rows = map.blocks.flatMap((block) => {
    const { version } = block;
    block.sync();
    return Array.from({ length: block.rows }, (_, row) => {
      const values = new Float64Array(block.layout.parts.length);
      block.read(row, values);
      const key = [block.labelValue(row, 0), block.labelValue(row, 1)].join();
      return [key, values[0], block.changedAt[row]! > version || version === 0];
    });
  });
  const expected = Array.from(model, ([key, { value, isChanged }]) => [key, value, isChanged]);
  assertEquals(
    rows.map(([key, value]) => [key, value]),
    expected.map(([key, value]) => [key, value]),
  );
  for (const [i, [key, , isChanged]] of expected.entries()) {
    if (isChanged) assert(rows[i]![2], `the change of ${key} was not noticed`);
  }
  for (const entry of model.values()) entry.isChanged = false;
}
