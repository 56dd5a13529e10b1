/**
 * The series of an instrument: a map from label values to children, whose state is in blocks.
 *
 * @module
 */

import { rowsIn, SeriesBlock } from "./block.ts";
import { Child, type CreateChild, Slots } from "./child.ts";
import type { SeriesLayout } from "./layout.ts";
import { SeriesKeys } from "./series_keys.ts";

/** Options of {@linkcode SeriesMap}. */
export interface SeriesMapOptions<C extends Child> {
  /** Creates a child. */
  readonly createChild: CreateChild<C>;
  /**
   * Whether a series that is a mere number has one child, which is kept. Other series always have.
   *
   * @default {false}
   */
  readonly keepsChildren?: boolean;
  /** Called when a child of a removed series is used. */
  readonly onUse?: (child: C) => void;
}

/** The children of an instrument by their label values, in blocks in the order of their creation. */
export class SeriesMap<C extends Child> {
  readonly #layout: SeriesLayout;
  readonly #createChild: CreateChild<C>;
  readonly #keepsChildren: boolean;
  readonly #onUse: ((child: Child) => void) | undefined;
  /** How many bits of a place tell the slot; the others tell the block. */
  readonly #slotBits: number;
  #keys: SeriesKeys;
  #blocks: SeriesBlock[] = [];
  /** The blocks by the bits of their places. */
  #numbered: (SeriesBlock | undefined)[] = [];
  /** The child of an instrument without labels. */
  #only: C | undefined;
  #removals = 0;

  /** Starts empty. */
  constructor(layout: SeriesLayout, options: SeriesMapOptions<C>) {
    const { createChild, keepsChildren = false, onUse } = options;
    const { length } = layout.labelNames;
    this.#layout = layout;
    this.#createChild = createChild;
    this.#keepsChildren = keepsChildren || !layout.isNumber || length === 0;
    this.#onUse = onUse as ((child: Child) => void) | undefined;
    this.#slotBits = 32 - Math.clz32(rowsIn(layout) - 1);
    this.#keys = new SeriesKeys(length);
  }

  /** The blocks with all exposed series. */
  get blocks(): readonly SeriesBlock[] {
    return this.#blocks;
  }

  /** The number of removals so far. */
  get removals(): number {
    return this.#removals;
  }

  /** Returns the child for these values, if there is one. Values that are not strings have none. */
  get(values: readonly unknown[]): C | undefined {
    if (values.length === 0) return this.#only;
    const place = this.#keys.find(values);
    if (place < 0) return undefined;
    const block = this.#blockOf(place);
    const slot = place - block.place;
    return this.#keepsChildren ? block.childAt(slot) as C : this.#createChild(block, slot);
  }

  /**
   * Adds a series for values without one, and returns its child.
   *
   * @param known A child that somebody kept when its series was removed.
   */
  add(values: readonly string[], known?: C): C {
    let block = this.#blocks.at(-1);
    if (block === undefined || block.isFull) {
      block = this.#createBlock();
      this.#blocks.push(block);
    }
    const slot = block.add(values);
    if (known !== undefined) Child.place(known, block, slot);
    const child = known ?? this.#createChild(block, slot);
    block.keep(slot, child);
    if (values.length === 0) this.#only = child;
    return child;
  }

  /** Removes the series for these values, and returns whether there was one. Its children can still be used. */
  delete(values: readonly string[]): boolean {
    const place = this.#keys.find(values);
    if (place < 0) return false;
    const block = this.#blockOf(place);
    block.remove(place - block.place);
    this.#only = undefined;
    this.#removals++;
    if (block.isSparse) this.#shrink(block);
    return true;
  }

  /** Creates a child whose series is not exposed. */
  createDetached(): C {
    return this.#createChild(Slots.detached(this.#layout, this.#onUse), 0);
  }

  /** Removes all series. Their children can still be used. */
  clear(): void {
    this.#keys = new SeriesKeys(this.#layout.labelNames.length);
    this.#blocks = [];
    this.#numbered = [];
    this.#only = undefined;
    this.#removals++;
  }

  #blockOf(place: number): SeriesBlock {
    return this.#numbered[place >> this.#slotBits]!;
  }

  #createBlock(): SeriesBlock {
    const free = this.#numbered.indexOf(undefined);
    const number = free < 0 ? this.#numbered.length : free;
    return this.#numbered[number] = new SeriesBlock(this.#layout, {
      keys: this.#keys,
      place: number << this.#slotBits,
      keepsChildren: this.#keepsChildren,
      onUse: this.#onUse,
    });
  }

  #forget(block: SeriesBlock): void {
    this.#numbered[block.place >> this.#slotBits] = undefined;
  }

  /** Removes a block that is empty, or replaces it and the one before by a new one that has room for both. */
  #shrink(block: SeriesBlock): void {
    const i = this.#blocks.indexOf(block);
    const before = this.#blocks[i - 1];
    if (block.rows === 0) {
      this.#blocks.splice(i, 1);
      this.#forget(block);
    } else if (before?.canJoin(block)) {
      const joined = this.#createBlock();
      joined.takeAll(before);
      joined.takeAll(block);
      this.#blocks.splice(i - 1, 2, joined);
      this.#forget(before);
      this.#forget(block);
    }
  }
}
