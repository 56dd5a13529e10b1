/**
 * A map by lists of strings, all of the same length.
 *
 * No key is put together, so that `["a,b"]` and `["a", "b"]` are different, and a look-up costs less than joining them would.
 *
 * @module
 */

/** What is below a value: what was set, or the values that come next. */
type Below<T> = T | Level<T>;

type Level<T> = Map<string, Below<T>> | Single<T>;

/** A map of one entry, which is what most levels are where some value has many, and a fraction of the size of a map. */
class Single<T> {
  readonly key: string;
  readonly below: Below<T>;

  constructor(key: string, below: Below<T>) {
    this.key = key;
    this.below = below;
  }

  get(key: string): Below<T> | undefined {
    return key === this.key ? this.below : undefined;
  }
}

/** Where the values stand in a list. */
export interface ValuePlaces {
  /** Where the first one stands. */
  readonly first: number;
  /** How far it is from one to the next. */
  readonly step: number;
  /** How many there are. */
  readonly count: number;
}

/** A map by the values in lists. Without values there is one place. */
export class ValueTree<T extends object> {
  readonly #first: number;
  readonly #step: number;
  readonly #end: number;
  #root: Level<T> | undefined;

  /** Starts empty. */
  constructor({ first, step, count }: ValuePlaces) {
    this.#first = first;
    this.#step = step;
    this.#end = first + step * Math.max(count, 1);
  }

  /** What was set for these values. What is no string leads nowhere. */
  get(list: readonly unknown[]): T | undefined {
    let below: Below<T> | undefined = this.#root;
    for (let i = this.#first; i < this.#end; i += this.#step) {
      if (below === undefined) return undefined;
      below = (below as Level<T>).get(list[i] as string);
    }
    return below as T | undefined;
  }

  /** Sets something for these values. */
  set(list: readonly string[], item: T): void {
    this.#root = this.#with(this.#root, list, this.#first, item);
  }

  /** Removes what is there for these values. */
  delete(list: readonly string[]): void {
    this.#root = this.#without(this.#root!, list, this.#first);
  }

  /** Removes everything. */
  clear(): void {
    this.#root = undefined;
  }

  /** A level with an item more. */
  #with(level: Level<T> | undefined, list: readonly string[], i: number, item: T): Level<T> {
    const key = list[i]!;
    const next = i + this.#step;
    const entry = next === this.#end
      ? item
      : this.#with(level?.get(key) as Level<T> | undefined, list, next, item);
    if (level instanceof Map) return level.set(key, entry);
    if (level === undefined || level.key === key) return new Single(key, entry);
    return new Map([[level.key, level.below], [key, entry]]);
  }

  /** A level without an item that is there; undefined if nothing is left of it. */
  #without(level: Level<T>, list: readonly string[], i: number): Level<T> | undefined {
    const key = list[i]!;
    const next = i + this.#step;
    const rest = next === this.#end
      ? undefined
      : this.#without(level.get(key) as Level<T>, list, next);
    if (level instanceof Single) return rest && new Single(key, rest);
    if (rest === undefined) level.delete(key);
    else level.set(key, rest);
    return level.size === 0 ? undefined : level;
  }
}
