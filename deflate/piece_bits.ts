/**
 * Writes the deflate block of a text with numbers, and notes where its numbers and distances are.
 *
 * @module
 */

import { BitWriter } from "./bit_writer.ts";
import type { CodeTable, SymbolCounts } from "./code_table.ts";
import { findMatches, type Matches } from "./matches.ts";
import type { NumberedText } from "./numbered_text.ts";
import type { SharedTables } from "./shared_tables.ts";
import { symbolCosts } from "./symbol_costs.ts";
import {
  DISTANCE_BASES,
  DISTANCE_EXTRA_BITS,
  DISTANCE_SYMBOL_OF,
  DISTANCE_SYMBOLS,
  END_OF_BLOCK,
  FIRST_LENGTH_SYMBOL,
  LENGTH_BASES,
  LENGTH_EXTRA_BITS,
  LENGTH_SYMBOL_OF,
  LITERAL_SYMBOLS,
} from "./symbols.ts";

/** The writer for all blocks. Its words hold what was written last. */
export const writer: BitWriter = new BitWriter();

/** What {@linkcode PieceBits.places} holds for each number, and for the end of the text. */
export const PLACE_SIZE = 2;
/** The position of its first bit, which is where the segment before it ends. */
export const BIT = 0;
/** The first segment from which a match in the segment before it copies; {@linkcode NO_SOURCE} if all copy from their own. */
export const FIRST_SOURCE = 1;
export const NO_SOURCE = 0x7fffffff;

/** The maximum of numbers that have 16 bits. */
export const MAX_SHORT = 0xffff;

/** A deflate block that is not the last one, and an empty stored block, after which the next byte begins. */
export interface PieceBits {
  /** The codes of the block. */
  readonly table: CodeTable;
  /** The bits, with room for more. */
  words: Int32Array<ArrayBuffer>;
  /** The number of bytes. */
  byteLength: number;
  /** Places in the bits, {@linkcode PLACE_SIZE} values each. */
  readonly places: Int32Array;
  /**
   * The matches that copy from other segments, in order. The lowest 16 bits are the number of the source's segment, the others how many
   * bits before the end of its own segment the match has its distance.
   */
  readonly matches: Uint32Array;
  /** For each segment, the index of its first match; at last, how many there are. */
  readonly matchStarts: Uint16Array;
}

/** The matches of the current text, and where their distances are. */
let found = new Uint32Array(1 << 10);
let foundBits = new Int32Array(1 << 10);

/** Encodes a text. Returns undefined if it has too many matches, or two numbers too far from each other. */
export function encodePiece(text: NumberedText, tables: SharedTables): PieceBits | undefined {
  const { count, length } = text;
  const matches = findMatches(text, symbolCosts(tables.latest));
  const table = tables.tableFor(countSymbols(text, matches));
  const places = new Int32Array(PLACE_SIZE * (count + 1));
  const matchStarts = new Uint16Array(count + 2);
  writer.start();
  writer.reserve(32 * length + table.headerBits + 64);
  writer.copy(table.header, 0, table.headerBits);
  let foundCount = 0;
  for (let i = 0; i <= count; i++) {
    matchStarts[i] = foundCount;
    const end = writeSegment(i, foundCount, text, matches, table);
    let firstSource = NO_SOURCE;
    for (let match = foundCount; match < end; match++) {
      const back = writer.position - foundBits[match]!;
      if (back > MAX_SHORT || match >= MAX_SHORT) return undefined;
      if (found[match]! < firstSource) firstSource = found[match]!;
      found[match]! |= back << 16;
    }
    foundCount = end;
    places[PLACE_SIZE * i + BIT] = writer.position;
    places[PLACE_SIZE * i + FIRST_SOURCE] = firstSource;
    if (i < count) writeNumber(i, text, table);
  }
  matchStarts[count + 1] = foundCount;
  writer.putCode(table.literals[END_OF_BLOCK]!);
  writeEmptyStored();
  return {
    table,
    words: wordsWithRoom(0),
    byteLength: writer.position >>> 3,
    places,
    matches: found.slice(0, foundCount),
    matchStarts,
  };
}

