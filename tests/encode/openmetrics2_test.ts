import { liveFamily } from "../support/instrument.ts";
import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { BlockFamily } from "../../series/block_family.ts";
import { Counter } from "../../counter.ts";
import { Gauge } from "../../gauge.ts";
import { Histogram } from "../../histogram.ts";
import type { MetricType } from "../../model/metric_type.ts";
import { NativeCounts } from "../../series/native_counts.ts";
import { resolveNative } from "../../series/native_options.ts";
import { Registry } from "../../registry.ts";
import type { RegistryOptions } from "../../registry_options.ts";
import type { Family } from "../../model/family.ts";
import {
  type NativeHistogram,
  Sample,
  type SampleDetails,
  type SampleExemplar,
} from "../../model/sample.ts";
import { Child, type Slots } from "../../series/child.ts";
import type { SeriesLayout } from "../../series/layout.ts";
import { SeriesMap } from "../../series/map.ts";
import { SeriesView } from "../../series/view.ts";
import { Info } from "../../info.ts";
import { Summary } from "../../summary.ts";
import { encode } from "../support/encode.ts";
import { type ReadComposite, readOpenMetrics2 } from "../support/openmetrics2_reader.ts";
import { generator, magnitudes, normal } from "../support/random.ts";

async function write(...families: Family[]): Promise<string> {
  return (await encode(families, "openmetrics", { version: "2.0.0", escaping: "allow-utf-8" }))
    .text();
}

function family(name: string, type: MetricType, ...samples: Sample[]): Family {
  return { name, type, samples };
}

/** Returns a sample. Labels are alternating names and values. */
function sample(name: string, value: number, ...labels: string[]): Sample {
  return new Sample(name, labels, value);
}

function detailed(name: string, value: number, details: SampleDetails, ...labels: string[]) {
  return new Sample(name, labels, value, undefined, details);
}

function exemplar(value: number, timestamp: number | undefined, ...labels: string[]) {
  return { exemplar: { labels, value, timestamp } satisfies SampleExemplar };
}

const NATIVE: NativeHistogram = {
  schema: 3,
  zeroThreshold: 2 ** -10,
  zeroCount: 1,
  positive: {
    spans: [{ offset: -2, length: 2 }, { offset: 5, length: 3 }],
    deltas: [3, 1, -2, -2, 5],
  },
  negative: { spans: [{ offset: 4, length: 1 }], deltas: [2] },
};

const EMPTY: NativeHistogram = {
  schema: -4,
  zeroThreshold: 0,
  zeroCount: 0,
  positive: { spans: [{ offset: 0, length: 0 }], deltas: [] },
  negative: { spans: [], deltas: [] },
};

/** Returns a histogram with two buckets, with optional details for each part. */
function histogram(
  name: string,
  [first, second, count]: SampleDetails[] = [],
  ...labels: string[]
): Sample[] {
  return [
    detailed(`${name}_bucket`, 12, first ?? {}, ...labels, "le", "0.5"),
    detailed(`${name}_bucket`, 17, second ?? {}, ...labels, "le", "+Inf"),
    sample(`${name}_sum`, 8.25, ...labels),
    detailed(`${name}_count`, 17, count ?? {}, ...labels),
  ];
}

