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
  ["4096000", "b"],
  ["b", "4096000"],
  [":4096000", "b"],
  ["1", "4096000"],
  ["4096000", "4096000"],
  ["04096000", "b"],
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
  const counter = new Counter("x_total", "", {
    labels: ["path"],
    maxLabelValueLength: Infinity,
  });
  const paths = Array.from({ length: 2000 }, (_, i) => `${i}`.padStart(16_400, "x"));
  const before = performance.now();
  for (const path of paths) counter.labels(path).inc();
  for (const path of paths) counter.labels(path).inc();
  const seconds = (performance.now() - before) / 1000;
  assert(seconds < 2, `took ${seconds} s`);
  assertEquals(counter.labels(paths[7]!).value, 2);
});

Deno.test("ValueTree.get() looks integers up by texts that V8 does not hash as integers", () => {
  const { get, set } = Map.prototype;
  const integers: unknown[] = [];
  Map.prototype.get = function (key) {
    if (/^[1-9]\d{6,15}$/.test(key)) integers.push(key);
    return get.call(this, key);
  };
  Map.prototype.set = function (key, value) {
    if (/^[1-9]\d{6,15}$/.test(key)) integers.push(key);
    return set.call(this, key, value);
  };
  try {
    const items = tree();
    for (let i = 1; i <= 100; i++) {
      const list = [`${i * 4_096_000}`, `${1_000_000 + i}`];
      items.get(list);
      if (i % 2 === 0) items.set(list, { id: `${i}` });
    }
    assertEquals(items.get(["8192000", "1000002"]), { id: "2" });
  } finally {
    Object.assign(Map.prototype, { get, set });
  }
  assert(integers.length <= 2, `${integers}`); // the first lookup notices them
});
