/**
 * Statistics of repeated measurements.
 *
 * @module
 */

/**
 * Returns the median: the middle value, or the mean of the two middle ones.
 *
 * @throws {RangeError} If there are no values.
 */
export function median(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError("Cannot take median: no values");
  const sorted = Float64Array.from(values).sort();
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Returns the difference between the highest and the lowest value as a fraction of the median, or 0 if that is 0. */
export function spread(values: readonly number[]): number {
  const middle = median(values);
  return middle === 0 ? 0 : (Math.max(...values) - Math.min(...values)) / Math.abs(middle);
}
