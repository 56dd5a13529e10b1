/**
 * Rate limiting by token buckets.
 *
 * @module
 */

/** A bucket of tokens. It is full at first, and refilled with one token per interval. */
export class TokenBucket {
  readonly #interval: number;
  readonly #burst: number;
  #tokens: number;
  #time: number;

  /**
   * Creates a bucket.
   *
   * @param interval Seconds for one token.
   * @param burst The number of tokens that the bucket holds.
   * @param now The time, in seconds.
   */
  constructor(interval: number, burst: number, now: number) {
    this.#interval = interval;
    this.#burst = burst;
    this.#tokens = burst;
    this.#time = now;
  }

  /** Takes a token. Returns whether there was one. */
  take(now: number): boolean {
    this.#refill(now);
    if (this.#tokens < 1) return false;
    this.#tokens--;
    return true;
  }

  /** Puts a token back. */
  giveBack(): void {
    this.#tokens = Math.min(this.#burst, this.#tokens + 1);
  }

  /** Returns whole seconds, at least 1, after which there is a token again. */
  secondsToWait(now: number): number {
    this.#refill(now);
    return Math.max(1, Math.ceil((1 - this.#tokens) * this.#interval));
  }

  #refill(now: number): void {
    const seconds = Math.max(0, now - this.#time);
    this.#tokens = Math.min(this.#burst, this.#tokens + seconds / this.#interval);
    this.#time = now;
  }
}
