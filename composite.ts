/**
 * Histograms and summaries as OpenMetrics 2.0 has them: one line, whose value has several fields.
 *
 * @see {@link https://prometheus.io/docs/specs/om/open_metrics_spec_2_0/#compositevalue}
 *
 * @module
 */

import type { Bounds } from "./bounds.ts";
import { formatSeconds, formatValue } from "./escape.ts";
import { exposedExemplar } from "./exemplar.ts";
import type { MetricType } from "./metric_type.ts";
import { writeExemplar, writeTimestamp } from "./openmetrics.ts";
import {
  type Family,
  formatSeries,
  type NativeBuckets,
  type NativeHistogram,
  PARTS,
  type Sample,
} from "./sample.ts";

/** The line of one histogram or summary that has a sum and a count. */
export function writeComposite(
  { name, type }: Family,
  samples: readonly Sample[],
  bounds: Bounds,
): string {
  const { label, totals: [sum, count] } = PARTS[type]!;
  const valueOf = (suffix: string) => samples.find((sample) => sample.name === name + suffix)!;
  const parts = samples.filter((sample) => sample.label(label) !== undefined);
  const { details, value } = valueOf(count);
  const fields = [
    `${count.slice(1)}:${formatValue(value)}`,
    `${sum.slice(1)}:${formatValue(valueOf(sum).value)}`,
  ];
  if (details?.native !== undefined) fields.push(...nativeFields(details.native));
  // Where only the native histogram has a resolution, a single bucket says no more than the count.
  if (details?.native === undefined || parts.length > 1) {
    const entries = parts.map((part) =>
      `${bounds.write(part.label(label)!)}:${formatValue(part.value)}`
    );
    fields.push(`${type === "summary" ? "quantile" : "bucket"}:[${entries.join(",")}]`);
  }
  const { labels, timestamp } = samples[0]!;
  const start = type === "gaugehistogram" ? "" : writeStart(details?.created);
  const series = formatSeries(name, without(labels, label));
  return `${series} {${fields.join(",")}}${writeTimestamp(timestamp)}${start}${
    writeExemplars(parts, type)
  }\n`;
}

/** What says when a series began. */
export function writeStart(created: number | undefined): string {
  return created === undefined ? "" : ` st@${formatSeconds(created)}`;
}

/** The exemplars of samples that share a line. They must have a timestamp. */
export function writeExemplars(samples: readonly Sample[], type: MetricType): string {
  let text = "";
  for (const sample of samples) {
    const exemplar = exposedExemplar(sample, type);
    if (exemplar?.timestamp !== undefined) text += writeExemplar(exemplar);
  }
  return text;
}

function nativeFields(native: NativeHistogram): string[] {
  const { schema, zeroThreshold, zeroCount, negative, positive } = native;
  return [
    `schema:${schema}`,
    `zero_threshold:${formatValue(zeroThreshold)}`,
    `zero_count:${formatValue(zeroCount)}`,
    ...bucketFields("negative", negative),
    ...bucketFields("positive", positive),
  ];
}

/** The buckets on one side of zero, with how many values each counts. */
function bucketFields(side: "negative" | "positive", { spans, deltas }: NativeBuckets): string[] {
  if (deltas.length === 0) return [];
  let count = 0;
  const counts = deltas.map((delta) => formatValue(count += delta));
  const runs = spans.map(({ offset, length }) => `${offset}:${length}`);
  return [`${side}_spans:[${runs.join(",")}]`, `${side}_buckets:[${counts.join(",")}]`];
}

/** Names and values in turn but for one name. */
function without(labels: readonly string[], name: string): readonly string[] {
  const i = labels.findIndex((text, i) => i % 2 === 0 && text === name);
  return i === -1 ? labels : labels.toSpliced(i, 2);
}
