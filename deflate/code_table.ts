/**
 * The codes of a deflate block in which numbers can be patched.
 *
 * All digits have codes of the same length, so that one takes the place of another. All other bytes that numbers are made of, and all
 * distances, have some code, whether or not the block needs it so far.
 *
 * @module
 */

import { BitWriter } from "./bit_writer.ts";
import { writeBlockHeader } from "./block_header.ts";
import { canonicalCodes, MAX_CODE_LENGTH } from "./canonical_codes.ts";
import { codeLengths } from "./code_lengths.ts";
import { END_OF_BLOCK, LITERAL_SYMBOLS } from "./symbols.ts";

/** The bytes of the digits 0 and 9. */
export const FIRST_DIGIT = 48;
export const LAST_DIGIT = 57;

/** What is in numbers besides digits. */
const OTHER_NUMBER_BYTES = Array.from(".+-eNaInf", (character) => character.charCodeAt(0));

/** The maximum length of the code of a distance. A limit that is seldom reached keeps the table for decoding small. */
export const MAX_DISTANCE_LENGTH = 9;

/** The weight of a symbol that does not occur but needs a code. */
const UNUSED = 1e-3;

/** How often each symbol occurs in a block. */
export interface SymbolCounts {
  /** Literals, the end of the block, and lengths. */
  readonly literals: Float64Array;
  /** Distances. */
  readonly distances: Float64Array;
}

/** The codes of a block. */
export class CodeTable {
  /** The codes of literals, the end of the block, and lengths, see {@linkcode canonicalCodes}. */
  readonly literals: Int32Array;
  /** The codes of distances. */
  readonly distances: Int32Array;
  /** For all values that {@linkcode MAX_DISTANCE_LENGTH} bits can have, the symbol of the distance that starts with them. */
  readonly distanceSymbols: Uint8Array;
  /** The header of the block. */
  readonly header: Int32Array;
  /** The length of the header in bits. */
  readonly headerBits: number;

  /** Makes codes that are the best for these counts. */
  constructor(counts: SymbolCounts) {
    const literalLengths = literalLengthsFor(counts.literals);
    const distanceLengths = codeLengths(
      counts.distances.map((count) => count || UNUSED),
      MAX_DISTANCE_LENGTH,
    );
    this.literals = canonicalCodes(literalLengths);
    this.distances = canonicalCodes(distanceLengths);
    this.distanceSymbols = new Uint8Array(1 << MAX_DISTANCE_LENGTH);
    for (const [symbol, code] of this.distances.entries()) {
      const step = 1 << (code >>> 16);
      for (let bits = code & 0xffff; bits < this.distanceSymbols.length; bits += step) {
        this.distanceSymbols[bits] = symbol;
      }
    }
    const writer = new BitWriter();
    writeBlockHeader(writer, literalLengths, distanceLengths);
    this.headerBits = writer.position;
    this.header = writer.words.slice(0, (writer.position >>> 5) + 2);
  }

  /** The number of bytes in memory. */
  get byteLength(): number {
    return this.literals.byteLength + this.distances.byteLength +
      this.distanceSymbols.byteLength + this.header.byteLength;
  }

  /** Returns the size in bits of a block with these counts, without extra bits. Infinity if a symbol has no code. */
  costOf({ literals, distances }: SymbolCounts): number {
    return this.headerBits + costOf(this.literals, literals) + costOf(this.distances, distances);
  }
}

function costOf(codes: Int32Array, counts: Float64Array): number {
  let cost = 0;
  for (let symbol = 0; symbol < counts.length; symbol++) {
    if (counts[symbol] === 0) continue;
    if (codes[symbol] === 0) return Infinity;
    cost += counts[symbol]! * (codes[symbol]! >>> 16);
  }
  return cost;
}

/** Returns the best lengths, of which those of all digits are the same. */
function literalLengthsFor(counts: Float64Array): Uint8Array {
  const required = [...OTHER_NUMBER_BYTES, END_OF_BLOCK];
  const others: number[] = [];
  let digitCount = 0;
  for (let symbol = 0; symbol < LITERAL_SYMBOLS; symbol++) {
    if (symbol >= FIRST_DIGIT && symbol <= LAST_DIGIT) digitCount += counts[symbol]!;
    else if (counts[symbol]! > 0 || required.includes(symbol)) others.push(symbol);
  }
  const weights = others.map((symbol) => counts[symbol]! || UNUSED);
  let best: Uint8Array | undefined;
  let leastCost = Infinity;
  // Ten codes of three bits are too many. With four bits, 3/8 of all codes are left, which the others always take completely: without
  // the coin of its first bit, or with that of the third but not of the second, a symbol would leave more than that unsold.
  // The cost falls with the length of digits up to the best one, and rises after it.
  for (let digitLength = 4; digitLength < MAX_CODE_LENGTH; digitLength++) {
    const share = 2 ** MAX_CODE_LENGTH - 10 * 2 ** (MAX_CODE_LENGTH - digitLength);
    const lengths = codeLengths(weights, MAX_CODE_LENGTH, share);
    // Decoders reject incomplete codes.
    if (shareOf(lengths) !== share) continue;
    const cost = lengths.reduce((sum, length, i) => sum + length * weights[i]!, 0) +
      digitLength * digitCount;
    if (cost >= leastCost) break;
    leastCost = cost;
    best = new Uint8Array(LITERAL_SYMBOLS).fill(digitLength, FIRST_DIGIT, LAST_DIGIT + 1);
    for (const [i, length] of lengths.entries()) best[others[i]!] = length;
  }
  return best!;
}

function shareOf(lengths: Uint8Array): number {
  return lengths.reduce((sum, length) => sum + 2 ** (MAX_CODE_LENGTH - length), 0);
}
