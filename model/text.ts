/**
 * Families and samples as lines of the text format.
 *
 * @module
 */

import { type Family, separate } from "./family.ts";
import type { MetricType } from "./metric_type.ts";
import type { Sample } from "./sample.ts";
import { escapeHelp } from "./escape.ts";
import { formatValue } from "./numbers.ts";
import { isMetricName, quoteName } from "./names.ts";

/** The types that stand for those which the text format lacks. */
const TEXT_TYPES: Readonly<Partial<Record<MetricType, MetricType>>> = {
  gaugehistogram: "untyped",
  info: "gauge",
  stateset: "gauge",
};

/** The type that the text format has for a type. */
export function textType(type: MetricType): MetricType {
  return TEXT_TYPES[type] ?? type;
}

/** The lines before the samples of a family: `# HELP` if there is a help text, and `# TYPE`. */
export function textHeader(name: string, type: MetricType, help?: string): string {
  const written = isMetricName(name) ? name : quoteName(name);
  const typeLine = `# TYPE ${written} ${type}\n`;
  return help ? `# HELP ${written} ${escapeHelp(help)}\n${typeLine}` : typeLine;
}

/** The line of a sample. */
export function textSample(sample: Sample): string {
  return `${sample.series} ${formatValue(sample.value)}${textTimestamp(sample)}\n`;
}

/**
 * The families that stand for one in the text format, which does not have all types. Histograms with negative counts, which make
 * readers reject the whole exposition, become untyped.
 */
export function textFamilies(family: Family): readonly Family[] {
  const type = hasNegativeCounts(family) ? "untyped" : textType(family.type);
  return type === family.type ? [family] : separate(family, type);
}

function hasNegativeCounts({ name, type, samples }: Family): boolean {
  if (type !== "histogram") return false;
  const sum = `${name}_sum`;
  return samples.some((sample) => sample.value < 0 && sample.name !== sum);
}

/** A timestamp as it follows the value on a line, in milliseconds. */
export function textTimestamp({ timestamp }: Sample): string {
  return timestamp === undefined ? "" : ` ${timestamp}`;
}
