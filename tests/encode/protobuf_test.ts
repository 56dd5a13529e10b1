import { assert, assertEquals } from "@std/assert";
import { encode, encodeProtobuf } from "../support/encode.ts";
import { METRIC_TYPES, type MetricType } from "../../model/metric_type.ts";
import { protobufFamilies, protobufHeader, protobufMetrics } from "../../encode/protobuf.ts";
import type { Family } from "../../model/family.ts";
import { Sample, type SampleDetails } from "../../model/sample.ts";
import { type ReadFamily, readProtobuf } from "../support/protobuf_reader.ts";
import { countTurns, letsOthersRun } from "../support/stopped_clock.ts";

const PIECE = 65536;

function family(name: string, type: MetricType, ...samples: Sample[]): Family {
  return { name, type, samples };
}

/** Returns a sample. Labels are alternating names and values. */
function sample(name: string, value: number, ...labels: string[]): Sample {
  return new Sample(name, labels, value);
}

function detailed(
  name: string,
  value: number,
  details: SampleDetails,
  ...labels: string[]
): Sample {
  return new Sample(name, labels, value, undefined, details);
}

async function write(...families: Family[]): Promise<Uint8Array<ArrayBuffer>> {
  return await new Blob([...await encodeProtobuf(families)]).bytes();
}

async function written(...families: Family[]): Promise<ReadFamily[]> {
  return readProtobuf(await write(...families));
}

/** Removes the blanks between hexadecimal digits. */
function hex(text: string): string {
  return text.replaceAll(/\s/g, "");
}

const BYTES: Record<string, { families: Family[]; bytes: string }> = {
  "nothing": { families: [], bytes: "" },
  "nothing for a family without samples": { families: [family("x", "gauge")], bytes: "" },
  "a gauge": {
    families: [family("x", "gauge", sample("x", 1))],
    bytes: "12 0a0178 1801 220b 1209 09000000000000f03f",
  },
  "values and types that are 0": {
    families: [family("x", "counter", sample("x", 0))],
    bytes: "12 0a0178 1800 220b 1a09 090000000000000000",
  },
  "help text and unit": {
    families: [{ ...family("x_s", "untyped", sample("x_s", 1)), help: "Why.", unit: "s" }],
    bytes: "1d 0a03785f73 12045768792e 1803 2a0173 220b 2a09 09000000000000f03f",
  },
  "labels in their order, and a timestamp": {
    families: [family("x", "gauge", new Sample("x", ["b", "1", "a", "é"], 1, 300))],
    bytes:
      "26 0a0178 1801 221f 0a06 0a0162 120131 0a07 0a0161 1202c3a9 1209 09000000000000f03f 30ac02",
  },
  "a summary": {
    families: [
      family(
        "x",
        "summary",
        sample("x", 2, "quantile", "1"),
        sample("x_sum", 2),
        sample("x_count", 3),
      ),
    ],
    bytes: "28 0a0178 1802 2221 221f 110000000000000040 0803" +
      "1a12 09000000000000f03f 110000000000000040",
  },
  "a histogram": {
    families: [
      family(
        "x",
        "histogram",
        sample("x_bucket", 1, "le", "1"),
        sample("x_bucket", 3, "le", "+Inf"),
        sample("x_sum", 2),
        sample("x_count", 3),
      ),
    ],
    bytes: "2e 0a0178 1804 2227 3a25 110000000000000040 0803" +
      "1a0b 0801 11000000000000f03f 1a0b 0803 11000000000000f07f",
  },
  "one family after the other": {
    families: [family("x", "gauge", sample("x", 1)), family("y", "gauge", sample("y", 1))],
    bytes:
      "12 0a0178 1801 220b 1209 09000000000000f03f 12 0a0179 1801 220b 1209 09000000000000f03f",
  },
};

for (const [title, { families, bytes }] of Object.entries(BYTES)) {
  Deno.test(`encodeProtobuf() writes ${title}`, async () => {
    assertEquals((await write(...families)).toHex(), hex(bytes));
  });
}

