/**
 * OpenMetrics 1.0.0.
 *
 * @see {@link https://prometheus.io/docs/specs/om/open_metrics_spec/}
 *
 * @module
 */

import { breathe, overdue } from "./breath.ts";
import { conform, type ConformingFamily } from "./conform.ts";
import { escapeLabelValue, formatBound, formatSeconds, formatValue, parseBound } from "./escape.ts";
import { exposedExemplar } from "./exemplar.ts";
import type { MetricType } from "./metric_type.ts";
import { Pieces } from "./pieces.ts";
import { type Family, formatLabels, formatSeries, type Sample } from "./sample.ts";

/**
 * Writes families as bytes, in pieces of about 64 KiB, and lets other work of the program run between them.
 * Families without samples are left out.
 *
 * The samples are in the order in which a registry gives them, and their names are those that they have in any format.
 */
export async function encodeOpenMetrics(
  families: Iterable<Family>,
): Promise<Uint8Array<ArrayBuffer>[]> {
  const pieces = new Pieces();
  const bounds = new Bounds();
  for await (const family of conform(families)) {
    pieces.add(writeHeader(family));
    for (const sample of family.samples) {
      if (pieces.add(writeSample(sample, family, bounds)) && overdue()) await breathe();
    }
  }
  pieces.add("# EOF\n");
  return pieces.end();
}

/**
 * The metadata of a family, in the order that the specification recommends. It allows a unit only where the name ends in it,
 * and never for infos and state sets.
 *
 * @see {@link https://prometheus.io/docs/specs/om/open_metrics_spec/#metricfamily-metadata}
 */
function writeHeader({ name, type, unit, help }: Family): string {
  let text = `# TYPE ${name} ${type === "untyped" ? "unknown" : type}\n`;
  if (unit && name.endsWith(`_${unit}`) && type !== "info" && type !== "stateset") {
    text += `# UNIT ${name} ${unit}\n`;
  }
  // Unlike the text format, this one escapes help texts in the way of label values.
  if (help) text += `# HELP ${name} ${escapeLabelValue(help)}\n`;
  return text;
}

function writeSample(sample: Sample, family: ConformingFamily, bounds: Bounds): string {
  const series = bounds.writeSeries(sample, family.boundLabel);
  const value = formatValue(sample.value) + writeTimestamp(sample.timestamp);
  return `${series} ${value}${writeExemplar(sample, family.type)}\n`;
}

function writeExemplar(sample: Sample, type: MetricType): string {
  const exemplar = exposedExemplar(sample, type);
  if (exemplar === undefined) return "";
  const { labels, value, timestamp } = exemplar;
  return ` # ${formatLabels(labels)} ${formatValue(value)}${writeTimestamp(timestamp)}`;
}

function writeTimestamp(timestamp: number | undefined): string {
  return timestamp === undefined ? "" : ` ${formatSeconds(timestamp)}`;
}

/** Writes bounds as canonical numbers. Few bounds make up many buckets, so each is formatted once. */
class Bounds {
  readonly #canonical = new Map<string, string>();

  writeSeries(sample: Sample, label: string | undefined): string {
    const bound = label && sample.label(label);
    if (!bound) return sample.series;
    const canonical = this.#canonical.get(bound) ?? this.#format(bound);
    if (canonical === bound) return sample.series;
    const labels = sample.labels.map((text, i) =>
      i % 2 === 1 && sample.labels[i - 1] === label ? canonical : text
    );
    return formatSeries(sample.name, labels);
  }

  #format(bound: string): string {
    const canonical = formatBound(parseBound(bound)!);
    this.#canonical.set(bound, canonical);
    return canonical;
  }
}
