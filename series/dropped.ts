/**
 * Children whose series were dropped. A program may have kept them, and its next use brings the series back.
 *
 * @module
 */

import { Child, DroppedBlock } from "./block.ts";
import type { SeriesLayout } from "./layout.ts";
import { ValueTree } from "./value_tree.ts";

/** The dropped children of an instrument, as long as somebody else references them. */
export class DroppedChildren<C extends Child> {
  readonly #block: DroppedBlock;
  #labelValues = new WeakMap<Child, readonly string[]>();
  readonly #children: ValueTree<WeakRef<C>>;
  readonly #collected: FinalizationRegistry<readonly string[]>;

  /**
   * Starts empty.
   *
   * @param restore Called when a dropped child is used. Returns whether its series is back.
   */
  constructor(
    layout: SeriesLayout,
    restore: (child: C, labelValues: readonly string[]) => boolean,
  ) {
    this.#children = new ValueTree({ first: 0, step: 1, count: layout.labelNames.length });
    this.#block = new DroppedBlock(layout, (child) => {
      const labelValues = this.#labelValues.get(child);
      if (labelValues === undefined) return;
      if (restore(child as C, labelValues)) this.#children.delete(labelValues);
      else Child.unmark(child);
    });
    this.#collected = new FinalizationRegistry((labelValues) => {
      const reference = this.#children.get(labelValues);
      if (reference !== undefined && reference.deref() === undefined) {
        this.#children.delete(labelValues);
      }
    });
  }

  /** Adds a child, and resets it if its values only grow. */
  add(child: C, labelValues: readonly string[]): void {
    child.reset?.();
    Child.place(child, this.#block, 0);
    Child.unmark(child);
    this.#labelValues.set(child, labelValues);
    this.#children.set(labelValues, new WeakRef(child));
    this.#collected.register(child, labelValues);
  }

  /** Forgets all children. Their use brings nothing back. */
  clear(): void {
    this.#labelValues = new WeakMap();
    this.#children.clear();
  }

  /** Removes and returns the child for these label values; undefined if there is none any more. */
  take(labelValues: readonly string[]): C | undefined {
    const child = this.#children.get(labelValues)?.deref();
    if (child !== undefined) this.#children.delete(labelValues);
    return child;
  }
}
