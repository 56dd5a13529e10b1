/**
 * Memory of what was made of objects, as long as these live.
 *
 * @module
 */

/** How many things are remembered of one object. */
const CAPACITY = 4;

/** Remembers a few things made of an object, by a key for each. */
export class WeakCache<O extends object, V> {
  readonly #known = new WeakMap<O, Map<string, V>>();

  /** What was made of the object under this key, if it is remembered. */
  get(object: O, key: string): V | undefined {
    return this.#known.get(object)?.get(key);
  }

  /** Forgets what was made of the object under this key. */
  delete(object: O, key: string): void {
    this.#known.get(object)?.delete(key);
  }

  /** Remembers something, in place of the oldest thing if there are too many. */
  set(object: O, key: string, value: V): V {
    let values = this.#known.get(object);
    if (values === undefined) this.#known.set(object, values = new Map());
    if (values.size >= CAPACITY) values.delete(values.keys().next().value!);
    values.set(key, value);
    return value;
  }
}
