/**
 * Counters: values that only go up, such as requests served or bytes sent.
 *
 * @module
 */

import { exemplarNow } from "./exemplar.ts";
import { Instrument } from "./instrument.ts";
import type { LabelsInit } from "./labels.ts";
import { describe } from "./model/describe.ts";
import { NumberChild, type Slots } from "./series/child.ts";
import type { LabelSpec } from "./model/label_schema.ts";
import type { InstrumentOptions } from "./series/options.ts";
import { SeriesStore } from "./series/store.ts";
import { isThenable } from "./timer.ts";

/** Selects the errors to count, by their class or by a predicate. */
export type ErrorFilter = (new (...args: never[]) => Error) | ((error: unknown) => boolean);

/** A counter for one combination of label values. It starts at 0. */
export interface CounterChild {
  /** The current count. */
  readonly value: number;
  /**
   * Increases the count.
   *
   * @param amount The amount to add, 0 or more. By default 1.
   * @param exemplar Labels that say where to look this increase up, such as a trace ID. Formats with exemplars expose the latest.
   *   Names and values may have 128 characters in total; invalid labels are ignored.
   * @throws {TypeError} If the amount is not a number.
   * @throws {RangeError} If the amount is negative or NaN.
   */
  inc(amount?: number, exemplar?: LabelsInit): void;
  /**
   * Calls a function and counts the error that it throws, or rejects with, before passing it on.
   *
   * @param only Counts only errors of this class, or those for which this predicate returns true.
   * @returns What the function returns.
   */
  countErrors<T>(fn: () => T, only?: ErrorFilter): T;
}

class CounterSeries extends NumberChild implements CounterChild {
  inc(amount = 1, exemplar?: LabelsInit): void {
    if (!(amount >= 0) || typeof amount !== "number") {
      throw amountError(this.slots.layout.name, amount);
    }
    this.add(amount);
    if (exemplar !== undefined) this.keepExemplar(exemplarNow(exemplar, amount));
  }

  countErrors<T>(fn: () => T, only?: ErrorFilter): T {
    const count = (error: unknown): never => {
      if (matches(error, only)) this.inc();
      throw error;
    };
    let result: T;
    try {
      result = fn();
    } catch (error) {
      return count(error);
    }
    return isThenable(result) ? Promise.resolve(result).catch(count) as T : result;
  }

  override reset(): void {
    this.restartNumber();
  }
}

/** One function for all instances, so that calls of it are compiled as such. */
function createChild(slots: Slots, slot: number): CounterSeries {
  return new CounterSeries(slots, slot);
}

/**
 * A metric that only goes up. When the program restarts, it begins at 0 again, so queries look at its rate instead of its value.
 *
 * Its name should end in `_total`: OpenMetrics 1.0 exposes other counters as `unknown`, without exemplars.
 *
 * ```ts
 * import { Counter, Registry } from "@exporter/prometheus";
 *
 * const registry = new Registry();
 * const jobs = registry.register(new Counter("jobs_total", "Jobs processed.", { labels: ["queue"] }));
 * jobs.labels({ queue: "mail" }).inc();
 * console.log((await registry.expose()).text());
 * ```
 *
 * Like every {@linkcode Instrument}, it has `labels()`, which returns a {@linkcode CounterChild}, `remove()` and `clear()`.
 *
 * @typeParam S The labels.
 * @see {@link https://prometheus.io/docs/instrumenting/writing_clientlibs/#counter}
 */
export class Counter<const S extends LabelSpec = readonly []> extends Instrument<S, CounterChild> {
  readonly #series: SeriesStore<CounterSeries>;

  /**
   * Creates a counter. Without labels, it is exposed as 0 from the start.
   *
   * @throws {TypeError} If an argument has the wrong type, or an option is unknown.
   * @throws {RangeError} If the name is not a metric name, or a label name is invalid.
   */
  constructor(name: string, help: string, options: InstrumentOptions<S> = {}) {
    const series = new SeriesStore<CounterSeries>({ type: "counter" }, name, help, options).begin({
      parts: [{ suffix: "" }],
      createdPart: 0,
      isNumber: true,
      createChild,
    });
    super(series);
    this.#series = series;
  }

  /** The current count of a counter without labels. */
  get value(): number {
    return this.#series.only.value;
  }

  /**
   * Increases a counter without labels, see {@linkcode CounterChild.inc}.
   *
   * @throws {TypeError} If the amount is not a number, or the counter has labels.
   * @throws {RangeError} If the amount is negative or NaN.
   */
  inc(this: Counter<readonly []>, amount = 1, exemplar?: LabelsInit): void {
    this.#series.only.inc(amount, exemplar);
  }

  /** Counts errors in a counter without labels, see {@linkcode CounterChild.countErrors}. */
  countErrors<T>(this: Counter<readonly []>, fn: () => T, only?: ErrorFilter): T {
    return this.#series.only.countErrors(fn, only);
  }
}

function amountError(name: string, amount: unknown): Error {
  const message = `Cannot increase counter "${name}": expected a number of 0 or more, got ${
    describe(amount)
  }`;
  return typeof amount === "number" ? new RangeError(message) : new TypeError(message);
}

function matches(error: unknown, only: ErrorFilter | undefined): boolean {
  if (only === undefined) return true;
  if (isErrorClass(only)) return error instanceof only;
  try {
    return only(error);
  } catch {
    // An error of the predicate must not replace the one that was thrown.
    return false;
  }
}

function isErrorClass(only: ErrorFilter): only is new (...args: never[]) => Error {
  return only === Error || only.prototype instanceof Error;
}
