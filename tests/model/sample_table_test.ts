import { assertEquals } from "@std/assert";
import { Sample } from "../../model/sample.ts";
import { type SampleInit, SampleTable, sizeOf } from "../../model/sample_table.ts";

const GAUGE = { name: "x", type: "gauge" } as const;

function lines(table: SampleTable): string[] {
  return table.samples.map(({ series, value }) => `${series} ${value}`);
}

Deno.test("SampleTable keeps samples with the same label names in columns", () => {
  const table = new SampleTable(GAUGE);
  table.add({ name: "x", labels: ["a", "1", "b", "2"], value: 3 });
  table.add({ name: "x", labels: ["a", "4", "b", "5"], value: 6 });
  assertEquals(table.columns, {
    labelNames: ["a", "b"],
    labelValues: ["1", "2", "4", "5"],
    values: [3, 6],
  });
  assertEquals(lines(table), ['x{a="1",b="2"} 3', 'x{a="4",b="5"} 6']);
});

for (
  const [what, other] of [
    ["a label less", { labels: [] }],
    ["another label", { labels: ["b", "1"] }],
    ["another name", { name: "x_sum" }],
    ["a timestamp", { timestamp: 5 }],
    ["an exemplar", { exemplar: { labels: [], value: 1, timestamp: undefined } }],
  ] as [string, Partial<SampleInit>][]
) {
  Deno.test(`SampleTable leaves its columns for a sample with ${what}`, () => {
    const table = new SampleTable(GAUGE);
    const first = { name: "x", labels: ["a", "1"], value: 1 };
    const second = { ...first, value: 2, ...other };
    for (const sample of [first, second, first]) table.add(sample);
    assertEquals([table.columns, table.length], [undefined, 3]);
    const { name, labels, value, timestamp, exemplar } = second as SampleInit;
    assertEquals(
      table.samples[1],
      new Sample(name, labels, value, timestamp, exemplar && { exemplar }),
    );
    assertEquals(lines(table)[2], 'x{a="1"} 1');
  });
}

for (const type of ["histogram", "gaugehistogram", "summary", "stateset"] as const) {
  Deno.test(`SampleTable has no columns for a ${type}`, () => {
    const table = new SampleTable({ name: "x", type }, ["a"]);
    table.addRow(["1"], 2);
    assertEquals([table.columns, lines(table)], [undefined, ['x{a="1"} 2']]);
  });
}

Deno.test("SampleTable.addRow() takes an empty value for no label", () => {
  const table = new SampleTable(GAUGE, ["a", "b"]);
  table.addRow(["", "1"], 2);
  assertEquals(lines(table), ['x{b="1"} 2']);
});

Deno.test("SampleTable.addColumns() adds a part of columns, with the same labels or others", () => {
  const table = new SampleTable(GAUGE);
  const values = [1, 2, 3];
  table.addColumns({ labelNames: ["a"], labelValues: ["1", "2", "3"], values }, 1);
  table.addColumns({ labelNames: ["a"], labelValues: ["4", "5", "6"], values }, 0, 1);
  assertEquals(table.columns?.labelValues, ["2", "3", "4"]);
  table.addColumns({ labelNames: ["b"], labelValues: ["7", "8", "9"], values }, 2);
  assertEquals(lines(table), ['x{a="2"} 2', 'x{a="3"} 3', 'x{a="4"} 1', 'x{b="9"} 3']);
});

Deno.test("SampleTable.size is the sum of the sizes of its samples", () => {
  const table = new SampleTable(GAUGE);
  const sample = { name: "x", labels: ["long", "value"], value: 1 };
  table.add(sample);
  table.add({ ...sample, labels: ["long", ""] });
  assertEquals(table.size, 2 * sizeOf(sample) - 5);
  table.add({ ...sample, labels: [] });
  assertEquals(table.size, [...table.samples].reduce((sum, sample) => sum + sizeOf(sample), 0));
});
