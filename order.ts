/**
 * The order of samples within a family.
 *
 * @module
 */

import type { MetricType } from "./metric_type.ts";
import type { Sample } from "./sample.ts";

/** The label that tells the parts of one histogram or summary apart. */
const PART_LABELS: Readonly<Partial<Record<MetricType, string>>> = {
  histogram: "le",
  summary: "quantile",
};

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
  const partLabel = PART_LABELS[type];
  if (partLabel === undefined) return samples;
  const groups = new Map<string, { rank: number; sample: Sample }[]>();
  for (const sample of samples) {
    const key = keyWithout(partLabel, sample.labels);
    const part = { rank: rankOf(family, partLabel, sample), sample };
    const group = groups.get(key);
    if (group) group.push(part);
    else groups.set(key, [part]);
  }
  return [...groups.values()].flatMap((group) =>
    group.sort((a, b) => a.rank - b.rank).map(({ sample }) => sample)
  );
}

function keyWithout(partLabel: string, labels: readonly string[]): string {
  const pairs: string[][] = [];
  for (let i = 0; i < labels.length; i += 2) {
    if (labels[i] !== partLabel) pairs.push([labels[i]!, labels[i + 1]!]);
  }
  return JSON.stringify(pairs.sort(([a], [b]) => a! < b! ? -1 : 1));
}

/** Buckets and quantiles by their bound, then `_sum`, then `_count`. */
function rankOf(family: string, partLabel: string, sample: Sample): number {
  if (sample.name === `${family}_count`) return Number.MAX_VALUE;
  if (sample.name === `${family}_sum`) return Number.MAX_VALUE / 2;
  const bound = sample.label(partLabel)!;
  const rank = bound === "+Inf" ? Infinity : Number(bound);
  return Number.isFinite(rank) ? rank : Number.MAX_VALUE / 4;
}
