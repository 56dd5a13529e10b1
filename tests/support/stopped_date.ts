/**
 * Tests of what changes with the time of day, without waiting.
 *
 * @module
 */

/** The clock of `Date.now()`, which stands still unless a test moves it. */
export class StoppedDate implements Disposable {
  readonly #original = Date.now;
  #time: number;

  /** Stops the clock at some seconds after the epoch. */
  constructor(seconds = 1_700_000_000) {
    this.#time = seconds * 1000;
    Date.now = () => this.#time;
  }

  /** Moves it on by some seconds. */
  advance(seconds: number): void {
    this.#time += seconds * 1000;
  }

  [Symbol.dispose](): void {
    Date.now = this.#original;
  }
}
