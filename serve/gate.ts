/**
 * A bound on how many tasks that need much memory run at the same time.
 *
 * @module
 */

/** Lets a number of tasks run at the same time. The others wait for their turn. */
export class Gate {
  readonly #limit: number;
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  /** Creates a gate with a maximum number of tasks. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /**
   * Runs a task when it is its turn.
   *
   * @throws The reason of the signal, if it has aborted by then. The task does not run.
   */
  async run<T>(task: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    if (this.#running < this.#limit) this.#running++;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      signal?.throwIfAborted();
      return await task();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#running--;
      else next();
    }
  }
}
