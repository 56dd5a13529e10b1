import { assert, assertEquals, assertGreater } from "@std/assert";
import { createLogger, Exporter, Histogram, Registry } from "@exporter/prometheus";
import { encode } from "../support/encode.ts";
import { negotiateFormat } from "../../encode/negotiate.ts";
import { InFlight } from "../../serve/in_flight.ts";
import { expositionReply, responseOf } from "../../serve/response.ts";
import type { Family } from "../../model/family.ts";
import { Sample, type SampleDetails, type SampleExemplar } from "../../model/sample.ts";
import { everything, HOSTILE, hostile } from "./everything.ts";
import { Prometheus, RELEASES } from "./prometheus.ts";
import { Recorder } from "./recorder.ts";
import { withTools } from "./tool.ts";

/** With native histograms, Prometheus asks for protobuf first. */
const FEATURES = ["native-histograms", "exemplar-storage"];

const CONTENT_TYPE = "application/vnd.google.protobuf; " +
  "proto=io.prometheus.client.MetricFamily; encoding=delimited; escaping=underscores";

for (const release of RELEASES) {
  Deno.test(
    withTools([release.prometheus], {
      name: `${release.name} scrapes protobuf`,
      fn: async (t) => {
        await using recorder = new Recorder({ everything, hostile });
        await using prometheus = await Prometheus.start(
          `
  - job_name: protobuf
    static_configs: [{ targets: ["${recorder.host}"] }]
  - job_name: text
    metrics_path: /text
    static_configs: [{ targets: ["${recorder.host}"] }]
`,
          { release, features: FEATURES },
        );
        await prometheus.until('up{job="protobuf"} == 1');
        await prometheus.until('up{job="text"} == 1');

        await t.step("because it asks for it", () => {
          assertEquals([...recorder.contentTypes].sort(), [
            CONTENT_TYPE,
            "text/plain; version=0.0.4; charset=utf-8; escaping=underscores",
          ]);
          assertEquals([...recorder.encodings], ["gzip"]);
        });

        await t.step(
          "with the series and values that text has, but for how bounds are written",
          async () => {
            const series = await prometheus.exposed("protobuf");
            const samples = everything().reduce((sum, { samples }) => sum + samples.length, 0);
            assertGreater(series.length, samples + HOSTILE.length);
            assertEquals(series, await prometheus.exposed("text"));
          },
        );

        await t.step("with types and help texts", async () => {
          const metadata = (name: string) => prometheus.metadata(name, "protobuf");
          assertEquals(await metadata("temperature_celsius"), [
            { type: "gauge", help: 'So "warm".' },
          ]);
          assertEquals(await metadata("jobs_total"), [{ type: "counter", help: "Jobs done." }]);
          assertEquals(await metadata("wait_seconds"), [{ type: "histogram", help: "" }]);
          assertEquals(await metadata("frost_celsius"), [{ type: "histogram", help: "" }]);
          assertEquals(await metadata("size_bytes"), [{ type: "summary", help: "" }]);
          assertEquals(await metadata("build_info"), [{ type: "gauge", help: "" }]);
          assertEquals(await metadata("queue_gcount"), [{ type: "unknown", help: "" }]);
        });

        await t.step("with exemplars", async () => {
          const counted = await prometheus.exemplars('jobs_total{job="protobuf"}');
          assertEquals(
            counted.map(({ series, labels, value }) => [series["queue"], labels, Number(value)]),
            [["a", { trace_id: "oHg5SJYRHA0" }, 0.7]],
          );
          const observed = await prometheus.exemplars('wait_seconds_bucket{job="protobuf"}');
          assertEquals(
            observed.map(({ series, labels, value }) => [series["le"], labels, Number(value)]),
            [["1.0", { trace_id: "oHg5SJYRHA0" }, 0.7]],
          );
        });
      },
    }),
  );
}

/**
 * A histogram with these buckets besides the last one, and a native one that has counted 1 at zero, 2 above 1 and up to 2,
 * and 3 above 2 and up to 4.
 */
