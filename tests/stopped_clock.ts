/**
 * Tests of how long the event loop is held, without holding it.
 *
 * @module
 */

import { setImmediate } from "node:timers";

/** What the last stopped clock showed, behind which the next one does not go back. */
let latest = 0;

/** The clock of `performance.now()`, which stands still unless a test moves it. */
export class StoppedClock implements Disposable {
  readonly #original = performance.now;
  readonly #step: number;
  #time = Math.max(performance.now(), latest);

  /** Stops the clock. Each look at it can move it on by some milliseconds. */
  constructor(options: { step?: number } = {}) {
    this.#step = options.step ?? 0;
    performance.now = () => this.#time += this.#step;
  }

  /** Moves it on by some milliseconds. */
  advance(milliseconds: number): void {
    this.#time += milliseconds;
  }

  [Symbol.dispose](): void {
    performance.now = this.#original;
    latest = this.#time;
  }
}

/** Tells whether work that takes long lets other work of the program run before it is done. */
export async function letsOthersRun(work: () => Promise<unknown>): Promise<boolean> {
  using _clock = new StoppedClock({ step: 5 });
  let others = false;
  setImmediate(() => others = true);
  await work();
  return others;
}
