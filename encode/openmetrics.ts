/**
 * OpenMetrics 1.0.0.
 *
 * @see {@link https://prometheus.io/docs/specs/om/open_metrics_spec/}
 *
 * @module
 */

import { Bounds } from "./bounds.ts";
import { convertBlocks, convertFamily, findNameConflicts } from "./openmetrics_rules.ts";
import { escapeLabelValue } from "../model/escape.ts";
import { formatSeconds, formatValue } from "../model/numbers.ts";
import { isMetricName, quoteName } from "../model/names.ts";
import { exposedExemplar } from "./exposed_exemplar.ts";
import type { LineFamily, LineFormat } from "./line_format.ts";
import { portions } from "../model/points.ts";
import { type Family, PARTS } from "../model/family.ts";
import { formatLabels, Sample, type SampleExemplar } from "../model/sample.ts";

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
    findNameConflicts,
    async convert(family, hasNameConflict) {
      const families = await convertFamily(family, hasNameConflict);
      return createdSamples ? families.map(withCreatedSamples) : families;
    },
    convertBlocks,
    expand,
    header: writeHeader,
    labels: (sample, { boundLabel }) => bounds.labels(sample, boundLabel),
    after: (sample, { type }) =>
      writeTimestamp(sample.timestamp) + writeExemplar(exposedExemplar(sample, type)),
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
function writeHeader(family: Family): string {
  const { name, type, unit } = family;
  const hasUnit = unit && name.endsWith(`_${unit}`) && type !== "info" && type !== "stateset";
  return writeMetadata(family, hasUnit ? unit : undefined);
}

/** The lines that begin a family, with a unit if it can have that one. */
export function writeMetadata({ name, type, help }: Family, unit: string | undefined): string {
  const written = isMetricName(name) ? name : quoteName(name);
  let text = `# TYPE ${written} ${type === "untyped" ? "unknown" : type}\n`;
  if (unit !== undefined) text += `# UNIT ${written} ${unit}\n`;
  // Unlike the text format, this one escapes help texts in the way of label values.
  if (help) text += `# HELP ${written} ${escapeLabelValue(help)}\n`;
  return text;
}

/** What follows a value that has an exemplar. */
export function writeExemplar(exemplar: SampleExemplar | undefined): string {
  if (exemplar === undefined) return "";
  const { labels, value, timestamp } = exemplar;
  return ` # ${formatLabels(labels)} ${formatValue(value)}${writeTimestamp(timestamp)}`;
}

/** What follows a value that has a timestamp. */
export function writeTimestamp(timestamp: number | undefined): string {
  return timestamp === undefined ? "" : ` ${formatSeconds(timestamp)}`;
}
