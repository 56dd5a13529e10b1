/**
 * The lines of a block of series, kept from one scrape to the next. Only what has changed is written again.
 *
 * @module
 */

import type { Lease } from "./encoded_exposition.ts";
import { ByteWriter, digitsOf, isShortInteger, writeDigits } from "./byte_writer.ts";
import { formatValue } from "../model/numbers.ts";
import { type DeflatedPiece, deflatePiece } from "./gzip.ts";
import type { LineBlocks, LineFormat } from "./line_format.ts";
import type { Encoding } from "../exposition.ts";
import type { SeriesBlock } from "../series/block.ts";

const encoder = new TextEncoder();

const SPACE = 32;
const LINE_FEED = 10;

/** Where all lines of a block are written in one go. */
const lines = new ByteWriter();

/** Room for moving lines about: what was there before, and after it what takes its place. */
let scratch = new Uint8Array(1 << 16);

/** The lines of one block in one format. */
export class KeptLines {
  readonly #block: SeriesBlock;
  readonly #blocks: LineBlocks;
  readonly #format: LineFormat;
  /** The values of the series at hand. */
  readonly #values: Float64Array;
  #buffer = new Uint8Array(0);
  #length = 0;
  /** Where the value of each line begins, and where the line ends, without the line feed. */
  #starts = new Uint32Array(0);
  #ends = new Uint32Array(0);
  /** How much of the end of each line stays when the value changes, unless there is an exemplar. */
  #tails = new Uint8Array(0);
  /** How many lines each series has. */
  #width = 0;
  #version = -1;
  #shape = -1;
  #lease: Lease = { readers: 0 };
  #bytes: Uint8Array<ArrayBuffer> | undefined;
  #deflated: DeflatedPiece | undefined;

  /** Writes nothing yet. */
  constructor(block: SeriesBlock, blocks: LineBlocks, format: LineFormat) {
    this.#block = block;
    this.#blocks = blocks;
    this.#format = format;
    this.#values = new Float64Array(block.layout.parts.length);
  }

  /** How many bytes it holds on to. */
  get heldBytes(): number {
    return this.#buffer.byteLength + this.#starts.byteLength + this.#ends.byteLength +
      this.#tails.byteLength + (this.#deflated?.bytes.byteLength ?? 0);
  }

  /** The lines as they were at the last update, good as long as they are on lease. */
  get bytes(): Uint8Array<ArrayBuffer> {
    return this.#bytes ??= this.#buffer.subarray(0, this.#length);
  }

  /** Who reads {@linkcode KeptLines.bytes}. */
  get lease(): Lease {
    return this.#lease;
  }

  /** Whether there is nothing to do before they can be used. */
  isReady(encoding: Encoding): boolean {
    return !this.#block.isMarked && this.#isCurrent &&
      (encoding === "identity" || this.#deflated !== undefined);
  }

  get #isCurrent(): boolean {
    return this.#version === this.#block.version && this.#shape === this.#block.shape;
  }

  /** The same deflated, which never changes. */
  deflated(): DeflatedPiece {
    return this.#deflated ??= deflatePiece(this.bytes);
  }

