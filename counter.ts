/**
 * Counters: what only goes up, such as requests served or bytes sent.
 *
 * ```ts
 * import { Counter, Registry } from "@exporter/prometheus";
 *
 * const registry = new Registry();
 * const jobs = registry.register(new Counter("jobs_total", "Jobs done.", { labels: ["queue"] }));
 * jobs.labels({ queue: "mail" }).inc();
 * console.log((await registry.expose()).text());
 * ```
 *
 * @module
 */

import { describe } from "./describe.ts";
import { exemplarNow } from "./exemplar.ts";
import { Instrument, type InstrumentOptions } from "./instrument.ts";
import type { LabelSpec } from "./label_spec.ts";
import type { LabelsInit } from "./labels.ts";
import { Child, type SeriesLayout } from "./series_block.ts";
import type { SampleExemplar } from "./sample.ts";
import { isThenable } from "./timer.ts";

/** Tells by its class or by a test which errors to count. */
export type ErrorFilter = (new (...args: never[]) => Error) | ((error: unknown) => boolean);

/** A counter for one combination of label values. It starts at 0. */
export class CounterChild extends Child {
  #value = 0;
  #exemplar: SampleExemplar | undefined;

  /** What has been counted. */
  get value(): number {
    return this.#value;
  }

  /**
   * Adds to the count.
   *
   * @param amount How much, 0 or more.
   * @param exemplar Labels that say where to look this increase up, such as a trace ID; the last ones are exposed by formats
   *   that have exemplars. Names and values have 128 characters together at the most.
   *   Labels that cannot be those of an exemplar do not count.
   * @throws {TypeError} If it is not a number.
   * @throws {RangeError} If it is negative or NaN.
   */
  inc(amount = 1, exemplar?: LabelsInit): void {
    if (!(amount >= 0) || typeof amount !== "number") throw amountError(this.block.layout, amount);
    if (exemplar !== undefined) this.#exemplar = exemplarNow(exemplar, amount) ?? this.#exemplar;
    this.#value += amount;
    if (!this.isMarked) this.mark();
  }

  /**
   * Calls a function and counts what it throws, or rejects with, before passing it on.
   *
   * @param only Counts only errors of this class, or those for which this returns true.
   */
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

  /** Writes the count. */
  override read(into: Float64Array, at: number): void {
    into[at] = this.#value;
  }

  /** The last exemplar. */
  override exemplar(): SampleExemplar | undefined {
    return this.#exemplar;
  }
}

/**
 * A metric that only goes up; a restart sets it back to 0. Look at its rate, not at its value. Its name should end in `_total`:
 * OpenMetrics 1.0 has other counters as `unknown`, and without exemplars.
 *
 * @typeParam S The labels.
 * @see {@link https://prometheus.io/docs/instrumenting/writing_clientlibs/#counter}
 */
export class Counter<const S extends LabelSpec = readonly []> extends Instrument<S, CounterChild> {
  /**
   * Makes a counter. Without labels it is exposed as 0 from the start.
   *
   * @throws {TypeError} If an argument is of the wrong kind.
   * @throws {RangeError} If the name is not a metric name, or a label cannot be one.
   */
  constructor(name: string, help: string, options: InstrumentOptions<S> = {}) {
    super("counter", name, help, options);
    this.begin({ parts: [{ suffix: "" }], createdPart: 0 });
  }

  /** What a counter without labels has counted. */
  get value(): number {
    return this.only.value;
  }

  /** {@linkcode CounterChild.inc} of a counter without labels. */
  inc(this: Counter<readonly []>, amount = 1, exemplar?: LabelsInit): void {
    this.only.inc(amount, exemplar);
  }

  /** {@linkcode CounterChild.countErrors} of a counter without labels. */
  countErrors<T>(this: Counter<readonly []>, fn: () => T, only?: ErrorFilter): T {
    return this.only.countErrors(fn, only);
  }

  /** Creates a child. */
  protected override createChild(): CounterChild {
    return new CounterChild();
  }
}

function amountError({ name }: SeriesLayout, amount: unknown): Error {
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
    // What is counted must not take the place of what was thrown.
    return false;
  }
}

function isErrorClass(only: ErrorFilter): only is new (...args: never[]) => Error {
  return only === Error || only.prototype instanceof Error;
}
