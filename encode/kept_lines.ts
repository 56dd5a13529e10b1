/**
 * Keeps the encoded lines of a block of series between scrapes, and rewrites only what has changed.
 *
 * The lines are in one buffer, with the offsets of each value and of the end of its line. How an update writes depends on what
 * changed in the block:
 *
 * - Nothing: the bytes, and their deflated form, stay.
 * - Values, but not their lengths: digits are overwritten in place.
 * - The length of a value: the lines from its row on are rebuilt in a scratch buffer. Unchanged bytes are copied, changed values
 *   are formatted.
 * - The set of series (the `shape` of the block): all lines are written anew.
 *
 * Expositions lease the buffer instead of copying it. While it is leased, an update moves on to a copy.
 *
 * @module
 */

import type { Lease } from "./encoded_exposition.ts";
import { ByteWriter, countDigits, isShortInteger, writeDigits } from "./byte_writer.ts";
import { formatValue } from "../model/numbers.ts";
import { type DeflatedPiece, deflatePiece } from "./gzip.ts";
import type { LineFormat, LineView } from "./line_format.ts";
import type { Encoding } from "../exposition.ts";
import type { Block } from "../series/layout.ts";

const encoder = new TextEncoder();

const SPACE = 32;
const LINE_FEED = 10;

/** The writer for all lines of a block. */
const writer = new ByteWriter();

/** The buffer for rebuilding lines: the old bytes, followed by the new ones. */
let scratch = new Uint8Array(1 << 16);

/** The maximum size of a scratch buffer that is kept for later, in bytes. */
const MAX_SCRATCH = 1 << 20;

/** The lines of one block in one format. */
export class KeptLines {
  /** The block at the last update. */
  #block!: Block;
  readonly #view: LineView;
  readonly #format: LineFormat;
  /** The values of the current series. */
  readonly #values: Float64Array;
  #buffer = new Uint8Array(0);
  #length = 0;
  /** For each line, the offset of the value, and the offset of the line feed. */
  #valueStarts = new Uint32Array(0);
  #lineEnds = new Uint32Array(0);
  /** For each line, the length of the tail that stays when the value changes: 0 for a line with an exemplar. */
  #tailLengths = new Uint8Array(0);
  #linesPerSeries = 0;
  /** The version and the shape of the block at the last update. */
  #version = -1;
  #shape = -1;
  #lease: Lease = { readers: 0 };
  #bytes: Uint8Array<ArrayBuffer> | undefined;
  #deflated: DeflatedPiece | undefined;

  /** Creates an object without lines. */
  constructor(view: LineView, format: LineFormat) {
    this.#view = view;
    this.#format = format;
    this.#values = new Float64Array(view.view.layout.parts.length);
  }

  /** The number of bytes in memory. */
  get keptBytes(): number {
    return this.#buffer.byteLength + this.#valueStarts.byteLength + this.#lineEnds.byteLength +
      this.#tailLengths.byteLength + (this.#deflated?.bytes.byteLength ?? 0);
  }

  /** The lines as of the last update. Lease them to read them after the next update. */
  get bytes(): Uint8Array<ArrayBuffer> {
    return this.#bytes ??= this.#buffer.subarray(0, this.#length);
  }

  /** The lease of {@linkcode KeptLines.bytes}. */
  get lease(): Lease {
    return this.#lease;
  }

  /** Returns whether the lines can be used at once: they are up to date and, for gzip, deflated. */
  isReady(block: Block, encoding: Encoding): boolean {
    return !block.isMarked && this.#isCurrent(block) &&
      (encoding === "identity" || this.#deflated !== undefined);
  }

  #isCurrent({ version, shape }: Block): boolean {
    return this.#version === version && this.#shape === shape;
  }

  /** Returns the deflated lines, which are immutable. */
  deflated(): DeflatedPiece {
    return this.#deflated ??= deflatePiece(this.bytes);
  }

