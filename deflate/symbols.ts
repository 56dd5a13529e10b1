/**
 * The alphabets of deflate (RFC 1951, section 3.2.5): literals, match lengths and match distances.
 *
 * @module
 */

/** The number of symbols for literals, the end of a block, and lengths. */
export const LITERAL_SYMBOLS = 286;

/** The number of symbols for distances. */
export const DISTANCE_SYMBOLS = 30;

/** The symbol that ends a block. */
export const END_OF_BLOCK = 256;

/** The symbol of the shortest lengths; others follow. */
export const FIRST_LENGTH_SYMBOL = 257;

/** The minimum and the maximum length of a match. */
export const MIN_MATCH = 3;
export const MAX_MATCH = 258;

/** The maximum distance of a match. */
export const MAX_DISTANCE = 1 << 15;

/** For each symbol of lengths, counted from {@linkcode FIRST_LENGTH_SYMBOL}, the number of extra bits. */
export const LENGTH_EXTRA_BITS: Uint8Array = Uint8Array.of(
  ...[0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2],
  ...[3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0],
);

/** For each symbol of distances, the number of extra bits. */
export const DISTANCE_EXTRA_BITS: Uint8Array = Uint8Array.from(
  { length: DISTANCE_SYMBOLS },
  (_, symbol) => Math.max(0, (symbol >> 1) - 1),
);

/** For each symbol, the least length or distance. */
export const LENGTH_BASES: Uint16Array = basesOf(LENGTH_EXTRA_BITS, MIN_MATCH);
export const DISTANCE_BASES: Uint16Array = basesOf(DISTANCE_EXTRA_BITS, 1);

// The longest match has a symbol of its own.
LENGTH_BASES[LENGTH_BASES.length - 1] = MAX_MATCH;

/** For each length or distance, its symbol. Those of lengths are counted from {@linkcode FIRST_LENGTH_SYMBOL}. */
export const LENGTH_SYMBOL_OF: Uint8Array = symbolsOf(LENGTH_BASES, MAX_MATCH);
export const DISTANCE_SYMBOL_OF: Uint8Array = symbolsOf(DISTANCE_BASES, MAX_DISTANCE);

function basesOf(extraBits: Uint8Array, first: number): Uint16Array {
  const bases = new Uint16Array(extraBits.length);
  let base = first;
  for (const [symbol, bits] of extraBits.entries()) {
    bases[symbol] = base;
    base += 1 << bits;
  }
  return bases;
}

function symbolsOf(bases: Uint16Array, max: number): Uint8Array {
  const symbols = new Uint8Array(max + 1);
  for (const [symbol, base] of bases.entries()) symbols.fill(symbol, base);
  return symbols;
}
