/** A random number generator with a seed, which gives the same numbers in each run. */
export class Dice {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  /** An integer from 0 to below a limit. */
  below(limit: number): number {
    this.#state = (Math.imul(this.#state, 1664525) + 1013904223) >>> 0;
    return Math.floor(this.#state / 2 ** 32 * limit);
  }

  /** An element of a list. */
  of<T>(list: readonly T[]): T {
    return list[this.below(list.length)]!;
  }
}
