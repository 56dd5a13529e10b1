/**
 * What an exporter may expose, for tests of those who read it.
 *
 * @module
 */

import { Metric, MetricFamily } from "@exporter/prometheus";

/** Label values that are hard to quote, escape, or tell from the end of something. */
export const HOSTILE = [
  "\\",
  "\\n",
  "\n",
  '"',
  '\\"',
  "}",
  '"} 1\n# TYPE injected gauge\ninjected 1',
  "#",
  " a  b\t",
  "\r",
  "\u0001\u007f\u0085",
  "\u2028",
  "ünï — 東京 🚪",
  "e\u0301",
  "{{ $labels }}",
  "${HOME}",
  "%2F",
  "x".repeat(2000),
];

/** Metrics with these label values. */
export function* hostile(): Iterable<Metric> {
  for (const [i, value] of HOSTILE.entries()) {
    const labels = { hostile: value, i: `${i}` };
    yield new Metric("hostile", { type: "gauge", labels, value: i });
  }
}

/** Families of every type, and some whose type not every format accepts. */
export function everything(): MetricFamily[] {
  const exemplar = { labels: { trace_id: "oHg5SJYRHA0" }, value: 0.7 };
  return [
    new MetricFamily("temperature_celsius", { type: "gauge", unit: "celsius", help: 'So "warm".' })
      .add(-0.1 - 0.2, { room: "hall" }).add(NaN, { room: "attic" }).add(Infinity)
      .add(-Infinity, { room: "cellar" }).add(5e-324, { room: "bath" }).add(2 ** 53, { room: "a" }),
    new MetricFamily("jobs_total", { type: "counter", help: "Jobs done." })
      .add(3, { queue: "a" }, { exemplar }).add(1e21, { queue: "b" }),
    new MetricFamily("falling_total", { type: "counter" }).add(-1),
    new MetricFamily("clicks", { type: "counter" }).add(4),
    new MetricFamily("clicks_total", { type: "counter" }).add(5),
    new MetricFamily("wait_seconds", { type: "histogram", unit: "seconds" })
      .add(1, { le: "0.5" }, { suffix: "_bucket" })
      .add(2, { le: "1" }, { suffix: "_bucket", exemplar })
      .add(3, { le: "1000000" }, { suffix: "_bucket" })
      .add(3, { le: "+Inf" }, { suffix: "_bucket" })
      .add(100.5, {}, { suffix: "_sum" }).add(3, {}, { suffix: "_count" }),
    new MetricFamily("frost_celsius", { type: "histogram" })
      .add(1, { le: "-10" }, { suffix: "_bucket" }).add(1, { le: "+Inf" }, { suffix: "_bucket" })
      .add(-12, {}, { suffix: "_sum" }).add(1, {}, { suffix: "_count" }),
    new MetricFamily("steps", { type: "histogram" })
      .add(1, { le: "1" }, { suffix: "_bucket" }).add(2, { le: "+Inf" }, { suffix: "_bucket" }),
    new MetricFamily("lag_seconds", { type: "summary" }).add(1, { quantile: "0.5" }),
    new MetricFamily("queue", { type: "gaugehistogram" })
      .add(1, { le: "1" }, { suffix: "_bucket" }).add(2, { le: "+Inf" }, { suffix: "_bucket" })
      .add(5, {}, { suffix: "_gsum" }).add(2, {}, { suffix: "_gcount" }),
    new MetricFamily("size_bytes", { type: "summary" })
      .add(10, { quantile: "1" }).add(NaN, { quantile: "0.5" })
      .add(20, {}, { suffix: "_sum" }).add(2, {}, { suffix: "_count" }),
    new MetricFamily("build_info", { type: "info" }).add(1, { version: "1.2" }),
    new MetricFamily("door_state", { type: "stateset" })
      .add(1, { door_state: "open" }).add(0, { door_state: "shut" }),
    new MetricFamily("other").add(1, { le: "1" }),
  ];
}
