/**
 * What symbols are expected to cost in bits, by which matches are chosen before the codes are known.
 *
 * @module
 */

import { type CodeTable, FIRST_DIGIT, LAST_DIGIT } from "./code_table.ts";
import {
  DISTANCE_EXTRA_BITS,
  DISTANCE_SYMBOLS,
  FIRST_LENGTH_SYMBOL,
  LENGTH_EXTRA_BITS,
  LENGTH_SYMBOL_OF,
  MAX_MATCH,
  MIN_MATCH,
} from "./symbols.ts";

/** The cost of a symbol without a code: more than most, since it would need a long one. */
const NO_CODE = 11;

/** An upper limit for what a distance costs without its extra bits. One that was rare so far is not rare once it is chosen. */
const MAX_DISTANCE_COST = 9;

/** Costs in bits. */
export interface SymbolCosts {
  /** For each byte. */
  readonly literals: Uint8Array;
  /** For each length of a match. */
  readonly lengths: Uint8Array;
  /** For each symbol of a distance, with its extra bits. */
  readonly distances: Uint8Array;
}

/** Returns the costs with the codes of a table, or typical ones. */
export function symbolCosts(table?: CodeTable): SymbolCosts {
  const literals = new Uint8Array(256);
  for (let byte = 0; byte < 256; byte++) {
    const isDigit = byte >= FIRST_DIGIT && byte <= LAST_DIGIT;
    literals[byte] = table === undefined
      ? (isDigit ? 4 : 7)
      : table.literals[byte]! >>> 16 || NO_CODE;
  }
  const lengths = new Uint8Array(MAX_MATCH + 1);
  for (let length = MIN_MATCH; length <= MAX_MATCH; length++) {
    const symbol = LENGTH_SYMBOL_OF[length]!;
    const bits = table === undefined
      ? 5
      : table.literals[FIRST_LENGTH_SYMBOL + symbol]! >>> 16 || NO_CODE;
    lengths[length] = bits + LENGTH_EXTRA_BITS[symbol]!;
  }
  const distances = new Uint8Array(DISTANCE_SYMBOLS);
  for (let symbol = 0; symbol < DISTANCE_SYMBOLS; symbol++) {
    const bits = table === undefined ? 3 : table.distances[symbol]! >>> 16;
    distances[symbol] = Math.min(MAX_DISTANCE_COST, bits) + DISTANCE_EXTRA_BITS[symbol]!;
  }
  return { literals, lengths, distances };
}
