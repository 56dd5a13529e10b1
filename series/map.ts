/**
 * The series of an instrument: a map from label values to children, which are stored in blocks.
 *
 * @module
 */

import { Child, SeriesBlock } from "./block.ts";
import type { SeriesLayout } from "./layout.ts";
import { ValueTree } from "./value_tree.ts";

/** The children of an instrument by their label values, in blocks in the order of their creation. */
export class SeriesMap<C extends Child> {
  readonly #layout: SeriesLayout;
  readonly #children: ValueTree<C>;
  #blocks: SeriesBlock[] = [];
  #removals = 0;
  /** Holds children that are not exposed. */
  readonly #detached: SeriesBlock;

  /** Starts empty. */
  constructor(layout: SeriesLayout) {
    this.#layout = layout;
    this.#detached = new SeriesBlock(layout);
    this.#children = new ValueTree({ first: 0, step: 1, count: layout.labelNames.length });
  }

  /** The blocks with all exposed children. */
  get blocks(): readonly SeriesBlock[] {
    return this.#blocks;
  }

  /** The number of removals so far. */
  get removals(): number {
    return this.#removals;
  }

  /** Returns the child for these values, if there is one. Values that are not strings have none. */
  get(values: readonly unknown[]): C | undefined {
    return this.#children.get(values);
  }

  /** Adds a child for values without one. */
  add(values: readonly string[], child: C): void {
    this.#children.set(values, child);
    let block = this.#blocks.at(-1);
    if (block === undefined || block.isFull) {
      block = new SeriesBlock(this.#layout);
      this.#blocks.push(block);
    }
    block.add(child, values);
  }

  /** Removes the child for these values, which can still be used, and returns whether there was one. */
  delete(values: readonly string[]): boolean {
    const child = this.get(values);
    if (child === undefined) return false;
    this.#children.delete(values);
    const { block, row } = Child.placeOf(child);
    this.detach(child);
    block.remove(row);
    this.#removals++;
    if (block.isSparse) this.#shrink(block);
    return true;
  }

  /** Takes a child out of the exposition. It can still be used. */
  detach(child: C): void {
    Child.place(child, this.#detached, 0);
  }

  /** Removes all children. They can still be used. */
  clear(): void {
    this.#children.clear();
    this.#blocks = [];
    this.#removals++;
  }

  /** Removes a block that is empty, or merges it into the block before if that has room. */
  #shrink(block: SeriesBlock): void {
    const i = this.#blocks.indexOf(block);
    const before = this.#blocks[i - 1];
    if (block.size > 0 && !before?.hasRoomFor(block)) return;
    before?.takeAll(block);
    this.#blocks.splice(i, 1);
  }
}