  /**
   * Writes what has changed since the last time. Tells whether all values are allowed; if not, the lines are good for nothing,
   * and all of them are written again at the next update.
   */
  update(): boolean {
    const block = this.#block;
    block.sync();
    if (this.#isCurrent) return true;
    this.#deflated = undefined;
    this.#bytes = undefined;
    const isValid = this.#shape === block.shape ? this.#writeChanged() : this.#writeAll();
    this.#version = block.version;
    this.#shape = isValid ? block.shape : -1;
    return isValid;
  }

  /** Writes all lines anew. */
  #writeAll(): boolean {
    const block = this.#block;
    const { head, family } = this.#blocks;
    const starts: number[] = [];
    const ends: number[] = [];
    const tails: number[] = [];
    lines.length = 0;
    for (let row = 0; row < block.children.length; row++) {
      if (!this.#read(row)) return false;
      const series = this.#format.expand(family.seriesOf(block, row), head);
      this.#width = series.length;
      for (let part = 0; part < series.length; part++) {
        const sample = series[part]!;
        lines.series(sample.name, this.#format.labels(sample, head));
        lines.byte(SPACE);
        starts.push(lines.length);
        lines.value(sample.value);
        const { length } = lines;
        lines.text(this.#format.after(sample, head));
        ends.push(lines.length);
        tails.push(this.#hasExemplar(row, part) ? 0 : lines.length - length);
        lines.byte(LINE_FEED);
      }
    }
    this.#take(lines.buffer.subarray(0, lines.length), lines.length);
    this.#starts = Uint32Array.from(starts);
    this.#ends = Uint32Array.from(ends);
    this.#tails = Uint8Array.from(tails);
    return true;
  }

  /** Writes the lines of the rows that have changed: in place as long as none of them changes its length. */
  #writeChanged(): boolean {
    const { children, changedAt, layout } = this.#block;
    const parts = layout.parts.length;
    const width = this.#width;
    if (this.#lease.readers > 0) this.#take(this.#buffer.subarray(0, this.#length), this.#length);
    for (let row = 0; row < children.length; row++) {
      if (changedAt[row]! <= this.#version) continue;
      if (!this.#read(row)) return false;
      for (let part = 0; part < parts; part++) {
        if (!this.#writeInPlace(row * width + part, part, row)) return this.#rewriteFrom(row);
      }
    }
    return true;
  }

  /** Reads the values of a row. Tells whether they are allowed. */
  #read(row: number): boolean {
    this.#block.children[row]!.read(this.#values, 0);
    return this.#blocks.isValid?.(this.#values) ?? true;
  }

  #writeInPlace(line: number, part: number, row: number): boolean {
    const start = this.#starts[line]!;
    const length = this.#ends[line]! - this.#tails[line]! - start;
    const value = this.#values[part]!;
    if (this.#hasExemplar(row, part)) return false;
    if (isShortInteger(value)) {
      if (digitsOf(value) !== length) return false;
      writeDigits(this.#buffer, start, length, value);
      return true;
    }
    const text = formatValue(value);
    if (text.length !== length) return false;
    writeAscii(this.#buffer, start, text);
    return true;
  }

  /** Writes the lines of all rows from one on, moving what has not changed. */
  #rewriteFrom(first: number): boolean {
    const { children, changedAt, layout } = this.#block;
    const parts = layout.parts.length;
    const width = this.#width;
    const base = first === 0 ? 0 : this.#ends[first * width - 1]! + 1;
    const before = this.#length - base;
    reserve(2 * before);
    scratch.set(this.#buffer.subarray(base, this.#length));
    // What is moved lies before `before` in the scratch, where it stays, and what becomes of it after.
    let to = before;
    let moved = 0;
    for (let row = first; row < children.length; row++) {
      if (changedAt[row]! <= this.#version) {
        this.#shift(row * width, width, to - before - moved);
        continue;
      }
      if (!this.#read(row)) return false;
      for (let part = 0; part < parts; part++) {
        const line = row * width + part;
        const start = this.#starts[line]! - base;
        const end = this.#ends[line]! - base;
        const tail = this.#hasExemplar(row, part) ? 0 : this.#tails[line]!;
        reserve(to + start - moved + MAX_NUMBER + tail);
        scratch.copyWithin(to, moved, start);
        to += start - moved;
        this.#starts[line] = base + to - before;
        to = this.#writeCell(to, row, part);
        scratch.copyWithin(to, end - tail, end);
        to += tail;
        this.#ends[line] = base + to - before;
        moved = end;
      }
      this.#shift(row * width + parts, width - parts, to - before - moved);
    }
    reserve(to + before - moved);
    scratch.copyWithin(to, moved, before);
    to += before - moved;
    const length = base + to - before;
    if (length > this.#buffer.length) this.#take(this.#buffer.subarray(0, base), length);
    this.#buffer.set(scratch.subarray(before, to), base);
    this.#length = length;
    return true;
  }

  /** Moves what is known of the lines of a row that has not changed. */
  #shift(line: number, count: number, by: number): void {
    if (by === 0) return;
    for (let i = line; i < line + count; i++) {
      this.#starts[i]! += by;
      this.#ends[i]! += by;
    }
  }

  /** Writes a value, and what follows it unless that stays, to the scratch. Returns where that ends. */
  #writeCell(to: number, row: number, part: number): number {
    const value = this.#values[part]!;
    if (this.#hasExemplar(row, part)) {
      const sample = this.#blocks.family.seriesOf(this.#block, row)[part]!;
      const text = formatValue(value) + this.#format.after(sample, this.#blocks.head);
      reserve(to + 3 * text.length);
      return to + encoder.encodeInto(text, scratch.subarray(to)).written;
    }
    if (isShortInteger(value)) {
      const digits = digitsOf(value);
      writeDigits(scratch, to, digits, value);
      return to + digits;
    }
    const text = formatValue(value);
    writeAscii(scratch, to, text);
    return to + text.length;
  }

  #hasExemplar(row: number, part: number): boolean {
    return this.#format.hasExemplars &&
      this.#block.children[row]!.exemplar?.(part) !== undefined;
  }

  /** Goes on with a copy of these bytes, with room for so many and a few more. */
  #take(bytes: Uint8Array, length: number): void {
    const buffer = new Uint8Array(length + (length >> 5));
    buffer.set(bytes);
    this.#buffer = buffer;
    this.#length = length;
    this.#lease = { readers: 0 };
  }
}

/** No number is longer than that. */
const MAX_NUMBER = 32;

/** Makes room in the scratch, keeping what is there. */
function reserve(length: number): void {
  if (length <= scratch.length) return;
  const larger = new Uint8Array(2 * length);
  larger.set(scratch);
  scratch = larger;
}

function writeAscii(into: Uint8Array, at: number, text: string): void {
  for (let i = 0; i < text.length; i++) into[at + i] = text.charCodeAt(i);
}
