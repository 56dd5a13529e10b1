/**
 * OpenTelemetry's exporter for Prometheus in the comparison. The labels of scopes and the metric `target_info`, which no other
 * library has, are disabled, because they would make it slower. It has neither children nor gzip.
 *
 * @module
 */

import {
  PrometheusExporter,
  PrometheusSerializer,
} from "npm:@opentelemetry/exporter-prometheus@0.301.0";
import { MeterProvider } from "npm:@opentelemetry/sdk-metrics@3.1.0";
import { drive } from "../driver.ts";
import type { OperationLoop } from "../library.ts";
import { BUCKETS, COUNTER, HISTOGRAM, LABEL_VALUES, OBSERVATIONS } from "../names.ts";

const exporter = new PrometheusExporter({ preventServerStart: true });
const serializer = new PrometheusSerializer("", false, undefined, true, true);
const meter = new MeterProvider({ readers: [exporter] }).getMeter("comparison");

function makeHistogram(name: string, description: string, buckets: readonly number[]) {
  return meter.createHistogram(name, {
    description,
    advice: { explicitBucketBoundaries: [...buckets] },
  });
}

function object(): OperationLoop {
  const counter = meter.createCounter(COUNTER);
  return {
    sample: COUNTER,
    run: (times) => {
      for (let i = 0; i < times; i++) {
        const [method, route, status] = LABEL_VALUES[i & 15]!;
        counter.add(1, { method, route, status });
      }
    },
  };
}

function observe(): OperationLoop {
  const histogram = makeHistogram(HISTOGRAM, "How long.", BUCKETS);
  const [method, route, status] = LABEL_VALUES[0]!;
  const attributes = { method, route, status };
  return {
    sample: `${HISTOGRAM}_count`,
    run: (times) => {
      for (let i = 0; i < times; i++) histogram.record(OBSERVATIONS[i & 1023]!, attributes);
    },
  };
}

await drive({
  produces: "string",
  counter: (name, description) => {
    const counter = meter.createCounter(name, { description });
    return (attributes) => ({ inc: (amount) => counter.add(amount, attributes) });
  },
  histogram: (name, description, _, buckets) => {
    const histogram = makeHistogram(name, description, buckets);
    return (attributes) => ({ observe: (value) => histogram.record(value, attributes) });
  },
  render: async () => serializer.serialize((await exporter.collect()).resourceMetrics),
  operations: { object, observe },
});