Deno.test("encode() sets the content type of protobuf", async () => {
  const exposition = await encode([family("x", "gauge", sample("x", 1))], "protobuf");
  assertEquals(
    exposition.contentType,
    "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; " +
      "encoding=delimited; escaping=underscores",
  );
  assertEquals(exposition.bytes().toHex(), hex(BYTES["a gauge"]!.bytes));
});

const UNITS: [name: string, type: MetricType, unit: string, isWritten: boolean][] = [
  ["wait_seconds", "gauge", "seconds", true],
  ["wait_seconds_total", "counter", "seconds", true],
  ["wait_seconds_total", "gauge", "seconds", false],
  ["wait_seconds", "counter", "seconds", true],
  ["wait_total", "counter", "total", false],
  ["waitseconds", "gauge", "seconds", false],
  ["seconds", "gauge", "seconds", false],
  ["wait", "gauge", "seconds", false],
  ["wait_", "gauge", "", false],
];

for (const [name, type, unit, isWritten] of UNITS) {
  Deno.test(`protobufHeader() ${isWritten ? "writes" : "leaves out"} the unit "${unit}" of ${type} ${name}`, () => {
    const [read] = readProtobuf(protobufHeader({ ...family(name, type), unit }, 0));
    assertEquals(read?.unit, isWritten ? unit : undefined);
  });
}

Deno.test("protobufHeader() leaves out an empty help text", () => {
  const [read] = readProtobuf(protobufHeader({ ...family("x", "gauge"), help: "" }, 0));
  assertEquals(read, { name: "x", type: "GAUGE", metrics: [] });
});

Deno.test("protobufHeader() writes lengths of any size", () => {
  const bytes = protobufHeader(family("x", "gauge"), 300_000_000);
  assertEquals(bytes.toHex(), hex("85c6868f01 0a0178 1801"));
});

const TYPES: Record<MetricType, string> = {
  counter: "COUNTER",
  gauge: "GAUGE",
  histogram: "HISTOGRAM",
  gaugehistogram: "GAUGE_HISTOGRAM",
  summary: "SUMMARY",
  info: "GAUGE",
  stateset: "GAUGE",
  untyped: "UNTYPED",
};

for (const type of METRIC_TYPES) {
  Deno.test(`protobufHeader() writes type ${TYPES[type]} of a ${type}`, () => {
    assertEquals(readProtobuf(protobufHeader(family("x", type), 0))[0]?.type, TYPES[type]);
  });
}

const EXEMPLAR = { labels: ["trace_id", "a"], value: 0.5, timestamp: -1 };
const READ_EXEMPLAR = {
  labels: [{ name: "trace_id", value: "a" }],
  value: 0.5,
  timestamp: { seconds: -1, nanos: 999_000_000 },
};

Deno.test("encodeProtobuf() writes exemplars and creation times of counters", async () => {
  const counter = detailed("x", 1, { exemplar: EXEMPLAR, created: 1500 });
  const [read] = await written(family("x", "counter", counter));
  assertEquals(read?.metrics, [{
    labels: [],
    counter: {
      value: 1,
      exemplar: READ_EXEMPLAR,
      created: { seconds: 1, nanos: 500_000_000 },
    },
  }]);
});

Deno.test("encodeProtobuf() writes an exemplar without labels and timestamp", async () => {
  const exemplar = { labels: [], value: 0, timestamp: undefined };
  const [read] = await written(family("x", "counter", detailed("x", 1, { exemplar })));
  assertEquals(read?.metrics[0]?.counter?.exemplar, { labels: [], value: 0 });
});

Deno.test("encodeProtobuf() leaves out exemplars of gauges", async () => {
  const [read] = await written(family("x", "gauge", detailed("x", 1, { exemplar: EXEMPLAR })));
  assertEquals(read?.metrics, [{ labels: [], gauge: { value: 1 } }]);
});

