/**
 * A binary heap.
 *
 * @module
 */

/** A priority queue: items are popped in the order of a comparison. */
export class Heap<T> {
  readonly #isBefore: (a: T, b: T) => boolean;
  #items: T[] = [];

  /** Creates an empty heap. */
  constructor(isBefore: (a: T, b: T) => boolean) {
    this.#isBefore = isBefore;
  }

  /** Adds an item. */
  push(item: T): void {
    const items = this.#items;
    let i = items.push(item) - 1;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (!this.#isBefore(item, items[parent]!)) break;
      items[i] = items[parent]!;
      i = parent;
    }
    items[i] = item;
  }

  /** Removes and returns the first item; undefined if the heap is empty. */
  pop(): T | undefined {
    const items = this.#items;
    const first = items[0];
    const last = items.pop();
    if (items.length === 0 || last === undefined) return first;
    let i = 0;
    for (let child = 1; child < items.length; child = 2 * i + 1) {
      if (child + 1 < items.length && this.#isBefore(items[child + 1]!, items[child]!)) child++;
      if (!this.#isBefore(items[child]!, last)) break;
      items[i] = items[child]!;
      i = child;
    }
    items[i] = last;
    return first;
  }

  /** The number of items. */
  get size(): number {
    return this.#items.length;
  }

  /** Removes all items for which a predicate returns false. */
  retain(isRetained: (item: T) => boolean): void {
    const items = this.#items.filter(isRetained);
    this.#items = [];
    for (const item of items) this.push(item);
  }

  /** Removes all items. */
  clear(): void {
    this.#items = [];
  }
}
