/**
 * A cache of values derived from objects, for as long as the objects live.
 *
 * @module
 */

/** The maximum number of values per object. */
const MAX_VALUES = 4;

/** Caches a few values per object, by key. */
export class WeakCache<O extends object, V> {
  readonly #objects = new WeakMap<O, Map<string, V>>();

  /** Returns the value of an object under a key, if it is cached. */
  get(object: O, key: string): V | undefined {
    return this.#objects.get(object)?.get(key);
  }

  /** Removes the value of an object under a key. */
  delete(object: O, key: string): void {
    this.#objects.get(object)?.delete(key);
  }

  /** Caches and returns a value. The oldest value of the object is removed if there are too many. */
  set(object: O, key: string, value: V): V {
    let values = this.#objects.get(object);
    if (values === undefined) this.#objects.set(object, values = new Map());
    if (values.size >= MAX_VALUES) values.delete(values.keys().next().value!);
    values.set(key, value);
    return value;
  }
}
