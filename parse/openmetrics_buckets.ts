/**
 * The rules of OpenMetrics for the buckets, the sum and the count of a histogram.
 *
 * @module
 */

import type { SampleExemplar } from "../model/sample.ts";

/** Checks one point of a histogram or gauge histogram. Each method returns the expectation that the point violates, if any. */
export class HistogramPoint {
  readonly #family: string;
  readonly #isGauge: boolean;
  #bound = -Infinity;
  /** The value of the previous bucket, or undefined before the first one. */
  #cumulative: number | undefined;
  #hasNegativeBound = false;
  #count: number | undefined;
  #sum: number | undefined;

  /** Begins a point without samples. */
  constructor(family: string, isGauge: boolean) {
    this.#family = family;
    this.#isGauge = isGauge;
  }

  /** The bound of the previous bucket, or undefined before the first one. */
  get lastBound(): number | undefined {
    return this.#cumulative === undefined ? undefined : this.#bound;
  }

  /** Adds a bucket. */
  addBucket(bound: number, cumulative: number, exemplar?: SampleExemplar): string | undefined {
    const isFirst = this.#cumulative === undefined;
    if (!isFirst && bound <= this.#bound) return `a label "le" above ${this.#bound}`;
    if (cumulative < (this.#cumulative ?? 0)) return `a value of at least ${this.#cumulative}`;
    if (exemplar !== undefined && !(exemplar.value <= bound)) {
      return `an exemplar of at most ${bound}`;
    }
    this.#bound = bound;
    this.#cumulative = cumulative;
    if (bound < 0) this.#hasNegativeBound = true;
    return undefined;
  }

  /** Sets the sum or the count. */
  setTotal(suffix: string, value: number): void {
    if (suffix.endsWith("sum")) this.#sum = value;
    if (suffix.endsWith("count")) this.#count = value;
  }

  /** Checks the complete point. */
  check(): string | undefined {
    const name = this.#family;
    const [sum, count] = this.#isGauge
      ? [`${name}_gsum`, `${name}_gcount`]
      : [`${name}_sum`, `${name}_count`];
    if (this.#cumulative === undefined || this.#bound !== Infinity) {
      return `${name}_bucket with label "le" of "+Inf" in this histogram`;
    }
    if ((this.#sum === undefined) !== (this.#count === undefined)) {
      return `both of ${count} and ${sum}, or neither, in this histogram`;
    }
    if (this.#count !== undefined && this.#count !== this.#cumulative) {
      return `${count} to equal the last bucket in this histogram`;
    }
    if (this.#sum === undefined) return undefined;
    if (this.#hasNegativeBound && !this.#isGauge) {
      return `no ${sum} beside negative buckets in this histogram`;
    }
    if (this.#sum < 0 && !this.#hasNegativeBound) {
      return `no negative ${sum} without negative buckets in this histogram`;
    }
    return undefined;
  }
}