const WRITTEN: Record<string, { families: readonly Family[]; text: string }> = {
  "nothing": { families: [], text: "" },
  "type, unit and help text of a family in that order": {
    families: [{
      ...family("wait_seconds", "gauge", sample("wait_seconds", 0.5)),
      unit: "seconds",
      help: 'How "long"\nit \\ waits.',
    }],
    text: `# TYPE wait_seconds gauge
# UNIT wait_seconds seconds
# HELP wait_seconds How \\"long\\"\\nit \\\\ waits.
wait_seconds 0.5
`,
  },
  "units that are not a suffix of the name": {
    families: [{ ...family("wait", "gauge", sample("wait", 1)), unit: "seconds" }],
    text: "# TYPE wait gauge\n# UNIT wait seconds\nwait 1\n",
  },
  "no unit that the grammar does not allow": {
    families: ["By/s", "", "a b", "é"].map((unit, i) => ({
      ...family(`x${i}`, "gauge", sample(`x${i}`, 1)),
      unit,
    })),
    text: [0, 1, 2, 3].map((i) => `# TYPE x${i} gauge\nx${i} 1\n`).join(""),
  },
  "counters without changing their names": {
    families: [
      {
        ...family("cpu_seconds_total", "counter", sample("cpu_seconds_total", 4.5)),
        unit: "seconds",
      },
      family("jobs", "counter", sample("jobs", 1, "queue", "a")),
    ],
    text: `# TYPE cpu_seconds_total counter
# UNIT cpu_seconds_total seconds
cpu_seconds_total 4.5
# TYPE jobs counter
jobs{queue="a"} 1
`,
  },
  "counters with timestamp, start and exemplar in that order": {
    families: [
      family(
        "a",
        "counter",
        new Sample("a", [], 17, 1520879607789, {
          created: 1520430000123,
          ...exemplar(0.67, 1520879606100, "trace_id", 'K"O'),
        }),
        detailed("a", 17, { created: 0 }, "x", "1"),
        detailed("a", 17, exemplar(NaN, -1), "x", "2"),
      ),
    ],
    text: `# TYPE a counter
a 17 1520879607.789 st@1520430000.123 # {trace_id="K\\"O"} 0.67 1520879606.1
a{x="1"} 17 st@0
a{x="2"} 17 # {} NaN -0.001
`,
  },
  "no exemplar without a timestamp": {
    families: [family("a", "counter", detailed("a", 17, exemplar(1, undefined, "id", "1")))],
    text: "# TYPE a counter\na 17\n",
  },
  "no start and no exemplar where there is none": {
    families: [
      family("a", "gauge", detailed("a", 1, { created: 1, ...exemplar(1, 1) })),
      family("b", "untyped", detailed("b", 1, { created: 1, ...exemplar(1, 1) })),
      family("c_info", "info", detailed("c_info", 1, { created: 1, ...exemplar(1, 1) })),
    ],
    text: "# TYPE a gauge\na 1\n# TYPE b unknown\nb 1\n# TYPE c_info info\nc_info 1\n",
  },
  "counters below 0 as unknown, with their unit and without a start": {
    families: [{
      ...family("a", "counter", detailed("a", -1, { created: 1, ...exemplar(1, 1) })),
      unit: "bytes",
    }],
    text: "# TYPE a unknown\n# UNIT a bytes\na -1\n",
  },
  "infos and state sets, without units": {
    families: [
      { ...family("a_info", "info", sample("a_info", 1, "v", "2")), unit: "info" },
      {
        ...family("b", "stateset", sample("b", 1, "b", "x"), sample("b", 0, "b", "y")),
        unit: "b",
      },
    ],
    text: `# TYPE a_info info
a_info{v="2"} 1
# TYPE b stateset
b{b="x"} 1
b{b="y"} 0
`,
  },
  "invalid infos and state sets as gauges": {
    families: [
      family("a", "info", sample("a", 1)),
      family("b_info", "info", sample("b_info", 2)),
      { ...family("c", "stateset", sample("c", 2, "c", "x")), unit: "c" },
    ],
    text: `# TYPE a gauge
a 1
# TYPE b_info gauge
b_info 2
# TYPE c gauge
c{c="x"} 2
`,
  },
  "a histogram with canonical bounds": {
    families: [{
      ...family(
        "x",
        "histogram",
        sample("x_bucket", 0, "a", "b", "le", "-1", "c", "d"),
        sample("x_bucket", 5, "a", "b", "le", "0.00001", "c", "d"),
        sample("x_bucket", 5, "a", "b", "c", "d", "le", "1"),
        sample("x_bucket", 6, "le", "1000000", "a", "b", "c", "d"),
        sample("x_bucket", 7, "le", "+Inf", "a", "b", "c", "d"),
        sample("x_sum", -3, "a", "b", "c", "d"),
        sample("x_count", 7, "a", "b", "c", "d"),
      ),
      help: "X.",
    }],
    text: `# TYPE x histogram
# HELP x X.
x{a="b",c="d"} {count:7,sum:-3,bucket:[-1.0:0,1e-05:5,1.0:5,1e+06:6,+Inf:7]}
`,
  },
  "each histogram with its timestamp, its start and the exemplars of its buckets": {
    families: [
      family(
        "x",
        "histogram",
        ...histogram("x", [exemplar(0.4, 1000), exemplar(7, 2000, "id", "1"), { created: 5 }]),
        ...histogram("x", [exemplar(0.6, 1000), exemplar(7, undefined)], "a", "1"),
        ...histogram("x", [{}, {}], "a", "2").map(({ name, labels, value }) =>
          new Sample(name, labels, value, 3500)
        ),
      ),
    ],
    text: `# TYPE x histogram
x {count:17,sum:8.25,bucket:[0.5:12,+Inf:17]} st@0.005 # {} 0.4 1 # {id="1"} 7 2
x{a="1"} {count:17,sum:8.25,bucket:[0.5:12,+Inf:17]}
x{a="2"} {count:17,sum:8.25,bucket:[0.5:12,+Inf:17]} 3.5
`,
  },
  "native histograms with classic buckets, unless there is only the last one": {
    families: [
      family(
        "x",
        "histogram",
        ...histogram("x", [{}, {}, { created: 1000, native: NATIVE }]),
        sample("x_bucket", 17, "a", "1", "le", "+Inf"),
        sample("x_sum", 8, "a", "1"),
        detailed("x_count", 17, { native: NATIVE }, "a", "1"),
        detailed("x_bucket", 0, exemplar(1, 1000), "a", "2", "le", "+Inf"),
        sample("x_sum", 0, "a", "2"),
        detailed("x_count", 0, { native: EMPTY }, "a", "2"),
        ...histogram("x", [], "a", "3"),
      ),
    ],
    text: [
      "# TYPE x histogram",
      "x {count:17,sum:8.25,schema:3,zero_threshold:0.0009765625,zero_count:1," +
      "negative_spans:[4:1],negative_buckets:[2],positive_spans:[-2:2,5:3]," +
      "positive_buckets:[3,4,2,0,5],bucket:[0.5:12,+Inf:17]} st@1",
      'x{a="1"} {count:17,sum:8,schema:3,zero_threshold:0.0009765625,zero_count:1,' +
      "negative_spans:[4:1],negative_buckets:[2],positive_spans:[-2:2,5:3]," +
      "positive_buckets:[3,4,2,0,5]}",
      'x{a="2"} {count:0,sum:0,schema:-4,zero_threshold:0,zero_count:0} # {} 1 1',
      'x{a="3"} {count:17,sum:8.25,bucket:[0.5:12,+Inf:17]}',
      "",
    ].join("\n"),
  },
  "histograms with fractional counts and NaN sums": {
    families: [
      family(
        "x",
        "histogram",
        sample("x_bucket", 0.5, "le", "1"),
        sample("x_bucket", 1.5, "le", "+Inf"),
        sample("x_sum", NaN),
        sample("x_count", 1.5),
      ),
    ],
    text: "# TYPE x histogram\nx {count:1.5,sum:NaN,bucket:[1.0:0.5,+Inf:1.5]}\n",
  },
  "a gauge histogram with negative counts, without a start": {
    families: [
      family(
        "x",
        "gaugehistogram",
        sample("x_bucket", -2, "le", "1"),
        detailed("x_bucket", -1, exemplar(2, 1000), "le", "+Inf"),
        sample("x_gsum", -Infinity),
        detailed("x_gcount", -1, { created: 1 }),
      ),
    ],
    text: "# TYPE x gaugehistogram\n" +
      "x {gcount:-1,gsum:-Inf,bucket:[1.0:-2,+Inf:-1]} # {} 2 1\n",
  },
  "summaries with and without quantiles": {
    families: [
      family(
        "x",
        "summary",
        sample("x", 1, "quantile", ".5"),
        detailed("x", NaN, exemplar(1, 1), "quantile", "1"),
        sample("x_sum", 5),
        detailed("x_count", 2, { created: 1234 }),
        sample("x_sum", 0, "a", "b"),
        sample("x_count", 0, "a", "b"),
      ),
    ],
    text: `# TYPE x summary
x {count:2,sum:5,quantile:[0.5:1,1.0:NaN]} st@1.234
x{a="b"} {count:0,sum:0,quantile:[]}
`,
  },
  "quoted UTF-8 names": {
    families: [
      {
        ...family("http.requests", "counter", sample("http.requests", 1, "server.name", "a")),
        unit: "requests",
        help: "Served.",
      },
      family("a b", "histogram", ...histogram("a b", [], "c", "d")),
    ],
    text: `# TYPE "http.requests" counter
# UNIT "http.requests" requests
# HELP "http.requests" Served.
{"http.requests","server.name"="a"} 1
# TYPE "a b" histogram
{"a b",c="d"} {count:17,sum:8.25,bucket:[0.5:12,+Inf:17]}
`,
  },
  "an invalid histogram as unknown, with canonical bounds and without its unit": {
    families: [{
      ...family("x", "histogram", sample("x_bucket", 1, "le", "1"), sample("x_sum", 1)),
      unit: "seconds",
      help: "X.",
    }],
    text: `# TYPE x_bucket unknown
# HELP x_bucket X.
x_bucket{le="1.0"} 1
# TYPE x_sum unknown
# HELP x_sum X.
x_sum 1
`,
  },
  "families whose names conflict only in OpenMetrics 1.0": {
    families: [
      family("x", "gauge", sample("x", 1)),
      family("x_created", "gauge", sample("x_created", 1)),
      family("x_info", "info", sample("x_info", 1)),
      family("x_total", "counter", detailed("x_total", 1, { created: 0 })),
    ],
    text: `# TYPE x gauge
x 1
# TYPE x_created gauge
x_created 1
# TYPE x_info info
x_info 1
# TYPE x_total counter
x_total 1 st@0
`,
  },
};

