/**
 * What histograms and summaries have in common: they take in values one by one, such as how long something took.
 *
 * @module
 */

import { describe } from "./describe.ts";
import { Child } from "./series_block.ts";
import { time, Timer } from "./timer.ts";

/** A histogram or a summary for one combination of label values. */
export abstract class ObserverChild extends Child {
  /**
   * Takes in a value.
   *
   * @throws {TypeError} If it is not a number.
   */
  abstract observe(value: number): void;

  /** Begins to measure a time that it will observe, in seconds. */
  startTimer(): Timer {
    return new Timer((seconds) => this.observe(seconds));
  }

  /** Calls a function and observes how long it takes, in seconds; for an async function until it settles. */
  time<T>(fn: () => T): T {
    return time(fn, (seconds) => this.observe(seconds));
  }
}

/** What is thrown for a value that is no number. */
export function observeError(instrument: string, value: unknown): TypeError {
  return new TypeError(
    `Cannot observe with ${instrument}: expected a number, got ${describe(value)}`,
  );
}
