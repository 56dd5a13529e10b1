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

/** The number of samples between two checks of the clock. */
const STRIDE = 128;

/**
 * Groups the samples of each histogram, summary and state set, as the text format and OpenMetrics require. Within a histogram or a
 * summary, buckets and quantiles come first, in increasing order, then sum and count. Otherwise, the order does not change. Yields
 * to the event loop in between.
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
    const part = parts ? partOf(sample, label, family + parts.totals[0]) : { ...UNRANKED, sample };
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

/** A sample with its sort keys: the rank, and within a rank the bound. */
interface Part {
  readonly rank: number;
  readonly bound: number;
  readonly sample: Sample;
}

/** The sort keys of samples whose order does not change. */
const UNRANKED = { rank: 0, bound: 0 };

/** Ranks buckets and quantiles first, then the sum, then the count. */
function partOf(sample: Sample, partLabel: string, sum: string): Part {
  const text = sample.label(partLabel);
  if (text !== undefined) return { rank: 0, bound: parseBound(text)!, sample };
  return { rank: sample.name === sum ? 1 : 2, bound: 0, sample };
}

function byRank(a: Part, b: Part): number {
  return a.rank - b.rank || Math.sign(a.bound - b.bound) || 0;
}

/** Returns a key of all labels but one, independent of their order. */
function keyWithout(partLabel: string, labels: readonly string[]): string {
  const pairs: string[][] = [];
  for (let i = 0; i < labels.length; i += 2) {
    if (labels[i] !== partLabel) pairs.push([labels[i]!, labels[i + 1]!]);
  }
  return JSON.stringify(pairs.sort(([a], [b]) => a! < b! ? -1 : 1));
}
