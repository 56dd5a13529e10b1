/**
 * Values of data points, and how those of deltas add up.
 *
 * @module
 */

import { isRecord, items, number, numbers } from "./values.ts";

/** The value of a data point. */
export type PointValue =
  | { readonly kind: "number"; readonly value: number }
  | HistogramValue
  | ExponentialValue
  | {
    readonly kind: "summary";
    readonly quantiles: readonly (readonly [quantile: number, value: number])[];
    readonly count: number;
    readonly sum: number;
  };

/** A histogram with explicit bounds. */
export interface HistogramValue {
  readonly kind: "histogram";
  /** The upper bounds of all buckets but the last one. */
  readonly bounds: readonly number[];
  /** The counts of the buckets, which are not cumulative. */
  readonly counts: readonly number[];
  readonly count: number;
  /** The sum; undefined if it is not recorded. */
  readonly sum: number | undefined;
}

/** An exponential histogram, with a resolution that Prometheus has. */
export interface ExponentialValue {
  readonly kind: "exponential";
  /** The scale, from -4 to 8. */
  readonly scale: number;
  readonly zeroThreshold: number;
  readonly zeroCount: number;
  /** The counts of the buckets by index, as OpenTelemetry numbers them. */
  readonly positive: ReadonlyMap<number, number>;
  readonly negative: ReadonlyMap<number, number>;
  readonly count: number;
  readonly sum: number | undefined;
}

const MIN_SCALE = -4;
const MAX_SCALE = 8;

/** The largest index of a bucket. */
const MAX_INDEX = 2 ** 31;

/** The kinds of data that a metric can have. */
export type DataKind = "gauge" | "sum" | "histogram" | "exponentialHistogram" | "summary";

/** Reads the value of a data point; undefined if it is invalid. */
export function readPoint(kind: DataKind, point: Record<string, unknown>): PointValue | undefined {
  if (kind === "gauge" || kind === "sum") {
    const value = number(point["asDouble"]) ?? number(point["asInt"]);
    return value === undefined ? undefined : { kind: "number", value };
  }
  const count = number(point["count"]) ?? 0;
  const sum = number(point["sum"]);
  if (!(count >= 0)) return undefined;
  if (kind === "histogram") return readHistogram(point, count, sum);
  if (kind === "exponentialHistogram") return readExponential(point, count, sum);
  const quantiles = items(point["quantileValues"])
    .map((item) => [number(item["quantile"]) ?? 0, number(item["value"]) ?? 0] as const);
  return { kind: "summary", quantiles, count, sum: sum ?? 0 };
}

function readHistogram(
  point: Record<string, unknown>,
  count: number,
  sum: number | undefined,
): HistogramValue | undefined {
  const bounds = numbers(point["explicitBounds"]);
  const counts = numbers(point["bucketCounts"]);
  if (bounds === undefined || counts === undefined) return undefined;
  const hasBuckets = counts.length > 0 || bounds.length > 0;
  if (hasBuckets && counts.length !== bounds.length + 1) return undefined;
  if (bounds.some((bound, i) => !(bound > (bounds[i - 1] ?? -Infinity)))) return undefined;
  if (!counts.every((count) => count >= 0)) return undefined;
  return {
    kind: "histogram",
    bounds: bounds.filter((bound) => bound !== Infinity),
    counts,
    count,
    sum,
  };
}

function readExponential(
  point: Record<string, unknown>,
  count: number,
  sum: number | undefined,
): ExponentialValue | undefined {
  const scale = number(point["scale"]) ?? 0;
  if (!Number.isInteger(scale) || scale < MIN_SCALE || scale > 20) return undefined;
  const positive = readBuckets(point["positive"]);
  const negative = readBuckets(point["negative"]);
  if (positive === undefined || negative === undefined) return undefined;
  const value: ExponentialValue = {
    kind: "exponential",
    scale,
    zeroThreshold: number(point["zeroThreshold"]) ?? 0,
    zeroCount: number(point["zeroCount"]) ?? 0,
    ...{ positive, negative, count, sum },
  };
  return withScale(value, Math.min(scale, MAX_SCALE));
}

function readBuckets(buckets: unknown): Map<number, number> | undefined {
  const read = new Map<number, number>();
  if (!isRecord(buckets)) return read;
  const offset = number(buckets["offset"]) ?? 0;
  const counts = numbers(buckets["bucketCounts"]);
  if (counts === undefined || !Number.isInteger(offset) || Math.abs(offset) > MAX_INDEX) {
    return undefined;
  }
  for (const [i, count] of counts.entries()) {
    if (!(count >= 0)) return undefined;
    if (count > 0) read.set(offset + i, count);
  }
  return read;
}

/** Returns a histogram with buckets that are wider, or as wide. */
function withScale(value: ExponentialValue, scale: number): ExponentialValue {
  const factor = 2 ** (value.scale - scale);
  if (factor === 1) return value;
  const merge = (counts: ReadonlyMap<number, number>) => {
    const merged = new Map<number, number>();
    for (const [index, count] of counts) addTo(merged, Math.floor(index / factor), count);
    return merged;
  };
  return { ...value, scale, positive: merge(value.positive), negative: merge(value.negative) };
}

/** Returns the sum of what was counted before and a delta; the delta alone if they do not fit together. */
export function addDelta(before: PointValue | undefined, delta: PointValue): PointValue {
  if (before?.kind === "number" && delta.kind === "number") {
    return { kind: "number", value: before.value + delta.value };
  }
  if (before?.kind === "histogram" && delta.kind === "histogram") {
    if (`${before.bounds}` !== `${delta.bounds}`) return delta;
    return {
      ...delta,
      counts: delta.counts.map((count, i) => count + (before.counts[i] ?? 0)),
      count: before.count + delta.count,
      sum: addSums(before.sum, delta.sum),
    };
  }
  if (before?.kind === "exponential" && delta.kind === "exponential") {
    if (before.zeroThreshold !== delta.zeroThreshold) return delta;
    const scale = Math.min(before.scale, delta.scale);
    const [a, b] = [withScale(before, scale), withScale(delta, scale)];
    return {
      ...b,
      zeroCount: a.zeroCount + b.zeroCount,
      positive: merged(a.positive, b.positive),
      negative: merged(a.negative, b.negative),
      count: a.count + b.count,
      sum: addSums(a.sum, b.sum),
    };
  }
  return delta;
}

function addSums(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? undefined : a + b;
}

function merged(a: ReadonlyMap<number, number>, b: ReadonlyMap<number, number>) {
  const sum = new Map(a);
  for (const [index, count] of b) addTo(sum, index, count);
  return sum;
}

function addTo(counts: Map<number, number>, index: number, count: number): void {
  counts.set(index, (counts.get(index) ?? 0) + count);
}
