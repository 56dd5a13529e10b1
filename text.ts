/**
 * The text format 0.0.4, in which every version of Prometheus reads.
 *
 * @see {@link https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format}
 *
 * @module
 */

import { escapeHelp, formatValue } from "./escape.ts";
import { breathe, overdue } from "./breath.ts";
import type { MetricType } from "./metric_type.ts";
import type { Family } from "./sample.ts";

/** The content type of the text format, with the escaping of names that strict scrapers ask to be told. */
export const TEXT_CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8; escaping=underscores";

const PIECE = 1 << 16;

/** What the text format has instead of the types that it does not have. */
const TEXT_TYPES: Readonly<Partial<Record<MetricType, MetricType>>> = {
  gaugehistogram: "untyped",
  info: "gauge",
  stateset: "gauge",
};

/** The lines that begin a family: `# HELP` if there is a help text, and `# TYPE`. */
export function textHeader(name: string, type: MetricType, help?: string): string {
  const typeLine = `# TYPE ${name} ${TEXT_TYPES[type] ?? type}\n`;
  return help ? `# HELP ${name} ${escapeHelp(help)}\n${typeLine}` : typeLine;
}

/** The line of a sample. A timestamp is in milliseconds. */
export function textSample(series: string, value: number, timestamp?: number): string {
  const line = `${series} ${formatValue(value)}`;
  return timestamp === undefined ? `${line}\n` : `${line} ${timestamp}\n`;
}

/**
 * Writes families as bytes, in pieces of about 64 KiB, and lets other work of the program run between them.
 * Families without samples are left out.
 */
export async function encodeText(families: Iterable<Family>): Promise<Uint8Array<ArrayBuffer>[]> {
  const encoder = new TextEncoder();
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  let text = "";
  for (const family of families) {
    if (family.samples.length === 0) continue;
    text += textHeader(family.name, family.type, family.help);
    for (const sample of family.samples) {
      text += textSample(sample.series, sample.value, sample.timestamp);
      if (text.length < PIECE) continue;
      pieces.push(encoder.encode(text));
      text = "";
      if (overdue()) await breathe();
    }
  }
  if (text !== "") pieces.push(encoder.encode(text));
  return pieces;
}
