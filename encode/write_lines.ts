/**
 * Writes samples as lines of a format.
 *
 * @module
 */

import type { Sample } from "../model/sample.ts";
import type { Block } from "../series/layout.ts";
import type { ByteWriter } from "./byte_writer.ts";
import type { LineFamily, LineFormat, LineView } from "./line_format.ts";

const SPACE = 32;
const LINE_FEED = 10;

/** Writes the line of a sample. */
export function writeLine(
  writer: ByteWriter,
  sample: Sample,
  family: LineFamily,
  format: LineFormat,
): void {
  writer.series(sample.name, format.labels(sample, family));
  writer.byte(SPACE);
  writer.value(sample.value);
  writer.text(format.tail(sample, family));
  writer.byte(LINE_FEED);
}

/** Writes the lines of a row. */
export function writeRow(
  writer: ByteWriter,
  block: Block,
  row: number,
  { view, metadata }: LineView,
  format: LineFormat,
): void {
  const samples = view.samplesOf(block, row);
  if (metadata.writePoint !== undefined) return writer.text(metadata.writePoint(samples));
  for (const sample of format.exposedSamples(samples, metadata)) {
    writeLine(writer, sample, metadata, format);
  }
}

/** Returns whether the values of all rows, or of those given, are valid. */
export function areValid(
  block: Block,
  { isValid }: LineView,
  rows: Iterable<number> = Array(block.rows).keys(),
): boolean {
  if (isValid === undefined) return true;
  const values = new Float64Array(block.layout.parts.length);
  for (const row of rows) {
    block.read(row, values);
    if (!isValid(values)) return false;
  }
  return true;
}
