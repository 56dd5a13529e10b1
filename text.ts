/**
 * The text format 0.0.4, in which every version of Prometheus reads.
 *
 * @see {@link https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format}
 *
 * @module
 */

import { breathe, overdue } from "./breath.ts";
import { escapeHelp, formatValue } from "./escape.ts";
import type { MetricType } from "./metric_type.ts";
import { Pieces } from "./pieces.ts";
import { type Family, separate } from "./sample.ts";

/** What the text format has instead of the types that it does not have. */
const TEXT_TYPES: Readonly<Partial<Record<MetricType, MetricType>>> = {
  gaugehistogram: "untyped",
  info: "gauge",
  stateset: "gauge",
};

/** The lines that begin a family: `# HELP` if there is a help text, and `# TYPE`. */
export function textHeader(name: string, type: MetricType, help?: string): string {
  const typeLine = `# TYPE ${name} ${type}\n`;
  return help ? `# HELP ${name} ${escapeHelp(help)}\n${typeLine}` : typeLine;
}

/** The line of a sample. A timestamp is in milliseconds. */
export function textSample(series: string, value: number, timestamp?: number): string {
  const line = `${series} ${formatValue(value)}`;
  return timestamp === undefined ? `${line}\n` : `${line} ${timestamp}\n`;
}

/** The families that one is in the text format, which does not have all types. */
export function textFamilies(family: Family): readonly Family[] {
  const type = TEXT_TYPES[family.type];
  return type === undefined ? [family] : separate(family, type);
}

/**
 * Writes families as bytes, in pieces of about 64 KiB, and lets other work of the program run between them.
 * Families without samples are left out.
 */
export async function encodeText(families: Iterable<Family>): Promise<Uint8Array<ArrayBuffer>[]> {
  const pieces = new Pieces();
  for (const family of families) {
    if (family.samples.length === 0) continue;
    for (const { name, type, help, samples } of textFamilies(family)) {
      pieces.add(textHeader(name, type, help));
      for (const { series, value, timestamp } of samples) {
        if (pieces.add(textSample(series, value, timestamp)) && overdue()) await breathe();
      }
    }
  }
  return pieces.end();
}
