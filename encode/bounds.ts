/**
 * The bounds of buckets and quantiles as canonical numbers of OpenMetrics.
 *
 * @module
 */

import { formatBound, parseBound } from "../model/numbers.ts";
import type { Sample } from "../model/sample.ts";

/** The limits of the cache: a collector can return other bounds each time. */
const MAX_CACHED = 10_000;
const MAX_CACHED_LENGTH = 100;

/** Formats bounds as canonical numbers, with a cache: many buckets share a few bounds. */
export class Bounds {
  readonly #canonical = new Map<string, string>();

  /** Returns the canonical form of a bound. */
  write(bound: string): string {
    return this.#canonical.get(bound) ?? this.#format(bound);
  }

  /** Returns the labels of a sample, with the value of `label`, if given, in canonical form. */
  labels({ labels }: Sample, label: string | undefined): readonly string[] {
    const index = label === undefined ? -1 : valueIndex(label, labels);
    if (index < 0) return labels;
    const bound = labels[index]!;
    const canonical = this.write(bound);
    return canonical === bound ? labels : labels.with(index, canonical);
  }

  #format(bound: string): string {
    const canonical = formatBound(parseBound(bound)!);
    if (bound.length > MAX_CACHED_LENGTH) return canonical;
    if (this.#canonical.size >= MAX_CACHED) this.#canonical.clear();
    this.#canonical.set(bound, canonical);
    return canonical;
  }
}

/** Returns the index of the value of a label; -1 if there is no such label. */
function valueIndex(name: string, labels: readonly string[]): number {
  for (let i = 0; i < labels.length; i += 2) {
    if (labels[i] === name) return i + 1;
  }
  return -1;
}
