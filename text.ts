/**
 * The text format 0.0.4, which every version of Prometheus reads, and 1.0.0, which has quoted names as well.
 *
 * @see {@link https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format}
 *
 * @module
 */

import { escapeHelp, formatValue, isMetricName, quoteName } from "./escape.ts";
import type { LineFormat } from "./line_format.ts";
import type { MetricType } from "./metric_type.ts";
import { type Family, type Sample, separate } from "./sample.ts";

/** What the text format has instead of the types that it does not have. */
const TEXT_TYPES: Readonly<Partial<Record<MetricType, MetricType>>> = {
  gaugehistogram: "untyped",
  info: "gauge",
  stateset: "gauge",
};

const NO_CLASHES: ReadonlySet<Family> = new Set();

/** The text format. */
export const TEXT: LineFormat = {
  end: "",
  hasExemplars: false,
  findClashes: () => NO_CLASHES,
  conform: textFamilies,
  conformBlocks(family) {
    const { name, type, help } = family;
    return { head: { name, type: TEXT_TYPES[type] ?? type, help, samples: [] }, family };
  },
  expand: (samples) => samples,
  header: ({ name, type, help }) => textHeader(name, type, help),
  labels: ({ labels }) => labels,
  after: writeTimestamp,
};

/** The lines that begin a family: `# HELP` if there is a help text, and `# TYPE`. */
export function textHeader(name: string, type: MetricType, help?: string): string {
  const written = isMetricName(name) ? name : quoteName(name);
  const typeLine = `# TYPE ${written} ${type}\n`;
  return help ? `# HELP ${written} ${escapeHelp(help)}\n${typeLine}` : typeLine;
}

/** The line of a sample. */
export function textSample(sample: Sample): string {
  return `${sample.series} ${formatValue(sample.value)}${writeTimestamp(sample)}\n`;
}

/** The families that one is in the text format, which does not have all types. */
export function textFamilies(family: Family): readonly Family[] {
  const type = TEXT_TYPES[family.type];
  return type === undefined ? [family] : separate(family, type);
}

/** Timestamps are in milliseconds. */
function writeTimestamp({ timestamp }: Sample): string {
  return timestamp === undefined ? "" : ` ${timestamp}`;
}
