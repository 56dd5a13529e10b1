/**
 * Measurement of durations.
 *
 * @module
 */

/** A running timer. {@linkcode Timer.stop}, or the end of a `using` block, records the elapsed time once. */
export class Timer implements Disposable {
  readonly #record: (seconds: number) => void;
  readonly #began: number = performance.now();
  #seconds: number | undefined;

  /** Starts a timer. */
  constructor(record: (seconds: number) => void) {
    this.#record = record;
  }

  /** Records and returns the elapsed seconds. Further calls only return them. */
  stop(): number {
    if (this.#seconds === undefined) {
      this.#seconds = (performance.now() - this.#began) / 1000;
      this.#record(this.#seconds);
    }
    return this.#seconds;
  }

  /** Stops the timer. */
  [Symbol.dispose](): void {
    this.stop();
  }
}

/** Calls a function and records its duration in seconds, of an async function until its promise settles. */
export function time<T>(fn: () => T, record: (seconds: number) => void): T {
  const timer = new Timer(record);
  return finallyCall(fn, () => timer.stop());
}

/**
 * Calls a function, and `after` when it has returned or thrown, or its promise has settled.
 *
 * @returns The result of the function.
 */
export function finallyCall<T>(fn: () => T, after: () => void): T {
  let result: T;
  try {
    result = fn();
  } catch (error) {
    after();
    throw error;
  }
  if (!isThenable(result)) {
    after();
    return result;
  }
  return Promise.resolve(result).finally(after) as T;
}

/** Returns whether a value is a promise, or has a `then` method like one. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && "then" in value &&
    typeof value.then === "function";
}
