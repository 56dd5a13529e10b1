import { assertEquals } from "@std/assert";
import { MetricFamily } from "../../family.ts";
import { Labels, type LabelsInit } from "../../labels.ts";
import { Child } from "../../series/child.ts";
import { BlockFamily } from "../../series/block_family.ts";
import { SeriesMap } from "../../series/map.ts";
import { SeriesView } from "../../series/view.ts";
import { type Clash, Merger } from "../../collect/merge.ts";
import type { MetricType } from "../../model/metric_type.ts";
import type { Family } from "../../model/family.ts";
import { Sample } from "../../model/sample.ts";
import { encodeText } from "../support/encode.ts";
import { letsOthersRun } from "../support/stopped_clock.ts";

interface Asked {
  labels?: LabelsInit;
  filter?: LabelsInit;
  names?: string[];
}

interface Merged {
  text: string;
  samples: number;
  duplicates: number;
  clashes: readonly Clash[];
}

/** Merges the families of collectors named 0, 1, … and writes the result. */
async function merge(collectors: Family[][], asked: Asked = {}): Promise<Merged> {
  const merger = new Merger(new Labels(asked.labels), {
    labels: new Labels(asked.filter),
    names: new Set(asked.names),
  });
  for (const [i, families] of collectors.entries()) await merger.add(families, String(i));
  const { samples, duplicates, clashes } = merger;
  return { text: await write(await merger.families()), samples, duplicates, clashes };
}

async function write(families: Family[]): Promise<string> {
  return new TextDecoder().decode(await new Blob([...await encodeText(families)]).bytes());
}

function gauge(name: string, ...samples: [value: number, labels?: LabelsInit][]): MetricFamily {
  const family = new MetricFamily(name, { type: "gauge" });
  for (const [value, labels] of samples) family.add(value, labels);
  return family;
}

function counter(name: string, value: number, help?: string): MetricFamily {
  return new MetricFamily(name, { type: "counter", ...(help !== undefined && { help }) }).add(
    value,
  );
}

/** A histogram or a summary that has only a sum. */
function sumOf(type: MetricType, name: string, value: number): MetricFamily {
  return new MetricFamily(name, { type }).add(value, {}, { suffix: "_sum" });
}

Deno.test("Merger returns no families if none were added", async () => {
  assertEquals(await merge([]), { text: "", samples: 0, duplicates: 0, clashes: [] });
});

Deno.test("Merger sorts families by name, in code unit order", async () => {
  const { text } = await merge([
    [gauge("b", [1]), gauge("a_total", [2])],
    [gauge("a", [3]), gauge("B", [4]), gauge("a1", [5])],
  ]);
  assertEquals(
    text,
    `# TYPE B gauge
B 4
# TYPE a gauge
a 3
# TYPE a1 gauge
a1 5
# TYPE a_total gauge
a_total 2
# TYPE b gauge
b 1
`,
  );
});

Deno.test("Merger merges families of the same name and type", async () => {
  const { text, samples, clashes } = await merge([
    [gauge("x", [1, { a: "1" }])],
    [gauge("x", [2, { a: "2" }])],
    [gauge("y", [3]), gauge("x", [4, { a: "3" }])],
  ]);
  assertEquals(
    text,
    `# TYPE x gauge
x{a="1"} 1
x{a="2"} 2
x{a="3"} 4
# TYPE y gauge
y 3
`,
  );
  assertEquals([samples, clashes], [4, []]);
});

Deno.test("Merger uses the first help text", async () => {
  const { text } = await merge([
    [gauge("x", [1])],
    [new MetricFamily("x", { type: "gauge", help: "First." })],
    [new MetricFamily("x", { type: "gauge", help: "Second." })],
  ]);
  assertEquals(text, "# HELP x First.\n# TYPE x gauge\nx 1\n");
});

Deno.test("Merger uses the first unit", async () => {
  const merger = new Merger(new Labels());
  await merger.add([gauge("x", [1])]);
  await merger.add([new MetricFamily("x", { type: "gauge", unit: "seconds" })]);
  await merger.add([new MetricFamily("x", { type: "gauge", unit: "bytes" })]);
  assertEquals((await merger.families()).map(({ unit }) => unit), ["seconds"]);
});

Deno.test("Merger leaves out families without samples", async () => {
  const merger = new Merger(new Labels());
  await merger.add([gauge("x")]);
  assertEquals(await merger.families(), []);
});

