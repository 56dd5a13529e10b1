/**
 * Exponential buckets: the bucket of a value, and the upper bound of a bucket.
 *
 * Their resolution is a schema from -4 to 8: the inclusive upper bound of bucket `i` is `2 ** (i / 2 ** schema)`. Every bound of a
 * schema is also a bound of the next finer one, so indices are calculated for the finest schema and divided for the others.
 *
 * @see {@link https://prometheus.io/docs/specs/native_histograms/#schema}
 * @module
 */

/** The schema with the narrowest buckets: neighboring bounds differ by 0.27 %. */
export const FINEST_SCHEMA: number = 8;

/** The schema with the widest buckets: neighboring bounds differ by the factor 65,536. */
export const COARSEST_SCHEMA: number = -4;

/** The number of buckets from one power of 2 to the next in the finest schema. */
const STEPS = 1 << FINEST_SCHEMA;

/** The bucket of the largest finite number in the finest schema; infinity has the next one. */
const LAST = 1024 * STEPS;

/** `2 ** (1 / STEPS)` as an integer, times `2 ** PLACES`. */
const ROOT = 0x100b1afa5abcbed6129ab13ecn;
const PLACES = 96n;

/** The bounds of the finest schema from 1 to 2, rounded down: a double is above the rounded bound only if it is above the true one. */
const BOUNDS = new Float64Array(STEPS + 1);

/** For each 512th from 1 to 2, the first bound that is not below it. There is at most one bound between two of them. */
const FIRST = new Uint16Array(2 * STEPS);

const NUMBER = new Float64Array([1]);
const WORDS = new Uint32Array(NUMBER.buffer);
/** The index of the word with the exponent. */
const HIGH = WORDS[0] === 0 ? 1 : 0;

/**
 * Returns the bucket of a number above 0 in the finest schema. Bounds are exact, without rounding.
 *
 * @param value Infinity has the bucket after that of the largest finite number.
 */
export function bucketIndex(value: number): number {
  if (BOUNDS[0] === 0) fillTables();
  NUMBER[0] = value;
  let high = WORDS[HIGH]!;
  let exponent = (high >>> 20) - 1023;
  if (exponent === -1023) {
    // A subnormal number has no leading bit of its own.
    NUMBER[0] = value * 2 ** 52;
    high = WORDS[HIGH]!;
    exponent = (high >>> 20) - 1023 - 52;
  } else if (exponent === 1024) {
    return LAST + 1;
  }
  WORDS[HIGH] = (high & 0xfffff) | 0x3ff00000;
  const step = FIRST[(high >>> 11) & 0x1ff]!;
  return exponent * STEPS + step + (NUMBER[0]! > BOUNDS[step]! ? 1 : 0);
}

/** Returns the bucket that contains a bucket in a schema coarser by `times`. */
export function coarserIndex(index: number, times: number): number {
  return (index + (1 << times) - 1) >> times;
}

/**
 * Returns the inclusive upper bound of a bucket. For the bucket before that of infinity, it is the largest finite number.
 *
 * @see {@link https://prometheus.io/docs/specs/native_histograms/#schema}
 */
export function bucketBound(schema: number, index: number): number {
  if (BOUNDS[0] === 0) fillTables();
  const finest = index * 2 ** (FINEST_SCHEMA - schema);
  if (finest >= LAST) return finest === LAST ? Number.MAX_VALUE : Infinity;
  const exponent = Math.floor(finest / STEPS);
  const bound = BOUNDS[finest - exponent * STEPS]!;
  if (exponent >= -1022) return bound * 2 ** exponent;
  return Math.floor(bound * 2 ** (exponent + 1074)) * Number.MIN_VALUE;
}

/** Fills the tables on first use, since most programs that load this module have no native histogram. */
function fillTables(): void {
  let bound = 1n << PLACES;
  for (let step = 0; step < STEPS; step++) {
    BOUNDS[step] = Number(bound >> (PLACES - 52n)) / 2 ** 52;
    bound = (bound * ROOT) >> PLACES;
  }
  BOUNDS[STEPS] = 2;
  for (let i = 0, step = 0; i < FIRST.length; i++) {
    while (BOUNDS[step]! < 1 + i / FIRST.length) step++;
    FIRST[i] = step;
  }
}
