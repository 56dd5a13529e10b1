/**
 * The series of an instrument: from label values to what counts for them, in blocks.
 *
 * @module
 */

import { Child, SeriesBlock, type SeriesLayout } from "./series_block.ts";

/** What is below a label value: the child, or the values of the next label. */
type Below<C> = C | Level<C>;

/** A map by a list of strings of fixed length. Unlike a joined key, it tells `["a,b"]` from `["a", "b"]`. */
type Level<C> = Map<string, Below<C>> | Single<C>;

/** A map of one entry, which is what most levels are if some label has many values, and a fraction of the size of a map. */
class Single<C> {
  readonly key: string;
  readonly below: Below<C>;

  constructor(key: string, below: Below<C>) {
    this.key = key;
    this.below = below;
  }

  get(key: string): Below<C> | undefined {
    return key === this.key ? this.below : undefined;
  }
}

/** The children of an instrument, one for each combination of label values, in blocks in the order in which they came. */
export class SeriesMap<C extends Child> {
  readonly #layout: SeriesLayout;
  readonly #depth: number;
  #root: Level<C> | undefined;
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
    let below: Below<C> | undefined = this.#root;
    for (let i = 0; i < this.#depth; i++) {
      if (below === undefined) return undefined;
      below = (below as Level<C>).get(values[i] as string);
    }
    return below as C | undefined;
  }

  /** Adds a child for values that have none. */
  add(values: readonly string[], child: C): void {
    this.#root = withChild(this.#root, values, 0, child);
    let block = this.#blocks.at(-1);
    if (block === undefined || block.isFull) {
      block = new SeriesBlock(this.#layout);
      this.#blocks.push(block);
    }
    block.add(child, values);
  }

  /** Removes a child, which can go on counting on its own. Tells whether there was one. */
  delete(values: readonly string[]): boolean {
    const child = this.get(values);
    if (child === undefined) return false;
    this.#root = withoutChild(this.#root!, values, 0);
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
    this.#root = undefined;
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

/** A level with a child more. */
function withChild<C>(
  level: Level<C> | undefined,
  values: readonly string[],
  i: number,
  child: C,
): Level<C> {
  const key = values[i]!;
  const isLast = i >= values.length - 1;
  const below = level?.get(key) as Level<C> | undefined;
  const entry = isLast ? child : withChild(below, values, i + 1, child);
  if (level instanceof Map) return level.set(key, entry);
  if (level === undefined || level.key === key) return new Single(key, entry);
  return new Map([[level.key, level.below], [key, entry]]);
}

/** A level without a child that is there; undefined if nothing is left of it. */
function withoutChild<C>(
  level: Level<C>,
  values: readonly string[],
  i: number,
): Level<C> | undefined {
  const key = values[i]!;
  const isLast = i >= values.length - 1;
  const rest = isLast ? undefined : withoutChild(level.get(key) as Level<C>, values, i + 1);
  if (level instanceof Single) return rest && new Single(key, rest);
  if (rest === undefined) level.delete(key);
  else level.set(key, rest);
  return level.size === 0 ? undefined : level;
}
