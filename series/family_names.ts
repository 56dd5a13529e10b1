/**
 * The names of families and of their labels, and whether they are legacy names, which every reader accepts.
 *
 * @module
 */

import { BlockFamily } from "./block_family.ts";
import type { SeriesView } from "./view.ts";
import { isLabelName, isMetricName } from "../model/names.ts";
import type { Family } from "../model/family.ts";

/** Returns the names of all labels that samples of a family have, or may have. */
export function labelNamesOf(family: Family): ReadonlySet<string> {
  if (family instanceof BlockFamily) return new Set(family.view.labelNames);
  const names = new Set<string>();
  let last: readonly string[] = [];
  for (const { labels } of family.samples) {
    if (haveSameNames(labels, last)) continue;
    last = labels;
    for (let i = 0; i < labels.length; i += 2) names.add(labels[i]!);
  }
  return names;
}

/** Families that recur and views that are known to have legacy names; they do not change. */
const legacy = new WeakSet<Family | SeriesView>();

/** Returns whether a family and all its labels have legacy names. */
export function hasLegacyNames(family: Family): boolean {
  const lasting = family instanceof BlockFamily ? family.view : family;
  if (legacy.has(lasting)) return true;
  if (!isMetricName(family.name) || !hasLegacyLabelNames(family)) return false;
  if (lasting !== family || family.recurs) legacy.add(lasting);
  return true;
}

function hasLegacyLabelNames(family: Family): boolean {
  if (family instanceof BlockFamily) return family.view.labelNames.every(isLabelName);
  let last: readonly string[] = [];
  for (const { labels } of family.samples) {
    if (haveSameNames(labels, last)) continue;
    last = labels;
    for (let i = 0; i < labels.length; i += 2) {
      if (!isLabelName(labels[i]!)) return false;
    }
  }
  return true;
}

/** Returns whether two lists of names and values in turn have the same names in the same order. */
export function haveSameNames(a: readonly string[], b: readonly string[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i += 2) {
    if (a[i] !== b[i]) return false;
  }
  return true;
}
