/**
 * Exponential buckets: which one a value belongs to, and where it ends.
 *
 * A schema, from -4 to 8, is their resolution: bucket `i` ends at `2 ** (i / 2 ** schema)`, which it includes, where the next one
 * begins. Every bound of a schema is one of the next finer schema as well, so indices are computed for the finest one and
 * divided for the others.
 *
 * @see {@link https://prometheus.io/docs/specs/native_histograms/#schema}
 * @module
 */

/** The schema with the narrowest buckets: each reaches 0.27 % farther than the one before. */
export const FINEST_SCHEMA: number = 8;

/** The schema with the widest buckets: each reaches 65,536 times as far as the one before. */
export const COARSEST_SCHEMA: number = -4;

/** How many buckets the finest schema has from one power of 2 to the next. */
const STEPS = 1 << FINEST_SCHEMA;

/** The bucket of the finest schema in which the largest finite number is; infinity has the one after. */
const LAST = 1024 * STEPS;

/** `2 ** (1 / STEPS)` as an integer, times `2 ** PLACES`. */
const ROOT = 0x100b1afa5abcbed6129ab13ecn;
const PLACES = 96n;

/** The bounds of the finest schema from 1 to 2, each rounded down: a number is above one of them if it is above the true bound. */
const BOUNDS = new Float64Array(STEPS + 1);

/** The first bound that is not below each 512th from 1 to 2. Between two of them there is at most one bound. */
const FIRST = new Uint16Array(2 * STEPS);

const NUMBER = new Float64Array([1]);
const WORDS = new Uint32Array(NUMBER.buffer);
/** Which of the two words of a number has its exponent. */
const HIGH = WORDS[0] === 0 ? 1 : 0;

/**
 * The bucket of a number above 0, in the finest schema. Bounds are exact: nothing is rounded.
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

/** The bucket of a schema so many times coarser in which a bucket is. */
export function coarserIndex(index: number, times: number): number {
  return (index + (1 << times) - 1) >> times;
}

/**
 * Where a bucket ends: the largest number in it. That is the largest finite number for the bucket before the one of infinity.
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

/** On first use, because most programs that load this module never do. */
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
