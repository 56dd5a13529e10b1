/**
 * The order of samples within a family.
 *
 * @module
 */

import { shouldYield, yieldToEventLoop } from "../model/event_loop.ts";
import { parseBound } from "../model/numbers.ts";
import type { MetricType } from "../model/metric_type.ts";
import { partLabel, PARTS } from "../model/family.ts";
import type { Sample } from "../model/sample.ts";

/** How many samples go by between two looks at the clock. */
const STRIDE = 128;

/**
 * Puts what belongs to one histogram or summary together, with buckets and quantiles in rising order and then sum and
 * count, as the text format demands, and the states of one state set, as OpenMetrics does. Other samples stay in the order that they have. Lets other work of the program run
 * in between.
 *
 * @see {@link https://prometheus.io/docs/instrumenting/exposition_formats/#grouping-and-sorting}
 * @see {@link https://prometheus.io/docs/specs/om/open_metrics_spec/#metricpoint}
 */
export async function orderSamples(
  family: string,
  type: MetricType,
  samples: readonly Sample[],
): Promise<readonly Sample[]> {
  const label = partLabel({ name: family, type });
  if (label === undefined) return samples;
  const parts = PARTS[type];
  const groups = new Map<string, Part[]>();
  for (const [i, sample] of samples.entries()) {
    if (i % STRIDE === 0 && shouldYield()) await yieldToEventLoop();
    const key = keyWithout(label, sample.labels);
    const part = parts ? partOf(sample, label, family + parts.totals[0]) : { ...FIRST, sample };
    const group = groups.get(key);
    if (group) group.push(part);
    else groups.set(key, [part]);
  }
  const ordered: Sample[] = [];
  for (const group of groups.values()) {
    if (shouldYield()) await yieldToEventLoop();
    for (const { sample } of group.sort(byRank)) ordered.push(sample);
  }
  return ordered;
}

/** A sample with its place in its histogram or summary: by its rank, and within that by its bound. */
interface Part {
  readonly rank: number;
  readonly bound: number;
  readonly sample: Sample;
}

/** The place of a sample that keeps the order that it has. */
const FIRST = { rank: 0, bound: 0 };

/** Buckets and quantiles first, then the sum, then the count. */
function partOf(sample: Sample, partLabel: string, sum: string): Part {
  const text = sample.label(partLabel);
  if (text !== undefined) return { rank: 0, bound: parseBound(text)!, sample };
  return { rank: sample.name === sum ? 1 : 2, bound: 0, sample };
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
