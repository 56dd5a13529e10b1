/**
 * Parsed label sets, and keys that are equal for equal label sets however they were written.
 *
 * @module
 */

import { escapeLabelValue } from "../model/escape.ts";
import { isLabelName } from "../model/names.ts";
import { ShortKeys } from "../model/short_keys.ts";

/**
 * The label names of a series, as they were written.
 *
 * The same names may be written in several orders. The one that occurs first in an exposition is their canonical order.
 */
export interface Shape {
  /** The names, without duplicates. */
  readonly names: readonly string[];
  /** The names that need no quotes, in their places; the others are empty. */
  readonly plainNames: readonly string[];
  /** The indexes of the names in canonical order. */
  readonly canonicalOrder: readonly number[];
  /** The indexes of the names in alphabetical order. */
  readonly sortedOrder: readonly number[];
  /** Whether the names are in canonical order. */
  readonly isCanonical: boolean;
}

/** The labels of a series or of an exemplar. */
export class LabelSet {
  /** Alternating names and values. Labels with an empty value are equivalent to absent ones and left out. */
  readonly labels: readonly string[];
  /** The names. */
  readonly shape: Shape;
  /** The labels as they were written, in braces. */
  readonly text: string;
  /** The label set that followed in the exposition, or is expected to follow. */
  next: LabelSet | undefined;
  #key: string | undefined;

  /**
   * Creates a label set.
   *
   * @param isCanonical Whether `text` is the key.
   */
  constructor(labels: readonly string[], shape: Shape, text: string, isCanonical: boolean) {
    this.labels = labels;
    this.shape = shape;
    this.text = text;
    this.next = undefined;
    this.#key = isCanonical ? text : undefined;
  }

  /** A key that is equal for equal label sets: a slice of the exposition where possible. */
  get key(): string {
    return this.#key ??= writeLabels(this, this.shape.canonicalOrder);
  }

  /** Returns a key that is equal for label sets that are equal except for one label. */
  keyWithout(name: string): string {
    return writeLabels(this, this.shape.sortedOrder, name);
  }
}

/** The empty label set. */
export const NO_LABELS: LabelSet = new LabelSet(
  [],
  { names: [], plainNames: [], canonicalOrder: [], sortedOrder: [], isCanonical: true },
  "",
  true,
);

/** The shapes of one exposition. */
export class Shapes {
  readonly #keys = new ShortKeys();
  readonly #shapes = new Map<string, Shape>();
  /** The canonical shape of each set of names. */
  readonly #canonical = new Map<string, Shape>();

  /** Returns the shape of names in this order, or undefined if a name occurs twice. Equal names share one shape. */
  get(names: readonly string[]): Shape | undefined {
    const key = this.#keyOf(names);
    let shape = this.#shapes.get(key);
    if (shape === undefined) {
      shape = this.#create(names);
      if (shape !== undefined) this.#shapes.set(key, shape);
    }
    return shape;
  }

  #create(names: readonly string[]): Shape | undefined {
    const canonicalOrder = [...names.keys()];
    const sortedOrder = canonicalOrder.toSorted((a, b) => names[a]! < names[b]! ? -1 : 1);
    if (sortedOrder.some((at, i) => i > 0 && names[at] === names[sortedOrder[i - 1]!])) {
      return undefined;
    }
    const plainNames = names.map((name) => isLabelName(name) ? name : "");
    const key = this.#keyOf(sortedOrder.map((at) => names[at]!));
    const canonical = this.#canonical.get(key);
    if (canonical === undefined) {
      const shape = { names, plainNames, canonicalOrder, sortedOrder, isCanonical: true };
      this.#canonical.set(key, shape);
      return shape;
    }
    canonical.sortedOrder.forEach((at, i) => canonicalOrder[at] = sortedOrder[i]!);
    return { names, plainNames, canonicalOrder, sortedOrder, isCanonical: false };
  }

  #keyOf(names: readonly string[]): string {
    return this.#keys.of(JSON.stringify(names));
  }
}

/** Returns whether labels are equal, and in the same order, except for one label. */
export function isEqualWithout(name: string, a: readonly string[], b: readonly string[]): boolean {
  let i = 0;
  let j = 0;
  for (;; i += 2, j += 2) {
    if (a[i] === name) i += 2;
    if (b[j] === name) j += 2;
    if (i >= a.length || j >= b.length) return i >= a.length && j >= b.length;
    if (a[i + 1] !== b[j + 1] || a[i] !== b[j]) return false;
  }
}

function writeLabels({ labels }: LabelSet, order: readonly number[], without?: string): string {
  let text = "";
  for (const at of order) {
    const name = labels[2 * at]!;
    if (name === without) continue;
    const written = isLabelName(name) ? name : `"${escapeLabelValue(name)}"`;
    text += `${text === "" ? "{" : ","}${written}="${escapeLabelValue(labels[2 * at + 1]!)}"`;
  }
  return text === "" ? "" : `${text}}`;
}
