/**
 * Summaries: how many values there were, and their sum.
 *
 * ```ts
 * import { Summary } from "@exporter/prometheus";
 *
 * const bytes = new Summary("response_size_bytes", "How large answers are.");
 * bytes.observe(512);
 * ```
 *
 * @module
 */

import { describe } from "./describe.ts";
import { Instrument, type InstrumentOptions } from "./instrument.ts";
import type { LabelSpec } from "./label_spec.ts";
import { Child } from "./series_block.ts";
import { time, Timer } from "./timer.ts";

/** A summary for one combination of label values. */
export class SummaryChild extends Child {
  #sum = 0;
  #count = 0;

  /** The sum of all values. */
  get sum(): number {
    return this.#sum;
  }

  /** How many values there were. */
  get count(): number {
    return this.#count;
  }

  /**
   * Takes in a value.
   *
   * @throws {TypeError} If it is not a number.
   */
  observe(value: number): void {
    if (typeof value !== "number") {
      throw new TypeError(
        `Cannot observe with summary "${this.block.layout.name}": expected a number, got ${
          describe(value)
        }`,
      );
    }
    this.#sum += value;
    this.#count++;
    if (!this.isMarked) this.mark();
  }

  /** Begins to measure a time that it will observe, in seconds. */
  startTimer(): Timer {
    return new Timer((seconds) => this.observe(seconds));
  }

  /** Calls a function and observes how long it takes, in seconds; for an async function until it settles. */
  time<T>(fn: () => T): T {
    return time(fn, (seconds) => this.observe(seconds));
  }

  /** Writes the sum and the count. */
  override read(into: Float64Array, at: number): void {
    into[at] = this.#sum;
    into[at + 1] = this.#count;
  }
}

/**
 * A metric that counts values and adds them up, from which Prometheus computes averages. A histogram tells more, at a
 * higher price.
 *
 * @typeParam S The labels. `quantile` is the summary's own.
 * @see {@link https://prometheus.io/docs/instrumenting/writing_clientlibs/#summary}
 */
export class Summary<const S extends LabelSpec = readonly []> extends Instrument<S, SummaryChild> {
  /**
   * Makes a summary. Without labels it is exposed with a count of 0 from the start.
   *
   * @throws {TypeError} If an argument is of the wrong kind.
   * @throws {RangeError} If the name is not a metric name, or a label cannot be one.
   */
  constructor(name: string, help: string, options: InstrumentOptions<S> = {}) {
    super("summary", name, help, options, { labels: ["quantile"] });
    this.begin({ parts: [{ suffix: "_sum" }, { suffix: "_count" }], createdPart: 1 });
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

  /** Creates a child. */
  protected override createChild(): SummaryChild {
    return new SummaryChild();
  }
}