Deno.test("Merger adds common labels to every sample, before its own", async () => {
  const { text } = await merge([[gauge("x", [1], [2, { floor: "1" }])], [gauge("y", [3])]], {
    labels: { site: "north", host: "a" },
  });
  assertEquals(
    text,
    `# TYPE x gauge
x{site="north",host="a"} 1
x{site="north",host="a",floor="1"} 2
# TYPE y gauge
y{site="north",host="a"} 3
`,
  );
});

Deno.test("Merger lets a sample's own labels win over common ones", async () => {
  const { text } = await merge([[gauge("x", [1, { floor: "1", site: "south" }])]], {
    labels: { site: "north", host: "a" },
  });
  assertEquals(text, '# TYPE x gauge\nx{site="south",host="a",floor="1"} 1\n');
});

Deno.test("Merger detects series that are equal because of a common label", async () => {
  const { text, duplicates } = await merge([[gauge("x", [1, { site: "north" }], [2])]], {
    labels: { site: "north" },
  });
  assertEquals([text, duplicates], ['# TYPE x gauge\nx{site="north"} 1\n', 1]);
});

for (
  const [type, label] of [["histogram", "le"], ["summary", "quantile"]] satisfies [
    MetricType,
    string,
  ][]
) {
  Deno.test(`Merger does not add a common label "${label}" to a ${type}`, async () => {
    const { text } = await merge([[sumOf(type, "x", 1), gauge("y", [2])]], {
      labels: { [label]: "high", site: "north" },
    });
    assertEquals(
      text,
      `# TYPE x ${type}\nx_sum{site="north"} 1\n` +
        `# TYPE y gauge\ny{${label}="high",site="north"} 2\n`,
    );
  });
}

Deno.test("Merger orders the labels of a family by first occurrence", async () => {
  const { text } = await merge([[
    gauge(
      "x",
      [1, { b: "1", a: "1" }],
      [2, { a: "2", b: "2" }],
      [3, { a: "3" }],
      [4, { c: "4", a: "4", b: "4" }],
      [5, { b: "5", a: "5" }],
      [6, { a: "6", b: "6", c: "6" }],
    ),
  ]]);
  assertEquals(
    text,
    `# TYPE x gauge
x{b="1",a="1"} 1
x{b="2",a="2"} 2
x{a="3"} 3
x{c="4",a="4",b="4"} 4
x{b="5",a="5"} 5
x{c="6",a="6",b="6"} 6
`,
  );
});

Deno.test("Merger keeps timestamps", async () => {
  const family = new MetricFamily("x")
    .add(1, { a: "1", b: "1" }, { timestamp: new Date(1) })
    .add(2, { b: "2", a: "2" }, { timestamp: new Date(2) });
  const { text } = await merge([[family]], { labels: { c: "3" } });
  assertEquals(
    text,
    '# TYPE x untyped\nx{c="3",a="1",b="1"} 1 1\nx{c="3",a="2",b="2"} 2 2\n',
  );
});

Deno.test("Merger keeps the first of duplicate series within a family", async () => {
  const [a, b] = [{ a: "1" }, { a: "2" }];
  const { text, samples, duplicates, clashes } = await merge([
    [gauge("x", [1, a], [2, a], [3, b], [4, a], [5, b])],
  ]);
  assertEquals(text, '# TYPE x gauge\nx{a="1"} 1\nx{a="2"} 3\n');
  assertEquals([samples, duplicates], [2, 3]);
  assertEquals(clashes, [{ collector: "0", kind: "duplicate", what: 'x{a="1"}', samples: 3 }]);
});

Deno.test("Merger keeps the first of duplicate series from several collectors", async () => {
  const { text, clashes } = await merge([[gauge("x", [1])], [gauge("x", [2])], [gauge("x", [3])]]);
  assertEquals(text, "# TYPE x gauge\nx 1\n");
  assertEquals(clashes, [
    { collector: "1", kind: "duplicate", what: "x", samples: 1 },
    { collector: "2", kind: "duplicate", what: "x", samples: 1 },
  ]);
});

for (const [a, b, c] of ["abc", "acb", "bac", "bca", "cab", "cba"].map((order) => [...order])) {
  Deno.test(`Merger detects a duplicate with its labels in the order ${a}, ${b}, ${c}`, async () => {
    const value = { a: "1", b: "2", c: "3" } as Record<string, string>;
    const labels = [a, b, c].map((name): [string, string] => [name!, value[name!]!]);
    const { text, duplicates } = await merge([[gauge("x", [1, value])], [gauge("x", [2, labels])]]);
    assertEquals([text, duplicates], ['# TYPE x gauge\nx{a="1",b="2",c="3"} 1\n', 1]);
  });
}

