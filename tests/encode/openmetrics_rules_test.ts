import { assertEquals } from "@std/assert";
import { convertFamily, findNameConflicts } from "../../encode/openmetrics_rules.ts";
import type { LineFamily } from "../../encode/line_format.ts";
import type { MetricType } from "../../model/metric_type.ts";
import type { Family } from "../../model/family.ts";
import { Sample } from "../../model/sample.ts";

/** The name suffix, the value, the alternating label names and values, and the timestamp of a sample. */
type Part = [suffix: string, value: number, labels?: string[], timestamp?: number];

function family(name: string, type: MetricType, parts: readonly Part[]): Family {
  const samples = parts.map(([suffix, value, labels = [], timestamp]) =>
    new Sample(name + suffix, labels, value, timestamp)
  );
  return { name, type, samples };
}

async function conformAll(families: readonly Family[]): Promise<LineFamily[]> {
  const clashing = findNameConflicts(families);
  const all = await Promise.all(
    families.map((family) => convertFamily(family, clashing.has(family))),
  );
  return all.flat();
}

async function conformed(...families: Family[]): Promise<string[]> {
  return (await conformAll(families)).map(({ name, type }) => `${type} ${name}`);
}

/** Buckets, and the samples after them. */
function buckets(bounds: Record<string, number>, ...totals: Part[]): Part[] {
  const buckets = Object.entries(bounds).map(([bound, value]): Part => [
    "_bucket",
    value,
    ["le", bound],
  ]);
  return [...buckets, ...totals];
}

function quantiles(values: Record<string, number>, ...totals: Part[]): Part[] {
  const quantiles = Object.entries(values).map(([quantile, value]): Part => [
    "",
    value,
    ["quantile", quantile],
  ]);
  return [...quantiles, ...totals];
}

