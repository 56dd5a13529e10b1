import { assert, assertEquals } from "@std/assert";
import { Counter } from "../../counter.ts";
import { Histogram } from "../../histogram.ts";
import type { MetricType } from "../../model/metric_type.ts";
import { parseExposition } from "../../parse.ts";
import { Registry } from "../../registry.ts";
import type { Family } from "../../model/family.ts";
import { Sample, type SampleDetails } from "../../model/sample.ts";
import { encode, encodeOpenMetrics } from "../support/encode.ts";
import { letsOthersRun } from "../support/stopped_clock.ts";

const PIECE = 65536;

async function write(...families: Family[]): Promise<string> {
  return new TextDecoder().decode(await new Blob([...await encodeOpenMetrics(families)]).bytes());
}

/** Returns a family. */
function family(name: string, type: MetricType, ...samples: Sample[]): Family {
  return { name, type, samples };
}

/** Returns a sample. Labels are alternating names and values. */
function sample(name: string, value: number, ...labels: string[]): Sample {
  return new Sample(name, labels, value);
}

function exemplar(value: number, labels: string[] = [], timestamp?: number): SampleDetails {
  return { exemplar: { labels, value, timestamp } };
}

interface Written {
  readonly families: readonly Family[];
  readonly text: string;
}

const WRITTEN: Record<string, Written> = {
  "nothing": { families: [], text: "" },
  "nothing for a family without samples": {
    families: [{ name: "x", type: "gauge", help: "Empty.", samples: [] }],
    text: "",
  },
  "type, unit and help text of a family in that order": {
    families: [{
      ...family("wait_seconds", "gauge", sample("wait_seconds", 0.5)),
      unit: "seconds",
      help: "How long.",
    }],
    text: `# TYPE wait_seconds gauge
# UNIT wait_seconds seconds
# HELP wait_seconds How long.
wait_seconds 0.5
`,
  },
  "no empty unit or help text": {
    families: [{ ...family("x", "gauge", sample("x", 1)), unit: "", help: "" }],
    text: "# TYPE x gauge\nx 1\n",
  },
  "no unit that is not a suffix of the name": {
    families: [
      { ...family("wait", "gauge", sample("wait", 1)), unit: "seconds" },
      { ...family("waitseconds", "gauge", sample("waitseconds", 1)), unit: "seconds" },
    ],
    text: "# TYPE wait gauge\nwait 1\n# TYPE waitseconds gauge\nwaitseconds 1\n",
  },
  "escaped help texts and label values": {
    families: [{
      ...family("x", "gauge", sample("x", 1, "a", 'b\\"c\n')),
      help: 'Back\\slash, "quote"\nand line \ud800.',
    }],
    text: `# TYPE x gauge
# HELP x Back\\\\slash, \\"quote\\"\\nand line \ufffd.
x{a="b\\\\\\"c\\n"} 1
`,
  },
  "all kinds of numbers": {
    families: [
      family(
        "x",
        "gauge",
        ...[NaN, Infinity, -Infinity, -0, 1e21, 1e-7].map((value, i) =>
          sample("x", value, "i", `${i}`)
        ),
      ),
    ],
    text: `# TYPE x gauge
x{i="0"} NaN
x{i="1"} +Inf
x{i="2"} -Inf
x{i="3"} 0
x{i="4"} 1e+21
x{i="5"} 1e-7
`,
  },
  "timestamps in seconds": {
    families: [
      family(
        "x",
        "gauge",
        new Sample("x", [], 1, 1520879607789),
        new Sample("x", ["a", "b"], 1, -1),
      ),
    ],
    text: '# TYPE x gauge\nx 1 1520879607.789\nx{a="b"} 1 -0.001\n',
  },
  "a counter with its suffix only in the samples": {
    families: [{
      ...family("cpu_seconds_total", "counter", sample("cpu_seconds_total", 4.5, "mode", "idle")),
      unit: "seconds",
      help: "CPU time.",
    }],
    text: `# TYPE cpu_seconds counter
# UNIT cpu_seconds seconds
# HELP cpu_seconds CPU time.
cpu_seconds_total{mode="idle"} 4.5
`,
  },
  "a counter without the suffix _total as unknown": {
    families: [family("jobs", "counter", sample("jobs", 1))],
    text: "# TYPE jobs unknown\njobs 1\n",
  },
  "an untyped metric as unknown": {
    families: [family("x", "untyped", sample("x", 1))],
    text: "# TYPE x unknown\nx 1\n",
  },
  "an info with its suffix only in the samples, and without a unit": {
    families: [{
      ...family("build_seconds_info", "info", sample("build_seconds_info", 1, "version", "1")),
      unit: "seconds",
    }],
    text: '# TYPE build_seconds info\nbuild_seconds_info{version="1"} 1\n',
  },
  "a state set, without a unit": {
    families: [{
      ...family(
        "door_state",
        "stateset",
        sample("door_state", 1, "door", "front", "door_state", "open"),
        sample("door_state", 0, "door", "front", "door_state", "shut"),
      ),
      unit: "state",
    }],
    text: `# TYPE door_state stateset
door_state{door="front",door_state="open"} 1
door_state{door="front",door_state="shut"} 0
`,
  },
  "a histogram with canonical bounds": {
    families: [{
      ...family(
        "size_bytes",
        "histogram",
        sample("size_bytes_bucket", 0, "le", "0.00001", "a", "le"),
        sample("size_bytes_bucket", 1, "a", "le", "le", "1"),
        sample("size_bytes_bucket", 2, "le", "1e5", "a", "le"),
        sample("size_bytes_bucket", 3, "le", "1000000", "a", "le"),
        sample("size_bytes_bucket", 3, "le", "+Inf", "a", "le"),
        sample("size_bytes_sum", 200000.5, "a", "le"),
        sample("size_bytes_count", 3, "a", "le"),
      ),
      unit: "bytes",
    }],
    text: `# TYPE size_bytes histogram
# UNIT size_bytes bytes
size_bytes_bucket{le="1e-05",a="le"} 0
size_bytes_bucket{a="le",le="1.0"} 1
size_bytes_bucket{le="100000.0",a="le"} 2
size_bytes_bucket{le="1e+06",a="le"} 3
size_bytes_bucket{le="+Inf",a="le"} 3
size_bytes_sum{a="le"} 200000.5
size_bytes_count{a="le"} 3
`,
  },
  "a gauge histogram": {
    families: [
      family(
        "queue",
        "gaugehistogram",
        sample("queue_bucket", 1, "le", "1"),
        sample("queue_bucket", 2, "le", "+Inf"),
        sample("queue_gsum", 5),
        sample("queue_gcount", 2),
      ),
    ],
    text: `# TYPE queue gaugehistogram
queue_bucket{le="1.0"} 1
queue_bucket{le="+Inf"} 2
queue_gsum 5
queue_gcount 2
`,
  },
  "a summary with canonical quantiles": {
    families: [
      family(
        "wait",
        "summary",
        sample("wait", 1, "quantile", ".5"),
        sample("wait", NaN, "quantile", "1"),
        sample("wait_sum", 5),
        sample("wait_count", 2),
      ),
    ],
    text: `# TYPE wait summary
wait{quantile="0.5"} 1
wait{quantile="1.0"} NaN
wait_sum 5
wait_count 2
`,
  },
  "an invalid histogram as unknown, with canonical bounds": {
    families: [{
      ...family(
        "x",
        "histogram",
        sample("x_bucket", 1, "le", "1"),
        sample("x_sum", 1),
      ),
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
  "unchanged bounds where canonical ones would be equal": {
    families: [
      family(
        "x",
        "histogram",
        sample("x_bucket", 1, "le", "1"),
        sample("x_bucket", 1, "le", "1.0"),
        sample("x_bucket", 1, "le", "+Inf"),
      ),
    ],
    text: `# TYPE x_bucket unknown
x_bucket{le="1"} 1
x_bucket{le="1.0"} 1
x_bucket{le="+Inf"} 1
`,
  },
  "unchanged labels le and quantile in other types": {
    families: [family("x", "gauge", sample("x", 1, "le", "1", "quantile", "1"))],
    text: '# TYPE x gauge\nx{le="1",quantile="1"} 1\n',
  },
  "exemplars of counters": {
    families: [
      family(
        "jobs_total",
        "counter",
        new Sample("jobs_total", [], 3, 1000, exemplar(-1, ["trace_id", 'a"b', "x", "y"], 1500)),
        new Sample("jobs_total", ["a", "b"], 3, undefined, exemplar(NaN)),
      ),
    ],
    text: `# TYPE jobs counter
jobs_total 3 1 # {trace_id="a\\"b",x="y"} -1 1.5
jobs_total{a="b"} 3 # {} NaN
`,
  },
  "no exemplars with a NUL, for which Prometheus 2 rejects the scrape": {
    families: [
      family(
        "a_total",
        "counter",
        new Sample("a_total", [], 1, undefined, exemplar(1, ["a", "\0"])),
      ),
    ],
    text: "# TYPE a counter\na_total 1\n",
  },
  "exemplars that lie within their bucket": {
    families: [
      family(
        "x",
        "histogram",
        new Sample("x_bucket", ["le", "1"], 1, undefined, exemplar(1)),
        new Sample("x_bucket", ["le", "2"], 1, undefined, exemplar(2.5)),
        new Sample("x_bucket", ["le", "3"], 1, undefined, exemplar(NaN)),
        new Sample("x_bucket", ["le", "+Inf"], 1, undefined, exemplar(Infinity)),
        new Sample("x_sum", [], 1, undefined, exemplar(1)),
        new Sample("x_count", [], 1, undefined, exemplar(1)),
      ),
    ],
    text: `# TYPE x histogram
x_bucket{le="1.0"} 1 # {} 1
x_bucket{le="2.0"} 1
x_bucket{le="3.0"} 1
x_bucket{le="+Inf"} 1 # {} +Inf
x_sum 1
x_count 1
`,
  },
  "no exemplars of other types": {
    families: [
      family("a", "gauge", new Sample("a", [], 1, undefined, exemplar(1))),
      family("b", "counter", new Sample("b", [], 1, undefined, exemplar(1))),
      family("c", "summary", new Sample("c", ["quantile", "1"], 1, undefined, exemplar(1))),
      family("d_info", "info", new Sample("d_info", [], 1, undefined, exemplar(1))),
    ],
    text: `# TYPE a gauge
a 1
# TYPE b unknown
b 1
# TYPE c summary
c{quantile="1.0"} 1
# TYPE d info
d_info 1
`,
  },
};

for (const [title, { families, text }] of Object.entries(WRITTEN)) {
  Deno.test(`encodeOpenMetrics() writes ${title}`, async () => {
    assertEquals(await write(...families), `${text}# EOF\n`);
  });
}

function repeat(count: number, value: string): Sample[] {
  return Array.from({ length: count }, (_, i) => sample("x", i, "a", `${i} ${value}`));
}

Deno.test("encodeOpenMetrics() ignores families without samples, and their names", async () => {
  assertEquals(
    await write(family("x", "gauge"), family("x_total", "counter", sample("x_total", 1))),
    "# TYPE x counter\nx_total 1\n# EOF\n",
  );
});

Deno.test("encodeOpenMetrics() writes pieces of about 64 KiB", async () => {
  const lengths =
    (await encodeOpenMetrics([family("x", "gauge", ...repeat(10_000, "y".repeat(40)))]))
      .map(({ byteLength }) => byteLength);
  const last = lengths.pop()!;
  assert(lengths.length > 5 && last < PIECE + 100);
  assertEquals(lengths.filter((length) => length < PIECE || length > PIECE + 100), []);
});

Deno.test("encodeOpenMetrics() yields to the event loop between pieces", async () => {
  const long = family("x", "untyped", ...repeat(2, "y".repeat(PIECE)));
  assertEquals(await letsOthersRun(() => encodeOpenMetrics([long])), true);
});

Deno.test("encodeOpenMetrics() yields to the event loop before a family", async () => {
  const counter = family("x_total", "counter", sample("x_total", 1));
  assertEquals(await letsOthersRun(() => encodeOpenMetrics([counter])), true);
});

const CREATED = { created: 1520872607123 };

Deno.test("openMetrics() writes _created samples if createdSamples is set", async () => {
  const histogram = (a: string) => [
    sample("took_bucket", 1, "a", a, "le", "+Inf"),
    sample("took_sum", 2, "a", a),
    new Sample("took_count", ["a", a], 1, undefined, CREATED),
  ];
  const families = [
    family(
      "jobs_total",
      "counter",
      new Sample("jobs_total", ["a", "1"], 3, undefined, CREATED),
      sample("jobs_total", 4, "a", "2"),
    ),
    family("jobs", "counter", new Sample("jobs", [], 3, undefined, CREATED)),
    family("took", "histogram", ...histogram("1"), ...histogram("2")),
    family("size", "summary", new Sample("size_count", [], 3, 5000, CREATED)),
  ];
  const expected = `# TYPE jobs counter
jobs_total{a="1"} 3
jobs_created{a="1"} 1520872607.123
jobs_total{a="2"} 4
# TYPE took histogram
took_bucket{a="1",le="+Inf"} 1
took_sum{a="1"} 2
took_count{a="1"} 1
took_created{a="1"} 1520872607.123
took_bucket{a="2",le="+Inf"} 1
took_sum{a="2"} 2
took_count{a="2"} 1
took_created{a="2"} 1520872607.123
# TYPE size summary
size_count 3 5
size_created 1520872607.123 5
# EOF
`;
  const named = families.filter(({ name }) => name !== "jobs");
  const exposition = await encode(named, "openmetrics", { createdSamples: true });
  assertEquals(exposition.text(), expected);
  parseExposition(exposition.text(), { format: "openmetrics" });
  const [unnamed] = await encode([families[1]!], "openmetrics", { createdSamples: true })
    .then((exposition) => exposition.text().match(/created/) ?? []);
  assertEquals(unnamed, undefined);
});

for (const size of [1, 100]) {
  Deno.test(`Registry writes _created samples of ${size} series if createdSamples is set`, async () => {
    const registry = new Registry({ createdSamples: true });
    const before = Date.now() / 1000;
    const counter = registry.register(new Counter("jobs_total", "", { labels: ["a"] }));
    const histogram = registry.register(new Histogram("took", "", { labels: ["a"] }));
    for (let i = 0; i < size; i++) {
      counter.labels(`${i}`).inc();
      histogram.labels(`${i}`).observe(i);
    }
    for (let round = 0; round < 2; round++) {
      const text = (await registry.expose({ format: "openmetrics" })).text();
      parseExposition(text, { format: "openmetrics" });
      const times = [...text.matchAll(/^(?:jobs|took)_created\{a="\d+"\} ([\d.]+)$/gm)];
      assertEquals(times.length, 2 * size);
      for (const [, time] of times) {
        assert(Number(time) >= before && Number(time) <= Date.now() / 1000);
      }
      for (let i = 0; i < size; i++) counter.labels(`${i}`).inc(1000);
    }
  });
}
