import { assert, assertEquals, assertNotEquals } from "@std/assert";
import type { MetricType } from "../../model/metric_type.ts";
import {
  type Family,
  familyOf,
  partLabel,
  sampleNames,
  splitBySampleName,
} from "../../model/family.ts";
import { formatLabels, formatSeries, Sample } from "../../model/sample.ts";

Deno.test("Sample.series is the name without labels", () => {
  assertEquals(new Sample("up", [], 1).series, "up");
});

Deno.test("Sample.series keeps the order of labels", () => {
  assertEquals(new Sample("up", ["b", "2", "a", "1", "c", "3"], 1).series, 'up{b="2",a="1",c="3"}');
});

Deno.test("Sample.series escapes label values", () => {
  assertEquals(
    new Sample("up", ["a", '\\"\n', "b", "\\n"], 1).series,
    'up{a="\\\\\\"\\n",b="\\\\n"}',
  );
});

for (
  const [a, b] of [
    [["a", '1",b="2'], ["a", "1", "b", "2"]],
    [["a", "1\n"], ["a", "1\\n"]],
    [["a", '"'], ["a", '\\"']],
    [["a", "1", "b", "2"], ["a", "2", "b", "1"]],
    [["a", "1,b=2"], ["a", "1", "b", "=2"]],
    [["a", "1"], ["b", "1"]],
  ] as const
) {
  Deno.test(`Sample.series differs for ${JSON.stringify(a)} and ${JSON.stringify(b)}`, () => {
    assertNotEquals(new Sample("x", a, 1).series, new Sample("x", b, 1).series);
  });
}

Deno.test("Sample.series is formatted once", () => {
  const labels = ["a", "1"];
  const sample = new Sample("x", labels, 1);
  const { series } = sample;
  labels[1] = "2";
  assertEquals(sample.series, series);
});

Deno.test("Sample.withLabels() keeps everything else", () => {
  const exemplar = { labels: ["a", "b"], value: 1, timestamp: undefined };
  const sample = new Sample("x", ["a", "1"], 2, 3, { exemplar });
  assertEquals(sample.withLabels(["b", "2"]), new Sample("x", ["b", "2"], 2, 3, { exemplar }));
  assertEquals(sample.withLabels(["b", "2"]).series, 'x{b="2"}');
});

Deno.test("Sample.label() returns the value of a label", () => {
  const sample = new Sample("x", ["a", "b", "b", "c"], 1);
  assertEquals(["a", "b", "c"].map((name) => sample.label(name)), ["b", "c", undefined]);
});

for (
  const [type, expected] of [
    ["counter", ["x"]],
    ["gauge", ["x"]],
    ["untyped", ["x"]],
    ["histogram", ["x", "x_bucket", "x_sum", "x_count"]],
    ["summary", ["x", "x_sum", "x_count"]],
    ["gaugehistogram", ["x", "x_bucket", "x_gsum", "x_gcount"]],
    ["info", ["x"]],
    ["stateset", ["x"]],
  ] satisfies [MetricType, string[]][]
) {
  Deno.test(`sampleNames() returns the sample names of a ${type}`, () => {
    assertEquals(sampleNames("x", type), expected);
  });
}

Deno.test("formatSeries() formats a series in text format", () => {
  assertEquals(formatSeries("x", []), "x");
  assertEquals(formatSeries("x", ["a", '"', "b", "1"]), 'x{a="\\"",b="1"}');
});

Deno.test("formatLabels() writes braces even without labels", () => {
  assertEquals(formatLabels([]), "{}");
  assertEquals(formatLabels(["a", "1"]), '{a="1"}');
});

for (
  const [type, expected] of [
    ["histogram", "le"],
    ["gaugehistogram", "le"],
    ["summary", "quantile"],
    ["stateset", "x"],
    ["info", undefined],
    ["counter", undefined],
  ] as const
) {
  Deno.test(`partLabel() of a ${type} is ${expected}`, () => {
    assertEquals(partLabel({ name: "x", type }), expected);
  });
}

Deno.test("splitBySampleName() returns one family per sample name", () => {
  const bucket = new Sample("x_bucket", ["le", "+Inf"], 1);
  const count = new Sample("x_count", [], 1);
  const family: Family = { name: "x", type: "histogram", help: "X.", samples: [bucket, count] };
  const head = { type: "untyped", help: "X.", unit: undefined } as const;
  assertEquals(splitBySampleName(family, "untyped"), [
    { ...head, name: "x_bucket", samples: [bucket] },
    { ...head, name: "x_count", samples: [count] },
  ]);
});

/** Samples with their claimed types, and the families they belong to. */
type Claim = [sample: string, labels: Record<string, string>, type: MetricType, family: string];

const CLAIMS: Claim[] = [
  ["x", {}, "gauge", "gauge x"],
  ["x_sum", {}, "gauge", "gauge x_sum"],
  ["x_bucket", { le: "1" }, "counter", "counter x_bucket"],
  ["x", { le: "fast", quantile: "high" }, "untyped", "untyped x"],

  ["x_info", {}, "info", "info x_info"],
  ["x", {}, "info", "untyped x"],
  ["x", { x: "on" }, "stateset", "stateset x"],
  ["x", { y: "on" }, "stateset", "untyped x"],

  ["x_bucket", { le: "0.5" }, "gaugehistogram", "gaugehistogram x"],
  ["x_gsum", {}, "gaugehistogram", "gaugehistogram x"],
  ["x_gcount", {}, "gaugehistogram", "gaugehistogram x"],
  ["x_count", {}, "gaugehistogram", "untyped x_count"],

  ["x_bucket", { le: "0.5" }, "histogram", "histogram x"],
  ["x_bucket", { le: "+Inf", a: "1" }, "histogram", "histogram x"],
  ["x_sum", {}, "histogram", "histogram x"],
  ["x_count", { a: "1" }, "histogram", "histogram x"],
  ["x_count_bucket", { le: "1" }, "histogram", "histogram x_count"],
  ["x", {}, "histogram", "untyped x"],
  ["x", { le: "1" }, "histogram", "untyped x"],
  ["x_bucket", {}, "histogram", "untyped x_bucket"],
  ["x_bucket", { le: "fast" }, "histogram", "untyped x_bucket"],
  ["x_bucket", { quantile: "1" }, "histogram", "untyped x_bucket"],
  ["x_sum", { le: "1" }, "histogram", "untyped x_sum"],
  ["x_count", { le: "fast" }, "histogram", "untyped x_count"],
  ["_bucket", { le: "1" }, "histogram", "untyped _bucket"],
  ["_sum", {}, "histogram", "untyped _sum"],

  ["x", { quantile: "0.5" }, "summary", "summary x"],
  ["x_sum", {}, "summary", "summary x"],
  ["x_count", {}, "summary", "summary x"],
  ["x_sum", { quantile: "0.5" }, "summary", "summary x_sum"],
  ["x", {}, "summary", "untyped x"],
  ["x", { quantile: "high" }, "summary", "untyped x"],
  ["x", { le: "1" }, "summary", "untyped x"],
  ["x_bucket", {}, "summary", "untyped x_bucket"],
  ["x_sum", { quantile: "high" }, "summary", "untyped x_sum"],
  ["_count", {}, "summary", "untyped _count"],
];

for (const [sample, labels, claimed, expected] of CLAIMS) {
  Deno.test(`familyOf() puts ${claimed} ${sample}${JSON.stringify(labels)} into ${expected}`, () => {
    const { name, type } = familyOf(sample, claimed, (label) => labels[label]);
    assertEquals(`${type} ${name}`, expected);
    assert(sampleNames(name, type).includes(sample));
  });
}
