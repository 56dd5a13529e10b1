/**
 * A deflated piece whose numbers are changed in the compressed bits.
 *
 * @module
 */

import { flipBits, isLittleEndian } from "./bit_writer.ts";
import { crcOfDifference } from "./crc32.ts";
import type { NumberEdits, NumberedText } from "./numbered_text.ts";
import { BIT, encodePiece, type PieceBits, PLACE_SIZE } from "./piece_bits.ts";
import { resizeNumbers } from "./resized_numbers.ts";
import type { SharedTables } from "./shared_tables.ts";
import { crc32, type DeflatedPiece } from "./zlib.ts";

/** The maximum length of a text, in bytes. A change of length moves everything after it, which would be too much in longer ones. */
export const MAX_TEXT = 1 << 18;

/** The share of numbers from which on a change computes the CRC of the whole text: `node:zlib` reads it faster than that. */
const MANY = 1 / 2;

/** The indices of edits that cannot be patched in place. Reused for all pieces. */
let postponed = new Int32Array(512);

/** What the last preloading has read, so that no compiler leaves it out. */
export let preloaded = 0;

/** The deflated form of a {@linkcode NumberedText}. */
export class PatchablePiece {
  readonly #bits: PieceBits;
  readonly #hasOwnTable: boolean;
  #crc: number;
  #length: number;
  /** What readers got. */
  #piece: DeflatedPiece | undefined;

  /**
   * Deflates a text.
   *
   * @param tables The codes to choose from, to which new ones are added.
   * @returns Undefined if the text is not suitable: it is too long, has too many matches or two numbers too far from each other, or
   * this machine has another byte order than deflate.
   */
  static of(text: NumberedText, tables: SharedTables): PatchablePiece | undefined {
    if (text.length > MAX_TEXT || !isLittleEndian) return undefined;
    const { latest } = tables;
    const bits = encodePiece(text, tables);
    return bits && new PatchablePiece(bits, text, tables.latest !== latest);
  }

  private constructor(bits: PieceBits, text: NumberedText, hasOwnTable: boolean) {
    this.#bits = bits;
    this.#hasOwnTable = hasOwnTable;
    this.#length = text.length;
    this.#crc = crc32(text.buffer.subarray(0, text.length));
  }

  /** The number of bytes in memory. A table counts for the piece that it was made for. */
  get keptBytes(): number {
    const { matches, matchStarts, places, table, words } = this.#bits;
    return words.byteLength + places.byteLength + matches.byteLength + matchStarts.byteLength +
      (this.#hasOwnTable ? table.byteLength : 0);
  }

  /** Returns the piece. Its bytes change with the next edit, unless {@linkcode PatchablePiece.moveToCopy} comes first. */
  piece(): DeflatedPiece {
    return this.#piece ??= {
      bytes: new Uint8Array(this.#bits.words.buffer, 0, this.#bits.byteLength),
      crc: this.#crc,
      length: this.#length,
    };
  }

  /** Continues with a copy of the bytes. */
  moveToCopy(): void {
    this.#bits.words = this.#bits.words.slice();
    this.#piece = undefined;
  }

  /**
   * Replaces numbers, in the text as well. Numbers with as many bits as before are patched in place.
   *
   * @returns Whether that was possible. If not, the text has changed, but the piece is unusable: make a new one.
   */
  edit(text: NumberedText, edits: NumberEdits): boolean {
    if (edits.count === 0) return true;
    this.#piece = undefined;
    const isSparse = edits.count < MANY * text.count;
    const isPatched = isSparse && !this.#preload(text, edits);
    const count = this.#patch(text, edits, isPatched);
    let isUsable = true;
    if (count > 0) {
      isUsable = resizeNumbers(this.#bits, text, edits, postponed, count);
      text.resize(edits, postponed, count);
      this.#length = text.length;
    }
    if (!isPatched || count > 0) this.#crc = crc32(text.buffer.subarray(0, text.length));
    return isUsable;
  }

  /**
   * Reads what the edits will change. Nothing depends on what was read, so the processor waits for main memory once, not for one value
   * after another.
   *
   * @returns Whether an edit changes the length of a number.
   */
  #preload(text: NumberedText, { count, ends, numbers }: NumberEdits): boolean {
    const { places, words } = this.#bits;
    let sum = 0;
    let resizes = 0;
    let from = 0;
    for (let i = 0; i < count; i++) {
      const number = numbers[i]!;
      const start = text.places[2 * number]!;
      resizes |= text.places[2 * number + 1]! - start - (ends[i]! - from);
      from = ends[i]!;
      sum += text.buffer[start]! + words[places[PLACE_SIZE * number + BIT]! >>> 5]!;
    }
    preloaded = sum;
    return resizes !== 0;
  }

  /** Changes numbers in place. Returns the number of edits that are {@linkcode postponed} because their bits do not suffice. */
  #patch(text: NumberedText, edits: NumberEdits, patchesCrc: boolean): number {
    const { places, table: { literals }, words } = this.#bits;
    const { buffer, places: textPlaces } = text;
    const { bytes, count, ends, numbers } = edits;
    const last = text.length - 1;
    if (count > postponed.length) postponed = new Int32Array(2 * count);
    let postponedCount = 0;
    let crc = 0;
    for (let i = 0, from = 0; i < count; i++) {
      const number = numbers[i]!;
      const end = textPlaces[2 * number + 1]!;
      const stop = ends[i]!;
      let at = textPlaces[2 * number]!;
      if (end - at !== stop - from) {
        postponed[postponedCount++] = i;
        from = stop;
        continue;
      }
      let bit = places[PLACE_SIZE * number + BIT]!;
      for (; at < end; at++, from++) {
        const old = buffer[at]!;
        const now = bytes[from]!;
        const code = literals[old]!;
        if (old !== now) {
          const flips = code ^ literals[now]!;
          // Both codes have the same length?
          if (flips > 0xffff) break;
          buffer[at] = now;
          flipBits(words, bit, flips, code >>> 16);
          if (patchesCrc) crc ^= crcOfDifference(old ^ now, last - at);
        }
        bit += code >>> 16;
      }
      if (at < end) postponed[postponedCount++] = i;
      from = stop;
    }
    if (patchesCrc) this.#crc = (this.#crc ^ crc) >>> 0;
    return postponedCount;
  }
}