Deno.test("encodeProtobuf() writes a summary without observations", async () => {
  const [read] = await written(
    family(
      "x",
      "summary",
      sample("x", NaN, "a", "1", "quantile", "0.5"),
      sample("x_sum", 0, "a", "1"),
      detailed("x_count", 0, { created: 0 }, "a", "1"),
      sample("x_sum", -0.5),
      sample("x_count", 1),
    ),
  );
  assertEquals(read?.metrics, [
    {
      labels: [{ name: "a", value: "1" }],
      summary: {
        count: 0,
        sum: 0,
        quantiles: [{ quantile: 0.5, value: NaN }],
        created: { seconds: 0, nanos: 0 },
      },
    },
    { labels: [], summary: { count: 1, sum: -0.5, quantiles: [] } },
  ]);
});

/** The native fields of a classic histogram, which are empty. */
const CLASSIC = {
  negativeSpans: [],
  negativeDeltas: [],
  positiveSpans: [],
  positiveDeltas: [],
  exemplars: [],
};

Deno.test("encodeProtobuf() writes each histogram with the exemplars of its buckets", async () => {
  const samples = ["1", "2"].flatMap((a) => [
    detailed("x_bucket", 1, { exemplar: EXEMPLAR }, "a", a, "le", "1"),
    detailed("x_bucket", 1, { exemplar: { ...EXEMPLAR, value: NaN } }, "le", "1e3", "a", a),
    sample("x_bucket", 2, "a", a, "le", "+Inf"),
    sample("x_sum", 7, "a", a),
    detailed("x_count", 2, { created: 1000 }, "a", a),
  ]);
  const [read] = await written(family("x", "histogram", ...samples));
  const histogram = {
    ...CLASSIC,
    count: 2,
    sum: 7,
    buckets: [
      { count: 1, bound: 1, exemplar: READ_EXEMPLAR },
      { count: 1, bound: 1000 },
      { count: 2, bound: Infinity },
    ],
    created: { seconds: 1, nanos: 0 },
  };
  assertEquals(read?.metrics, [
    { labels: [{ name: "a", value: "1" }], histogram },
    { labels: [{ name: "a", value: "2" }], histogram },
  ]);
});

const NATIVE = {
  schema: -4,
  zeroThreshold: 0.5,
  zeroCount: 2,
  positive: { spans: [{ offset: -3, length: 2 }, { offset: 5, length: 1 }], deltas: [1, 2, -2] },
  negative: { spans: [{ offset: 1, length: 1 }], deltas: [4] },
};

const READ_NATIVE = {
  schema: -4,
  zeroThreshold: 0.5,
  zeroCount: 2,
  negativeSpans: [{ offset: 1, length: 1 }],
  negativeDeltas: [4],
  positiveSpans: [{ offset: -3, length: 2 }, { offset: 5, length: 1 }],
  positiveDeltas: [1, 2, -2],
};

/** Returns a native histogram with classic buckets, and an exemplar in the last one. */
function native(
  bounds: readonly string[],
  details: SampleDetails = { native: NATIVE, created: 0 },
  exemplar = EXEMPLAR as SampleDetails["exemplar"],
  ...labels: string[]
): Sample[] {
  return [
    ...bounds.map((bound) => sample("x_bucket", 1, "le", bound, ...labels)),
    detailed("x_bucket", 11, { exemplar }, "le", "+Inf", ...labels),
    sample("x_sum", -3, ...labels),
    detailed("x_count", 11, details, ...labels),
  ];
}

Deno.test("encodeProtobuf() writes the exemplars of a native histogram without classic buckets", async () => {
  const [read] = await written(family("x", "histogram", ...native([])));
  assertEquals(read, {
    name: "x",
    type: "HISTOGRAM",
    metrics: [{
      labels: [],
      histogram: {
        ...READ_NATIVE,
        count: 11,
        sum: -3,
        buckets: [],
        created: { seconds: 0, nanos: 0 },
        exemplars: [READ_EXEMPLAR],
      },
    }],
  });
});

Deno.test("encodeProtobuf() leaves out exemplars of native histograms without a timestamp", async () => {
  const exemplar = { ...EXEMPLAR, timestamp: undefined };
  const [read] = await written(
    family("x", "histogram", ...native([], { native: NATIVE }, exemplar)),
  );
  assertEquals(read?.metrics[0]?.histogram?.exemplars, []);
});