/** Valid and invalid families of each type. The family is called `x`, or `x` with the suffix of its type. */
const RULES: [type: MetricType, sound: Record<string, Part[]>, unsound: Record<string, Part[]>][] =
  [
    ["gauge", {
      "any values": [["", NaN], ["", -1, ["a", "1"], 5]],
    }, {}],
    ["untyped", { "any values": [["", NaN], ["", -1, ["a", "1"], 5]] }, {}],
    ["counter", {
      "values of at least 0": [["", 0], ["", Infinity, ["a", "1"]]],
      "different timestamps": [["", 1, [], 1], ["", 1, ["a", "1"]]],
    }, {
      "a negative value": [["", 1], ["", -1, ["a", "1"]]],
      "NaN": [["", 1], ["", NaN, ["a", "1"]]],
    }],
    ["info", {
      "1": [["", 1], ["", 1, ["a", "1"]]],
      "one timestamp": [["", 1, [], 5], ["", 1, ["a", "1"], 5]],
    }, {
      "another value": [["", 1], ["", 2, ["a", "1"]]],
      "different timestamps": [["", 1, [], 5], ["", 1, ["a", "1"]]],
    }],
    ["stateset", {
      "0 and 1": [["", 0, ["x", "on"]], ["", 1, ["x", "off"]]],
      "a timestamp for each set": [["", 0, ["x", "on"], 5], ["", 1, ["a", "1", "x", "on"], 6]],
    }, {
      "another value": [["", 0, ["x", "on"]], ["", 2, ["x", "off"]]],
      "different timestamps": [["", 0, ["x", "on"], 5], ["", 1, ["x", "off"], 6]],
    }],
    ["summary", {
      "quantiles": quantiles({ "0.0": 1, "0.5": 0, "1.0": NaN }),
      "sum and count": [["_sum", 0.5], ["_count", 1]],
      "a sum": [["_sum", Infinity]],
      "a count": [["_count", 0]],
      "several of them": [["", 1, ["quantile", "1"]], ["", 1, ["quantile", "0", "a", "1"]]],
    }, {
      "a quantile below 0": quantiles({ "-0.1": 1 }),
      "a quantile above 1": quantiles({ "1.1": 1 }),
      "the same quantile twice": quantiles({ "0.5": 1, ".5": 1 }),
      "a negative value": quantiles({ "0.5": -1 }),
      "a negative sum": quantiles({ "0.5": 1 }, ["_sum", -1]),
      "a sum that is NaN": [["_sum", NaN]],
      "a fractional count": [["_count", 0.5]],
      "a negative count": [["_count", -1]],
      "an infinite count": [["_count", Infinity]],
      "different timestamps": [["_sum", 1, [], 1], ["_count", 1]],
      "one of several wrong": [["_sum", 1], ["_sum", -1, ["a", "1"]]],
    }],
    ["histogram", {
      "buckets": buckets({ "0": 0, "1": 2, "+Inf": 2 }),
      "sum and count": buckets({ "+Inf": 2 }, ["_sum", 0.5], ["_count", 2]),
      "one timestamp": [["_bucket", 1, ["le", "+Inf"], 5], ["_sum", 1, [], 5], [
        "_count",
        1,
        [],
        5,
      ]],
      "negative bounds without a sum": buckets({ "-1": 0, "+Inf": 2 }),
      "a bound of -0": buckets({ "-0": 0, "+Inf": 2 }, ["_sum", 1], ["_count", 2]),
      "several of them": [
        ["_bucket", 5, ["a", "1", "le", "+Inf"]],
        ["_sum", 1, ["a", "1"]],
        ["_count", 5, ["a", "1"]],
        ["_bucket", 1, ["le", "1", "a", "2"], 5],
        ["_bucket", 1, ["le", "+Inf", "a", "2"], 5],
        ["_bucket", 0, ["le", "+Inf"]],
      ],
      "labels in another order": [
        ["_bucket", 1, ["b", "2", "le", "+Inf", "a", "1"]],
        ["_sum", 1, ["a", "1", "b", "2"]],
        ["_count", 1, ["a", "1", "b", "2"]],
      ],
    }, {
      "no buckets": [["_sum", 1], ["_count", 1]],
      "no last bucket": buckets({ "1": 1 }, ["_sum", 1], ["_count", 1]),
      "the same bound twice": buckets({ "1": 1, "1.0": 1, "+Inf": 1 }),
      "falling values": buckets({ "1": 2, "+Inf": 1 }),
      "a fractional value": buckets({ "+Inf": 0.5 }),
      "a value that is NaN": buckets({ "1": NaN, "+Inf": 1 }),
      "a negative value": buckets({ "+Inf": -1 }),
      "a sum without a count": buckets({ "+Inf": 1 }, ["_sum", 1]),
      "a count without a sum": buckets({ "+Inf": 1 }, ["_count", 1]),
      "another count than the last bucket": buckets({ "+Inf": 1 }, ["_sum", 1], ["_count", 2]),
      "a sum that is NaN": buckets({ "+Inf": 1 }, ["_sum", NaN], ["_count", 1]),
      "a negative sum": buckets({ "+Inf": 1 }, ["_sum", -1], ["_count", 1]),
      "a sum with negative bounds": buckets({ "-1": 0, "+Inf": 1 }, ["_sum", 1], ["_count", 1]),
      "different timestamps": [["_bucket", 1, ["le", "1"], 5], ["_bucket", 1, ["le", "+Inf"], 6]],
      "one of several wrong": [
        ["_bucket", 1, ["le", "+Inf"]],
        ["_bucket", 1, ["le", "1", "a", "1"]],
      ],
    }],
    ["gaugehistogram", {
      "buckets": buckets({ "1": 2, "+Inf": 2 }),
      "sum and count": buckets({ "+Inf": 2 }, ["_gsum", 0.5], ["_gcount", 2]),
      "a negative sum with negative bounds": buckets(
        { "-1": 0, "+Inf": 1 },
        ["_gsum", -1],
        ["_gcount", 1],
      ),
    }, {
      "no last bucket": buckets({ "1": 1 }),
      "a negative sum": buckets({ "0": 0, "+Inf": 1 }, ["_gsum", -1], ["_gcount", 1]),
      "a sum that is NaN": buckets({ "-1": 0, "+Inf": 1 }, ["_gsum", NaN], ["_gcount", 1]),
      "a sum without a count": buckets({ "+Inf": 1 }, ["_gsum", 1]),
    }],
  ];

const OWN_NAMES: Partial<Record<MetricType, string>> = { counter: "x_total", info: "x_info" };

for (const [type, sound, unsound] of RULES) {
  const name = OWN_NAMES[type] ?? "x";

  for (const [title, parts] of Object.entries(sound)) {
    Deno.test(`convertFamily() keeps the type of a ${type} with ${title}`, async () => {
      assertEquals(await conformed(family(name, type, parts)), [`${type} x`]);
    });
  }

  for (const [title, parts] of Object.entries(unsound)) {
    Deno.test(`convertFamily() removes the type of a ${type} with ${title}`, async () => {
      const fallback = type === "info" || type === "stateset" ? "gauge" : "untyped";
      const names = new Set(parts.map(([suffix]) => `${fallback} ${name}${suffix}`));
      assertEquals(await conformed(family(name, type, parts)), [...names]);
    });
  }
}

