import { assert, assertEquals } from "@std/assert";
import { Counter } from "../../counter.ts";
import { ValueTree } from "../../series/value_tree.ts";

const LONG = "x".repeat(20_000);

function tree(): ValueTree<{ id: string }> {
  return new ValueTree({ first: 0, step: 1, count: 2 });
}

/** Lists that a careless key would take for each other. */
const LISTS = [
  ["a", "b"],
  ["b", "a"],
  ["ab", ""],
  ["", "ab"],
  [LONG, "b"],
  ["b", LONG],
  [LONG, LONG],
  [`${LONG}y`, ""],
  [LONG, "y"],
  [LONG.slice(0, 8192), LONG.slice(8192)],
  [LONG.slice(0, 8193), LONG.slice(8193)],
  ["2", LONG],
];

Deno.test("ValueTree.get() finds what was set for the same values, long ones included", () => {
  const items = tree();
  for (const [i, list] of LISTS.entries()) {
    assertEquals(items.get(list), undefined);
    items.set(list, { id: `${i}` });
  }
  assertEquals(LISTS.map((list) => items.get([...list])?.id), LISTS.map((_, i) => `${i}`));
});

Deno.test("ValueTree.delete() removes the item for these values only", () => {
  const items = tree();
  for (const [i, list] of LISTS.entries()) items.set(list, { id: `${i}` });
  for (const [i, list] of LISTS.entries()) {
    items.delete(list);
    assertEquals(
      LISTS.map((list) => items.get(list)?.id),
      LISTS.map((_, j) => j > i ? `${j}` : undefined),
    );
  }
});

Deno.test("ValueTree.clear() removes all items", () => {
  const items = tree();
  for (const list of LISTS) items.set(list, { id: "" });
  items.clear();
  assertEquals(LISTS.map((list) => items.get(list)), LISTS.map(() => undefined));
});

Deno.test("ValueTree.get() finds nothing for values that are not strings", () => {
  const items = tree();
  items.set(["a", "b"], { id: "" });
  items.set([LONG, "b"], { id: "" });
  for (const list of [[1, "b"], ["a"], [LONG], [LONG, undefined], [LONG, { length: 20_000 }]]) {
    assertEquals(items.get(list), undefined);
  }
});

Deno.test("an instrument finds series quickly whose label values are long and of equal length", () => {
  const counter = new Counter("x_total", "", { labels: ["path"] });
  const paths = Array.from({ length: 2000 }, (_, i) => `${i}`.padStart(16_400, "x"));
  const before = performance.now();
  for (const path of paths) counter.labels(path).inc();
  for (const path of paths) counter.labels(path).inc();
  const seconds = (performance.now() - before) / 1000;
  assert(seconds < 2, `took ${seconds} s`);
  assertEquals(counter.labels(paths[7]!).value, 2);
});
