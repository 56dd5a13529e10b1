/**
 * Gauges: values that go up and down, such as requests in flight or a temperature.
 *
 * @module
 */

import { Instrument } from "./instrument.ts";
import { describe } from "./model/describe.ts";
import { NumberChild, type Slots } from "./series/child.ts";
import type { LabelSpec } from "./model/label_schema.ts";
import type { InstrumentOptions } from "./series/options.ts";
import { SeriesStore } from "./series/store.ts";
import { finallyCall, time, Timer } from "./timer.ts";

/** A gauge for one combination of label values. It starts at 0. */
export interface GaugeChild {
  /** The current value. */
  readonly value: number;
  /**
   * Sets the value.
   *
   * @throws {TypeError} If the value is not a number.
   */
  set(value: number): void;
  /**
   * Increases the value, by default by 1.
   *
   * @throws {TypeError} If the amount is not a number.
   */
  inc(amount?: number): void;
  /**
   * Decreases the value, by default by 1.
   *
   * @throws {TypeError} If the amount is not a number.
   */
  dec(amount?: number): void;
  /** Sets the value to the current time, in seconds since the epoch. */
  setToCurrentTime(): void;
  /** Starts a timer that sets the value to the elapsed seconds when it is stopped. */
  startTimer(): Timer;
  /**
   * Calls a function and sets the value to its duration in seconds. For an async function, that is until its promise settles.
   *
   * @returns What the function returns.
   */
  time<T>(fn: () => T): T;
  /**
   * Calls a function and counts it while it runs: the value is 1 higher until the function returns or its promise settles.
   *
   * @returns What the function returns.
   */
  trackInProgress<T>(fn: () => T): T;
}

class GaugeSeries extends NumberChild implements GaugeChild {
  set(value: number): void {
    this.replace(this.#check(value));
  }

  inc(amount = 1): void {
    this.add(this.#check(amount));
  }

  dec(amount = 1): void {
    this.add(-this.#check(amount));
  }

  setToCurrentTime(): void {
    this.replace(Date.now() / 1000);
  }

  startTimer(): Timer {
    return new Timer((seconds) => this.set(seconds));
  }

  time<T>(fn: () => T): T {
    return time(fn, (seconds) => this.set(seconds));
  }

  trackInProgress<T>(fn: () => T): T {
    this.inc();
    return finallyCall(fn, () => this.dec());
  }

  #check(value: unknown): number {
    if (typeof value === "number") return value;
    throw new TypeError(
      `Cannot change gauge "${this.slots.layout.name}": expected a number, got ${describe(value)}`,
    );
  }
}

/** One function for all instances, so that calls of it are compiled as such. */
function createChild(slots: Slots, slot: number): GaugeSeries {
  return new GaugeSeries(slots, slot);
}

/**
 * A metric that goes up and down.
 *
 * ```ts
 * import { Gauge } from "@exporter/prometheus";
 *
 * const inFlight = new Gauge("requests_in_flight", "Requests being served.");
 * await inFlight.trackInProgress(() => Promise.resolve("done"));
 * console.log(inFlight.value); // 0
 * ```
 *
 * Like every {@linkcode Instrument}, it has `labels()`, which returns a {@linkcode GaugeChild}, `remove()` and `clear()`.
 *
 * @typeParam S The labels.
 * @see {@link https://prometheus.io/docs/instrumenting/writing_clientlibs/#gauge}
 */
export class Gauge<const S extends LabelSpec = readonly []> extends Instrument<S, GaugeChild> {
  readonly #series: SeriesStore<GaugeSeries>;

  /**
   * Creates a gauge. Without labels, it is exposed as 0 from the start.
   *
   * @throws {TypeError} If an argument has the wrong type, or an option is unknown.
   * @throws {RangeError} If the name is not a metric name, or a label name is invalid.
   */
  constructor(name: string, help: string, options: InstrumentOptions<S> = {}) {
    const series = new SeriesStore<GaugeSeries>({ type: "gauge" }, name, help, options).begin({
      parts: [{ suffix: "" }],
      isNumber: true,
      createChild,
    });
    super(series);
    this.#series = series;
  }

  /** The current value of a gauge without labels. */
  get value(): number {
    return this.#series.only.value;
  }

  /**
   * Sets the value of a gauge without labels.
   *
   * @throws {TypeError} If the value is not a number, or the gauge has labels.
   */
  set(this: Gauge<readonly []>, value: number): void {
    this.#series.only.set(value);
  }

  /**
   * Increases the value of a gauge without labels, by default by 1.
   *
   * @throws {TypeError} If the amount is not a number, or the gauge has labels.
   */
  inc(this: Gauge<readonly []>, amount = 1): void {
    this.#series.only.inc(amount);
  }

  /**
   * Decreases the value of a gauge without labels, by default by 1.
   *
   * @throws {TypeError} If the amount is not a number, or the gauge has labels.
   */
  dec(this: Gauge<readonly []>, amount = 1): void {
    this.#series.only.dec(amount);
  }

  /** Sets a gauge without labels to the current time, in seconds since the epoch. */
  setToCurrentTime(this: Gauge<readonly []>): void {
    this.#series.only.setToCurrentTime();
  }

  /** Starts a timer that sets a gauge without labels, see {@linkcode GaugeChild.startTimer}. */
  startTimer(this: Gauge<readonly []>): Timer {
    return this.#series.only.startTimer();
  }

  /** Sets a gauge without labels to the duration of a call, see {@linkcode GaugeChild.time}. */
  time<T>(this: Gauge<readonly []>, fn: () => T): T {
    return this.#series.only.time(fn);
  }

  /** Counts calls in progress in a gauge without labels, see {@linkcode GaugeChild.trackInProgress}. */
  trackInProgress<T>(this: Gauge<readonly []>, fn: () => T): T {
    return this.#series.only.trackInProgress(fn);
  }
}
