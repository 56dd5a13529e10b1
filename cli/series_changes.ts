/**
 * What changed between two expositions: differences and rates of series.
 *
 * @module
 */

import type { Family } from "../model/family.ts";
import type { MetricType } from "../model/metric_type.ts";
import type { Sample } from "../model/sample.ts";

/** A series, with what became of it since the exposition before. */
export interface SeriesChange {
  /** The sample. */
  readonly sample: Sample;
  /** The type of its family. */
  readonly type: MetricType;
  /** The difference to the value before; absent without one. A counter that was reset began at 0. */
  readonly difference?: number;
  /** The increase per second of a series that only grows; absent without a value before. */
  readonly rate?: number;
  /** Whether a series that only grows became smaller, because it was reset. */
  readonly isReset: boolean;
  /** Whether the exposition before did not have it. */
  readonly isNew: boolean;
}

/** The samples that only grow, by the suffixes of their names. */
const GROWING: Readonly<Partial<Record<MetricType, RegExp>>> = {
  counter: /$/,
  histogram: /_(?:bucket|count|sum)$/,
  summary: /_(?:count|sum)$/,
};

/** Compares expositions of the same program, one after another. */
export class SeriesChanges {
  #values: ReadonlyMap<string, number> | undefined;
  #time = 0;

  /**
   * Compares an exposition with the one before.
   *
   * @param seconds The time at which it was taken.
   */
  next(families: readonly Family[], seconds: number): SeriesChange[] {
    const before = this.#values;
    const elapsed = seconds - this.#time;
    const values = new Map<string, number>();
    const changes: SeriesChange[] = [];
    for (const { type, samples } of families) {
      for (const sample of samples) {
        values.set(sample.series, sample.value);
        changes.push(compare(sample, type, before, elapsed));
      }
    }
    this.#values = values;
    this.#time = seconds;
    return changes;
  }
}

function compare(
  sample: Sample,
  type: MetricType,
  before: ReadonlyMap<string, number> | undefined,
  elapsed: number,
): SeriesChange {
  const last = before?.get(sample.series);
  const isNew = before !== undefined && last === undefined;
  if (last === undefined) return { sample, type, isReset: false, isNew };
  const grows = isGrowing(sample, type);
  const isReset = grows && sample.value < last;
  const difference = isReset ? sample.value : differenceOf(sample.value, last);
  return {
    sample,
    type,
    difference,
    ...(grows && elapsed > 0 && { rate: difference / elapsed }),
    isReset,
    isNew,
  };
}

/** Equal values differ by 0, even if they are infinite or NaN. */
function differenceOf(value: number, last: number): number {
  return Object.is(value, last) ? 0 : value - last;
}

function isGrowing({ name }: Sample, type: MetricType): boolean {
  return GROWING[type]?.test(name) ?? false;
}

/** Returns whether the value of a series is another one than before, or new. */
export function hasChanged({ difference = 0, isNew, isReset }: SeriesChange): boolean {
  return isNew || isReset || difference !== 0;
}

/** Sorts series by how much they changed in relation to their values, the most first; otherwise, the order stays. */
export function sortByChange(changes: readonly SeriesChange[]): SeriesChange[] {
  return changes.map((change) => ({ change, weight: weightOf(change) }))
    .sort((a, b) => b.weight - a.weight)
    .map(({ change }) => change);
}

function weightOf(change: SeriesChange): number {
  if (!hasChanged(change)) return 0;
  const { difference = NaN, sample: { value } } = change;
  const weight = Math.abs(difference) / Math.max(Math.abs(value), Math.abs(value - difference));
  return Number.isFinite(weight) ? weight : 2;
}
