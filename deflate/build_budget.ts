/**
 * Limits how much time goes into making patchable pieces.
 *
 * @module
 */

/** How long one exposition makes pieces, in milliseconds. */
const MAX_BUILDING = 16;

/**
 * The time that one exposition may spend on making patchable pieces. A piece takes several times as long as one of `node:zlib`; so when
 * many are due at once, such as all those of a new process, they are made in several scrapes.
 */
export class BuildBudget {
  readonly #now: () => number;
  #rest = MAX_BUILDING;

  /**
   * Starts with the whole budget.
   *
   * @param now The clock, in milliseconds.
   */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Makes something if there is time left. The last one may take longer than that. */
  build<T>(make: () => T): T | undefined {
    if (this.#rest <= 0) return undefined;
    const start = this.#now();
    const made = make();
    this.#rest -= this.#now() - start;
    return made;
  }
}
