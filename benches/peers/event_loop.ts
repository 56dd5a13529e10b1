/**
 * How long the event loop is held.
 *
 * @module
 */

import { setImmediate } from "node:timers";

/** Takes a turn of the event loop whenever it can, and remembers the longest time without one. */
export class EventLoopWatch {
  #isOn = false;
  #longest = 0;
  #last = 0;

  /** Begins. */
  start(): void {
    this.#isOn = true;
    this.#longest = 0;
    this.#last = performance.now();
    setImmediate(this.#turn);
  }

  /** Ends, and tells the longest time between two turns in milliseconds. */
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
