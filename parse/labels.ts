/**
 * Labels as they were read, and the keys that tell them apart however they were written.
 *
 * @module
 */

import { escapeLabelValue } from "../model/escape.ts";
import { isLabelName } from "../model/names.ts";
import { Keys } from "./keys.ts";

/** Label names in the order in which they were written. */
export interface Shape {
  /** The names. None occurs twice. */
  readonly names: readonly string[];
  /** Where each name stands, in the order in which these names, or the same in another order, came first. */
  readonly order: readonly number[];
  /** Where each name stands, in alphabetical order. */
  readonly sorted: readonly number[];
  /** Whether they came in this order first. */
  readonly isFirst: boolean;
}

/** The labels of a series or of an exemplar. */
export interface LabelSet {
  /** Names and values in turn. A label with an empty value is as good as none, so it is left out. */
  readonly labels: readonly string[];
  /** Their names. */
  readonly shape: Shape;
  /** Where in the text they begin, with the brace. */
  readonly from: number;
  /** Where in the text they end. */
  readonly to: number;
  /** Whether they are written there as {@linkcode labelsKey} would write them. */
  readonly isKey: boolean;
}

/** No labels. */
export const NO_LABELS: LabelSet = {
  labels: [],
  shape: { names: [], order: [], sorted: [], isFirst: true },
  from: 0,
  to: 0,
  isKey: true,
};

/** The shapes of one exposition. */
export class Shapes {
  readonly #keys = new Keys();
  readonly #shapes = new Map<string, Shape>();
  /** For each set of names the shape that came first. */
  readonly #first = new Map<string, Shape>();

  /** The one shape that these names in this order have; undefined if a name occurs twice. */
  get(names: readonly string[]): Shape | undefined {
    const key = this.#keyOf(names);
    let shape = this.#shapes.get(key);
    if (shape === undefined) {
      shape = this.#make(names);
      if (shape !== undefined) this.#shapes.set(key, shape);
    }
    return shape;
  }

  #make(names: readonly string[]): Shape | undefined {
    const order = [...names.keys()];
    const sorted = order.toSorted((a, b) => names[a]! < names[b]! ? -1 : 1);
    if (sorted.some((at, i) => i > 0 && names[at] === names[sorted[i - 1]!])) return undefined;
    const key = this.#keyOf(sorted.map((at) => names[at]!));
    const first = this.#first.get(key);
    if (first === undefined) {
      const shape = { names, order, sorted, isFirst: true };
      this.#first.set(key, shape);
      return shape;
    }
    first.sorted.forEach((at, i) => order[at] = sorted[i]!);
    return { names, order, sorted, isFirst: false };
  }

  #keyOf(names: readonly string[]): string {
    return this.#keys.of(JSON.stringify(names));
  }
}

/** Labels as text that is equal for equal labels: as they stand in the exposition if that is possible. */
export function labelsKey(text: string, set: LabelSet): string {
  return set.isKey ? text.slice(set.from, set.to) : writeLabels(set, set.shape.order);
}

/** Labels but for one as text that is equal where they are. */
export function labelsKeyWithout(name: string, set: LabelSet): string {
  return writeLabels(set, set.shape.sorted, name);
}

/** Tells whether labels but for one are equal, name by name in this order. */
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
