/**
 * The counts of a native histogram: exponential buckets that exist once they are populated, and become fewer and wider when there
 * are too many.
 *
 * ```ts
 * import { NativeCounts } from "./native_counts.ts";
 * import { resolveNative } from "./native_options.ts";
 *
 * const config = resolveNative('Cannot create histogram "x"', { growthFactor: 2 });
 * const counts = new NativeCounts(config);
 * for (const value of [0.75, 1, 3]) counts.observe(value);
 * console.log(counts.snapshot().positive); // spans: [{ offset: 0, length: 3 }], deltas: [2, -2, 1]
 * ```
 *
 * @see {@link https://prometheus.io/docs/specs/native_histograms/}
 * @module
 */

import { BucketCounts } from "./bucket_counts.ts";
import { bucketBound, bucketIndex } from "./bucket_index.ts";
import type { NativeConfig } from "./native_options.ts";
import type { NativeBuckets, NativeHistogram } from "../model/sample.ts";

/** The longest gap of empty buckets that is written as zeros; after a longer one, a new span begins. */
const LONGEST_GAP = 2;

/** The count, the sum and the buckets of a native histogram for one combination of label values. */
export class NativeCounts {
  readonly #config: NativeConfig;
  readonly #now: () => number;
  readonly #positive: BucketCounts;
  readonly #negative: BucketCounts;
  #startedAt: number;
  #count = 0;
  #sum = 0;
  #zeroCount = 0;
  #zeroThreshold: number;
  /** Whether a reset would make it finer and lose nothing, because all counts were read. */
  #isResettable = false;

  /**
   * Starts empty.
   *
   * @param now The clock, in seconds since the epoch.
   */
  constructor(config: NativeConfig, now: () => number = () => Date.now() / 1000) {
    this.#config = config;
    this.#now = now;
    this.#positive = new BucketCounts(config.schema);
    this.#negative = new BucketCounts(config.schema);
    this.#zeroThreshold = config.zeroThreshold;
    this.#startedAt = now();
  }

  /** The number of values, including NaN. */
  get count(): number {
    return this.#count;
  }

  /** The sum of all values. */
  get sum(): number {
    return this.#sum;
  }

  /** The count of the zero bucket. */
  get zeroCount(): number {
    return this.#zeroCount;
  }

  /** The current width of the zero bucket, at least that of the configuration. */
  get zeroThreshold(): number {
    return this.#zeroThreshold;
  }

  /** The current resolution, at most that of the configuration. */
  get schema(): number {
    return this.#positive.schema;
  }

  /** The time of creation or of the last reset, in milliseconds since the epoch. */
  get created(): number {
    return Math.round(this.#startedAt * 1000);
  }

  /**
   * Adds a value. NaN is in no bucket and makes the sum NaN; infinities have buckets of their own.
   *
   * The histogram resets before this value if there are too many buckets, or if they are wider than configured and all counts were
   * read, provided that `minResetInterval` has passed.
   *
   * @returns Whether it was reset. Classic buckets of the same values have to be reset, too.
   * @see {@link https://prometheus.io/docs/specs/native_histograms/#special-cases-of-observed-values}
   */
  observe(value: number): boolean {
    const isReset = this.#isResettable && this.#resetIfDue();
    this.#count++;
    this.#sum += value;
    let isNew = false;
    if (value > this.#zeroThreshold) isNew = this.#positive.increment(bucketIndex(value));
    else if (value < -this.#zeroThreshold) isNew = this.#negative.increment(bucketIndex(-value));
    else if (!Number.isNaN(value)) this.#zeroCount++;
    return isNew && this.#isFull() ? this.#limit(value) || isReset : isReset;
  }

  /** Returns the current counts. Later values do not change the result. */
  snapshot(): NativeHistogram {
    this.#isResettable = this.#config.minResetInterval > 0 && this.#isReduced();
    const positive = toNative(this.#positive);
    const negative = toNative(this.#negative);
    const isEmpty = this.#positive.size + this.#negative.size + this.#zeroCount === 0;
    return {
      schema: this.schema,
      zeroThreshold: this.#zeroThreshold,
      zeroCount: this.#zeroCount,
      // Readers recognize an empty native histogram by this span.
      positive: isEmpty && this.#zeroThreshold === 0
        ? { spans: [{ offset: 0, length: 0 }], deltas: [] }
        : positive,
      negative,
    };
  }

  /** Removes all counts, and continues with the configured resolution. */
  reset(): void {
    const { schema, zeroThreshold } = this.#config;
    this.#startedAt = this.#now();
    this.#count = this.#sum = this.#zeroCount = 0;
    this.#zeroThreshold = zeroThreshold;
    this.#positive.clear(schema);
    this.#negative.clear(schema);
  }

  #isReduced(): boolean {
    return this.schema < this.#config.schema || this.#zeroThreshold > this.#config.zeroThreshold;
  }

  #isFull(): boolean {
    return this.#positive.size + this.#negative.size > this.#config.maxBuckets;
  }

  /** Reduces the number of buckets after a value populated one too many. Returns whether it was reset. */
  #limit(value: number): boolean {
    if (this.#resetIfDue()) {
      this.observe(value);
      return true;
    }
    while (this.#isFull()) {
      if (!this.#widenZero() && !this.#coarsen()) break;
    }
    return false;
  }

  #resetIfDue(): boolean {
    this.#isResettable = false;
    const { minResetInterval } = this.#config;
    if (minResetInterval === 0) return false;
    // If the clock was set back by more than the interval, waiting for it would take too long.
    if (Math.abs(this.#now() - this.#startedAt) < minResetInterval) return false;
    this.reset();
    return true;
  }

  /** Merges the buckets next to zero into the zero bucket, and returns whether that is allowed. */
  #widenZero(): boolean {
    const lowest = Math.min(this.#positive.lowest, this.#negative.lowest);
    const threshold = bucketBound(this.schema, lowest);
    if (threshold > this.#config.maxZeroThreshold) return false;
    this.#zeroThreshold = threshold;
    this.#zeroCount += this.#positive.take(lowest) + this.#negative.take(lowest);
    return true;
  }

  #coarsen(): boolean {
    return this.#positive.coarsen() && this.#negative.coarsen();
  }
}

function toNative(buckets: BucketCounts): NativeBuckets {
  const spans: { offset: number; length: number }[] = [];
  const deltas: number[] = [];
  let last = 0;
  let next = 0;
  const append = (count: number) => {
    spans.at(-1)!.length++;
    deltas.push(count - last);
    last = count;
  };
  buckets.forEach((index, count) => {
    const gap = index - next;
    if (spans.length === 0 || gap > LONGEST_GAP) spans.push({ offset: gap, length: 0 });
    else for (let i = 0; i < gap; i++) append(0);
    append(count);
    next = index + 1;
  });
  return { spans, deltas };
}
