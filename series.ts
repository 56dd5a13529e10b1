/**
 * The series of an instrument: from label values to what counts for them, in blocks.
 *
 * @module
 */

import { Child, SeriesBlock, type SeriesLayout } from "./series_block.ts";

/** A map by a list of strings of fixed length. Unlike a joined key, it tells `["a,b"]` from `["a", "b"]`. */
type Level<C> = Map<string, Level<C> | C>;

/** The children of an instrument, one for each combination of label values, in blocks in the order in which they came. */
export class SeriesMap<C extends Child> {
  readonly #layout: SeriesLayout;
  readonly #depth: number;
  #root: Level<C> = new Map();
  #blocks: SeriesBlock[] = [];
  #removals = 0;
  /** Where children are that are not exposed. */
  readonly #limbo: SeriesBlock;

  /** Starts empty. */
  constructor(layout: SeriesLayout) {
    this.#layout = layout;
    this.#limbo = new SeriesBlock(layout);
    this.#depth = Math.max(layout.labelNames.length, 1);
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
    let level = this.#root;
    for (let i = 0; i < this.#depth - 1; i++) {
      const next = level.get(values[i] as string);
      if (next === undefined) return undefined;
      level = next as Level<C>;
    }
    return level.get(values[this.#depth - 1] as string) as C | undefined;
  }

  /** Adds a child for values that have none. */
  add(values: readonly string[], child: C): void {
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
    let block = this.#blocks.at(-1);
    if (block === undefined || block.isFull) {
      block = new SeriesBlock(this.#layout);
      this.#blocks.push(block);
    }
    block.add(child, values);
  }

  /** Removes a child, which can go on counting on its own. Tells whether there was one. */
  delete(values: readonly string[]): boolean {
    const path = [this.#root];
    for (let i = 0; i < this.#depth - 1; i++) {
      const next = path[i]!.get(values[i]!);
      if (next === undefined) return false;
      path.push(next as Level<C>);
    }
    const last = values[this.#depth - 1]!;
    const child = path[this.#depth - 1]!.get(last) as C | undefined;
    if (child === undefined) return false;
    path[this.#depth - 1]!.delete(last);
    for (let i = this.#depth - 1; i > 0 && path[i]!.size === 0; i--) {
      path[i - 1]!.delete(values[i - 1]!);
    }
    const { block, row } = Child.placeOf(child);
    this.setAdrift(child);
    block.remove(row);
    this.#removals++;
    if (block.isSparse) this.#shrink(block);
    return true;
  }

  /** Lets a child count for nobody. */
  setAdrift(child: C): void {
    Child.place(child, this.#limbo, 0);
  }

  /** Removes all children, which can go on counting. */
  clear(): void {
    this.#root = new Map();
    this.#blocks = [];
    this.#removals++;
  }

  /** Does without a block if it is empty, or if what is left of it has room in the one before. */
  #shrink(block: SeriesBlock): void {
    const i = this.#blocks.indexOf(block);
    const before = this.#blocks[i - 1];
    if (block.size > 0 && !before?.hasRoomFor(block)) return;
    before?.takeAll(block);
    this.#blocks.splice(i, 1);
  }
}
