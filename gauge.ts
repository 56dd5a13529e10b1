/**
 * Gauges: what goes up and down, such as requests in flight or a temperature.
 *
 * ```ts
 * import { Gauge } from "@exporter/prometheus";
 *
 * const inFlight = new Gauge("requests_in_flight", "Requests that are being served.");
 * await inFlight.trackInProgress(() => Promise.resolve("done"));
 * console.log(inFlight.value); // 0
 * ```
 *
 * @module
 */

import { describe } from "./describe.ts";
import { Instrument, type InstrumentOptions } from "./instrument.ts";
import type { LabelSpec } from "./label_spec.ts";
import { Child } from "./series_block.ts";
import { finallyCall, time, Timer } from "./timer.ts";

/** A gauge for one combination of label values. It starts at 0. */
export class GaugeChild extends Child {
  #value = 0;

  /** The value. */
  get value(): number {
    return this.#value;
  }

  /**
   * Sets it.
   *
   * @throws {TypeError} If the value is not a number.
   */
  set(value: number): void {
    this.#change(this.#check(value));
  }

  /**
   * Adds to it.
   *
   * @throws {TypeError} If the amount is not a number.
   */
  inc(amount = 1): void {
    this.#change(this.#value + this.#check(amount));
  }

  /**
   * Subtracts from it.
   *
   * @throws {TypeError} If the amount is not a number.
   */
  dec(amount = 1): void {
    this.#change(this.#value - this.#check(amount));
  }

  /** Sets it to the current time in seconds since the epoch. */
  setToCurrentTime(): void {
    this.#change(Date.now() / 1000);
  }

  /** Begins to measure a time that it will be set to, in seconds. */
  startTimer(): Timer {
    return new Timer((seconds) => this.set(seconds));
  }

  /** Calls a function and sets the gauge to how long it takes, in seconds; for an async function until it settles. */
  time<T>(fn: () => T): T {
    return time(fn, (seconds) => this.set(seconds));
  }

  /** Calls a function and counts it while it runs; an async function until it settles. */
  trackInProgress<T>(fn: () => T): T {
    this.inc();
    return finallyCall(fn, () => this.dec());
  }

  /** Writes the value. */
  override read(into: Float64Array, at: number): void {
    into[at] = this.#value;
  }

  #change(value: number): void {
    this.#value = value;
    if (!this.isMarked) this.mark();
  }

  #check(value: unknown): number {
    if (typeof value === "number") return value;
    throw new TypeError(
      `Cannot change gauge "${this.block.layout.name}": expected a number, got ${describe(value)}`,
    );
  }
}

/**
 * A metric that goes up and down.
 *
 * @typeParam S The labels.
 * @see {@link https://prometheus.io/docs/instrumenting/writing_clientlibs/#gauge}
 */
export class Gauge<const S extends LabelSpec = readonly []> extends Instrument<S, GaugeChild> {
  /**
   * Makes a gauge. Without labels it is exposed as 0 from the start.
   *
   * @throws {TypeError} If an argument is of the wrong kind.
   * @throws {RangeError} If the name is not a metric name, or a label cannot be one.
   */
  constructor(name: string, help: string, options: InstrumentOptions<S> = {}) {
    super("gauge", name, help, options);
    this.begin({ parts: [{ suffix: "" }] });
  }

  /** The value of a gauge without labels. */
  get value(): number {
    return this.only.value;
  }

  /** {@linkcode GaugeChild.set} of a gauge without labels. */
  set(this: Gauge<readonly []>, value: number): void {
    this.only.set(value);
  }

  /** {@linkcode GaugeChild.inc} of a gauge without labels. */
  inc(this: Gauge<readonly []>, amount = 1): void {
    this.only.inc(amount);
  }

  /** {@linkcode GaugeChild.dec} of a gauge without labels. */
  dec(this: Gauge<readonly []>, amount = 1): void {
    this.only.dec(amount);
  }

  /** {@linkcode GaugeChild.setToCurrentTime} of a gauge without labels. */
  setToCurrentTime(this: Gauge<readonly []>): void {
    this.only.setToCurrentTime();
  }

  /** {@linkcode GaugeChild.startTimer} of a gauge without labels. */
  startTimer(this: Gauge<readonly []>): Timer {
    return this.only.startTimer();
  }

  /** {@linkcode GaugeChild.time} of a gauge without labels. */
  time<T>(this: Gauge<readonly []>, fn: () => T): T {
    return this.only.time(fn);
  }

  /** {@linkcode GaugeChild.trackInProgress} of a gauge without labels. */
  trackInProgress<T>(this: Gauge<readonly []>, fn: () => T): T {
    return this.only.trackInProgress(fn);
  }

  /** Creates a child. */
  protected override createChild(): GaugeChild {
    return new GaugeChild();
  }
}