for (const [title, { families, text }] of Object.entries(WRITTEN)) {
  Deno.test(`openMetrics2() writes ${title}`, async () => {
    assertEquals(await write(...families), `${text}# EOF\n`);
    readOpenMetrics2(`${text}# EOF\n`);
  });
}

/** Families with one invalid sample. */
const BROKEN: Record<string, Family> = {
  "a histogram without a sum": family("x", "histogram", ...histogram("x").toSpliced(2, 1)),
  "a histogram without a count": family("x", "histogram", ...histogram("x").toSpliced(3, 1)),
  "a histogram with buckets only": family("x", "histogram", ...histogram("x").slice(0, 2)),
  "a histogram without a last bucket": family("x", "histogram", ...histogram("x").toSpliced(1, 1)),
  "a histogram with a count that differs from the last bucket": family(
    "x",
    "histogram",
    ...histogram("x").toSpliced(3, 1, sample("x_count", 18)),
  ),
  "a histogram with decreasing counts": family(
    "x",
    "histogram",
    ...histogram("x").toSpliced(0, 1, sample("x_bucket", 18, "le", "1")),
  ),
  "a histogram with a negative count": family(
    "x",
    "histogram",
    ...histogram("x").toSpliced(0, 1, sample("x_bucket", -1, "le", "1")),
  ),
  "a histogram with an infinite count": family(
    "x",
    "histogram",
    sample("x_bucket", Infinity, "le", "+Inf"),
    sample("x_sum", 0),
    sample("x_count", Infinity),
  ),
  "a histogram with a bucket up to -Inf": family(
    "x",
    "histogram",
    ...histogram("x").toSpliced(0, 1, sample("x_bucket", 0, "le", "-Inf")),
  ),
  "a histogram with two timestamps": family(
    "x",
    "histogram",
    ...histogram("x").toSpliced(3, 1, new Sample("x_count", [], 17, 1)),
  ),
  "a summary without a sum": family("x", "summary", sample("x_count", 1)),
  "a summary without a count": family("x", "summary", sample("x_sum", 1)),
  "a summary with a NaN sum": family(
    "x",
    "summary",
    sample("x_sum", NaN),
    sample("x_count", 1),
  ),
  "a summary with a fractional count": family(
    "x",
    "summary",
    sample("x_sum", 1),
    sample("x_count", 0.5),
  ),
  "a summary with a quantile above 1": family(
    "x",
    "summary",
    sample("x", 1, "quantile", "1.1"),
    sample("x_sum", 1),
    sample("x_count", 1),
  ),
  "a summary with a negative quantile value": family(
    "x",
    "summary",
    sample("x", -1, "quantile", "1"),
    sample("x_sum", 1),
    sample("x_count", 1),
  ),
  "a summary with two timestamps": family(
    "x",
    "summary",
    sample("x_sum", 1),
    new Sample("x_count", [], 1, 1),
  ),
};

