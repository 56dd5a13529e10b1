/**
 * Measuring how long something takes.
 *
 * @module
 */

/** A measurement that has begun. It ends once, by {@linkcode Timer.stop} or at the end of a `using` block. */
export class Timer implements Disposable {
  readonly #record: (seconds: number) => void;
  readonly #began: number = performance.now();
  #seconds: number | undefined;

  /** Begins now. */
  constructor(record: (seconds: number) => void) {
    this.#record = record;
  }

  /** Ends the measurement, records it, and returns the seconds that it took. Ending it again does nothing more. */
  stop(): number {
    if (this.#seconds === undefined) {
      this.#seconds = (performance.now() - this.#began) / 1000;
      this.#record(this.#seconds);
    }
    return this.#seconds;
  }

  /** Ends the measurement. */
  [Symbol.dispose](): void {
    this.stop();
  }
}

/** Calls a function and records the seconds that it takes; for an async function until it settles. */
export function time<T>(fn: () => T, record: (seconds: number) => void): T {
  const timer = new Timer(record);
  return finallyCall(fn, () => timer.stop());
}

/**
 * Calls a function, and something else when it has returned, thrown or settled.
 *
 * @returns What the function returns.
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

/** Tells whether something will settle, as promises do, those of others included. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && "then" in value &&
    typeof value.then === "function";
}
