/**
 * This library in the comparison.
 *
 * @module
 */

import {
  Counter,
  Exporter,
  type Exposition,
  Histogram,
  Metric,
  MetricFamily,
  parseExposition,
  Registry,
} from "@exporter/prometheus";
import type { Operation } from "../../compare/protocol.ts";
import type { Workload } from "../../compare/workload.ts";
import { drive } from "../driver.ts";
import type { LabelValues, Library, OperationLoop, Rendered } from "../library.ts";
import { BUCKETS, COUNTER, HISTOGRAM, LABEL_VALUES, LABELS, OBSERVATIONS } from "../names.ts";

let registry = new Registry();

function collect(
  { kind, families, series }: Workload,
  value: (family: number, series: number) => number,
): void {
  if (kind === "declared") return collectDeclared({ families, series }, value);
  registry.register({
    collect: () => {
      const metrics: Metric[] = [];
      for (const [f, { name, help }] of families.entries()) {
        for (const [i, { values: [method, route, status] }] of series.entries()) {
          metrics.push(
            new Metric(name, {
              type: "counter",
              help,
              labels: { method: method!, route: route!, status: status! },
              value: value(f, i),
            }),
          );
        }
      }
      return metrics;
    },
  });
}

function collectDeclared(
  { families, series }: Pick<Workload, "families" | "series">,
  value: (family: number, series: number) => number,
): void {
  registry.register({
    collect: () =>
      families.map(({ name, help }, f) => {
        const family = new MetricFamily(name, {
          type: "counter",
          help,
          labels: ["method", "route", "status"],
        });
        for (const [i, { values: [method, route, status] }] of series.entries()) {
          family.add(value(f, i), method!, route!, status!);
        }
        return family;
      }),
  });
}

function kept(): OperationLoop {
  const child = makeCounter().labels(...LABEL_VALUES[0]!);
  return {
    sample: COUNTER,
    run: (times) => {
      for (let i = 0; i < times; i++) child.inc();
    },
  };
}

function values(): OperationLoop {
  const counter = makeCounter();
  return {
    sample: COUNTER,
    run: (times) => {
      for (let i = 0; i < times; i++) {
        const [method, route, status] = LABEL_VALUES[i & 15]!;
        counter.labels(method, route, status).inc();
      }
    },
  };
}

function object(): OperationLoop {
  const counter = makeCounter();
  return {
    sample: COUNTER,
    run: (times) => {
      for (let i = 0; i < times; i++) {
        const [method, route, status] = LABEL_VALUES[i & 15]!;
        counter.labels({ method, route, status }).inc();
      }
    },
  };
}

function makeCounter(): Counter<typeof LABELS> {
  return registry.register(new Counter(COUNTER, "Operations.", { labels: LABELS }));
}

function observe(): OperationLoop {
  return observing(new Histogram(HISTOGRAM, "How long.", { labels: LABELS, buckets: BUCKETS }));
}

function observing(histogram: Histogram<typeof LABELS>): OperationLoop {
  const child = registry.register(histogram).labels(...LABEL_VALUES[0]!);
  return {
    sample: `${HISTOGRAM}_count`,
    run: (times) => {
      for (let i = 0; i < times; i++) child.observe(OBSERVATIONS[i & 1023]!);
    },
  };
}

function makeNativeHistogram(): Histogram<typeof LABELS> {
  const options = { labels: LABELS, native: {} };
  return new Histogram(HISTOGRAM, "How long.", options);
}

/** Older versions without native histograms reject the option. */
function nativeOperations(): Partial<Record<Operation, () => OperationLoop>> {
  try {
    makeNativeHistogram();
    return { native: () => observing(makeNativeHistogram()) };
  } catch {
    return {};
  }
}

/** Releases the bytes for the next render, in versions that reuse them. */
function release(rendered: Rendered): void {
  (rendered as Partial<Disposable>)[Symbol.dispose]?.();
}

async function serve(): Promise<number> {
  const exporter = new Exporter({
    registry,
    configFile: false,
    runtimeMetrics: false,
    listenPort: 0,
    logLevel: "error",
  });
  await exporter.start();
  return Number(exporter.url.port);
}

function countSamples(text: string): number {
  return parseExposition(text).reduce((sum, { samples }) => sum + samples.length, 0);
}

const library: Library = {
  produces: "bytes",
  counter: (name, help, labels) => {
    const counter = registry.register(new Counter(name, help, { labels }));
    return (values: LabelValues) => counter.labels(values);
  },
  histogram: (name, help, labels, buckets) => {
    const histogram = registry.register(new Histogram(name, help, { labels, buckets }));
    return (values: LabelValues) => histogram.labels(values);
  },
  collect,
  render: (): Promise<Exposition> => registry.expose(),
  gzip: (): Promise<Exposition> => registry.expose({ encoding: "gzip" }),
  protobuf: (): Promise<Exposition> => registry.expose({ format: "protobuf" }),
  saveMemory: () => void (registry = new Registry({ maxKeptBytes: 0 })),
  release,
  parse: countSamples,
  serve,
  operations: { kept, values, object, observe, ...nativeOperations() },
};

await drive(library);
