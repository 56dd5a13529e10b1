/**
 * The series of an instrument: from label values to what counts for them.
 *
 * @module
 */

/** A map by a list of strings of fixed length. Unlike a joined key, it tells `["a,b"]` from `["a", "b"]`. */
type Level<C> = Map<string, Level<C> | C>;

/** The children of an instrument, one for each combination of label values. */
export class SeriesMap<C> {
  readonly #depth: number;
  #root: Level<C> = new Map();

  /** Starts empty, for so many labels. */
  constructor(depth: number) {
    this.#depth = Math.max(depth, 1);
  }

  /** The child for these values, if it is there. What is no list of strings has none. */
  get(values: readonly unknown[]): C | undefined {
    let level = this.#root;
    for (let i = 0; i < this.#depth - 1; i++) {
      const next = level.get(values[i] as string);
      if (next === undefined) return undefined;
      level = next as Level<C>;
    }
    return level.get(values[this.#depth - 1] as string) as C | undefined;
  }

  /** Adds a child for values that have none. */
  set(values: readonly string[], child: C): void {
    let level = this.#root;
    for (let i = 0; i < this.#depth - 1; i++) {
      let next = level.get(values[i]!) as Level<C> | undefined;
      if (next === undefined) {
        next = new Map();
        level.set(values[i]!, next);
      }
      level = next;
    }
    level.set(values[this.#depth - 1]!, child);
  }

  /** Visits all children, those with the same first values one after the other. */
  forEach(visit: (child: C) => void): void {
    forEachBelow(this.#root, this.#depth - 1, visit);
  }

  /** Removes a child. Tells whether there was one. */
  delete(values: readonly string[]): boolean {
    const path = [this.#root];
    for (let i = 0; i < this.#depth - 1; i++) {
      const next = path[i]!.get(values[i]!);
      if (next === undefined) return false;
      path.push(next as Level<C>);
    }
    if (!path[this.#depth - 1]!.delete(values[this.#depth - 1]!)) return false;
    for (let i = this.#depth - 1; i > 0 && path[i]!.size === 0; i--) {
      path[i - 1]!.delete(values[i - 1]!);
    }
    return true;
  }

  /** Removes all children. */
  clear(): void {
    this.#root = new Map();
  }
}

function forEachBelow<C>(level: Level<C>, depth: number, visit: (child: C) => void): void {
  for (const next of level.values()) {
    if (depth === 0) visit(next as C);
    else forEachBelow(next as Level<C>, depth - 1, visit);
  }
}