Deno.test("Merger detects a duplicate after a series that begins with the same names", async () => {
  const { duplicates } = await merge([
    [gauge("x", [1, { b: "1", a: "1", c: "1" }], [2, { b: "1", a: "1" }], [3, { a: "1", b: "1" }])],
  ]);
  assertEquals(duplicates, 1);
});

Deno.test("Merger treats the same series with another timestamp as a duplicate", async () => {
  const at = (time: number) => ({ timestamp: new Date(time) });
  const family = new MetricFamily("x").add(1, {}, at(1)).add(2, {}, at(2));
  assertEquals((await merge([[family]])).text, "# TYPE x untyped\nx 1 1\n");
});

Deno.test("Merger treats the parts of a histogram as different series", async () => {
  const family = new MetricFamily("x", { type: "histogram" })
    .add(1, {}, { suffix: "_sum" }).add(1, {}, { suffix: "_count" });
  assertEquals((await merge([[family]])).duplicates, 0);
});

for (
  const [first, second] of [
    [{ a: '1",b="2' }, { a: "1", b: "2" }],
    [{ a: "1,b=2" }, { a: "1", b: "=2" }],
    [{ a: "\n" }, { a: "\\n" }],
    [{ a: '"' }, { a: '\\"' }],
    [{ a: "1", b: "2" }, { a: "2", b: "1" }],
    [{ a: "1" }, { A: "1" }],
    [{ a: "1" }, { a: "1 " }],
    [{ a: "é" }, { a: "e\u0301" }],
  ] satisfies [LabelsInit, LabelsInit][]
) {
  Deno.test(`Merger distinguishes ${JSON.stringify(first)} and ${JSON.stringify(second)}`, async () => {
    const { samples } = await merge([[gauge("x", [1, first], [2, second])]]);
    assertEquals(samples, 2);
  });
}

Deno.test("Merger treats values that are exposed alike as equal", async () => {
  const { text, duplicates } = await merge([
    [gauge("x", [1, { a: "\ud800" }], [2, { a: "\ufffd" }], [3, { a: "\udc00" }])],
  ]);
  assertEquals([text, duplicates], ['# TYPE x gauge\nx{a="\ufffd"} 1\n', 2]);
});

Deno.test("Merger keeps the first of two types", async () => {
  const { text, samples, clashes } = await merge([
    [gauge("x", [1])],
    [new MetricFamily("x", { type: "counter" }).add(2, { a: "1" }).add(3, { a: "2" })],
  ]);
  assertEquals([text, samples], ["# TYPE x gauge\nx 1\n", 1]);
  assertEquals(clashes, [{ collector: "1", kind: "conflict", what: "x", samples: 2 }]);
});

Deno.test("Merger ignores the help text of a family that it leaves out", async () => {
  const { text } = await merge([[gauge("x", [1])], [counter("x", 2, "Wrong.")]]);
  assertEquals(text, "# TYPE x gauge\nx 1\n");
});

Deno.test("Merger continues after a conflict", async () => {
  const { text } = await merge([[gauge("x", [1])], [counter("x", 2), counter("y", 3)]]);
  assertEquals(text, "# TYPE x gauge\nx 1\n# TYPE y counter\ny 3\n");
});

const histogram = sumOf("histogram", "x", 1);
const summary = sumOf("summary", "x", 1);

for (
  const [a, b] of [
    [histogram, counter("x_count", 2)],
    [histogram, counter("x_sum", 2)],
    [histogram, counter("x_bucket", 2)],
    [histogram, sumOf("histogram", "x_count", 2)],
    [histogram, sumOf("summary", "x_bucket", 2)],
    [summary, counter("x_count", 2)],
    [summary, counter("x_sum", 2)],
    [summary, histogram],
  ] satisfies [Family, Family][]
) {
  const titles = [a, b].map(({ name, type }) => `${type} ${name}`);

  for (const [first, second] of [[a, b], [b, a]] as const) {
    const order = first === a ? titles : titles.toReversed();

    Deno.test(`Merger keeps ${order[0]} and leaves out ${order[1]}`, async () => {
      const { text, clashes } = await merge([[first], [second]]);
      assertEquals(text, await write([first]));
      assertEquals(clashes, [{ collector: "1", kind: "conflict", what: second.name, samples: 1 }]);
    });
  }
}

for (
  const other of [
    counter("x_total", 2),
    counter("x_bucket_count", 2),
    sumOf("summary", "x_total", 2),
    counter("xx_sum", 2),
  ]
) {
  Deno.test(`Merger keeps histogram x and ${other.type} ${other.name}`, async () => {
    assertEquals((await merge([[histogram], [other]])).clashes, []);
  });
}

