/**
 * Finds the matches (LZ77) of a text with numbers: none of them covers a byte of a number, neither where it is nor where it copies
 * from. So they stay right when numbers change.
 *
 * Numbers divide the text into segments, which are mostly the rest of one line and the beginning of the next. For each segment, dynamic
 * programming finds the cheapest sequence of literals and matches, from its end to its beginning. It looks at few distances at a time:
 * those at which the segment lines up with the one before, and those of earlier places with the same four bytes.
 *
 * @module
 */

import type { NumberedText } from "./numbered_text.ts";
import type { SymbolCosts } from "./symbol_costs.ts";
import { DISTANCE_SYMBOL_OF, MAX_DISTANCE, MAX_MATCH, MIN_MATCH } from "./symbols.ts";

/** What stands for a byte of a number: it does not occur in UTF-8, so it equals nothing. */
const NUMBER = 0xff;

/** The maximum distance at first. Later, numbers between a match and its source may grow. */
const MAX_FIRST_DISTANCE = MAX_DISTANCE - 2048;

/** The maximum number of distances at a time. */
const MAX_ALIGNMENTS = 8;

/** The distances of the segment before, which stay even if they fail for a while. */
const MAX_NEIGHBORS = 2;

/** How many earlier places with the same four bytes are looked at. */
const MAX_CANDIDATES = 4;

/** A distance that equals for so long needs no others. */
const LONG_ENOUGH = 8;

/** What a source beyond the line before costs more, in bits: the more numbers in between, the more often a distance changes. */
const FAR_PENALTY = 2;

/** How far the line before reaches at most, in average lines. */
const NEAR_LINES = 1.6;

/** How much a segment may differ from the one before to be copied without search, and how much has to be equal before and after that. */
const MAX_CHANGED_DIGITS = 3;
const MIN_EQUAL_START = 8;
const MIN_EQUAL_END = 6;

const HASH_BITS = 13;

/** For each hash of four bytes, the last place that has it; -1 if there is none. */
const lastPlaces = new Int32Array(1 << HASH_BITS);

/** For each place, the one before with the same hash. */
let earlierPlaces = new Int32Array(0);

/** The text, with {@linkcode NUMBER} in place of numbers. */
let masked = new Uint8Array(0);

/** For each place, the least cost of everything up to the end of its segment, in bits. */
let costs = new Int32Array(0);

/** The distances at hand, for how many bytes the text at each of them equals the segment from the current place on, and its cost. */
const alignments = new Int32Array(MAX_ALIGNMENTS);
const equalBytes = new Int32Array(MAX_ALIGNMENTS);
const alignmentCosts = new Int32Array(MAX_ALIGNMENTS);

/** The steps from one end of a text to the other. */
export interface Matches {
  /** For each place where a step begins, its distance: 0 for a literal. */
  readonly distances: Uint16Array;
  /** For each place where a match begins, its length. */
  readonly lengths: Uint16Array;
}

let matches = { distances: new Uint16Array(0), lengths: new Uint16Array(0) };

/** Finds matches. The result is valid until the next call. */
export function findMatches(text: NumberedText, symbolCosts: SymbolCosts): Matches {
  const { count, length, places } = text;
  mask(text);
  lastPlaces.fill(-1);
  const near = NEAR_LINES * length / (count + 1);
  let beforeStart = 0;
  let beforeEnd = 0;
  for (let i = 0; i <= count; i++) {
    const start = i === 0 ? 0 : places[2 * i - 1]!;
    const end = i === count ? length : places[2 * i]!;
    if (i === 0 || !copyNeighbor(start, end, beforeStart, beforeEnd)) {
      index(start, end - 4);
      let neighbors = 0;
      if (i > 0) {
        neighbors = addNeighbor(0, start - beforeStart, near, symbolCosts);
        if (start - beforeStart !== end - beforeEnd) {
          neighbors = addNeighbor(neighbors, end - beforeEnd, near, symbolCosts);
        }
      }
      chooseSteps(start, end, neighbors, near, symbolCosts);
    }
    beforeStart = start;
    beforeEnd = end;
  }
  return matches;
}

function mask({ buffer, count, length, places }: NumberedText): void {
  if (masked.length < length + 4) {
    const size = length + (length >> 2) + 4;
    masked = new Uint8Array(size);
    costs = new Int32Array(size);
    earlierPlaces = new Int32Array(size);
    matches = { distances: new Uint16Array(size), lengths: new Uint16Array(size) };
  }
  masked.set(buffer.subarray(0, length));
  masked.fill(NUMBER, length, length + 4);
  for (let i = 0; i < count; i++) {
    const end = places[2 * i + 1]!;
    for (let at = places[2 * i]!; at < end; at++) masked[at] = NUMBER;
  }
}

/** Makes places known to the search. */
function index(first: number, last: number): void {
  const bytes = masked;
  const earlier = earlierPlaces;
  for (let at = first; at <= last; at++) {
    const four = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) |
      (bytes[at + 3]! << 24);
    const hash = Math.imul(four, 0x9e3779b1) >>> (32 - HASH_BITS);
    earlier[at] = lastPlaces[hash]!;
    lastPlaces[hash] = at;
  }
}

