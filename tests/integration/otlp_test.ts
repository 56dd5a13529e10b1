import { assert, assertEquals } from "@std/assert";
import { Exporter, Registry } from "@exporter/prometheus";
import { keyValues, otlpRequest } from "../support/otlp.ts";
import { Prometheus, RELEASES } from "./prometheus.ts";
import { withTools } from "./tool.ts";

const RELEASE = RELEASES[1]!;

const start = `${Math.floor(Date.now() / 1000) - 60}000000000`;
const now = `${Math.floor(Date.now() / 1000)}000000000`;
const point = { startTimeUnixNano: start, timeUnixNano: now };
const labeled = {
  attributes: keyValues({ "http.route": "/a", "0x": "b", "_c": "d", "a..b": "e" }),
};

/** Numbers of all kinds, and names and units of many shapes. */
const NUMBERS = [
  ["http.server.requests", "{request}", "sum"],
  ["requests_total", "1", "sum"],
  ["total.total", "", "sum"],
  ["disk.io", "By", "sum"],
  ["cpu.utilization", "1", "gauge"],
  ["ratio.used", "1", "gauge"],
  ["speed", "m/s", "gauge"],
  ["rate", "By/min", "gauge"],
  ["1st..value", "ms", "gauge"],
  ["odd", "foo-bar/x", "gauge"],
  ["load", "%", "gauge"],
  ["memory.bytes", "By", "gauge"],
].map(([name, unit, kind], i) => ({
  name,
  unit,
  description: `Number ${i}.`,
  [`${kind}`]: {
    ...(kind === "sum" && { isMonotonic: true, aggregationTemporality: 2 }),
    dataPoints: [{ ...point, ...labeled, asDouble: i + 0.5 }],
  },
}));

const DISTRIBUTIONS = [
  {
    name: "http.server.duration",
    unit: "s",
    histogram: {
      aggregationTemporality: 2,
      dataPoints: [{
        ...{ ...point, ...labeled, count: "6", sum: 4.5 },
        ...{ explicitBounds: [0.1, 1], bucketCounts: ["1", "2", "3"] },
      }],
    },
  },
  {
    name: "exponential",
    exponentialHistogram: {
      aggregationTemporality: 2,
      dataPoints: [{
        ...{ ...point, count: "11", sum: 20, scale: 9, zeroCount: "1", zeroThreshold: 0.001 },
        positive: { offset: -3, bucketCounts: ["1", "2", "0", "0", "3", "1"] },
        negative: { offset: 5, bucketCounts: ["2", "1"] },
      }],
    },
  },
  {
    name: "wait",
    unit: "ms",
    summary: {
      dataPoints: [{
        ...{ ...point, count: "4", sum: 9 },
        quantileValues: [{ quantile: 0.5, value: 2 }, { quantile: 0.99, value: 3 }],
      }],
    },
  },
];

Deno.test(
  withTools([RELEASE.prometheus], {
    name: `POST /v1/metrics makes the samples that ${RELEASE.name} makes itself`,
    fn: async () => {
      const options = { configFile: false, registry: new Registry(), listenPort: 0 } as const;
      await using exporter = new Exporter({ ...options, otlp: true, runtimeMetrics: false });
      await exporter.start();
      await using prometheus = await Prometheus.start(
        `  - job_name: scraped
    honor_labels: true
    scrape_protocols: [PrometheusProto]
    metric_relabel_configs: [{ target_label: way, replacement: scraped }]
    static_configs: [{ targets: ["${exporter.url.host}"] }]
otlp: { promote_scope_metadata: true }
`,
        {
          release: RELEASE,
          features: ["native-histograms"],
          flags: ["--web.enable-otlp-receiver"],
        },
      );
      const body = JSON.stringify(otlpRequest(...NUMBERS, ...DISTRIBUTIONS));
      const headers = { "content-type": "application/json" };
      const targets = [
        new URL("/v1/metrics", exporter.url),
        new URL("/api/v1/otlp/v1/metrics", prometheus.url),
      ];
      for (const url of targets) {
        const response = await fetch(url, { method: "POST", body, headers });
        assertEquals([response.status, await response.text()].slice(0, 1), [200]);
      }
      await prometheus.until('wait_milliseconds_sum{way="scraped"}');
      const series = async (way: string) =>
        (await prometheus.query(`{job="shop/cart",way="${way}"}`)).map(
          ({ labels: { way: _, otel_scope_schema_url: _url, ...labels }, ...rest }) =>
            JSON.stringify([Object.entries(labels).sort(), rest]),
        ).sort();
      const expected = await series("");
      assert(expected.length > 15);
      assertEquals(await series("scraped"), expected);
    },
  }),
);