Deno.test("Merger keeps summary x and counter x_bucket", async () => {
  assertEquals((await merge([[summary], [counter("x_bucket", 2)]])).clashes, []);
});

Deno.test("Merger orders the parts of a histogram that come from two collectors", async () => {
  const bucket = { suffix: "_bucket" } as const;
  const { text } = await merge([
    [sumOf("histogram", "x", 3)],
    [
      new MetricFamily("x", { type: "histogram" })
        .add(2, { le: "+Inf" }, bucket).add(1, { le: "1" }, bucket)
        .add(2, {}, { suffix: "_count" }),
    ],
  ], { labels: { site: "north" } });
  assertEquals(
    text,
    `# TYPE x histogram
x_bucket{site="north",le="1"} 1
x_bucket{site="north",le="+Inf"} 2
x_sum{site="north"} 3
x_count{site="north"} 2
`,
  );
});

const HOUSE = [
  gauge("doors", [1, { site: "north", floor: "1" }], [2, { site: "south", floor: "1" }], [3]),
  gauge("lamps", [4, { site: "north" }]),
];

for (
  const [filter, expected] of [
    [{ site: "north" }, ['doors{site="north",floor="1"} 1', 'lamps{site="north"} 4']],
    [{ site: "south", floor: "1" }, ['doors{site="south",floor="1"} 2']],
    [{ floor: "1", site: "north" }, ['doors{site="north",floor="1"} 1']],
    [{ floor: "2" }, []],
    [{ room: "1" }, []],
  ] satisfies [LabelsInit, string[]][]
) {
  Deno.test(`Merger selects the samples with ${JSON.stringify(filter)}`, async () => {
    const { text } = await merge([HOUSE], { filter });
    assertEquals(text.split("\n").filter((line) => /^[^#]/.test(line)), expected);
  });
}

Deno.test("Merger filters lone surrogates by their exposed form", async () => {
  const { samples } = await merge([[gauge("x", [1, { a: "\ud800" }])]], {
    filter: { a: "\ufffd" },
  });
  assertEquals(samples, 1);
});

Deno.test("Merger filters by common labels", async () => {
  const { text } = await merge([[gauge("x", [1], [2, { site: "south" }])]], {
    labels: { site: "north" },
    filter: { site: "north" },
  });
  assertEquals(text, '# TYPE x gauge\nx{site="north"} 1\n');
});

Deno.test("Merger leaves out a family without matching samples", async () => {
  assertEquals((await merge([HOUSE], { filter: { room: "1" } })).text, "");
});

for (
  const [filter, expected] of [
    [{ debug: "1" }, ["debug", "1"]],
    [{ floor: "9" }, ["floor", "9"]],
    [{ floor: "1", debug: "1" }, ["debug", "1"]],
    [{ debug: "1", floor: "1" }, ["debug", "1"]],
    [{ floor: "1" }, undefined],
    [{}, undefined],
  ] as const
) {
  Deno.test(`Merger.unmatched is ${expected} for ${JSON.stringify(filter)}`, async () => {
    const merger = new Merger(new Labels(), { labels: new Labels(filter), names: new Set() });
    await merger.add([gauge("doors", [1, { floor: "1" }], [2, { floor: "2" }]), gauge("up", [1])]);
    assertEquals(merger.unmatched, expected);
  });
}

Deno.test("Merger.unmatched is undefined if other filters left out everything", async () => {
  const filter = { labels: new Labels({ debug: "1" }), names: new Set(["windows"]) };
  const merger = new Merger(new Labels(), filter);
  await merger.add([gauge("doors", [1])]);
  assertEquals(merger.unmatched, undefined);
});

Deno.test("Merger does not count samples that the filter leaves out", async () => {
  const { samples, duplicates } = await merge([
    [gauge("x", [1, { a: "1" }], [2, { a: "1" }], [3, { a: "2" }])],
  ], { filter: { a: "2" } });
  assertEquals([samples, duplicates], [1, 0]);
});

Deno.test("Merger selects families by name", async () => {
  const { text, samples } = await merge([[gauge("x", [1]), gauge("y", [2]), gauge("z", [3])]], {
    names: ["z", "x", "other"],
  });
  assertEquals([text, samples], ["# TYPE x gauge\nx 1\n# TYPE z gauge\nz 3\n", 2]);
});

Deno.test("Merger selects all samples of a histogram by name", async () => {
  const { text } = await merge([[sumOf("histogram", "x", 1)]], { names: ["x"] });
  assertEquals(text, "# TYPE x histogram\nx_sum 1\n");
});

Deno.test("Merger.reserve() rejects families with these names", async () => {
  const merger = new Merger(new Labels());
  merger.reserve(new Set(["mine", "size_sum"]));
  await merger.add([counter("mine", 1), sumOf("summary", "size", 2), counter("yours", 3)]);
  assertEquals(await write(await merger.families()), "# TYPE yours counter\nyours 3\n");
  assertEquals(merger.clashes.map(({ what }) => what), ["mine", "size"]);
});

Deno.test("Merger.release() accepts reserved names again", async () => {
  const merger = new Merger(new Labels());
  merger.reserve(new Set(["mine"]));
  await merger.add([counter("mine", 1)]);
  merger.release();
  await merger.add([counter("mine", 2)]);
  assertEquals(await write(await merger.families()), "# TYPE mine counter\nmine 2\n");
});

Deno.test("Merger.add() yields to the event loop", async () => {
  const merger = new Merger(new Labels());
  assertEquals(await letsOthersRun(() => merger.add([gauge("x", [1])])), true);
});

Deno.test("Merger.families() yields to the event loop", async () => {
  const merger = new Merger(new Labels());
  for (let i = 0; i < 2; i++) await merger.add([histogram]);
  assertEquals(await letsOthersRun(() => merger.families()), true);
});

Deno.test("Merger keeps all properties of a sample when it adds labels", async () => {
  const exemplar = { labels: ["trace_id", "a"], value: 1, timestamp: 2 };
  const samples = [
    new Sample("x", ["a", "1", "b", "2"], 3, 4, { exemplar }),
    new Sample("x", ["b", "1", "a", "2"], 5, 6, { exemplar }),
  ];
  for (const labels of [{}, { c: "3" }]) {
    const merger = new Merger(new Labels(labels));
    await merger.add([{ name: "x", type: "gauge", samples }]);
    const [family] = await merger.families();
    assertEquals(family?.samples.map(({ value, timestamp }) => [value, timestamp]), [
      [3, 4],
      [5, 6],
    ]);
    assertEquals(family?.samples.map((sample) => sample.exemplar), [exemplar, exemplar]);
  }
});

Deno.test("Merger does not modify its arguments", async () => {
  const labels = ["b", "1", "a", "2"];
  const samples = [new Sample("x", ["a", "1", "b", "2"], 1), new Sample("x", labels, 2)];
  const family: Family = Object.freeze({
    name: "x",
    type: "gauge",
    samples: Object.freeze(samples),
  });
  await merge([[family], [family]], { labels: { c: "3" } });
  assertEquals(labels, ["b", "1", "a", "2"]);
  assertEquals(samples.length, 2);
});

class CountedChild extends Child {
  static reads = 0;

  override read(into: Float64Array, at: number): void {
    CountedChild.reads++;
    into[at] = 1;
  }
}

/** A family of a thousand series with the labels `host` and, for one in ten, `disk`. */
function thousandSeries(): BlockFamily {
  const layout = { name: "x", labelNames: ["host", "disk"], parts: [{ suffix: "" }] };
  const series = new SeriesMap(layout, {
    createChild: (slots, slot) => new CountedChild(slots, slot),
  });
  for (let i = 0; i < 1000; i++) {
    series.add([`${i}`, i % 10 === 0 ? "sda" : ""]);
  }
  return new BlockFamily(new SeriesView({ name: "x", type: "gauge" }, layout), series);
}

for (
  const [filter, common, count, lacking] of [
    [{ host: "5" }, {}, 1, undefined],
    [{ disk: "sda" }, {}, 100, undefined],
    [{ host: "10", disk: "sda" }, {}, 1, undefined],
    [{ host: "5", disk: "sda" }, {}, 0, "disk"],
    [{ host: "none" }, {}, 0, "host"],
    [{ zone: "a" }, {}, 0, "zone"],
    [{ host: "5", zone: "a" }, {}, 0, "zone"],
    [{ host: "none", zone: "a" }, {}, 0, "host"],
    [{ zone: "a", host: "5" }, { zone: "a" }, 1, undefined],
    [{ disk: "common" }, { disk: "common" }, 900, undefined],
  ] as [Record<string, string>, Record<string, string>, number, string | undefined][]
) {
  Deno.test(`Merger creates the samples that a filter selects, and no others: ${JSON.stringify([filter, common])}`, async () => {
    const merger = new Merger(new Labels(common), { labels: new Labels(filter), names: new Set() });
    CountedChild.reads = 0;
    await merger.add([thousandSeries()]);
    const families = await merger.families();
    const samples = families.flatMap((family) => family.samples);
    assertEquals([merger.samples, samples.length, CountedChild.reads], [count, count, count]);
    assertEquals(merger.unmatched?.[0], lacking);
  });
}