/** Writes a stored block without bytes (RFC 1951, section 3.2.4), which ends at a byte boundary. */
export function writeEmptyStored(): void {
  writer.put(0, 3);
  writer.align();
  writer.put(0xffff0000 | 0, 32);
}

/** Returns words for what was written, and for some growth. Those before `from` are 0. */
export function wordsWithRoom(from: number): Int32Array<ArrayBuffer> {
  const count = (writer.position + 31) >>> 5;
  const words = new Int32Array(count + (count >> 5) + 2);
  words.set(writer.words.subarray(from, count), from);
  return words;
}

/** Writes a distance. */
export function putDistance(table: CodeTable, distance: number): void {
  const symbol = DISTANCE_SYMBOL_OF[distance]!;
  writer.putCode(table.distances[symbol]!);
  writer.put(distance - DISTANCE_BASES[symbol]!, DISTANCE_EXTRA_BITS[symbol]!);
}

/** Writes the text up to a number, or to the end. Adds its matches to those found, and returns their new number. */
function writeSegment(
  segment: number,
  foundCount: number,
  { buffer, count, length, places }: NumberedText,
  { distances, lengths }: Matches,
  table: CodeTable,
): number {
  const start = segment === 0 ? 0 : places[2 * segment - 1]!;
  const end = segment === count ? length : places[2 * segment]!;
  const { literals } = table;
  for (let at = start; at < end;) {
    const distance = distances[at]!;
    if (distance === 0) {
      writer.putCode(literals[buffer[at++]!]!);
      continue;
    }
    const matched = lengths[at]!;
    const symbol = LENGTH_SYMBOL_OF[matched]!;
    writer.putCode(literals[FIRST_LENGTH_SYMBOL + symbol]!);
    writer.put(matched - LENGTH_BASES[symbol]!, LENGTH_EXTRA_BITS[symbol]!);
    if (at - distance < start) {
      if (foundCount === found.length) growFound();
      found[foundCount] = segmentAt(at - distance, segment, places);
      foundBits[foundCount++] = writer.position;
    }
    putDistance(table, distance);
    at += matched;
  }
  return foundCount;
}

function writeNumber(i: number, { buffer, places }: NumberedText, { literals }: CodeTable): void {
  const end = places[2 * i + 1]!;
  for (let at = places[2 * i]!; at < end; at++) writer.putCode(literals[buffer[at]!]!);
}

/** Returns the segment before `limit` that contains an offset. */
function segmentAt(offset: number, limit: number, places: Int32Array): number {
  // Mostly the one before.
  if (limit === 1 || places[2 * limit - 3]! <= offset) return limit - 1;
  let low = 0;
  let high = limit - 2;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (places[2 * middle + 1]! > offset) high = middle;
    else low = middle + 1;
  }
  return low;
}

function growFound(): void {
  const [oldFound, oldBits] = [found, foundBits];
  found = new Uint32Array(2 * oldFound.length);
  found.set(oldFound);
  foundBits = new Int32Array(2 * oldBits.length);
  foundBits.set(oldBits);
}

function countSymbols(
  { buffer, count, length, places }: NumberedText,
  { distances, lengths }: Matches,
): SymbolCounts {
  const counts = {
    literals: new Float64Array(LITERAL_SYMBOLS),
    distances: new Float64Array(DISTANCE_SYMBOLS),
  };
  counts.literals[END_OF_BLOCK] = 1;
  for (let i = 0, at = 0; i <= count; i++) {
    const end = i === count ? length : places[2 * i]!;
    while (at < end) {
      const distance = distances[at]!;
      if (distance === 0) counts.literals[buffer[at++]!]!++;
      else {
        counts.distances[DISTANCE_SYMBOL_OF[distance]!]!++;
        counts.literals[FIRST_LENGTH_SYMBOL + LENGTH_SYMBOL_OF[lengths[at]!]!]!++;
        at += lengths[at]!;
      }
    }
    if (i === count) break;
    for (const numberEnd = places[2 * i + 1]!; at < numberEnd; at++) {
      counts.literals[buffer[at]!]!++;
    }
  }
  return counts;
}