Deno.test("encodeProtobuf() writes a native histogram with classic buckets", async () => {
  const [read] = await written(family("x", "histogram", ...native(["1"])));
  assertEquals(read?.metrics[0]?.histogram, {
    ...READ_NATIVE,
    count: 11,
    sum: -3,
    buckets: [
      { count: 1, bound: 1 },
      { count: 11, bound: Infinity, exemplar: READ_EXEMPLAR },
    ],
    created: { seconds: 0, nanos: 0 },
    exemplars: [],
  });
});

const EMPTY = { spans: [], deltas: [] };
const EMPTY_NATIVE = {
  schema: 8,
  zeroThreshold: 0,
  zeroCount: 0,
  positive: EMPTY,
  negative: EMPTY,
};

Deno.test("encodeProtobuf() marks an empty native histogram", async () => {
  const spans = async (native: SampleDetails["native"]) => {
    const samples = [
      sample("x_bucket", 0, "le", "+Inf"),
      sample("x_sum", 0),
      detailed("x_count", 0, { native }),
    ];
    const [read] = await written(family("x", "histogram", ...samples));
    return read?.metrics[0]?.histogram?.positiveSpans;
  };
  assertEquals(await spans(EMPTY_NATIVE), [{ offset: 0, length: 0 }]);
  for (
    const change of [
      { zeroThreshold: 1e-128 },
      { zeroCount: 1 },
      { negative: NATIVE.negative },
    ]
  ) {
    assertEquals(await spans({ ...EMPTY_NATIVE, ...change }), []);
  }
  assertEquals(
    await spans({ ...EMPTY_NATIVE, positive: NATIVE.positive }),
    READ_NATIVE.positiveSpans,
  );
});

Deno.test("encodeProtobuf() writes no native histograms in a family with classic ones", async () => {
  const others = native(["1"], { created: 0 }, undefined, "a", "1");
  for (const samples of [[...native([]), ...others], [...others, ...native([])]]) {
    const [read] = await written(family("x", "histogram", ...samples));
    const histograms = read!.metrics.map(({ histogram }) => histogram);
    assertEquals(histograms.map((histogram) => histogram?.schema), [undefined, undefined]);
    assertEquals(histograms.map((histogram) => histogram?.created?.seconds), [0, 0]);
    assertEquals(histograms.map((histogram) => histogram!.buckets.length).sort(), [1, 2]);
  }
});

Deno.test("encodeProtobuf() writes a native gauge histogram", async () => {
  const samples = native([]).map(({ name, labels, value, details }) =>
    detailed(name.replace(/_(?=sum|count)/, "_g"), value, details ?? {}, ...labels)
  );
  const [read, ...others] = await written(family("x", "gaugehistogram", ...samples));
  assertEquals(others, []);
  assertEquals(read?.type, "GAUGE_HISTOGRAM");
  const { schema, count, sum } = read!.metrics[0]!.histogram!;
  assertEquals([schema, count, sum], [-4, 11, -3]);
});

/** Returns the types and names of the families that a family is converted to. */
function divided(family: Family): string[] {
  return protobufFamilies(family).map(({ name, type }) => `${type} ${name}`);
}

/** The name suffix, the value, the alternating label names and values, and the timestamp of a sample. */
type Part = [suffix: string, value: number, labels?: string[], timestamp?: number];

function parts(type: MetricType, parts: readonly Part[]): Family {
  const samples = parts.map(([suffix, value, labels = [], timestamp]) =>
    new Sample(`x${suffix}`, labels, value, timestamp)
  );
  return family("x", type, ...samples);
}

const BUCKET: Part = ["_bucket", 1, ["le", "1"]];
const LAST: Part = ["_bucket", 3, ["le", "+Inf"]];
const SUM: Part = ["_sum", 2];
const COUNT: Part = ["_count", 3];