  /**
   * Brings the lines up to date with a block of the same series. Returns whether all values are valid. If not, the lines are
   * unusable, and the next update writes all of them.
   */
  update(block: Block): boolean {
    this.#block = block;
    block.sync();
    if (this.#isCurrent(block)) return true;
    if (block.version < this.#version) this.#version = -1;
    this.#deflated = undefined;
    this.#bytes = undefined;
    const isValid = this.#shape === block.shape ? this.#writeChanged() : this.#writeAll();
    writer.clear();
    if (scratch.length > MAX_SCRATCH) scratch = new Uint8Array(1 << 16);
    this.#version = block.version;
    this.#shape = isValid ? block.shape : -1;
    return isValid;
  }

  /** Writes all lines. */
  #writeAll(): boolean {
    const block = this.#block;
    const { metadata, view } = this.#view;
    const valueStarts: number[] = [];
    const lineEnds: number[] = [];
    const tailLengths: number[] = [];
    writer.clear();
    for (let row = 0; row < block.rows; row++) {
      if (!this.#readValues(row)) return false;
      const samples = this.#format.exposedSamples(view.samplesOf(block, row), metadata);
      this.#linesPerSeries = samples.length;
      for (let part = 0; part < samples.length; part++) {
        const sample = samples[part]!;
        writer.series(sample.name, this.#format.labels(sample, metadata));
        writer.byte(SPACE);
        valueStarts.push(writer.length);
        writer.value(sample.value);
        const { length } = writer;
        writer.text(this.#format.tail(sample, metadata));
        lineEnds.push(writer.length);
        tailLengths.push(this.#hasExemplar(row, part) ? 0 : writer.length - length);
        writer.byte(LINE_FEED);
      }
    }
    this.#copyToNewBuffer(writer.buffer.subarray(0, writer.length), writer.length);
    this.#valueStarts = Uint32Array.from(valueStarts);
    this.#lineEnds = Uint32Array.from(lineEnds);
    this.#tailLengths = Uint8Array.from(tailLengths);
    return true;
  }

  /** Writes the rows that have changed: in place, until a value changes its length. */
  #writeChanged(): boolean {
    const { rows, changedAt, layout } = this.#block;
    const parts = layout.parts.length;
    const linesPerSeries = this.#linesPerSeries;
    if (this.#lease.readers > 0) {
      this.#copyToNewBuffer(this.#buffer.subarray(0, this.#length), this.#length);
    }
    for (let row = 0; row < rows; row++) {
      if (changedAt[row]! <= this.#version) continue;
      if (!this.#readValues(row)) return false;
      for (let part = 0; part < parts; part++) {
        const line = row * linesPerSeries + part;
        if (!this.#writeInPlace(line, part, row)) return this.#rewriteFrom(row);
      }
    }
    return true;
  }

  /** Reads the values of a row. Returns whether they are valid. */
  #readValues(row: number): boolean {
    this.#block.read(row, this.#values);
    return this.#view.isValid?.(this.#values) ?? true;
  }

  /** Overwrites a value. Returns false if it has another length or an exemplar. */
  #writeInPlace(line: number, part: number, row: number): boolean {
    const start = this.#valueStarts[line]!;
    const length = this.#lineEnds[line]! - this.#tailLengths[line]! - start;
    const value = this.#values[part]!;
    if (this.#hasExemplar(row, part)) return false;
    if (isShortInteger(value)) {
      if (countDigits(value) !== length) return false;
      writeDigits(this.#buffer, start, length, value);
      return true;
    }
    const text = formatValue(value);
    if (text.length !== length) return false;
    writeAscii(this.#buffer, start, text);
    return true;
  }

  /** Rebuilds the lines from a row on: formats the values of changed rows, and copies everything else. */
  #rewriteFrom(first: number): boolean {
    const { rows, changedAt, layout } = this.#block;
    const parts = layout.parts.length;
    const linesPerSeries = this.#linesPerSeries;
    const base = first === 0 ? 0 : this.#lineEnds[first * linesPerSeries - 1]! + 1;
    // In the scratch buffer, the old bytes end at `oldLength`; those before `from` are done. The new bytes follow, up to `to`.
    const oldLength = this.#length - base;
    reserveScratch(2 * oldLength);
    scratch.set(this.#buffer.subarray(base, this.#length));
    let from = 0;
    let to = oldLength;
    for (let row = first; row < rows; row++) {
      if (changedAt[row]! <= this.#version) {
        this.#moveOffsets(row * linesPerSeries, linesPerSeries, to - oldLength - from);
        continue;
      }
      if (!this.#readValues(row)) return false;
      for (let part = 0; part < parts; part++) {
        const line = row * linesPerSeries + part;
        const start = this.#valueStarts[line]! - base;
        const end = this.#lineEnds[line]! - base;
        const tail = this.#hasExemplar(row, part) ? 0 : this.#tailLengths[line]!;
        reserveScratch(to + start - from + MAX_VALUE_LENGTH + tail);
        scratch.copyWithin(to, from, start);
        to += start - from;
        this.#valueStarts[line] = base + to - oldLength;
        to = this.#writeToScratch(to, row, part);
        scratch.copyWithin(to, end - tail, end);
        to += tail;
        this.#lineEnds[line] = base + to - oldLength;
        from = end;
      }
      this.#moveOffsets(
        row * linesPerSeries + parts,
        linesPerSeries - parts,
        to - oldLength - from,
      );
    }
    reserveScratch(to + oldLength - from);
    scratch.copyWithin(to, from, oldLength);
    to += oldLength - from;
    const length = base + to - oldLength;
    if (length > this.#buffer.length) this.#copyToNewBuffer(this.#buffer.subarray(0, base), length);
    this.#buffer.set(scratch.subarray(oldLength, to), base);
    this.#length = length;
    return true;
  }

  /** Adjusts the offsets of lines that have moved without changing. */
  #moveOffsets(line: number, count: number, by: number): void {
    if (by === 0) return;
    for (let i = line; i < line + count; i++) {
      this.#valueStarts[i]! += by;
      this.#lineEnds[i]! += by;
    }
  }

  /** Writes a value to the scratch buffer, with the tail if there is an exemplar. Returns the offset after it. */
  #writeToScratch(to: number, row: number, part: number): number {
    const value = this.#values[part]!;
    if (this.#hasExemplar(row, part)) {
      const sample = this.#view.view.samplesOf(this.#block, row)[part]!;
      const text = formatValue(value) + this.#format.tail(sample, this.#view.metadata);
      reserveScratch(to + 3 * text.length);
      return to + encoder.encodeInto(text, scratch.subarray(to)).written;
    }
    if (isShortInteger(value)) {
      const digits = countDigits(value);
      writeDigits(scratch, to, digits, value);
      return to + digits;
    }
    const text = formatValue(value);
    writeAscii(scratch, to, text);
    return to + text.length;
  }

  #hasExemplar(row: number, part: number): boolean {
    return this.#format.hasExemplars &&
      this.#block.exemplar(row, part) !== undefined;
  }

  /** Continues with a copy of these bytes, in a new buffer for this length and a little more, which nobody leases. */
  #copyToNewBuffer(bytes: Uint8Array, length: number): void {
    const buffer = new Uint8Array(length + (length >> 5));
    buffer.set(bytes);
    this.#buffer = buffer;
    this.#length = length;
    this.#lease = { readers: 0 };
  }
}

/** An upper limit for the length of a formatted value. */
const MAX_VALUE_LENGTH = 32;

/** Ensures the capacity of the scratch buffer, and keeps its contents. */
function reserveScratch(length: number): void {
  if (length <= scratch.length) return;
  const larger = new Uint8Array(2 * length);
  larger.set(scratch);
  scratch = larger;
}

function writeAscii(into: Uint8Array, at: number, text: string): void {
  for (let i = 0; i < text.length; i++) into[at + i] = text.charCodeAt(i);
}
