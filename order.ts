/**
 * The order of samples within a family.
 *
 * @module
 */

import { parseBound } from "./escape.ts";
import type { MetricType } from "./metric_type.ts";
import { PARTS, type Sample } from "./sample.ts";

/**
 * Puts what belongs to one histogram or summary together, with buckets and quantiles in rising order and then sum and
 * count, as the text format demands. Other samples stay in the order that they have.
 *
 * @see {@link https://prometheus.io/docs/instrumenting/exposition_formats/#grouping-and-sorting}
 */
export function orderSamples(
  family: string,
  type: MetricType,
  samples: readonly Sample[],
): readonly Sample[] {
  const partLabel = PARTS[type]?.label;
  if (partLabel === undefined) return samples;
  const groups = new Map<string, Part[]>();
  for (const sample of samples) {
    const key = keyWithout(partLabel, sample.labels);
    const part = partOf(family, partLabel, sample);
    const group = groups.get(key);
    if (group) group.push(part);
    else groups.set(key, [part]);
  }
  return [...groups.values()].flatMap((group) => group.sort(byRank).map(({ sample }) => sample));
}

/** A sample with its place in its histogram or summary: by its rank, and within that by its bound. */
interface Part {
  readonly rank: number;
  readonly bound: number;
  readonly sample: Sample;
}

/** Buckets and quantiles first, then `_sum`, then `_count`. */
function partOf(family: string, partLabel: string, sample: Sample): Part {
  const text = sample.label(partLabel);
  if (text !== undefined) return { rank: 0, bound: parseBound(text)!, sample };
  return { rank: sample.name === `${family}_sum` ? 1 : 2, bound: 0, sample };
}

function byRank(a: Part, b: Part): number {
  return a.rank - b.rank || Math.sign(a.bound - b.bound) || 0;
}

/** The other labels, whatever their order. */
function keyWithout(partLabel: string, labels: readonly string[]): string {
  const pairs: string[][] = [];
  for (let i = 0; i < labels.length; i += 2) {
    if (labels[i] !== partLabel) pairs.push([labels[i]!, labels[i + 1]!]);
  }
  return JSON.stringify(pairs.sort(([a], [b]) => a! < b! ? -1 : 1));
}