function native(
  name: string,
  labels: readonly string[],
  bounds: readonly string[] = [],
  exemplar?: SampleExemplar,
): Sample[] {
  const sample = (suffix: string, value: number, own: string[] = [], details?: SampleDetails) =>
    new Sample(name + suffix, [...labels, ...own], value, undefined, details);
  return [
    ...bounds.map((bound) => sample("_bucket", 6, ["le", bound], { exemplar })),
    sample("_bucket", 6, ["le", "+Inf"]),
    sample("_sum", 12),
    sample("_count", 6, [], {
      created: Date.now() - 1000,
      native: {
        schema: 0,
        zeroThreshold: 2 ** -128,
        zeroCount: 1,
        positive: { spans: [{ offset: 1, length: 2 }], deltas: [2, 1] },
        negative: { spans: [], deltas: [] },
      },
    }),
  ];
}

/** Families with native histograms, alone and beside buckets. */
function nativeFamilies(): Family[] {
  const exemplar = { labels: ["trace_id", "b"], value: 3.5, timestamp: Date.now() };
  const plain: Family = {
    name: "mixed_seconds",
    type: "histogram",
    samples: [
      ...native("mixed_seconds", ["a", "1"], ["4"]),
      new Sample("mixed_seconds_bucket", ["le", "+Inf"], 1),
      new Sample("mixed_seconds_sum", [], 1),
      new Sample("mixed_seconds_count", [], 1),
    ],
  };
  const queue = native("queue", ["a", "1"]).map(({ name, labels, value, details }) =>
    new Sample(name.replace(/_(?=sum|count)/, "_g"), labels, value, undefined, details)
  );
  return [
    plain,
    { name: "queue", type: "gaugehistogram", samples: queue },
    {
      name: "wait_seconds",
      type: "histogram",
      help: "How long.",
      samples: ["1", "2"].flatMap((a) => native("wait_seconds", ["a", a])),
    },
    {
      name: "work_seconds",
      type: "histogram",
      samples: native("work_seconds", [], ["4"], exemplar),
    },
  ];
}

for (const release of RELEASES) {
  Deno.test(
    withTools([release.prometheus], {
      name: `${release.name} scrapes native histograms`,
      fn: async (t) => {
        await using server = Deno.serve(
          { hostname: "127.0.0.1", port: 0, onListen: () => {} },
          async ({ headers }) => {
            const variant = negotiateFormat(headers.get("accept"));
            const exposition = await encode(nativeFamilies(), variant.format, variant);
            return responseOf(expositionReply(exposition, new InFlight({ max: () => 1 }).enter()!));
          },
        );
        await using prometheus = await Prometheus.start(
          `
  - job_name: native
    static_configs: [{ targets: ["127.0.0.1:${server.addr.port}"] }]
`,
          { release, features: FEATURES },
        );
        await prometheus.until('up{job="native"} == 1');
        const values = async (query: string) =>
          (await prometheus.query(query)).map(({ value }) => Number(value));

        await t.step("with their quantiles", async () => {
          assertEquals(await values("histogram_quantile(0.5, wait_seconds)"), [2, 2]);
          assertEquals(await values("histogram_quantile(1, wait_seconds)"), [4, 4]);
          assertEquals(await values("histogram_quantile(0.5, sum(wait_seconds))"), [2]);
        });

        await t.step("with their counts and sums", async () => {
          assertEquals(await values("histogram_count(wait_seconds)"), [6, 6]);
          assertEquals(await values("histogram_sum(wait_seconds)"), [12, 12]);
          assertEquals(await values("histogram_fraction(1, 4, wait_seconds)"), [5 / 6, 5 / 6]);
        });

        await t.step("in place of the buckets beside them", async () => {
          assertEquals(await values("histogram_quantile(0.5, work_seconds)"), [2]);
          assertEquals(await values('{__name__=~"(wait|work)_seconds_.+"}'), []);
        });

        await t.step("with types and help texts", async () => {
          assertEquals(await prometheus.metadata("wait_seconds", "native"), [
            { type: "histogram", help: "How long." },
          ]);
          assertEquals(await prometheus.metadata("queue", "native"), [
            { type: "gaugehistogram", help: "" },
          ]);
        });

        await t.step("with gauge histograms", async () => {
          assertEquals(await values("histogram_quantile(0.5, queue)"), [2]);
        });

        await t.step("with the exemplars of buckets", async () => {
          const found = await prometheus.exemplars("work_seconds");
          assertEquals(found.at(-1)?.labels, { trace_id: "b" });
          assertEquals(Number(found.at(-1)?.value), 3.5);
        });

        await t.step("but only if all of a family are such", async () => {
          assertEquals(await values("mixed_seconds"), []);
          assertEquals(await values("sort(mixed_seconds_count)"), [1, 6]);
          assertEquals(await values("sort(mixed_seconds_bucket)"), [1, 6, 6]);
        });
      },
    }),
  );
}

