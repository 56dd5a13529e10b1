import { assertEquals, assertThrows } from "@std/assert";
import { Table } from "../../model/config_table.ts";
import type { Family } from "../../model/family.ts";
import { parseExposition } from "../../parse.ts";
import { readSelection } from "../../sources/selection.ts";

function select(table: Record<string, unknown>, text: string): Family[] {
  const selection = readSelection(new Table(table, [], []));
  return parseExposition(text, { format: text.includes("# EOF") ? "openmetrics" : "text" })
    .flatMap((family) => selection.apply(family) ?? []);
}

function seriesOf(families: readonly Family[]): string[] {
  return families.flatMap(({ samples }) => samples.map(({ series }) => series));
}

const NODE = "node_load1 1\nnode_load5 2\nnode_up 1\ngo_info 1\n";

for (
  const [table, expected] of [
    [{}, ["node_load1", "node_load5", "node_up", "go_info"]],
    [{ keep: ["node_*"] }, ["node_load1", "node_load5", "node_up"]],
    [{ drop: ["node_load*", "go_info"] }, ["node_up"]],
    [{ keep: ["node_*"], drop: ["*_up"] }, ["node_load1", "node_load5"]],
    [{ rename: { "node_*": "host_*" } }, ["host_load1", "host_load5", "host_up", "go_info"]],
    [{ rename: { node_up: "a", "node_*": "b_*" } }, ["b_load1", "b_load5", "a", "go_info"]],
    [{ keep: ["node_up"], rename: { node_up: "up" }, labels: { a: "1" } }, ['up{a="1"}']],
  ] as const
) {
  Deno.test(`Selection.apply() with ${JSON.stringify(table)}`, () => {
    assertEquals(seriesOf(select(table, NODE)), [...expected]);
  });
}

Deno.test("Selection.apply() renames all parts of a histogram, and keeps their labels", () => {
  const text = `# TYPE a histogram
a_bucket{le="1",x="y"} 1
a_bucket{le="+Inf",x="y"} 2
a_sum{x="y"} 3
a_count{x="y"} 2
`;
  assertEquals(seriesOf(select({ rename: { a: "b" }, labels: { x: "z", w: "v" } }, text)), [
    'b_bucket{le="1",x="y",w="v"}',
    'b_bucket{le="+Inf",x="y",w="v"}',
    'b_sum{x="y",w="v"}',
    'b_count{x="y",w="v"}',
  ]);
});

Deno.test("Selection.apply() renames the label of a state set", () => {
  const text = '# TYPE door stateset\ndoor{door="open"} 1\ndoor{door="closed"} 0\n# EOF\n';
  const [family] = select({ rename: { door: "gate" } }, text);
  assertEquals(family?.type, "stateset");
  assertEquals(seriesOf([family!]), ['gate{gate="open"}', 'gate{gate="closed"}']);
});

Deno.test("Selection.apply() makes an info whose name no longer ends in _info untyped", () => {
  const text = '# TYPE build info\nbuild_info{v="1"} 1\n# EOF\n';
  assertEquals(select({ rename: { build_info: "b_info" } }, text)[0]?.type, "info");
  assertEquals(select({ rename: { build_info: "build" } }, text)[0]?.type, "untyped");
});

Deno.test("Selection.apply() keeps values, timestamps and exemplars", () => {
  const text = '# TYPE a counter\na_total 3 1.5 # {t="1"} 1 1\n# EOF\n';
  const [family] = select({ rename: { a_total: "b_total" }, labels: { x: "1" } }, text);
  const [sample] = family!.samples;
  assertEquals([sample?.value, sample?.timestamp], [3, 1500]);
  assertEquals(sample?.exemplar, { labels: ["t", "1"], value: 1, timestamp: 1000 });
});

Deno.test("Selection.apply() rejects a new name that is none", () => {
  assertThrows(
    () => select({ rename: { "node_*": "$x *" } }, NODE),
    RangeError,
    'Cannot rename metric "node_load1": expected a metric name that matches',
  );
});
