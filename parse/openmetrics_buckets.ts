/**
 * What OpenMetrics demands of the buckets of one point of a histogram or a gauge histogram, and of what goes with them.
 *
 * @module
 */

import type { SampleExemplar } from "../model/sample.ts";

/** One point of a histogram while it is read. Methods return what is expected instead of what they were given, if anything. */
export class Buckets {
  readonly #family: string;
  readonly #isGauge: boolean;
  #bound = -Infinity;
  /** The number of observations in the bucket that was there last; undefined: none was there. */
  #cumulative: number | undefined;
  #hasNegativeBound = false;
  #count: number | undefined;
  #sum: number | undefined;

  /** Begins with the name of the family and with its kind. */
  constructor(family: string, isGauge: boolean) {
    this.#family = family;
    this.#isGauge = isGauge;
  }

  /** Takes in a bucket. */
  add(bound: number, cumulative: number, exemplar?: SampleExemplar): string | undefined {
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

  /** Takes in the sum or the count. */
  setTotal(suffix: string, value: number): void {
    if (suffix.endsWith("sum")) this.#sum = value;
    if (suffix.endsWith("count")) this.#count = value;
  }

  /** Checks the point as a whole. */
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
