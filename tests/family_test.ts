import { assertEquals, assertThrows } from "@std/assert";
import { MetricFamily, type MetricFamilyOptions, type SampleOptions } from "../family.ts";
import { Labels, type LabelsInit } from "../labels.ts";
import type { MetricType } from "../model/metric_type.ts";

/** The samples as they are exposed. */
function lines(family: MetricFamily): string[] {
  return family.samples.map(({ series, value }) => `${series} ${value}`);
}

Deno.test("new MetricFamily() needs only a name", () => {
  const { name, type, help, unit, samples } = new MetricFamily("x");
  assertEquals({ name, type, help, unit, samples }, {
    name: "x",
    type: "untyped",
    help: undefined,
    unit: undefined,
    samples: [],
  });
});

Deno.test("new MetricFamily() keeps its options", () => {
  const { name, type, help, unit } = new MetricFamily("node load", {
    type: "GAUGE",
    help: "Load.",
    unit: "processes",
  });
  assertEquals([name, type, help, unit], ["node_load", "gauge", "Load.", "processes"]);
});

Deno.test("new MetricFamily() rejects an invalid name", () => {
  assertThrows(() => new MetricFamily("a-b"), RangeError, 'Cannot create metric "a-b"');
});

Deno.test("MetricFamily.add() adds samples in order", () => {
  const family = new MetricFamily("x", { type: "gauge" });
  family.add(1, { a: "1" }).add(2).add(3, new Labels({ b: "2" }));
  assertEquals(lines(family), ['x{a="1"} 1', "x 2", 'x{b="2"} 3']);
});

Deno.test("MetricFamily.add() accepts the samples of a histogram", () => {
  const family = new MetricFamily("x", { type: "histogram" });
  family.add(1, { le: "0.5" }, { suffix: "_bucket" })
    .add(2, { le: "+Inf" }, { suffix: "_bucket" })
    .add(0.75, {}, { suffix: "_sum" })
    .add(2, {}, { suffix: "_count" });
  assertEquals(lines(family), [
    'x_bucket{le="0.5"} 1',
    'x_bucket{le="+Inf"} 2',
    "x_sum 0.75",
    "x_count 2",
  ]);
});

Deno.test("MetricFamily.add() accepts the samples of a summary", () => {
  const family = new MetricFamily("x", { type: "summary" });
  family.add(1, { quantile: "0.5" }).add(3, {}, { suffix: "_sum" }).add(2, {}, {
    suffix: "_count",
  });
  assertEquals(lines(family), ['x{quantile="0.5"} 1', "x_sum 3", "x_count 2"]);
});

Deno.test("MetricFamily.add() accepts a timestamp", () => {
  const family = new MetricFamily("x").add(1, {}, { timestamp: new Date(1500) });
  assertEquals(family.samples[0]?.timestamp, 1500);
});

Deno.test("MetricFamily.add() accepts an exemplar", () => {
  const exemplar = { labels: { trace_id: "a" }, value: 1 };
  const family = new MetricFamily("x_total", { type: "counter" }).add(1, {}, { exemplar });
  assertEquals(family.samples[0]?.exemplar, {
    labels: ["trace_id", "a"],
    value: 1,
    timestamp: undefined,
  });
});

Deno.test("MetricFamily.add() copies the labels", () => {
  const labels = new Labels({ a: "1" });
  const family = new MetricFamily("x").add(1, labels);
  labels.set("a", "2");
  assertEquals(lines(family), ['x{a="1"} 1']);
});

for (
  const [type, labels, options, series] of [
    ["gauge", {}, { suffix: "_sum" }, "x_sum{}"],
    ["untyped", { le: "1" }, { suffix: "_bucket" }, 'x_bucket{le="1"}'],
    ["histogram", {}, {}, "x{}"],
    ["histogram", {}, { suffix: "_bucket" }, "x_bucket{}"],
    ["histogram", { le: "fast" }, { suffix: "_bucket" }, 'x_bucket{le="fast"}'],
    ["histogram", { le: "1" }, { suffix: "_sum" }, 'x_sum{le="1"}'],
    ["summary", {}, {}, "x{}"],
    ["summary", { quantile: "high" }, {}, 'x{quantile="high"}'],
    ["summary", {}, { suffix: "_bucket" }, "x_bucket{}"],
    ["summary", { quantile: "0.5" }, { suffix: "_count" }, 'x_count{quantile="0.5"}'],
  ] satisfies [MetricType, LabelsInit, SampleOptions, string][]
) {
  Deno.test(`MetricFamily.add() rejects ${series} in a ${type}`, () => {
    const family = new MetricFamily("x", { type });
    assertThrows(
      () => family.add(1, labels, options),
      RangeError,
      `Cannot add sample "${series}": ${type} "x" has no such sample`,
    );
    assertEquals(family.samples, []);
  });
}