for (const [title, family] of Object.entries(BROKEN)) {
  Deno.test(`openMetrics2() writes ${title} as unknown`, async () => {
    const read = readOpenMetrics2(await write(family));
    assertEquals(new Set(read.map(({ type }) => type)), new Set(["unknown"]));
    assertEquals(read.flatMap(({ samples }) => samples).length, family.samples.length);
  });
}

Deno.test("openMetrics2() writes native histograms with the counts that were observed", async () => {
  const random = generator(7);
  const sources = [normal(random), magnitudes(random)];
  for (let i = 0; i < 50; i++) {
    const options = { growthFactor: 1 + 2 ** (i % 10 - 5), zeroThreshold: i % 3 };
    const counts = new NativeCounts(resolveNative("Cannot count", options));
    const values = Array.from({ length: 7 * i }, sources[i % 2]!);
    for (const value of values) counts.observe(value);
    const native = counts.snapshot();
    const [read] = readOpenMetrics2(
      await write(family(
        "x",
        "histogram",
        sample("x_bucket", counts.count, "le", "+Inf"),
        sample("x_sum", counts.sum),
        detailed("x_count", counts.count, { native }),
      )),
    );
    const composite = read!.samples[0]!.value as ReadComposite;
    const { schema, zeroThreshold, zeroCount } = native;
    assertEquals(composite, {
      count: counts.count,
      sum: counts.sum + 0,
      parts: undefined,
      native: {
        schema,
        zeroThreshold,
        zeroCount,
        positive: counted(native.positive),
        negative: counted(native.negative),
      },
    });
  }
});

