/**
 * Children whose series were dropped. A program may have kept them, and its next use brings the series back.
 *
 * @module
 */

import type { Child } from "./child.ts";
import { ValueTree } from "./value_tree.ts";

/** Exposes the series of a dropped child again. Returns whether it is back. */
type Restore<C extends Child> = (child: C, labelValues: readonly string[]) => boolean;

/** The dropped children of an instrument, as long as somebody else references them. */
export class DroppedChildren<C extends Child> {
  #labelValues = new WeakMap<Child, readonly string[]>();
  readonly #children: ValueTree<WeakRef<C>>;
  readonly #collected: FinalizationRegistry<readonly string[]>;
  readonly #restore: Restore<Child>;

  /**
   * Starts empty.
   *
   * @param labelCount The number of labels.
   */
  constructor(labelCount: number, restore: Restore<C>) {
    this.#children = new ValueTree({ first: 0, step: 1, count: labelCount });
    this.#restore = restore as Restore<Child>;
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
    this.#labelValues.set(child, labelValues);
    this.#children.set(labelValues, new WeakRef(child));
    this.#collected.register(child, labelValues);
  }

  /** Brings the series of a child back that is used, if it was dropped and may come back. */
  use(child: C): void {
    const labelValues = this.#labelValues.get(child);
    if (labelValues === undefined || !this.#restore(child, labelValues)) return;
    this.#labelValues.delete(child);
    this.#children.delete(labelValues);
  }

  /** Forgets all children. Their use brings nothing back. */
  clear(): void {
    this.#labelValues = new WeakMap();
    this.#children.clear();
  }

  /** Removes and returns the child for these label values; undefined if there is none any more. */
  take(labelValues: readonly string[]): C | undefined {
    const child = this.#children.get(labelValues)?.deref();
    if (child === undefined) return undefined;
    this.#labelValues.delete(child);
    this.#children.delete(labelValues);
    return child;
  }
}
