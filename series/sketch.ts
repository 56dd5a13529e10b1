/**
 * A sketch of values that answers quantile queries in little memory, with a bounded relative error.
 *
 * Values are counted in exponential buckets, as in DDSketch. Ranks are exact, so the result is close to the very value with that
 * rank, at the tails as anywhere else, for every distribution and any number of values. Counting is fast, and sketches can be
 * merged. Sketches that bound the error of the rank, such as CKMS, may return the value at 98.5 % for the one at 99 %, which can be
 * a very different value at the tail; t-digests have no error bound at all.
 *
 * @see {@link https://www.vldb.org/pvldb/vol12/p2195-masson.pdf}
 * @module
 */

import { BucketCounts } from "./bucket_counts.ts";
import { bucketBound, bucketIndex } from "./bucket_index.ts";

/** Neighboring bucket bounds differ by the factor 2^(1/64). */
const SCHEMA = 6;

/** The number of buckets between a number and 2^16 times that number. */
const MAX_BUCKETS = 16 * 2 ** SCHEMA + 1;

/**
 * A sketch of values that are not NaN.
 *
 * A quantile is within 0.55 % of the value with its rank, if the absolute values on its side of 0 lie within a factor of 2^16 and
 * are not subnormal. The bound doubles whenever that factor is squared: 1.1 % for 2^32, 2.2 % for 2^64. The minimum, the maximum,
 * 0 and infinities are exact.
 */
export class Sketch {
  readonly #positive = new BucketCounts(SCHEMA);
  readonly #negative = new BucketCounts(SCHEMA);
  #negatives = 0;
  #zeros = 0;
  #count = 0;
  #min = Infinity;
  #max = -Infinity;

  /** The number of values. */
  get count(): number {
    return this.#count;
  }

  /** The number of populated buckets, at most 2,050. */
  get size(): number {
    return this.#positive.size + this.#negative.size;
  }

  /** Adds a value. */
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

  /** Adds all values of another sketch. */
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

  /** Returns the value at a quantile, from 0 for the minimum to 1 for the maximum; NaN if there are no values. */
  quantile(quantile: number): number {
    if (this.#count === 0) return NaN;
    // 0.07 * 100 is slightly more than 7, whose rank is 7 nevertheless.
    const rank = Math.ceil(quantile * this.#count * (1 - Number.EPSILON));
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

/** The value with the smallest maximum relative error for the bucket of a rank. */
function typical(buckets: BucketCounts, rank: number): number {
  const bound = bucketBound(buckets.schema, buckets.indexAt(rank));
  return bound * (2 / (1 + 2 ** 2 ** -buckets.schema));
}
