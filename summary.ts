/**
 * Summaries: the count and sum of values, and optionally quantiles of recent values.
 *
 * @module
 */

import { Instrument } from "./instrument.ts";
import { describe } from "./model/describe.ts";
import { formatValue } from "./model/numbers.ts";
import { Child, type Slots } from "./series/child.ts";
import type { LabelSpec } from "./model/label_schema.ts";
import { resolveQuantiles, SlidingQuantiles } from "./series/quantiles.ts";
import type { InstrumentOptions } from "./series/options.ts";
import { SeriesStore } from "./series/store.ts";
import { time, Timer } from "./timer.ts";

/** Options of {@linkcode Summary}. */
export interface SummaryOptions<S extends LabelSpec = LabelSpec> extends InstrumentOptions<S> {
  /**
   * The quantiles to calculate, in increasing order, each from 0 (the minimum) to 1 (the maximum).
   *
   * @default {[]}
   */
  quantiles?: readonly number[];
  /**
   * Seconds after which a value no longer counts for the quantiles, above 0.
   *
   * @default {600}
   */
  window?: number;
  /**
   * The number of parts that the window is divided into, 1 or more. All values of a part leave the window together, when the oldest
   * of them has its age.
   *
   * @default {5}
   */
  windowParts?: number;
}

/** A summary for one combination of label values. */
export interface SummaryChild {
  /** The sum of all values. */
  readonly sum: number;
  /** The number of values. */
  readonly count: number;
  /**
   * Adds a value. NaN does not count for the quantiles, and makes the sum NaN.
   *
   * @throws {TypeError} If the value is not a number.
   */
  observe(value: number): void;
  /** Starts a timer that observes the elapsed seconds when it is stopped. */
  startTimer(): Timer;
  /**
   * Calls a function and observes its duration in seconds. For an async function, that is until its promise settles.
   *
   * @returns What the function returns.
   */
  time<T>(fn: () => T): T;
}

class SummarySeries extends Child implements SummaryChild {
  readonly #quantiles: SlidingQuantiles | undefined;
  /** How often values had left the window when that was last noticed. */
  #drops = 0;
  #sum = 0;
  #count = 0;

  constructor(slots: Slots, slot: number, quantiles?: SlidingQuantiles) {
    super(slots, slot);
    this.#quantiles = quantiles;
  }

  get sum(): number {
    return this.#sum;
  }

  get count(): number {
    return this.#count;
  }

  observe(value: number): void {
    if (typeof value !== "number") {
      throw new TypeError(
        `Cannot observe with summary "${this.slots.layout.name}": expected a number, got ${
          describe(value)
        }`,
      );
    }
    this.mark();
    this.#quantiles?.observe(value);
    this.#sum += value;
    this.#count++;
  }

  startTimer(): Timer {
    return new Timer((seconds) => this.observe(seconds));
  }

  time<T>(fn: () => T): T {
    return time(fn, (seconds) => this.observe(seconds));
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

  override reset(): void {
    this.#sum = 0;
    this.#count = 0;
  }

  override elapse(): void {
    const drops = this.#quantiles?.drops ?? 0;
    if (drops === this.#drops) return;
    this.#drops = drops;
    this.markElapsed();
  }
}

/**
 * A metric that counts values and adds them up, from which Prometheus calculates averages. It can also calculate quantiles of recent
 * values itself. They need no buckets, but cannot be aggregated over instances or over other ranges of time.
 *
 * ```ts
 * import { Summary } from "@exporter/prometheus";
 *
 * const size = new Summary("response_size_bytes", "Size of responses.", {
 *   quantiles: [0.5, 0.9, 0.99],
 * });
 * size.observe(512);
 * ```
 *
 * Like every {@linkcode Instrument}, it has `labels()`, which returns a {@linkcode SummaryChild}, `remove()` and `clear()`.
 *
 * @typeParam S The labels. `quantile` is reserved.
 * @see {@link https://prometheus.io/docs/instrumenting/writing_clientlibs/#summary}
 */
export class Summary<const S extends LabelSpec = readonly []> extends Instrument<S, SummaryChild> {
  readonly #series: SeriesStore<SummarySeries>;
  /** The quantiles that it calculates. */
  readonly quantiles: readonly number[];

  /**
   * Creates a summary. Without labels, it is exposed with a count of 0 from the start, and with quantiles that are NaN until there
   * are values.
   *
   * @throws {TypeError} If an argument has the wrong type, or an option is unknown.
   * @throws {RangeError} If the name is not a metric name, a label name is invalid, the quantiles are not in increasing order, or an
   *   option is out of range.
   */
  constructor(name: string, help: string, options: SummaryOptions<S> = {}) {
    const series = new SeriesStore<SummarySeries>(
      {
        type: "summary",
        options: ["quantiles", "window", "windowParts"],
        reservedLabels: ["quantile"],
      },
      name,
      help,
      options,
    );
    const config = resolveQuantiles(`Cannot create ${series.owner}`, options);
    const { quantiles } = config;
    series.begin({
      parts: [
        ...quantiles.map((quantile) => ({
          suffix: "",
          label: ["quantile", formatValue(quantile)] as const,
        })),
        { suffix: "_sum" },
        { suffix: "_count" },
      ],
      createdPart: quantiles.length + 1,
      isTimed: quantiles.length > 0,
      settings: config,
      createChild: (slots, slot) =>
        new SummarySeries(
          slots,
          slot,
          quantiles.length === 0 ? undefined : new SlidingQuantiles(config),
        ),
    });
    super(series);
    this.#series = series;
    this.quantiles = quantiles;
  }

  /**
   * Adds a value to a summary without labels, see {@linkcode SummaryChild.observe}.
   *
   * @throws {TypeError} If the value is not a number, or the summary has labels.
   */
  observe(this: Summary<readonly []>, value: number): void {
    this.#series.only.observe(value);
  }

  /** Starts a timer for a summary without labels, see {@linkcode SummaryChild.startTimer}. */
  startTimer(this: Summary<readonly []>): Timer {
    return this.#series.only.startTimer();
  }

  /** Observes the duration of a call in a summary without labels, see {@linkcode SummaryChild.time}. */
  time<T>(this: Summary<readonly []>, fn: () => T): T {
    return this.#series.only.time(fn);
  }
}