/** If a segment differs from the one before in a few digits only, copies all others. Returns whether it does. */
function copyNeighbor(
  start: number,
  end: number,
  beforeStart: number,
  beforeEnd: number,
): boolean {
  const length = end - start;
  if (length > MAX_MATCH || Math.max(start - beforeStart, end - beforeEnd) > MAX_FIRST_DISTANCE) {
    return false;
  }
  const bytes = masked;
  const limit = Math.min(length, beforeEnd - beforeStart);
  let equalStart = 0;
  while (equalStart < limit && bytes[start + equalStart] === bytes[beforeStart + equalStart]) {
    equalStart++;
  }
  let equalEnd = 0;
  while (
    equalEnd < limit - equalStart && bytes[end - 1 - equalEnd] === bytes[beforeEnd - 1 - equalEnd]
  ) equalEnd++;
  const changed = length - equalStart - equalEnd;
  if (changed > MAX_CHANGED_DIGITS || equalStart < MIN_EQUAL_START) return false;
  if (equalEnd > 0 && equalEnd < MIN_EQUAL_END) return false;
  const from = start + equalStart;
  for (let at = from; at < from + changed; at++) {
    if (bytes[at]! < 48 || bytes[at]! > 57) return false;
  }
  const { distances, lengths } = matches;
  distances[start] = start - beforeStart;
  lengths[start] = equalStart;
  distances.fill(0, from, from + changed);
  if (equalEnd > 0) {
    distances[from + changed] = end - beforeEnd;
    lengths[from + changed] = equalEnd;
  }
  // What is around the difference is new; the rest is found at the segment before.
  index(from - 3, Math.min(from + changed, end - 4));
  return true;
}

/** Adds a distance of the segment before to `count` others, unless it is too far. Returns their new number. */
function addNeighbor(
  count: number,
  distance: number,
  near: number,
  symbolCosts: SymbolCosts,
): number {
  if (distance <= 0 || distance > MAX_FIRST_DISTANCE) return count;
  setAlignment(count, distance, 0, near, symbolCosts);
  return count + 1;
}

function setAlignment(
  i: number,
  distance: number,
  equal: number,
  near: number,
  { distances }: SymbolCosts,
): void {
  alignments[i] = distance;
  equalBytes[i] = equal;
  alignmentCosts[i] = distances[DISTANCE_SYMBOL_OF[distance]!]! +
    (distance > near ? FAR_PENALTY : 0);
}

/** Chooses the steps of a segment. */
function chooseSteps(
  start: number,
  end: number,
  neighbors: number,
  near: number,
  symbolCosts: SymbolCosts,
): void {
  const bytes = masked;
  const { literals, lengths: lengthCosts } = symbolCosts;
  const { distances, lengths } = matches;
  let count = neighbors;
  /** The next one to replace when there are too many. */
  let oldest = MAX_NEIGHBORS;
  costs[end] = 0;
  for (let at = end - 1; at >= start; at--) {
    const byte = bytes[at]!;
    let least = literals[byte]! + costs[at + 1]!;
    let distance = 0;
    let length = 1;
    let longest = 0;
    for (let i = 0; i < count; i++) {
      const source = at - alignments[i]!;
      if (source >= 0 && bytes[source] === byte) {
        const equal = ++equalBytes[i]!;
        if (equal > longest) longest = equal;
        if (equal < MIN_MATCH) continue;
        const matched = equal > MAX_MATCH ? MAX_MATCH : equal;
        const cost = alignmentCosts[i]! + lengthCosts[matched]! + costs[at + matched]!;
        if (cost >= least) continue;
        least = cost;
        distance = alignments[i]!;
        length = matched;
      } else if (i < neighbors) {
        equalBytes[i] = 0;
      } else {
        // A distance that has failed seldom helps again.
        count--;
        alignments[i] = alignments[count]!;
        equalBytes[i] = equalBytes[count]!;
        alignmentCosts[i] = alignmentCosts[count]!;
        i--;
      }
    }
    if (longest < LONG_ENOUGH && at + 4 <= end) {
      const lowest = Math.max(0, at - MAX_FIRST_DISTANCE);
      let source = earlierPlaces[at]!;
      for (
        let n = 0;
        n < MAX_CANDIDATES && source >= lowest;
        n++, source = earlierPlaces[source]!
      ) {
        if (
          bytes[source] !== byte || bytes[source + 1] !== bytes[at + 1] ||
          bytes[source + 2] !== bytes[at + 2] || bytes[source + 3] !== bytes[at + 3] ||
          hasAlignment(at - source, count)
        ) continue;
        let equal = 4;
        while (at + equal < end && bytes[source + equal] === bytes[at + equal]) equal++;
        let i = count;
        if (count < MAX_ALIGNMENTS) count++;
        else {
          i = oldest++;
          if (oldest === MAX_ALIGNMENTS) oldest = MAX_NEIGHBORS;
        }
        setAlignment(i, at - source, equal, near, symbolCosts);
        const matched = equal > MAX_MATCH ? MAX_MATCH : equal;
        const cost = alignmentCosts[i]! + lengthCosts[matched]! + costs[at + matched]!;
        if (cost >= least) continue;
        least = cost;
        distance = at - source;
        length = matched;
      }
    }
    costs[at] = least;
    distances[at] = distance;
    lengths[at] = length;
  }
}

function hasAlignment(distance: number, count: number): boolean {
  for (let i = 0; i < count; i++) {
    if (alignments[i] === distance) return true;
  }
  return false;
}
