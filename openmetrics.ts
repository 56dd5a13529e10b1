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
import type { LineFamily, LineFormat } from "./line_format.ts";
import type { MetricType } from "./metric_type.ts";
import { portions } from "./points.ts";
import { type Family, formatLabels, formatSeries, PARTS, Sample } from "./sample.ts";

/** Options of {@linkcode openMetrics}. */
export interface OpenMetricsOptions {
  /**
   * Whether there are `_created` samples, which say when series began.
   *
   * @default {false}
   */
  createdSamples?: boolean;
}

/** OpenMetrics. */
export function openMetrics({ createdSamples = false }: OpenMetricsOptions = {}): LineFormat {
  const bounds = new Bounds();
  const expand = createdSamples ? withCreated : unchanged;
  return {
    end: "# EOF\n",
    hasExemplars: true,
    findClashes,
    async conform(family, isClashing) {
      const families = await conform(family, isClashing);
      return createdSamples ? families.map(withCreatedSamples) : families;
    },
    conformBlocks,
    expand,
    header: writeHeader,
    series: (sample, { boundLabel }) => bounds.writeSeries(sample, boundLabel),
    after: (sample, { type }) => writeTimestamp(sample.timestamp) + writeExemplar(sample, type),
  };
}

function unchanged(samples: readonly Sample[]): readonly Sample[] {
  return samples;
}

/** The samples of one series, and when it began if that is known. */
function withCreated(samples: readonly Sample[], { name, type }: LineFamily): readonly Sample[] {
  if (type === "untyped") return samples;
  const known = samples.find(({ details }) => details?.created !== undefined);
  if (known === undefined) return samples;
  const seconds = known.details!.created! / 1000;
  return [...samples, new Sample(`${name}_created`, known.labels, seconds, known.timestamp)];
}

function withCreatedSamples(family: LineFamily): LineFamily {
  const { name, type, help, unit, samples, boundLabel } = family;
  const series = PARTS[type] ? [...portions(family)] : samples.map((sample) => [sample]);
  const expanded = series.flatMap((samples) => withCreated(samples, family));
  return { name, type, help, unit, samples: expanded, boundLabel };
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
