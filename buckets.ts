/**
 * Bucket bounds for histograms.
 *
 * @module
 */

/** The default upper bounds of histogram buckets, for response times in seconds. */
export const DEFAULT_BUCKETS: readonly number[] = [
  0.005,
  0.01,
  0.025,
  0.05,
  0.1,
  0.25,
  0.5,
  1,
  2.5,
  5,
  10,
];

/**
 * Returns bucket bounds at equal distances, for example `linearBuckets(0, 5, 4)` returns `[0, 5, 10, 15]`.
 *
 * @param start The first bound.
 * @param width The distance between bounds, above 0.
 * @param count The number of bounds, 1 or more.
 * @throws {RangeError} If an argument is out of range, or a bound is not finite.
 */
export function linearBuckets(start: number, width: number, count: number): number[] {
  const isValid = Number.isFinite(start) && width > 0 && isCount(count);
  if (!isValid || !Number.isFinite(start + (count - 1) * width)) {
    throw new RangeError(
      "Cannot create linear buckets: expected a start, a width above 0, a count of 1 or more and finite bounds, " +
        `got ${start}, ${width}, ${count}`,
    );
  }
  return Array.from({ length: count }, (_, i) => start + i * width);
}

/**
 * Returns bucket bounds that grow by a constant factor, for example `exponentialBuckets(1, 10, 4)` returns `[1, 10, 100, 1000]`.
 *
 * @param start The first bound, above 0.
 * @param factor The ratio between neighboring bounds, above 1.
 * @param count The number of bounds, 1 or more.
 * @throws {RangeError} If an argument is out of range, or a bound is not finite.
 */
export function exponentialBuckets(start: number, factor: number, count: number): number[] {
  const isValid = start > 0 && factor > 1 && isCount(count);
  if (!isValid || !Number.isFinite(start * factor ** (count - 1))) {
    throw new RangeError(
      "Cannot create exponential buckets: expected a start above 0, a factor above 1, a count of 1 or more and finite bounds, " +
        `got ${start}, ${factor}, ${count}`,
    );
  }
  return Array.from({ length: count }, (_, i) => start * factor ** i);
}

/**
 * Checks bucket bounds, and drops a final `Infinity`, which every histogram has.
 *
 * @throws {TypeError} If they are not an array of numbers.
 * @throws {RangeError} If they are not in ascending order, or not finite.
 */
export function checkBuckets(owner: string, bounds: readonly number[]): readonly number[] {
  if (!Array.isArray(bounds) || bounds.some((bound) => typeof bound !== "number")) {
    throw new TypeError(`Cannot create ${owner}: expected an array of numbers as buckets`);
  }
  const finite = bounds.at(-1) === Infinity ? bounds.slice(0, -1) : bounds.slice();
  for (const [i, bound] of finite.entries()) {
    if (Number.isFinite(bound) && (i === 0 || bound > finite[i - 1]!)) continue;
    throw new RangeError(
      `Cannot create ${owner}: expected finite buckets in ascending order, got ${
        bounds.join(", ")
      }`,
    );
  }
  return finite;
}

function isCount(count: number): boolean {
  return Number.isSafeInteger(count) && count >= 1;
}
