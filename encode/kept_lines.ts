/**
 * Keeps the encoded lines of a block of series between scrapes, and rewrites only what has changed.
 *
 * How an update writes depends on what changed in the block:
 *
 * - Nothing: the bytes, and their compressed forms, stay.
 * - Values: they are formatted and replaced in the text. Lines are moved only if the length of a value changes.
 * - The set of series (the `shape` of the block): all lines are written anew.
 *
 * The lines are deflated by `node:zlib` at first. When their shape has lasted for some changes, they get a piece whose values are
 * patched in the compressed bits as well.
 *
 * Expositions lease the bytes instead of copying them. While they are leased, an update moves on to a copy.
 *
 * @module
 */

import { ByteWriter } from "./byte_writer.ts";
import type { Lease } from "./encoded_exposition.ts";
import type { KeptBytes } from "./exposition_builder.ts";
import type { LineFormat, LineView } from "./line_format.ts";
import type { BuildBudget } from "../deflate/build_budget.ts";
import { NumberEdits, NumberedText } from "../deflate/numbered_text.ts";
import type { PatchablePiece } from "../deflate/patchable_piece.ts";
import { makePatchable } from "../deflate/patching.ts";
import { type DeflatedPiece, deflatePiece } from "../deflate/zlib.ts";
import { zstdFrame } from "./zstd.ts";
import type { Encoding } from "../exposition.ts";
import type { Block } from "../series/layout.ts";

const SPACE = 32;
const LINE_FEED = 10;

/** How often lines of one shape are deflated by `node:zlib` before they get a patchable piece. */
const DEFLATIONS_BEFORE_PATCHING = 2;

/** If the text grows by this factor, its codes and matches are chosen again: the first values of counters are not typical. */
const MAX_GROWTH = 1.1;

/** After so many updates without a use of the patchable piece, it is dropped. */
const MAX_UNUSED_EDITS = 16;

/** The writer for all lines of a block, and for all changed values. */
const writer = new ByteWriter();

/** The changed values of a block. */
const edits = new NumberEdits();

/** The lines of one block in one format. */
export class KeptLines implements KeptBytes {
  /** The block at the last update. */
  #block!: Block;
  readonly #view: LineView;
  readonly #format: LineFormat;
  /** The values of the current series. */
  readonly #values: Float64Array;
  /** The lines. Their numbers are the parts of each row in order; the values of lines such as `_created` are none. */
  #text = new NumberedText(new Uint8Array(0), new Int32Array(0));
  /** For each number, whether it includes the tail of its line: 1 if the line has had an exemplar. Absent if none has. */
  #withTail: Uint8Array | undefined;
  /** The version and the shape of the block at the last update. */
  #version = -1;
  #shape = -1;
  #lease: Lease = { readers: 0 };
  #bytes: Uint8Array<ArrayBuffer> | undefined;
  /** The deflated lines: immutable if they are not those of the patchable piece. */
  #deflated: DeflatedPiece | undefined;
  /** The lines as a zstd frame, which is immutable. */
  #frame: Uint8Array<ArrayBuffer> | undefined;
  /** How often the current shape was deflated by `node:zlib`. */
  #deflations = 0;
  /** Absent while there was no reason to make one. */
  #patchable: PatchablePiece | undefined;
  #patchableLease: Lease = { readers: 0 };
  /** The length of the text for which the patchable piece was made. */
  #builtLength = 0;
  #unusedEdits = 0;

  /** Creates an object without lines. */
  constructor(view: LineView, format: LineFormat) {
    this.#view = view;
    this.#format = format;
    this.#values = new Float64Array(view.view.layout.parts.length);
  }