const FITTING: Record<string, [type: MetricType, parts: Part[]]> = {
  "a histogram": ["histogram", [BUCKET, LAST, SUM, COUNT]],
  "a histogram with a single bucket": ["histogram", [LAST, SUM, COUNT]],
  "a histogram with negative bounds": ["histogram", [
    ["_bucket", 0, ["le", "-1"]],
    LAST,
    SUM,
    COUNT,
  ]],
  "a histogram with any sum": ["histogram", [BUCKET, LAST, ["_sum", NaN], COUNT]],
  "histograms with different timestamps": ["histogram", [
    LAST,
    SUM,
    COUNT,
    ["_bucket", 3, ["a", "1", "le", "+Inf"], 5],
    ["_sum", 3, ["a", "1"], 5],
    ["_count", 3, ["a", "1"], 5],
  ]],
  "a summary": ["summary", [["", NaN, ["quantile", "0.5"]], SUM, COUNT]],
  "a summary without quantiles": ["summary", [SUM, COUNT]],
  "a summary with any quantiles": ["summary", [["", -1, ["quantile", "7"]], SUM, COUNT]],
  "a counter with invalid values": ["counter", [["", NaN], ["", -1, ["a", "1"], 5]]],
  "gauges with different timestamps": ["gauge", [["", 1], ["", -1, ["a", "1"], 5]]],
  "untyped samples": ["untyped", [["", 1], ["", -1, ["a", "1"], 5]]],
};

for (const [title, [type, samples]] of Object.entries(FITTING)) {
  Deno.test(`protobufFamilies() does not convert ${title}`, () => {
    const family = parts(type, samples);
    const [only, ...others] = protobufFamilies(family);
    assert(only === family);
    assertEquals(others, []);
  });
}

const UNFITTING: Record<string, [type: MetricType, parts: Part[]]> = {
  "without a last bucket": ["histogram", [BUCKET, SUM, ["_count", 1]]],
  "without buckets": ["histogram", [SUM, COUNT]],
  "with a count that differs from the last bucket": ["histogram", [LAST, SUM, ["_count", 4]]],
  "with a fractional bucket": ["histogram", [
    ["_bucket", 0.5, ["le", "1"]],
    LAST,
    SUM,
    COUNT,
  ]],
  "with a negative bucket": ["histogram", [["_bucket", -1, ["le", "1"]], LAST, SUM, COUNT]],
  "with a NaN bucket": ["histogram", [["_bucket", NaN, ["le", "1"]], LAST, SUM, COUNT]],
  "with decreasing counts": ["histogram", [["_bucket", 4, ["le", "1"]], LAST, SUM, COUNT]],
  "with equal bounds": ["histogram", [["_bucket", 1, ["le", "1.0"]], BUCKET, LAST, SUM, COUNT]],
  "with a sum but no count": ["histogram", [BUCKET, LAST, SUM]],
  "with a count but no sum": ["histogram", [BUCKET, LAST, COUNT]],
  "with buckets only": ["histogram", [BUCKET, LAST]],
  "with different timestamps": ["histogram", [BUCKET, LAST, SUM, ["_count", 3, [], 5]]],
  "with a count beyond 2^53": [
    "histogram",
    [["_bucket", 2 ** 53, ["le", "+Inf"]], SUM, ["_count", 2 ** 53]],
  ],
  "with one valid and one invalid point": ["histogram", [LAST, SUM, COUNT, ["_count", 3, [
    "a",
    "1",
  ]]]],
  "without native buckets": ["gaugehistogram", [BUCKET, LAST, ["_gsum", 2], ["_gcount", 3]]],
  "without a sum": ["summary", [["", 1, ["quantile", "1"]], COUNT]],
  "without a count": ["summary", [["", 1, ["quantile", "1"]], SUM]],
  "with a fractional count": ["summary", [SUM, ["_count", 0.5]]],
  "with a negative count": ["summary", [SUM, ["_count", -1]]],
  "with an infinite count": ["summary", [SUM, ["_count", Infinity]]],
  "with equal quantiles": [
    "summary",
    [["", 1, ["quantile", "1"]], ["", 1, ["quantile", "1e0"]], SUM, COUNT],
  ],
  "with two timestamps": ["summary", [["_sum", 2, [], 5], COUNT]],
};

