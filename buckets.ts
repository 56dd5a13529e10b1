/**
 * The buckets of histograms, given by their upper bounds.
 *
 * @module
 */

/** Bounds for the time that network services take, in seconds. */
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
 * Bounds at equal distances.
 *
 * @param start The first bound.
 * @param width The distance, above 0.
 * @param count How many, 1 or more.
 * @throws {RangeError} If an argument is out of its range.
 */
export function linearBuckets(start: number, width: number, count: number): number[] {
  const isRight = Number.isFinite(start) && width > 0 && isCount(count);
  if (!isRight || !Number.isFinite(start + (count - 1) * width)) {
    throw new RangeError(
      "Cannot create linear buckets: expected a start, a width above 0, a count of 1 or more and finite bounds, " +
        `got ${start}, ${width}, ${count}`,
    );
  }
  return Array.from({ length: count }, (_, i) => start + i * width);
}

/**
 * Bounds of which each is so many times the one before.
 *
 * @param start The first bound, above 0.
 * @param factor How many times, above 1.
 * @param count How many, 1 or more.
 * @throws {RangeError} If an argument is out of its range.
 */
export function exponentialBuckets(start: number, factor: number, count: number): number[] {
  const isRight = start > 0 && factor > 1 && isCount(count);
  if (!isRight || !Number.isFinite(start * factor ** (count - 1))) {
    throw new RangeError(
      "Cannot create exponential buckets: expected a start above 0, a factor above 1, a count of 1 or more and finite bounds, " +
        `got ${start}, ${factor}, ${count}`,
    );
  }
  return Array.from({ length: count }, (_, i) => start * factor ** i);
}

/**
 * Checks bounds: they rise, and are finite but for a last `Infinity`, which is dropped because every histogram has it.
 *
 * @throws {TypeError} If they are no list of numbers.
 * @throws {RangeError} If they do not rise, or one is not finite.
 */
export function checkBuckets(owner: string, bounds: readonly number[]): readonly number[] {
  if (!Array.isArray(bounds) || bounds.some((bound) => typeof bound !== "number")) {
    throw new TypeError(`Cannot create ${owner}: expected a list of numbers as buckets`);
  }
  const finite = bounds.at(-1) === Infinity ? bounds.slice(0, -1) : bounds.slice();
  for (const [i, bound] of finite.entries()) {
    if (Number.isFinite(bound) && (i === 0 || bound > finite[i - 1]!)) continue;
    throw new RangeError(
      `Cannot create ${owner}: expected finite buckets that rise, got ${bounds.join(", ")}`,
    );
  }
  return finite;
}

function isCount(count: number): boolean {
  return Number.isSafeInteger(count) && count >= 1;
}
