/**
 * Tests of how long the event loop is held, without holding it.
 *
 * @module
 */

import { clearImmediate, setImmediate } from "node:timers";

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
  return await countTurns(work) > 0;
}

/** Counts how often work that takes long lets other work of the program run before it is done. */
export async function countTurns(work: () => Promise<unknown>): Promise<number> {
  using _clock = new StoppedClock({ step: 5 });
  return await turnsOf(work);
}

/** Counts the turns of the event loop during some work. */
export async function turnsOf(work: () => Promise<unknown>): Promise<number> {
  let turns = 0;
  let next = setImmediate(take);
  function take(): void {
    turns++;
    next = setImmediate(take);
  }
  await work();
  clearImmediate(next);
  return turns;
}
