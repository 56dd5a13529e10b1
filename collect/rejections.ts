/**
 * Rejected promises in the wrong place, which would end the program if nobody handled them.
 *
 * @module
 */

import { MetricFamily } from "../family.ts";
import { Metric } from "../metric.ts";

/** How deep to look into nested arrays, sets, maps and objects. */
const MAX_DEPTH = 4;

/** Handles the rejections of all promises in a value that should have none. */
export function ignoreRejections(value: unknown): void {
  try {
    ignoreWithin(value, MAX_DEPTH);
  } catch {
    // A proxy can throw at any access. What it hides cannot be reached by anybody.
  }
}

function ignoreWithin(value: unknown, depth: number): void {
  if (value instanceof Promise) {
    value.catch(() => {});
    return;
  }
  if (depth === 0 || typeof value !== "object" || value === null) return;
  for (const item of itemsOf(value)) {
    if (item instanceof Metric || item instanceof MetricFamily) continue;
    ignoreWithin(item, depth - 1);
  }
}

function itemsOf(value: object): Iterable<unknown> {
  if (Array.isArray(value) || value instanceof Set) return value;
  if (value instanceof Map) return [...value.keys(), ...value.values()];
  return Object.getPrototypeOf(value) === Object.prototype ? Object.values(value) : [];
}
