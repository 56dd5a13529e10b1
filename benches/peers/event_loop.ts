/**
 * Measurement of how long the event loop is blocked.
 *
 * @module
 */

import { setImmediate } from "node:timers";

/** Takes turns of the event loop all the time, and records the longest time between two of them. */
export class EventLoopWatch {
  #isOn = false;
  #longest = 0;
  #last = 0;

  /** Starts. */
  start(): void {
    this.#isOn = true;
    this.#longest = 0;
    this.#last = performance.now();
    setImmediate(this.#turn);
  }

  /** Stops, and returns the longest time between two turns in milliseconds. */
  stop(): number {
    this.#look();
    this.#isOn = false;
    return this.#longest;
  }

  readonly #turn = (): void => {
    if (!this.#isOn) return;
    this.#look();
    setImmediate(this.#turn);
  };

  #look(): void {
    const now = performance.now();
    this.#longest = Math.max(this.#longest, now - this.#last);
    this.#last = now;
  }
}
