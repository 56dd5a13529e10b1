/**
 * Replaces numbers in a deflate block by others that take more or fewer bits.
 *
 * The bits after such a number move. A match that copies from before a number whose text became longer or shorter has to reach
 * further or less far back, so its distance is corrected. It nearly always has as many bits as before.
 *
 * @module
 */

import { bitsAt, flipBits } from "./bit_writer.ts";
import { MAX_DISTANCE_LENGTH } from "./code_table.ts";
import type { NumberEdits, NumberedText } from "./numbered_text.ts";
import {
  BIT,
  FIRST_SOURCE,
  MAX_SHORT,
  type PieceBits,
  PLACE_SIZE,
  putDistance,
  wordsWithRoom,
  writeEmptyStored,
  writer,
} from "./piece_bits.ts";
import {
  DISTANCE_BASES,
  DISTANCE_EXTRA_BITS,
  DISTANCE_SYMBOL_OF,
  END_OF_BLOCK,
  MAX_DISTANCE,
} from "./symbols.ts";

/** For each segment, how many bytes it has moved. */
let shifts = new Int32Array(512);

/** Up to which of the old bits all were copied or replaced. */
let copied = 0;

/**
 * Replaces numbers in the bits. Call it before they are replaced in the text.
 *
 * @param indices The indices of the edits to apply, in ascending order.
 * @param count How many of them there are, at least one.
 * @returns Whether that was possible. If not, the bits are unusable: a distance became too large, or a byte has no code.
 */
export function resizeNumbers(
  bits: PieceBits,
  text: NumberedText,
  edits: NumberEdits,
  indices: Int32Array,
  count: number,
): boolean {
  const { places, table, words } = bits;
  const { ends, numbers } = edits;
  const last = text.count;
  const first = numbers[indices[0]!]!;
  if (shifts.length <= last) shifts = new Int32Array(2 * last);
  copied = places[PLACE_SIZE * first + BIT]!;
  const firstWord = copied >>> 5;
  writer.reserve(8 * bits.byteLength + 32 * (ends[edits.count - 1]! + bits.matches.length + 4));
  writer.start(copied, words);
  let shift = 0;
  let next = 0;
  let nextNumber = first;
  let lastResized = -1;
  let end = 0;
  for (let i = first; i <= last; i++) {
    const place = PLACE_SIZE * i;
    end = places[place + BIT]!;
    if (lastResized >= places[place + FIRST_SOURCE]!) {
      if (!correctDistances(bits, i, first, shift)) return false;
    }
    places[place + BIT] = writer.position + end - copied;
    shifts[i] = shift;
    if (i !== nextNumber) continue;
    writer.copy(words, copied, end);
    copied = end + bitsOf(text, i, table.literals);
    const edit = indices[next++]!;
    const from = edit === 0 ? 0 : ends[edit - 1]!;
    const growth = ends[edit]! - from - (text.places[2 * i + 1]! - text.places[2 * i]!);
    for (let at = from; at < ends[edit]!; at++) {
      const code = table.literals[edits.bytes[at]!]!;
      if (code === 0) return false;
      writer.putCode(code);
    }
    if (growth !== 0) {
      lastResized = i;
      shift += growth;
    }
    nextNumber = next < count ? numbers[indices[next]!]! : -1;
  }
  writer.copy(words, copied, end + (table.literals[END_OF_BLOCK]! >>> 16));
  writeEmptyStored();
  bits.byteLength = writer.position >>> 3;
  const wordCount = (writer.position + 31) >>> 5;
  if (wordCount < words.length) {
    words.set(writer.words.subarray(firstWord, wordCount), firstWord);
  } else {
    bits.words = wordsWithRoom(firstWord);
    bits.words.set(words.subarray(0, firstWord));
  }
  return true;
}

/** Corrects the distances of a segment that moves by `shift`. Returns false if one is too large. */
function correctDistances(
  { matchStarts, matches, places, table, words }: PieceBits,
  segment: number,
  firstResized: number,
  shift: number,
): boolean {
  const end = places[PLACE_SIZE * segment + BIT]!;
  const start = matchStarts[segment]!;
  const stop = matchStarts[segment + 1]!;
  for (let match = start; match < stop; match++) {
    const source = matches[match]! & 0xffff;
    const growth = source > firstResized ? shift - shifts[source]! : shift;
    if (growth === 0) continue;
    const bit = end - (matches[match]! >>> 16);
    const old = bitsAt(words, bit);
    const oldSymbol = table.distanceSymbols[old & ((1 << MAX_DISTANCE_LENGTH) - 1)]!;
    const oldCode = table.distances[oldSymbol]! >>> 16;
    const oldExtra = DISTANCE_EXTRA_BITS[oldSymbol]!;
    const distance = DISTANCE_BASES[oldSymbol]! + ((old >>> oldCode) & ((1 << oldExtra) - 1)) +
      growth;
    if (distance > MAX_DISTANCE) return false;
    const symbol = DISTANCE_SYMBOL_OF[distance]!;
    const code = table.distances[symbol]!;
    const oldLength = oldCode + oldExtra;
    const length = (code >>> 16) + DISTANCE_EXTRA_BITS[symbol]!;
    if (length === oldLength) {
      const bits = (code & 0xffff) | ((distance - DISTANCE_BASES[symbol]!) << (code >>> 16));
      flipBits(words, bit, bits ^ (old & ((1 << length) - 1)), length);
      continue;
    }
    writer.copy(words, copied, bit);
    putDistance(table, distance);
    copied = bit + oldLength;
    // From the new end of the segment, those up to this one are further away or nearer.
    const by = length - oldLength;
    if ((matches[start]! >>> 16) + by > MAX_SHORT) return false;
    for (let i = start; i <= match; i++) matches[i]! += by << 16;
  }
  return true;
}

/** Returns how many bits a number takes. */
function bitsOf({ buffer, places }: NumberedText, i: number, literals: Int32Array): number {
  const end = places[2 * i + 1]!;
  let bits = 0;
  for (let at = places[2 * i]!; at < end; at++) bits += literals[buffer[at]!]! >>> 16;
  return bits;
}