Deno.test("convertFamily() checks all batches of a family", async () => {
  const parts = (last: number) =>
    Array.from({ length: 1000 }, (_, i): Part => ["", i < 999 ? i : last, ["i", `${i}`]]);
  assertEquals(await conformed(family("x_total", "counter", parts(1))), ["counter x"]);
  assertEquals(await conformed(family("x_total", "counter", parts(-1))), ["untyped x_total"]);

  const infos = Array.from({ length: 256 }, (_, i): Part => ["", 1, ["i", `${i}`], i >> 7]);
  assertEquals(await conformed(family("x_info", "info", infos)), ["gauge x_info"]);
});

Deno.test("convertFamily() does not modify the family", async () => {
  const bucket = new Sample("x_bucket", ["le", "1"], 1);
  const sum = new Sample("x_sum", [], 1);
  const head = { type: "histogram", help: "X.", unit: "bytes" } as const;
  const families = await convertFamily({ ...head, name: "x", samples: [bucket, sum] }, false);
  const expected = { ...head, type: "untyped", boundLabel: "le" };
  assertEquals<unknown>(families, [
    { ...expected, name: "x_bucket", samples: [bucket] },
    { ...expected, name: "x_sum", samples: [sum] },
  ]);
});

/** Families, each as its type and name, and the families that are exposed for them together. */
const TOGETHER: [title: string, families: string[], expected: string[]][] = [
  ["families without a conflict", ["counter a_total", "gauge b", "info c_info"], [
    "counter a",
    "gauge b",
    "info c",
  ]],
  ["a counter whose family name belongs to a gauge", ["gauge x", "counter x_total"], [
    "gauge x",
    "untyped x_total",
  ]],
  ["a gauge that has the family name of a counter", ["counter x_total", "gauge x"], [
    "untyped x_total",
    "gauge x",
  ]],
  ["a counter whose family name belongs to a histogram", [
    "histogram x",
    "counter x_total",
  ], ["histogram x", "untyped x_total"]],
  ["an info whose family name belongs to a state set", ["stateset x", "info x_info"], [
    "stateset x",
    "gauge x_info",
  ]],
  ["a counter and an info of the same family name", ["info x_info", "counter x_total"], [
    "gauge x_info",
    "counter x",
  ]],
  ["a counter whose _created name is taken", ["gauge x_created", "counter x_total"], [
    "gauge x_created",
    "untyped x_total",
  ]],
  ["a histogram whose _created name is taken", ["gauge x_created", "histogram x"], [
    "gauge x_created",
    "untyped x_bucket",
  ]],
  ["a summary whose _created name is taken", ["gauge x_created", "summary x"], [
    "gauge x_created",
    "untyped x_sum",
  ]],
  ["a gauge histogram, which reserves no _created name", ["gauge x_created", "gaugehistogram x"], [
    "gauge x_created",
    "gaugehistogram x",
  ]],
  ["an info, which reserves no _created name", ["gauge x_created", "info x_info"], [
    "gauge x_created",
    "info x",
  ]],
  ["a histogram and a counter of its _created name", [
    "counter x_created_total",
    "histogram x",
  ], ["untyped x_created_total", "histogram x"]],
  ["two counters, of which the first one wins", ["counter x_created_total", "counter x_total"], [
    "counter x_created",
    "untyped x_total",
  ]],
  ["a counter without the suffix _total next to one with it", ["counter x", "counter x_total"], [
    "untyped x",
    "untyped x_total",
  ]],
  ["names that are only a suffix", ["counter _total", "info _info"], [
    "untyped _total",
    "gauge _info",
  ]],
  ["an info without the suffix _info", ["info x"], ["gauge x"]],
];

const SAMPLE: Partial<Record<MetricType, Part[]>> = {
  histogram: buckets({ "+Inf": 1 }),
  gaugehistogram: buckets({ "+Inf": 1 }),
  summary: [["_sum", 1]],
};

for (const [title, written, expected] of TOGETHER) {
  Deno.test(`convertFamily() resolves ${title}`, async () => {
    const families = written.map((text) => {
      const [type, name = ""] = text.split(" ") as [MetricType, string];
      return family(name, type, SAMPLE[type] ?? [["", 1, [name, "1"]]]);
    });
    assertEquals(await conformed(...families), expected);
  });
}