const GROWTH_FACTOR = 1.1;

/** Histograms, one with native buckets only and one with both, with the values from 1 to 1000 in `a` and twice as much in `b`. */
function observed(): Histogram<readonly ["kind"]>[] {
  const native = { growthFactor: GROWTH_FACTOR };
  const histograms = [
    new Histogram("took_seconds", "How long.", { labels: ["kind"], native }),
    new Histogram("held_seconds", "How long.", { labels: ["kind"], native, buckets: [100] }),
  ];
  for (const histogram of histograms) {
    for (let value = 1; value <= 1000; value++) {
      histogram.labels("a").observe(value, { trace_id: `a${value}` });
      histogram.labels("b").observe(2 * value, { trace_id: `b${value}` });
    }
  }
  return histograms;
}

for (const release of RELEASES) {
  Deno.test(
    withTools([release.prometheus], {
      name: `${release.name} scrapes instruments that are native histograms`,
      fn: async (t) => {
        const registry = new Registry();
        for (const histogram of observed()) registry.register(histogram);
        await using exporter = new Exporter({
          configFile: false,
          listenPort: 0,
          registry,
          runtimeMetrics: false,
          logger: createLogger("test", { write: () => {} }),
        });
        await exporter.start();
        await using prometheus = await Prometheus.start(
          `
  - job_name: native
    static_configs: [{ targets: ["${exporter.url.host}"] }]
`,
          { release, features: FEATURES },
        );
        await prometheus.until('up{job="native"} == 1');
        const values = async (query: string) =>
          (await prometheus.query(`sort(${query})`)).map(({ value }) => Number(value));

        for (const name of ["took_seconds", "held_seconds"]) {
          await t.step(`with their counts and sums: ${name}`, async () => {
            assertEquals(await values(`histogram_count(${name})`), [1000, 1000]);
            assertEquals(await values(`histogram_sum(${name})`), [500_500, 1_001_000]);
            assertEquals(await values(`{__name__=~"${name}_.+"}`), []);
          });

          await t.step(
            `with quantiles that are right to within the growth factor: ${name}`,
            async () => {
              for (const quantile of [0.01, 0.5, 0.9, 0.99, 1]) {
                const found = await values(`histogram_quantile(${quantile}, ${name})`);
                assertEquals(found.length, 2);
                assertWithin(found[0]!, 1000 * quantile);
                assertWithin(found[1]!, 2000 * quantile);
              }
            },
          );
        }

        await t.step("with exemplars of the buckets beside them", async () => {
          const found = await prometheus.exemplars("held_seconds");
          const kinds = found.map((
            { series, labels },
          ) => [series["kind"], labels["trace_id"]?.[0]]);
          // Prometheus 3 reads the exemplars of only the first native histogram of a family.
          const expected = release.major < 3 ? ["a,a", "b,b"] : ["a,a"];
          assertEquals([...new Set(kinds.map(String))], expected);
        });
      },
    }),
  );
}

function assertWithin(value: number, expected: number): void {
  const factor = Math.max(value / expected, expected / value);
  assert(factor <= GROWTH_FACTOR, `expected about ${expected}, got ${value}`);
}