function counted({ spans, deltas }: NativeHistogram["positive"]): [number, number][] {
  const indices: number[] = [];
  let next = 0;
  for (const { offset, length } of spans) {
    next += offset;
    for (let i = 0; i < length; i++) indices.push(next++);
  }
  return indices.map((index, i) => [index, deltas.slice(0, i + 1).reduce((a, b) => a + b)]);
}

const STARTING = ["jobs", "took", "long", "latest"];

for (const size of [1, 5, 400]) {
  Deno.test(`Registry.expose() writes OpenMetrics 2.0 of ${size} series from kept bytes like a new encoder`, async () => {
    const registry = new Registry({ openMetrics2: true });
    const counter = registry.register(new Counter("jobs", "Jobs.", { labels: ["a"] }));
    const gauge = registry.register(new Gauge("level", "Level.", { labels: ["a"] }));
    const histogram = registry.register(new Histogram("took", "Time.", { labels: ["a"] }));
    const summary = registry.register(new Summary("size", "Size.", { labels: ["a"] }));
    const options = { labels: ["a"], native: {}, buckets: [1] } as const;
    const native = registry.register(new Histogram("long", "Time.", options));
    const quantiles = [0.5, 0.9];
    const latest = registry.register(new Summary("latest", "", { labels: ["a"], quantiles }));
    for (let round = 0; round < 6; round++) {
      for (let i = 0; i < size; i += 1 + round) {
        // In the last round, a sum that is invalid for a summary.
        summary.labels(`${i}`).observe(round < 5 ? i : size === 5 ? NaN : -1e9);
        counter.labels(`${i}`).inc(10 ** round / 8, round > 1 ? { id: `${i}` } : undefined);
        native.labels(`${i}`).observe(2 ** (i % 9), round > 3 ? { id: "1" } : undefined);
        latest.labels(`${i}`).observe(i);
        gauge.labels(`é${i}`).set(i ** round);
        histogram.labels(`${i}`).observe(i - 1, round > 2 ? { id: `${round}` } : undefined);
      }
      const { families } = await registry.gather();
      const samples = families.map((family) => ({
        name: family.name,
        type: family.type,
        help: family.help,
        samples: [...family.samples],
      }));
      const text = (await registry.expose({ format: "openmetrics", version: "2.0.0" })).text();
      assertEquals(text, await write(...samples));
      const read = readOpenMetrics2(text);
      const starts = read.filter(({ name }) => STARTING.includes(name))
        .flatMap(({ samples }) => samples.map(({ start }) => start));
      assertEquals(starts.length, STARTING.length * size);
      assert(starts.every((start) => start! <= Date.now() && start! > Date.now() - 60_000));
      assertEquals(read.filter(({ type }) => type === "summary").length, round === 5 ? 1 : 2);
    }
  });
}

/** A summary of one quantile. */
class Measured extends Child {
  readonly #values: readonly number[];

  constructor(slots: Slots, slot: number, quantile: number) {
    super(slots, slot);
    this.#values = [quantile, 1, 2];
  }

