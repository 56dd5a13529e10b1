/**
 * OpenMetrics 1.0.0.
 *
 * @see {@link https://prometheus.io/docs/specs/om/open_metrics_spec/}
 *
 * @module
 */

import { conform, conformBlocks, findClashes } from "./conform.ts";
import {
  escapeLabelValue,
  formatBound,
  formatSeconds,
  formatValue,
  isMetricName,
  parseBound,
  quoteName,
} from "./escape.ts";
import { exposedExemplar } from "./exemplar.ts";
import type { LineFormat } from "./line_format.ts";
import type { MetricType } from "./metric_type.ts";
import { type Family, formatLabels, formatSeries, type Sample } from "./sample.ts";

/** OpenMetrics, written once: what it remembers of bounds is of use for one exposition. */
export function openMetrics(): LineFormat {
  const bounds = new Bounds();
  return {
    end: "# EOF\n",
    hasExemplars: true,
    findClashes,
    conform,
    conformBlocks,
    header: writeHeader,
    series: (sample, { boundLabel }) => bounds.writeSeries(sample, boundLabel),
    after: (sample, { type }) => writeTimestamp(sample.timestamp) + writeExemplar(sample, type),
  };
}

/**
 * The metadata of a family, in the order that the specification recommends. It allows a unit only where the name ends in it,
 * and never for infos and state sets.
 *
 * @see {@link https://prometheus.io/docs/specs/om/open_metrics_spec/#metricfamily-metadata}
 */
function writeHeader({ name, type, unit, help }: Family): string {
  const written = isMetricName(name) ? name : quoteName(name);
  let text = `# TYPE ${written} ${type === "untyped" ? "unknown" : type}\n`;
  if (unit && name.endsWith(`_${unit}`) && type !== "info" && type !== "stateset") {
    text += `# UNIT ${written} ${unit}\n`;
  }
  // Unlike the text format, this one escapes help texts in the way of label values.
  if (help) text += `# HELP ${written} ${escapeLabelValue(help)}\n`;
  return text;
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
