/**
 * Summaries: how many values there were, their sum, and quantiles of the latest of them.
 *
 * ```ts
 * import { Summary } from "@exporter/prometheus";
 *
 * const bytes = new Summary("response_size_bytes", "How large answers are.", {
 *   quantiles: [0.5, 0.9, 0.99],
 * });
 * bytes.observe(512);
 * ```
 *
 * @module
 */

import { formatValue } from "./escape.ts";
import { Instrument, type InstrumentOptions } from "./instrument.ts";
import type { LabelSpec } from "./label_spec.ts";
import { observeError, ObserverChild } from "./observer.ts";
import {
  type QuantilesConfig,
  type QuantilesOptions,
  resolveQuantiles,
  SlidingQuantiles,
} from "./quantiles.ts";
import type { Timer } from "./timer.ts";

/** Options of {@linkcode Summary}. */
export interface SummaryOptions<S extends LabelSpec = LabelSpec>
  extends InstrumentOptions<S>, QuantilesOptions {}

/** A summary for one combination of label values. */
export class SummaryChild extends ObserverChild {
  readonly #quantiles: SlidingQuantiles | undefined;
  /** How often values had been dropped when that was last noted. */
  #drops = 0;
  #sum = 0;
  #count = 0;

  /** Starts empty, with these quantiles if any. */
  constructor(quantiles?: SlidingQuantiles) {
    super();
    this.#quantiles = quantiles;
  }

  /** The sum of all values. */
  get sum(): number {
    return this.#sum;
  }

  /** How many values there were. */
  get count(): number {
    return this.#count;
  }

  /**
   * Takes in a value. NaN does not count for the quantiles, and makes the sum NaN.
   *
   * @throws {TypeError} If it is not a number.
   */
  override observe(value: number): void {
    if (typeof value !== "number") {
      throw observeError(`summary "${this.block.layout.name}"`, value);
    }
    this.#quantiles?.observe(value);
    this.#sum += value;
    this.#count++;
    if (!this.isMarked) this.mark();
  }

  /** Writes the quantiles, then the sum and the count. */
  override read(into: Float64Array, at: number): void {
    let next = at;
    if (this.#quantiles !== undefined) {
      for (const value of this.#quantiles.values()) into[next++] = value;
    }
    into[next] = this.#sum;
    into[next + 1] = this.#count;
  }

  /** Notes whether quantiles have changed because values became too old for them. */
  override elapse(): void {
    const drops = this.#quantiles?.drops ?? 0;
    if (drops === this.#drops) return;
    this.#drops = drops;
    this.markElapsed();
  }
}

/**
 * A metric that counts values and adds them up, from which Prometheus computes averages. With quantiles, it finds those of the
 * latest values itself: they cost no buckets, but cannot be computed over other times or over several series.
 *
 * @typeParam S The labels. `quantile` is the summary's own.
 * @see {@link https://prometheus.io/docs/instrumenting/writing_clientlibs/#summary}
 */
export class Summary<const S extends LabelSpec = readonly []> extends Instrument<S, SummaryChild> {
  readonly #config: QuantilesConfig;

  /**
   * Makes a summary. Without labels it is exposed with a count of 0 from the start, and with quantiles that are NaN as long
   * as there are no values.
   *
   * @throws {TypeError} If an argument is of the wrong kind.
   * @throws {RangeError} If the name is not a metric name, a label cannot be one, the quantiles do not rise, or an option is
   *   out of its range.
   */
  constructor(name: string, help: string, options: SummaryOptions<S> = {}) {
    super("summary", name, help, options, {
      options: ["quantiles", "window", "windowParts"],
      labels: ["quantile"],
    });
    this.#config = resolveQuantiles(`Cannot create summary "${name}"`, options);
    this.begin({
      parts: [
        ...this.quantiles.map((quantile) => ({
          suffix: "",
          label: ["quantile", formatValue(quantile)] as const,
        })),
        { suffix: "_sum" },
        { suffix: "_count" },
      ],
      createdPart: this.quantiles.length + 1,
      isTimed: this.quantiles.length > 0,
    });
  }

  /** The quantiles that it has. */
  get quantiles(): readonly number[] {
    return this.#config.quantiles;
  }

  /** {@linkcode SummaryChild.observe} of a summary without labels. */
  observe(this: Summary<readonly []>, value: number): void {
    this.only.observe(value);
  }

  /** {@linkcode SummaryChild.startTimer} of a summary without labels. */
  startTimer(this: Summary<readonly []>): Timer {
    return this.only.startTimer();
  }

  /** {@linkcode SummaryChild.time} of a summary without labels. */
  time<T>(this: Summary<readonly []>, fn: () => T): T {
    return this.only.time(fn);
  }

  /** Everything that it was made with, in a text. */
  protected override describe(): string {
    return `${super.describe()} ${JSON.stringify(this.#config)}`;
  }

  /** Creates a child. */
  protected override createChild(): SummaryChild {
    if (this.quantiles.length === 0) return new SummaryChild();
    return new SummaryChild(new SlidingQuantiles(this.#config));
  }
}
