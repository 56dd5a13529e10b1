/**
 * The OpenMetrics format, version 1.0.0.
 *
 * @see {@link https://prometheus.io/docs/specs/om/open_metrics_spec/}
 *
 * @module
 */

import { Bounds } from "./bounds.ts";
import { convertFamily, convertView, findNameConflicts } from "./openmetrics_rules.ts";
import { escapeLabelValue } from "../model/escape.ts";
import { formatSeconds, formatValue } from "../model/numbers.ts";
import { isMetricName, quoteName } from "../model/names.ts";
import { exposedExemplar } from "./exposed_exemplar.ts";
import type { LineFamily, LineFormat } from "./line_format.ts";
import { sampleBatches } from "../model/points.ts";
import { type Family, PARTS } from "../model/family.ts";
import { formatLabels, Sample, type SampleExemplar } from "../model/sample.ts";

/** Options of {@linkcode openMetrics}. */
export interface OpenMetricsOptions {
  /**
   * Whether to write `_created` samples: the creation times of series.
   *
   * @default {false}
   */
  createdSamples?: boolean;
}

/** Creates the format. */
export function openMetrics({ createdSamples = false }: OpenMetricsOptions = {}): LineFormat {
  const bounds = new Bounds();
  return {
    end: "# EOF\n",
    hasExemplars: true,
    findNameConflicts,
    async convert(family, hasNameConflict) {
      const families = await convertFamily(family, hasNameConflict);
      return createdSamples ? families.map(withCreatedSamples) : families;
    },
    convertView,
    exposedSamples: createdSamples ? withCreated : unchanged,
    header: writeHeader,
    labels: (sample, { boundLabel }) => bounds.labels(sample, boundLabel),
    tail: (sample, { type }) =>
      writeTimestamp(sample.timestamp) + writeExemplar(exposedExemplar(sample, type)),
  };
}

function unchanged(samples: readonly Sample[]): readonly Sample[] {
  return samples;
}

/** Returns the samples of one series with a `_created` sample, if the creation time is known. */
function withCreated(samples: readonly Sample[], { name, type }: LineFamily): readonly Sample[] {
  if (type === "untyped") return samples;
  const source = samples.find(({ details }) => details?.created !== undefined);
  if (source === undefined) return samples;
  const seconds = source.details!.created! / 1000;
  return [...samples, new Sample(`${name}_created`, source.labels, seconds, source.timestamp)];
}

function withCreatedSamples(family: LineFamily): LineFamily {
  const { name, type, help, unit, samples, boundLabel } = family;
  const series = PARTS[type] ? [...sampleBatches(family)] : samples.map((sample) => [sample]);
  const expanded = series.flatMap((samples) => withCreated(samples, family));
  return { name, type, help, unit, samples: expanded, boundLabel };
}

/**
 * Returns the metadata of a family, in the order that the specification recommends. A unit is only allowed if the name ends in it,
 * and never for infos and state sets.
 *
 * @see {@link https://prometheus.io/docs/specs/om/open_metrics_spec/#metricfamily-metadata}
 */
function writeHeader(family: Family): string {
  const { name, type, unit } = family;
  const hasUnit = unit && name.endsWith(`_${unit}`) && type !== "info" && type !== "stateset";
  return writeMetadata(family, hasUnit ? unit : undefined);
}

/** Returns the metadata lines of a family, with the unit if it is given. */
export function writeMetadata({ name, type, help }: Family, unit: string | undefined): string {
  const written = isMetricName(name) ? name : quoteName(name);
  let text = `# TYPE ${written} ${type === "untyped" ? "unknown" : type}\n`;
  if (unit !== undefined) text += `# UNIT ${written} ${unit}\n`;
  // Unlike the text format, OpenMetrics escapes help texts like label values.
  if (help) text += `# HELP ${written} ${escapeLabelValue(help)}\n`;
  return text;
}

/** Returns the exemplar in the tail of a line; empty if there is none. */
export function writeExemplar(exemplar: SampleExemplar | undefined): string {
  if (exemplar === undefined) return "";
  const { labels, value, timestamp } = exemplar;
  return ` # ${formatLabels(labels)} ${formatValue(value)}${writeTimestamp(timestamp)}`;
}

/** Returns the timestamp in the tail of a line; empty if there is none. */
export function writeTimestamp(timestamp: number | undefined): string {
  return timestamp === undefined ? "" : ` ${formatSeconds(timestamp)}`;
}
