import { assertEquals } from "@std/assert";
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
    name: `${RELEASE.name} scrapes what POST /v1/metrics has received`,
    fn: async () => {
      const options = { configFile: false, registry: new Registry(), listenPort: 0 } as const;
      await using exporter = new Exporter({ ...options, otlp: true, runtimeMetrics: false });
      await exporter.start();
      await using prometheus = await Prometheus.start(
        `  - job_name: scraped
    honor_labels: true
    static_configs: [{ targets: ["${exporter.url.host}"] }]
`,
        { release: RELEASE, features: ["native-histograms"] },
      );
      const body = JSON.stringify(otlpRequest(...NUMBERS, ...DISTRIBUTIONS));
      const headers = { "content-type": "application/json" };
      const url = new URL("/v1/metrics", exporter.url);
      const response = await fetch(url, { method: "POST", body, headers });
      assertEquals([response.status, await response.text()], [200, "{}"]);
      await prometheus.until("wait_milliseconds_sum");
      const found = await prometheus.query('{job="shop/cart",instance="a"}');
      assertEquals(
        found.filter(({ labels }) => labels["__name__"] !== "exponential").map((
          { labels, value },
        ) => `${labels["__name__"]} ${labels["le"] ?? labels["quantile"] ?? ""} ${value}`).sort(),
        [
          "_1st_value_milliseconds  8.5",
          "cpu_utilization_ratio  4.5",
          "disk_io_bytes_total  3.5",
          "http_server_duration_seconds_bucket +Inf 6",
          "http_server_duration_seconds_bucket 0.1 1",
          "http_server_duration_seconds_bucket 1.0 3",
          "http_server_duration_seconds_count  6",
          "http_server_duration_seconds_sum  4.5",
          "http_server_requests_total  0.5",
          "load_percent  10.5",
          "memory_bytes  11.5",
          "odd_foo_bar_per_x  9.5",
          "rate_bytes_per_min  7.5",
          "requests_total  1.5",
          "speed_meters_per_second  6.5",
          "target_info  1",
          "total  2.5",
          "used_ratio  5.5",
          "wait_milliseconds 0.5 2",
          "wait_milliseconds 0.99 3",
          "wait_milliseconds_count  4",
          "wait_milliseconds_sum  9",
        ],
      );
      const [exponential] = found.filter(({ labels }) => labels["__name__"] === "exponential");
      assertEquals(JSON.parse(exponential!.value).buckets, [
        [1, "-1.0108892860517005", "-1.0081558981184175", "1"],
        [1, "-1.0081558981184175", "-1.0054299011128027", "2"],
        [3, "-0.001", "0.001", "1"],
        [0, "0.9945994234836328", "0.9972960560854698", "1"],
        [0, "0.9972960560854698", "1", "2"],
        [0, "1", "1.0027112750502025", "3"],
        [0, "1.0027112750502025", "1.0054299011128027", "1"],
      ]);
    },
  }),
);
