/**
 * Families and samples as lines of the text format.
 *
 * @module
 */

import { type Family, splitBySampleName } from "./family.ts";
import type { MetricType } from "./metric_type.ts";
import type { Sample } from "./sample.ts";
import { escapeHelp } from "./escape.ts";
import { formatValue } from "./numbers.ts";
import { isMetricName, quoteName } from "./names.ts";

/** The substitutes for types that the text format lacks. */
const TEXT_TYPES: Readonly<Partial<Record<MetricType, MetricType>>> = {
  gaugehistogram: "untyped",
  info: "gauge",
  stateset: "gauge",
};

/** Returns the type that the text format writes for a type. */
export function textType(type: MetricType): MetricType {
  return TEXT_TYPES[type] ?? type;
}

/** Formats the lines before the samples of a family: `# HELP` if there is a help text, and `# TYPE`. */
export function textHeader(name: string, type: MetricType, help?: string): string {
  const written = isMetricName(name) ? name : quoteName(name);
  const typeLine = `# TYPE ${written} ${type}\n`;
  return help ? `# HELP ${written} ${escapeHelp(help)}\n${typeLine}` : typeLine;
}

/** Formats the line of a sample. */
export function textSample(sample: Sample): string {
  return `${sample.series} ${formatValue(sample.value)}${textTimestamp(sample)}\n`;
}

/**
 * Converts a family to the types that the text format has, which may split it. A histogram with negative counts, for which readers
 * reject the whole exposition, becomes untyped.
 */
export function textFamilies(family: Family): readonly Family[] {
  const type = hasNegativeCounts(family) ? "untyped" : textType(family.type);
  return type === family.type ? [family] : splitBySampleName(family, type);
}

function hasNegativeCounts({ name, type, samples }: Family): boolean {
  if (type !== "histogram") return false;
  const sum = `${name}_sum`;
  return samples.some((sample) => sample.value < 0 && sample.name !== sum);
}

/** Formats the timestamp after the value, in milliseconds; empty if there is none. */
export function textTimestamp({ timestamp }: Sample): string {
  return timestamp === undefined ? "" : ` ${timestamp}`;
}