Deno.test("MetricFamily.add() rejects a value that is not a number", () => {
  assertThrows(
    () => new MetricFamily("x").add("1" as unknown as number),
    TypeError,
    'Cannot use value of metric "x": expected a number, got "1"',
  );
});

Deno.test("MetricFamily rejects unknown options, and those of a sample", () => {
  assertThrows(
    () => new MetricFamily("x", { value: 1 } as MetricFamilyOptions),
    TypeError,
    'Cannot create metric family "x": unknown option "value"',
  );
  const family = new MetricFamily("x");
  assertThrows(
    () => family.add(1, {}, { timestmp: new Date() } as SampleOptions),
    TypeError,
    'Cannot add sample to metric family "x": unknown option "timestmp", did you mean "timestamp"?',
  );
  assertEquals(family.samples, []);
});

Deno.test("MetricFamily.add() rejects an invalid label", () => {
  assertThrows(
    () => new MetricFamily("x").add(1, { __a: "1" }),
    RangeError,
    'Cannot set label "__a": names that begin with "__" are reserved',
  );
});

Deno.test("MetricFamily.add() takes the values of declared labels in their order, or by name", () => {
  const family = new MetricFamily("x_total", { type: "counter", labels: ["a", "b"] });
  family.add(1, "p", "q").add(2, { b: "r", a: "s" }).add(3, "", "t");
  family.add(4, { a: "u", b: "" }, { timestamp: new Date(5) });
  assertEquals(lines(family), [
    'x_total{a="p",b="q"} 1',
    'x_total{a="s",b="r"} 2',
    'x_total{b="t"} 3',
    'x_total{a="u"} 4',
  ]);
  assertEquals(family.samples[3]?.timestamp, 5);
});

Deno.test("MetricFamily.add() checks declared labels", () => {
  const family = new MetricFamily("x", { labels: ["a", "b"] });
  const action = 'Cannot add sample to metric family "x": expected a string for each of "a", "b"';
  // @ts-expect-error A value is missing.
  assertThrows(() => family.add(1, "p"), TypeError, `${action}, got "p"`);
  // @ts-expect-error A value is not a string.
  assertThrows(() => family.add(1, "p", 2), TypeError, `${action}, got "p", 2`);
  // @ts-expect-error A label is missing.
  assertThrows(() => family.add(1, { a: "p" }), TypeError, `${action}, got a: "p"`);
  // @ts-expect-error The value is not a number.
  assertThrows(() => family.add("1", "p", "q"), TypeError, "expected a number");
  const closed = new MetricFamily("y", { labels: { a: ["p", "q"] } });
  closed.add(1, { a: "p" });
  // @ts-expect-error The value is not declared.
  assertThrows(() => closed.add(1, { a: "r" }), RangeError, 'label "a" to be one of "p", "q"');
  assertEquals([family.samples.length, closed.samples.length], [0, 1]);
});

Deno.test("MetricFamily.add() accepts no values without declared labels", () => {
  const family = new MetricFamily("x");
  assertThrows(
    () => family.add(1, "p"),
    TypeError,
    'expected labels as an object, got "p", and no labels are declared',
  );
});

Deno.test("MetricFamily.add() replaces lone surrogates in the values of declared labels", () => {
  const family = new MetricFamily("x", { labels: ["a"] }).add(1, "p\ud800");
  assertEquals(lines(family), ['x{a="p\ufffd"} 1']);
});

Deno.test("MetricFamily.add() checks the type of samples with declared labels", () => {
  const info = new MetricFamily("x", { type: "info", labels: ["a"] });
  assertThrows(() => info.add(1, "p"), RangeError, 'info "x" has no such sample');
  const sizes = new MetricFamily("y", { type: "histogram", labels: ["le"] });
  sizes.add(1, { le: "+Inf" }, { suffix: "_bucket" });
  assertThrows(() => sizes.add(1, "+Inf"), RangeError, 'histogram "y" has no such sample');
});

for (const labels of [["a", "a"], ["__a"], ["a-b"]]) {
  Deno.test(`new MetricFamily() rejects the labels ${labels}`, () => {
    assertThrows(
      () => new MetricFamily("x", { labels }),
      RangeError,
      'Cannot create metric family "x"',
    );
  });
}
