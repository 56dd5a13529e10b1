/**
 * Values in little room, from which quantiles are found with a relative error that has a bound.
 *
 * Values are counted in exponential buckets, as DDSketch does. So nothing is estimated about ranks: what is given is close to the
 * very value that has the rank, at the tails as anywhere, for every distribution and any number of values. Counting is fast, and
 * sketches can be merged. Sketches with a bound for the error of ranks, such as CKMS, may give the value at 98.5 % for the one
 * at 99 %, and where values lie far apart, as at the tails, the two have little in common; t-digests have no bound at all.
 *
 * @see {@link https://www.vldb.org/pvldb/vol12/p2195-masson.pdf}
 * @module
 */

import { BucketCounts } from "./bucket_counts.ts";
import { bucketBound, bucketIndex } from "./bucket_index.ts";

/** Each bucket reaches 2^(1/64) times as far as the one before. */
const SCHEMA = 6;

/** How many buckets values have between a number and 2^16 times that. */
const MAX_BUCKETS = 16 * 2 ** SCHEMA + 1;

/**
 * A sketch of values that are not NaN.
 *
 * A value that it gives is within 0.55 % of the one that has the rank, if the absolute values on that side of 0 lie within a
 * factor of 2^16 and are not subnormal. With every squaring of that factor the bound becomes twice as wide: 1.1 % for 2^32,
 * 2.2 % for 2^64. The lowest and the highest value, 0 and infinities are exact.
 */
export class Sketch {
  readonly #positive = new BucketCounts(SCHEMA);
  readonly #negative = new BucketCounts(SCHEMA);
  #negatives = 0;
  #zeros = 0;
  #count = 0;
  #min = Infinity;
  #max = -Infinity;

  /** How many values there are. */
  get count(): number {
    return this.#count;
  }

  /** How many buckets it counts in, 2,050 at the most. */
  get size(): number {
    return this.#positive.size + this.#negative.size;
  }

  /** Takes in a value. */
  add(value: number): void {
    this.#count++;
    if (value < this.#min) this.#min = value;
    if (value > this.#max) this.#max = value;
    if (value > 0) {
      if (this.#positive.increment(bucketIndex(value))) limit(this.#positive);
    } else if (value < 0) {
      this.#negatives++;
      if (this.#negative.increment(bucketIndex(-value))) limit(this.#negative);
    } else {
      this.#zeros++;
    }
  }

  /** Takes in all values of another one. */
  merge(other: Sketch): void {
    this.#positive.merge(other.#positive);
    this.#negative.merge(other.#negative);
    limit(this.#positive);
    limit(this.#negative);
    this.#negatives += other.#negatives;
    this.#zeros += other.#zeros;
    this.#count += other.#count;
    this.#min = Math.min(this.#min, other.#min);
    this.#max = Math.max(this.#max, other.#max);
  }

  /** The value that this share of all values does not exceed, from 0 for the lowest to 1 for the highest; NaN if there are none. */
  quantile(share: number): number {
    if (this.#count === 0) return NaN;
    // 0.07 * 100 is slightly more than 7, whose rank is 7 nevertheless.
    const rank = Math.ceil(share * this.#count * (1 - Number.EPSILON));
    if (rank <= 1) return this.#min;
    if (rank >= this.#count) return this.#max;
    return Math.min(Math.max(this.#at(rank), this.#min), this.#max);
  }

  #at(rank: number): number {
    const fromZero = rank - this.#negatives;
    if (fromZero <= 0) return -typical(this.#negative, 1 - fromZero);
    return fromZero <= this.#zeros ? 0 : typical(this.#positive, fromZero - this.#zeros);
  }
}

function limit(buckets: BucketCounts): void {
  while (buckets.size > MAX_BUCKETS) buckets.coarsen();
}

/** The value that is as far, relative to them, from the highest as from the lowest value in the bucket of a rank. */
function typical(buckets: BucketCounts, rank: number): number {
  const bound = bucketBound(buckets.schema, buckets.indexAt(rank));
  return bound * (2 / (1 + 2 ** 2 ** -buckets.schema));
}
