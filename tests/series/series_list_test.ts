import { assertEquals, assertStrictEquals } from "@std/assert";
import { SeriesList } from "../../series/series_list.ts";

const HEAD = { name: "x", type: "gauge", help: "h" } as const;

function listOf(length: number): SeriesList {
  const labelValues = Array.from({ length }, (_, i) => `${i}`);
  return new SeriesList(HEAD, { labelNames: ["a"], labelValues, values: Array(length).fill(0) });
}

Deno.test("SeriesList.withValues() keeps the blocks whose values are the same", () => {
  const list = listOf(1200);
  const values = Array.from({ length: 1200 }, (_, i) => i);
  const first = list.withValues(values);
  assertEquals(first.blocks.map(({ rows, version }) => [rows, version]), [[512, 1], [512, 1], [
    176,
    1,
  ]]);
  values[600] = -1;
  const second = list.withValues(values);
  assertStrictEquals(second.blocks[0], first.blocks[0]);
  assertStrictEquals(second.blocks[2], first.blocks[2]);
  const [before, after] = [first.blocks[1]!, second.blocks[1]!];
  assertStrictEquals(after.identity, before.identity);
  assertEquals([after.version, after.changedAt[88], after.changedAt[87]], [2, 2, 1]);
  assertEquals([before.samplesOf(88)[0]!.value, after.samplesOf(88)[0]!.value], [600, -1]);
  assertStrictEquals(second.view, first.view);
});

for (const [from, to, isChange] of [[0, -0, true], [NaN, NaN, false], [1, NaN, true]] as const) {
  Deno.test(`SeriesList.withValues() ${isChange ? "notices" : "ignores"} ${Object.is(from, -0) ? "-0" : from} becoming ${Object.is(to, -0) ? "-0" : to}`, () => {
    const list = listOf(1);
    const [before, after] = [list.withValues([from]), list.withValues([to])];
    assertEquals(after.blocks[0] !== before.blocks[0], isChange);
  });
}

Deno.test("SeriesList.hasAt() compares name, labels and what else a sample has", () => {
  const list = listOf(3);
  const sample = { name: "x", labels: ["a", "1"], value: 5 };
  const has = (change: object, index = 1) => list.hasAt(index, { ...sample, ...change });
  assertEquals([has({}), has({}, 0), has({}, 3)], [true, false, false]);
  const exemplar = { labels: [], value: 1, timestamp: undefined };
  for (
    const change of [
      { name: "y" },
      { labels: ["b", "1"] },
      { labels: ["a", "1", "b", "2"] },
      { labels: [] },
      { timestamp: 1 },
      { exemplar },
    ]
  ) assertEquals(has(change), false, JSON.stringify(change));
});

Deno.test("SeriesList.countFrom() counts equal series", () => {
  const list = listOf(4);
  const count = (index: number, labelValues: string[], labelNames = ["a"]) =>
    list.countFrom(index, { labelNames, labelValues, values: labelValues.map(Number) });
  assertEquals(count(0, ["0", "1", "2", "3", "4"]), 4);
  assertEquals(count(1, ["1", "2"]), 2);
  assertEquals(count(1, ["1", "3"]), 1);
  assertEquals(count(0, ["0"], ["b"]), 0);
  assertEquals(count(4, ["4"]), 0);
});

Deno.test("SeriesList.isUnique() finds series that occur twice", async () => {
  assertEquals(await listOf(300).isUnique(), true);
  const twice = { labelNames: ["a", "b"], labelValues: ["1", "2", "1", "2"], values: [0, 0] };
  assertEquals(await new SeriesList(HEAD, twice).isUnique(), false);
  assertEquals(
    await new SeriesList(HEAD, { labelNames: [], labelValues: [], values: [0, 0] }).isUnique(),
    false,
  );
  const surrogates = { labelNames: ["a"], labelValues: ["\ud800", "\ud801"], values: [0, 0] };
  assertEquals(await new SeriesList(HEAD, surrogates).isUnique(), false);
});

Deno.test("SeriesList.isFor() compares metadata and length", () => {
  const list = listOf(2);
  assertEquals(list.isFor(HEAD, 2), true);
  assertEquals(list.isFor(HEAD, 1), false);
  assertEquals(list.isFor({ ...HEAD, help: "other" }, 2), false);
  assertEquals(list.isFor({ ...HEAD, unit: "bytes" }, 2), false);
});