for (const [title, [type, samples]] of Object.entries(UNFITTING)) {
  Deno.test(`protobufFamilies() removes the type of a ${type} ${title}`, () => {
    const family = parts(type, samples);
    const names = new Set(family.samples.map(({ name }) => name));
    assertEquals(divided(family).sort(), Array.from(names, (name) => `untyped ${name}`).sort());
    const kept = protobufFamilies(family).flatMap(({ samples }) => samples);
    assertEquals(new Set(kept), new Set(family.samples));
  });
}

Deno.test("protobufFamilies() converts infos and state sets to gauges", () => {
  assertEquals(divided(family("x_info", "info", sample("x_info", 1))), ["gauge x_info"]);
  assertEquals(divided(family("x", "stateset", sample("x", 1, "x", "on"))), ["gauge x"]);
});

Deno.test("protobufMetrics() returns bytes that can be concatenated", () => {
  const histograms = ["1", "2", "3"].flatMap((a) => native(["1"], {}, undefined, "a", a));
  const states = ["1", "2", "3"].map((a) => sample("x", 1, "a", a));
  for (const whole of [family("x", "histogram", ...histograms), family("x", "gauge", ...states)]) {
    const size = whole.samples.length / 3;
    const runs = [0, 1, 2].map((i) =>
      protobufMetrics(whole, whole.samples.slice(i * size, (i + 1) * size)).toHex()
    );
    assertEquals(runs.join(""), protobufMetrics(whole, whole.samples).toHex());
    assertEquals(protobufMetrics(whole, []), new Uint8Array());
  }
});

Deno.test("protobufHeader() and protobufMetrics() return the same bytes as encodeProtobuf()", async () => {
  const whole = {
    ...family("x_s", "gauge", sample("x_s", 1), sample("x_s", 2, "a", "é")),
    unit: "s",
  };
  const metrics = protobufMetrics(whole, whole.samples);
  const header = protobufHeader(whole, metrics.length);
  assertEquals(header.toHex() + metrics.toHex(), (await write(whole)).toHex());
});

/** Returns a family so large that it has several pieces. */
function large(type: MetricType, series: number): Family {
  const labels = (i: number) => ["i", String(i)];
  const samples = Array.from(
    { length: series },
    (_, i) =>
      type === "histogram"
        ? native([], { native: NATIVE }, undefined, ...labels(i))
        : [sample("x", i, ...labels(i))],
  ).flat();
  return family("x", type, ...samples);
}

for (const type of ["gauge", "histogram"] as const) {
  Deno.test(`encodeProtobuf() writes a large ${type} in pieces`, async () => {
    const pieces = await encodeProtobuf([large(type, 10_000), large("untyped", 10)]);
    assert(pieces.length > 2);
    for (const { length } of pieces) assert(length < 2 * PIECE + 1000, `${length}`);
    const [read, other] = readProtobuf(await new Blob([...pieces]).bytes());
    assertEquals(read?.metrics.length, 10_000);
    assertEquals(read?.metrics[9999]?.labels, [{ name: "i", value: "9999" }]);
    assertEquals(other?.metrics.length, 10);
  });

  Deno.test(`encodeProtobuf() yields to the event loop repeatedly while it writes a large ${type}`, async () => {
    const family = large(type, 10_000);
    const turns = await countTurns(() => encodeProtobuf([family]));
    assert(turns > 3, `${turns}`);
  });
}

Deno.test("encodeProtobuf() yields to the event loop between histograms", async () => {
  assert(await letsOthersRun(() => encodeProtobuf([large("histogram", 1)])));
});

Deno.test("encodeProtobuf() yields to the event loop between small families", async () => {
  const families = Array.from({ length: 3000 }, (_, i) => large("gauge", 1 + i % 3));
  assert(await letsOthersRun(() => encodeProtobuf(families)));
});

Deno.test("encodeProtobuf() joins small families into pieces", async () => {
  const families = Array.from({ length: 3000 }, () => large("gauge", 2));
  const pieces = await encodeProtobuf(families);
  assertEquals(pieces.length, Math.ceil((await write(...families)).length / (PIECE + 30)));
});