  /** The number of bytes in memory. */
  get keptBytes(): number {
    const { buffer, places } = this.#text;
    return buffer.byteLength + places.byteLength + (this.#withTail?.byteLength ?? 0) +
      (this.#patchable?.keptBytes ?? this.#deflated?.bytes.byteLength ?? 0) +
      (this.#frame?.byteLength ?? 0);
  }

  /** The lines as of the last update. Lease them to read them after the next update. */
  get bytes(): Uint8Array<ArrayBuffer> {
    return this.#bytes ??= this.#text.buffer.subarray(0, this.#text.length);
  }

  /** Returns the lease of the bytes in a coding. Undefined if they never change. */
  leaseOf(encoding: Encoding): Lease | undefined {
    if (encoding === "identity") return this.#lease;
    return encoding === "gzip" && this.#patchable ? this.#patchableLease : undefined;
  }

  /** Returns whether the lines can be used at once: they are up to date and compressed, if they have to be. */
  isReady(block: Block, encoding: Encoding): boolean {
    if (block.isMarked || !this.#isCurrent(block)) return false;
    return encoding === "identity" ||
      (encoding === "gzip" ? this.#deflated : this.#frame) !== undefined;
  }

  #isCurrent({ version, shape }: Block): boolean {
    return this.#version === version && this.#shape === shape;
  }

  /** Returns the deflated lines. Lease them to read them after the next update. */
  deflated(budget: BuildBudget): DeflatedPiece {
    if (this.#deflated !== undefined) return this.#deflated;
    if (this.#isPatchingDue) budget.build(() => this.#makePatchable());
    this.#unusedEdits = 0;
    if (this.#patchable !== undefined) return this.#deflated = this.#patchable.piece();
    this.#deflations++;
    return this.#deflated = deflatePiece(this.bytes);
  }

  /** Returns the lines as a zstd frame. */
  frame(): Uint8Array<ArrayBuffer> {
    return this.#frame ??= zstdFrame(this.bytes);
  }

  get #isPatchingDue(): boolean {
    return this.#patchable === undefined
      ? this.#deflations >= DEFLATIONS_BEFORE_PATCHING && this.#withTail === undefined
      : this.#text.length > MAX_GROWTH * this.#builtLength;
  }

  #makePatchable(): void {
    this.#patchable = makePatchable(this.#text);
    this.#patchableLease = { readers: 0 };
    this.#builtLength = this.#text.length;
    if (this.#patchable === undefined) this.#deflations = -Infinity;
  }

  #dropPatchable(): void {
    this.#patchable = undefined;
    this.#deflations = 0;
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
    this.#frame = undefined;
    this.#bytes = undefined;
    const isValid = this.#shape === block.shape ? this.#writeChanged() : this.#writeAll();
    writer.clear();
    this.#version = block.version;
    this.#shape = isValid ? block.shape : -1;
    return isValid;
  }

  /** Writes all lines. */
  #writeAll(): boolean {
    const block = this.#block;
    const { metadata, view } = this.#view;
    const parts = block.layout.parts.length;
    const places = new Int32Array(2 * block.size);
    this.#dropPatchable();
    this.#withTail = undefined;
    writer.clear();
    for (let row = 0; row < block.rows; row++) {
      if (!this.#readValues(row)) return false;
      const samples = this.#format.exposedSamples(view.samplesOf(block, row), metadata);
      for (let part = 0; part < samples.length; part++) {
        const sample = samples[part]!;
        const number = row * parts + part;
        writer.series(sample.name, this.#format.labels(sample, metadata));
        writer.byte(SPACE);
        const start = writer.length;
        writer.value(sample.value);
        let end = writer.length;
        writer.text(this.#format.tail(sample, metadata));
        if (part < parts) {
          if (this.#hasExemplar(row, part)) {
            this.#includeTail(number);
            end = writer.length;
          }
          places[2 * number] = start;
          places[2 * number + 1] = end;
        }
        writer.byte(LINE_FEED);
      }
    }
    this.#text = new NumberedText(writer.buffer.subarray(0, writer.length), places);
    this.#lease = { readers: 0 };
    return true;
  }

  /** Writes the values of the rows that have changed. */
  #writeChanged(): boolean {
    const { rows, changedAt, layout } = this.#block;
    const parts = layout.parts.length;
    edits.clear();
    writer.clear();
    for (let row = 0; row < rows; row++) {
      if (changedAt[row]! <= this.#version) continue;
      if (!this.#readValues(row)) return false;
      for (let part = 0; part < parts; part++) {
        const number = row * parts + part;
        writer.value(this.#values[part]!);
        if (this.#format.hasExemplars) this.#writeTail(number, row, part);
        edits.add(number, writer.length);
      }
    }
    edits.bytes = writer.buffer;
    this.#applyEdits();
    return true;
  }

  #applyEdits(): void {
    const text = this.#text;
    if (this.#lease.readers > 0) {
      text.moveToCopy();
      this.#lease = { readers: 0 };
    }
    if (this.#unusedEdits++ === MAX_UNUSED_EDITS) this.#dropPatchable();
    if (this.#patchable === undefined) return text.edit(edits);
    if (this.#patchableLease.readers > 0) {
      this.#patchable.moveToCopy();
      this.#patchableLease = { readers: 0 };
    }
    if (!this.#patchable.edit(text, edits)) this.#dropPatchable();
  }

  /** Reads the values of a row. Returns whether they are valid. */
  #readValues(row: number): boolean {
    this.#block.read(row, this.#values);
    return this.#view.isValid?.(this.#values) ?? true;
  }

  /** Writes the tail of a changed line if it is part of the number, which it becomes with the first exemplar. */
  #writeTail(number: number, row: number, part: number): void {
    if (this.#hasExemplar(row, part) && this.#withTail?.[number] !== 1) {
      this.#includeTail(number);
      const { buffer, places } = this.#text;
      places[2 * number + 1] = buffer.indexOf(LINE_FEED, places[2 * number + 1]);
    }
    if (this.#withTail?.[number] !== 1) return;
    const sample = this.#view.view.samplesOf(this.#block, row)[part]!;
    writer.text(this.#format.tail(sample, this.#view.metadata));
  }

  /** Makes the tail of a line part of its number. Exemplars differ too much to be patched. */
  #includeTail(number: number): void {
    this.#dropPatchable();
    this.#withTail ??= new Uint8Array(this.#block.size);
    this.#withTail[number] = 1;
  }

  #hasExemplar(row: number, part: number): boolean {
    return this.#format.hasExemplars &&
      this.#block.exemplar(row, part) !== undefined;
  }
}
