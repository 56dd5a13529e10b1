/**
 * The header of a deflate block with codes of its own (RFC 1951, section 3.2.7).
 *
 * @module
 */

import type { BitWriter } from "./bit_writer.ts";
import { canonicalCodes } from "./canonical_codes.ts";
import { codeLengths } from "./code_lengths.ts";
import { FIRST_LENGTH_SYMBOL } from "./symbols.ts";

/** The symbols for runs of lengths. All below them are lengths. */
const REPEAT = 16;
const ZEROS = 17;
const MANY_ZEROS = 18;

/** The order in which the lengths of their codes are written. */
const ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/** For each symbol of runs, the least run and the number of bits that count what is above it. */
const RUNS: Readonly<Record<number, readonly [least: number, bits: number]>> = {
  [REPEAT]: [3, 2],
  [ZEROS]: [3, 3],
  [MANY_ZEROS]: [11, 7],
};

/** A symbol, and the length of its run if it is one of runs. */
type Step = readonly [symbol: number, run: number];

/**
 * Writes the header of a block that is not the last one.
 *
 * @param literals The lengths of the codes of literals and lengths.
 * @param distances Those of distances, none of them 0.
 */
export function writeBlockHeader(
  writer: BitWriter,
  literals: Uint8Array,
  distances: Uint8Array,
): void {
  const literalCount = Math.max(FIRST_LENGTH_SYMBOL, countUntilZeros(literals));
  const steps = stepsOf([...literals.subarray(0, literalCount), ...distances]);
  const weights = new Uint32Array(ORDER.length);
  for (const [symbol] of steps) weights[symbol]!++;
  const used = [...weights.keys()].filter((symbol) => weights[symbol]! > 0);
  const lengths = new Uint8Array(ORDER.length);
  for (const [i, length] of codeLengths(used.map((symbol) => weights[symbol]!), 7).entries()) {
    lengths[used[i]!] = length;
  }
  const ordered = Uint8Array.from(ORDER, (symbol) => lengths[symbol]!);
  const orderedCount = Math.max(4, countUntilZeros(ordered));

  writer.put(0, 1); // BFINAL
  writer.put(0b10, 2); // BTYPE
  writer.put(literalCount - FIRST_LENGTH_SYMBOL, 5); // HLIT
  writer.put(distances.length - 1, 5); // HDIST
  writer.put(orderedCount - 4, 4); // HCLEN
  for (const length of ordered.subarray(0, orderedCount)) writer.put(length, 3);
  const codes = canonicalCodes(lengths);
  for (const [symbol, run] of steps) {
    writer.putCode(codes[symbol]!);
    const [least, bits] = RUNS[symbol] ?? [0, 0];
    writer.put(run - least, bits);
  }
}

/** Returns the number of values without zeros at the end. */
function countUntilZeros(values: Uint8Array): number {
  return values.findLastIndex((value) => value !== 0) + 1;
}

/** Writes lengths as symbols. */
function stepsOf(lengths: readonly number[]): Step[] {
  const steps: Step[] = [];
  for (let i = 0; i < lengths.length;) {
    const length = lengths[i]!;
    if (length !== 0) {
      steps.push([length, 0]);
      i++;
    }
    let end = i;
    while (lengths[end] === length) end++;
    for (; end - i >= 3; i += steps.at(-1)![1]) {
      if (length !== 0) steps.push([REPEAT, Math.min(6, end - i)]);
      else if (end - i <= 10) steps.push([ZEROS, end - i]);
      else steps.push([MANY_ZEROS, Math.min(138, end - i)]);
    }
    for (; i < end; i++) steps.push([length, 0]);
  }
  return steps;
}
