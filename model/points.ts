/**
 * Points: the samples of a family that make up one histogram, one summary or one state set, and what formats that have
 * such types demand of them.
 *
 * @module
 */

import { parseBound } from "./numbers.ts";
import { type Family, partLabel, PARTS } from "./family.ts";
import type { Sample } from "./sample.ts";

/** How many samples of types without parts go together, so that there is a look at the clock now and then. */
const STRIDE = 128;

/**
 * The samples of a family, or some of them, in portions: each histogram, summary or state set for itself, or else just some
 * at a time.
 */
export function* portions(
  family: Family,
  samples: readonly Sample[] = family.samples,
): Generator<readonly Sample[]> {
  const label = partLabel(family);
  let start = 0;
  for (let i = 1; i < samples.length; i++) {
    const isFull = label === undefined
      ? i - start === STRIDE
      : !belongTogether(samples[i - 1]!, samples[i]!, label);
    if (!isFull) continue;
    yield samples.slice(start, i);
    start = i;
  }
  if (start < samples.length) yield samples.slice(start);
}

/** Tells whether two samples have the same labels but for one, in whatever order. */
function belongTogether(a: Sample, b: Sample, label: string): boolean {
  let others = 0;
  for (let i = 0; i < a.labels.length; i += 2) {
    const name = a.labels[i]!;
    if (name === label) continue;
    if (b.label(name) !== a.labels[i + 1]) return false;
    others++;
  }
  return b.labels.length === 2 * (others + (b.label(label) === undefined ? 0 : 1));
}

/** What samples that are judged together say. */
export interface Point {
  /** The bounds of buckets or quantiles. */
  readonly bounds: readonly number[];
  /** The values of buckets or quantiles, or those of all samples where there are no such parts. */
  readonly values: readonly number[];
  /** The sum, if there is a sample of it. */
  readonly sum: number | undefined;
  /** The count, if there is a sample of it. */
  readonly count: number | undefined;
  /** Whether all have the same timestamp or none has one. */
  readonly isOneTime: boolean;
}

/** Reads a portion of the samples of a family. */
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
  // Nobody can tell which labels of an info are those of one metric, so that all its samples may be points of it.
  const { timestamp } = family.type === "info" ? family.samples[0]! : samples[0]!;
  const isOneTime = samples.every((sample) => sample.timestamp === timestamp);
  return { bounds, values, sum, count, isOneTime };
}

/**
 * Tells whether a point has cumulative buckets, of one time, that agree with its count.
 *
 * @param isAllowed Tells whether a bucket can have counted that.
 */
export function hasBuckets(
  { bounds, values, sum, count, isOneTime }: Point,
  isAllowed: (value: number) => boolean = isCount,
): boolean {
  return isOneTime && bounds.at(-1) === Infinity &&
    values.every((value, i) => isAllowed(value) && (i === 0 || values[i - 1]! <= value)) &&
    (sum === undefined) === (count === undefined) &&
    (count === undefined || count === values.at(-1));
}

/** Tells whether something can have been counted so. */
export function isCount(value: number): boolean {
  return value >= 0 && Number.isInteger(value);
}

/** Tells whether bounds are in order, and no two of them the same number. */
export function isStrictlyRising(bounds: readonly number[]): boolean {
  return bounds.every((bound, i) => i === 0 || bounds[i - 1]! < bound);
}
