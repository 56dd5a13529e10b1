/**
 * Composite values of OpenMetrics 2.0: a histogram or a summary is one line, whose value has several fields.
 *
 * @see {@link https://prometheus.io/docs/specs/om/open_metrics_spec_2_0/#compositevalue}
 *
 * @module
 */

import type { Bounds } from "./bounds.ts";
import { formatSeconds, formatValue } from "../model/numbers.ts";
import { exposedExemplar } from "./exposed_exemplar.ts";
import type { MetricType } from "../model/metric_type.ts";
import { writeExemplar, writeTimestamp } from "./openmetrics.ts";
import { type Family, PARTS } from "../model/family.ts";
import {
  formatSeries,
  type NativeBuckets,
  type NativeHistogram,
  type Sample,
  type SampleDetails,
} from "../model/sample.ts";

/** Returns the line of one histogram or summary that has a sum and a count. */
export function writeComposite(
  { name, type }: Family,
  samples: readonly Sample[],
  bounds: Bounds,
): string {
  const { label, totals: [sumSuffix, countSuffix] } = PARTS[type]!;
  const countName = name + countSuffix;
  let [sum, count] = [0, 0];
  let details: SampleDetails | undefined;
  const parts: string[] = [];
  let exemplars = "";
  for (const sample of samples) {
    const bound = sample.label(label);
    if (bound !== undefined) {
      parts.push(`${bounds.write(bound)}:${formatValue(sample.value)}`);
      exemplars += writeTimedExemplar(sample, type);
    } else if (sample.name === countName) {
      count = sample.value;
      details = sample.details;
    } else {
      sum = sample.value;
    }
  }
  let value = `${countSuffix.slice(1)}:${formatValue(count)},` +
    `${sumSuffix.slice(1)}:${formatValue(sum)}`;
  if (details?.native !== undefined) value += writeNative(details.native);
  // Next to a native histogram, a single classic bucket (+Inf) only repeats the count.
  if (details?.native === undefined || parts.length > 1) {
    value += `,${type === "summary" ? "quantile" : "bucket"}:[${parts.join(",")}]`;
  }
  const { labels, timestamp } = samples[0]!;
  const start = type === "gaugehistogram" ? "" : writeStart(details?.created);
  return `${formatSeries(name, without(labels, label))} {${value}}${
    writeTimestamp(timestamp)
  }${start}${exemplars}\n`;
}

/** Returns the field with the start timestamp of a series; empty if it is unknown. */
export function writeStart(created: number | undefined): string {
  return created === undefined ? "" : ` st@${formatSeconds(created)}`;
}

/** Returns the exemplar of a sample; empty without one, or if it lacks the timestamp that OpenMetrics 2.0 requires. */
export function writeTimedExemplar(sample: Sample, type: MetricType): string {
  const exemplar = exposedExemplar(sample, type);
  return exemplar?.timestamp === undefined ? "" : writeExemplar(exemplar);
}

function writeNative(native: NativeHistogram): string {
  const { schema, zeroThreshold, zeroCount, negative, positive } = native;
  return `,schema:${schema},zero_threshold:${formatValue(zeroThreshold)},` +
    `zero_count:${formatValue(zeroCount)}` +
    writeBuckets("negative", negative) + writeBuckets("positive", positive);
}

/** Returns the buckets on one side of zero. Unlike `deltas`, the format has absolute counts. */
function writeBuckets(side: "negative" | "positive", { spans, deltas }: NativeBuckets): string {
  if (deltas.length === 0) return "";
  let count = 0;
  const counts = deltas.map((delta) => formatValue(count += delta));
  const runs = spans.map(({ offset, length }) => `${offset}:${length}`);
  return `,${side}_spans:[${runs.join(",")}],${side}_buckets:[${counts.join(",")}]`;
}

/** Returns the labels without the one of this name. */
function without(labels: readonly string[], name: string): readonly string[] {
  const i = labels.findIndex((text, i) => i % 2 === 0 && text === name);
  return i === -1 ? labels : labels.toSpliced(i, 2);
}
