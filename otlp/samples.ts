/**
 * Samples of data points.
 *
 * @module
 */

import { formatValue } from "../model/numbers.ts";
import {
  type NativeBuckets,
  type NativeHistogram,
  Sample,
  type SampleExemplar,
} from "../model/sample.ts";
import type { ExponentialValue, HistogramValue, PointValue } from "./point.ts";

/** A series as it is exposed. */
export interface ExposedPoint {
  /** Alternating label names and values. */
  readonly labels: readonly string[];
  readonly value: PointValue;
  /** The creation time in milliseconds since the epoch; undefined if it is unknown, and for gauges. */
  readonly created: number | undefined;
  readonly exemplars: readonly SampleExemplar[];
}

/** Returns the samples of a point of the family `name`. */
export function samplesOf(name: string, point: ExposedPoint): Sample[] {
  const { labels, value, created, exemplars } = point;
  switch (value.kind) {
    case "number": {
      const exemplar = exemplars.at(-1);
      return [new Sample(name, labels, value.value, undefined, { created, exemplar })];
    }
    case "summary":
      return [
        ...value.quantiles.map(([quantile, value]) =>
          new Sample(name, [...labels, "quantile", formatValue(quantile)], value)
        ),
        new Sample(`${name}_sum`, labels, value.sum),
        new Sample(`${name}_count`, labels, value.count, undefined, { created }),
      ];
    case "histogram":
      return [
        ...bucketSamples(name, point, value),
        ...totals(name, point, value),
      ];
    case "exponential":
      return [
        new Sample(`${name}_bucket`, [...labels, "le", "+Inf"], value.count, undefined, {
          exemplar: exemplars.at(-1),
        }),
        ...totals(name, point, value, nativeOf(value)),
      ];
  }
}

function totals(
  name: string,
  { labels, created }: ExposedPoint,
  { sum, count }: HistogramValue | ExponentialValue,
  native?: NativeHistogram,
): Sample[] {
  const sums = sum === undefined ? [] : [new Sample(`${name}_sum`, labels, sum)];
  return [...sums, new Sample(`${name}_count`, labels, count, undefined, { created, native })];
}

function bucketSamples(
  name: string,
  { labels, exemplars }: ExposedPoint,
  { bounds, counts, count }: HistogramValue,
): Sample[] {
  let total = 0;
  return [...bounds, Infinity].map((bound, i) => {
    total += counts[i] ?? 0;
    const lower = bounds[i - 1] ?? -Infinity;
    const exemplar = exemplars.findLast(({ value }) => lower < value && value <= bound);
    const cumulative = bound === Infinity ? count : total;
    return new Sample(
      `${name}_bucket`,
      [...labels, "le", formatValue(bound)],
      cumulative,
      undefined,
      { exemplar },
    );
  });
}

function nativeOf(value: ExponentialValue): NativeHistogram {
  return {
    schema: value.scale,
    zeroThreshold: value.zeroThreshold,
    zeroCount: value.zeroCount,
    positive: spansOf(value.positive),
    negative: spansOf(value.negative),
  };
}

/** Returns buckets as spans. Prometheus numbers a bucket by its upper bound, OpenTelemetry by its lower one. */
function spansOf(counts: ReadonlyMap<number, number>): NativeBuckets {
  const spans: { offset: number; length: number }[] = [];
  const deltas: number[] = [];
  let next = 0;
  let before = 0;
  for (const index of [...counts.keys()].sort((a, b) => a - b)) {
    const place = index + 1;
    const last = spans.at(-1);
    if (last !== undefined && place === next) last.length++;
    else spans.push({ offset: place - next, length: 1 });
    next = place + 1;
    const count = counts.get(index)!;
    deltas.push(count - before);
    before = count;
  }
  return { spans, deltas };
}
