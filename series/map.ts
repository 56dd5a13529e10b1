/**
 * The series of an instrument: from label values to what counts for them, in blocks.
 *
 * @module
 */

import { Child, SeriesBlock, type SeriesLayout } from "./block.ts";
import { ValueTree } from "./value_tree.ts";

/** The children of an instrument, one for each combination of label values, in blocks in the order in which they came. */
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

  /** The blocks that the children are in. */
  get blocks(): readonly SeriesBlock[] {
    return this.#blocks;
  }

  /** How often series were removed. */
  get removals(): number {
    return this.#removals;
  }

  /** The child for these values, if it is there. What is no list of strings has none. */
  get(values: readonly unknown[]): C | undefined {
    return this.#children.get(values);
  }

  /** Adds a child for values that have none. */
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

  /** Removes all children, which can go on counting. */
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