  override read(into: Float64Array, at: number): void {
    into.set(this.#values, at);
  }
}

Deno.test("openMetrics2() writes summaries of an instrument as unknown if a quantile value is negative", async () => {
  const layout: SeriesLayout = {
    name: "x",
    labelNames: ["a"],
    parts: [{ suffix: "", label: ["quantile", "0.5"] }, { suffix: "_sum" }, { suffix: "_count" }],
  };
  const quantiles = [NaN, -1];
  const series = new SeriesMap(layout, {
    createChild: (slots, slot) => new Measured(slots, slot, quantiles[slot]!),
  });
  const head = { name: "x", type: "summary" } as const;
  const view = new SeriesView(head, layout);
  const inBlocks = new BlockFamily(view, series);
  series.add(["1"]);
  const first = 'x{a="1"} {count:2,sum:1,quantile:[0.5:NaN]}\n';
  assertEquals(await write(inBlocks), `# TYPE x summary\n${first}# EOF\n`);
  series.add(["2"]);
  assertStringIncludes(await write(inBlocks), "# TYPE x unknown\n");
});

Deno.test("openMetrics2() writes infos without the suffix _info as gauges", async () => {
  const infos = ["U__a_2e_b__info", "a.b_info"].map((name) => {
    const info = new Info(name, "", { labels: ["version"], utf8Names: true });
    info.set({ version: "1" });
    return liveFamily(info);
  });
  const options = { version: "2.0.0", escaping: "values" } as const;
  const text = (await encode(infos, "openmetrics", options)).text();
  readOpenMetrics2(text);
  assertEquals(text.match(/(?<=# TYPE ).*/g), ["U__a_2e_b__info info", "U__a_2e_b__info_ gauge"]);
});

async function exposed(version: string | undefined, options: RegistryOptions): Promise<string> {
  const registry = new Registry(options);
  registry.register(new Counter("jobs_total", "")).inc(3);
  const exposition = await registry.expose({
    format: "openmetrics",
    // A program in JavaScript may pass any string.
    ...(version !== undefined && { version: version as "2.0.0" }),
    filter: { names: new Set(["jobs_total"]) },
  });
  const text = exposition.text().replace(/ st@[\d.]+$/m, " st@…");
  return `${exposition.contentType}\n${text}`;
}

const TYPE = "application/openmetrics-text; version";
const FIRST = "# TYPE jobs counter\njobs_total 3\n# EOF\n";

Deno.test("Registry.expose() returns the requested version", async () => {
  const rest = "charset=utf-8; escaping=underscores\n";
  const on = { openMetrics2: true };
  assertEquals(
    await exposed("2.0.0", on),
    `${TYPE}=2.0.0; ${rest}# TYPE jobs_total counter\njobs_total 3 st@…\n# EOF\n`,
  );
  assertEquals(await exposed("1.0.0", on), `${TYPE}=1.0.0; ${rest}${FIRST}`);
  assertEquals(await exposed("0.0.1", {}), `${TYPE}=0.0.1; ${rest}${FIRST}`);
  assertEquals(await exposed(undefined, on), `${TYPE}=1.0.0; ${rest}${FIRST}`);
});

Deno.test("Registry.expose() keeps bytes of each version of OpenMetrics separately", async () => {
  const registry = new Registry({ openMetrics2: true });
  registry.register(new Counter("jobs_total", "")).inc(3);
  for (let round = 0; round < 2; round++) {
    for (const [version, name] of [["1.0.0", "jobs"], ["2.0.0", "jobs_total"]] as const) {
      const text = (await registry.expose({ format: "openmetrics", version })).text();
      assertEquals(/# TYPE (jobs\w*)/.exec(text)?.[1], name);
    }
  }
});

Deno.test("Registry.expose() rejects a version that its format does not have", async () => {
  await assertRejects(
    () => exposed("2.0.0", {}),
    RangeError,
    'Cannot expose version "2.0.0" of openmetrics: expected 1.0.0 or 0.0.1',
  );
  await assertRejects(
    () => exposed("delimited", { openMetrics2: true }),
    RangeError,
    'Cannot expose version "delimited" of openmetrics: expected 2.0.0 or 1.0.0 or 0.0.1',
  );
  const registry = new Registry({ openMetrics2: true });
  for (const format of ["text", "protobuf"] as const) {
    await assertRejects(() => registry.expose({ format, version: "2.0.0" }), RangeError);
  }
});
