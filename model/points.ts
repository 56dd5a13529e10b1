/**
 * Metric points: the samples of a family that make up one histogram, one summary or one state set.
 *
 * Formats such as OpenMetrics and protobuf write a point as a unit, and have rules for it as a whole: its buckets must be
 * cumulative and agree with its count, for instance. This module divides a family into points and reads them; each format has its
 * own rules. Samples of one point must be consecutive, as `orderSamples()` puts them.
 *
 * @module
 */

import { parseBound } from "./numbers.ts";
import { type Family, partLabel, PARTS } from "./family.ts";
import type { Sample } from "./sample.ts";

/** The batch size for types whose points are single samples: callers check the clock once per batch. */
const BATCH_SIZE = 128;

/**
 * Yields the samples of a family, or some of them, in batches. A batch is one histogram, summary or state set; for other types,
 * it is any {@linkcode BATCH_SIZE} samples or fewer.
 */
export function* sampleBatches(
  family: Family,
  samples: readonly Sample[] = family.samples,
): Generator<readonly Sample[]> {
  const label = partLabel(family);
  let start = 0;
  for (let i = 1; i < samples.length; i++) {
    const isFull = label === undefined
      ? i - start === BATCH_SIZE
      : !areOfOnePoint(samples[i - 1]!, samples[i]!, label);
    if (!isFull) continue;
    yield samples.slice(start, i);
    start = i;
  }
  if (start < samples.length) yield samples.slice(start);
}

/** Returns whether two samples have the same labels, in any order, not counting `label`. */
function areOfOnePoint(a: Sample, b: Sample, label: string): boolean {
  let others = 0;
  for (let i = 0; i < a.labels.length; i += 2) {
    const name = a.labels[i]!;
    if (name === label) continue;
    if (b.label(name) !== a.labels[i + 1]) return false;
    others++;
  }
  return b.labels.length === 2 * (others + (b.label(label) === undefined ? 0 : 1));
}

/** The numbers in one batch of samples. */
export interface Point {
  /** The bounds of buckets or quantiles. */
  readonly bounds: readonly number[];
  /** The values of buckets or quantiles; for types without them, the values of all samples. */
  readonly values: readonly number[];
  /** The sum, if there is one. */
  readonly sum: number | undefined;
  /** The count, if there is one. */
  readonly count: number | undefined;
  /** Whether all samples have the same timestamp, or none has one. */
  readonly hasOneTimestamp: boolean;
}

/** Reads a batch of samples of a family. */
export function readPoint(family: Family, samples: readonly Sample[]): Point {
  const { label, totals } = PARTS[family.type] ?? {};
  const bounds: number[] = [];
  const values: number[] = [];
  let sum: number | undefined;
  let count: number | undefined;
  for (const sample of samples) {
    const bound = label && sample.label(label);
    if (bound !== undefined) bounds.push(parseBound(bound)!);
    if (bound !== undefined || totals === undefined) values.push(sample.value);
    else if (sample.name === family.name + totals[0]) sum = sample.value;
    else count = sample.value;
  }
  // The labels of an info do not tell its metrics apart, so all samples of the family may be of one metric.
  const { timestamp } = family.type === "info" ? family.samples[0]! : samples[0]!;
  const hasOneTimestamp = samples.every((sample) => sample.timestamp === timestamp);
  return { bounds, values, sum, count, hasOneTimestamp };
}

/**
 * Returns whether a point has valid buckets: cumulative, with one timestamp, and in agreement with its count.
 *
 * @param isValidCount Returns whether a bucket can have this value.
 */
export function hasValidBuckets(
  { bounds, values, sum, count, hasOneTimestamp }: Point,
  isValidCount: (value: number) => boolean = isCount,
): boolean {
  return hasOneTimestamp && bounds.at(-1) === Infinity &&
    values.every((value, i) => isValidCount(value) && (i === 0 || values[i - 1]! <= value)) &&
    (sum === undefined) === (count === undefined) &&
    (count === undefined || count === values.at(-1));
}

/** Returns whether a value is an integer of at least 0. */
export function isCount(value: number): boolean {
  return value >= 0 && Number.isInteger(value);
}

/** Returns whether each bound is greater than the one before. */
export function isStrictlyIncreasing(bounds: readonly number[]): boolean {
  return bounds.every((bound, i) => i === 0 || bounds[i - 1]! < bound);
}

/** Returns whether a count and the value of the last bucket are both known, and differ. NaN does not differ from anything. */
export function areDifferent(count: number | undefined, last: number): boolean {
  return count !== undefined && (count < last || count > last);
}
