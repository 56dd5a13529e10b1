/**
 * The bounds of buckets and quantiles as OpenMetrics has them.
 *
 * @module
 */

import { formatBound, parseBound } from "../model/numbers.ts";
import type { Sample } from "../model/sample.ts";

/** Writes bounds as canonical numbers. Few bounds make up many buckets, so each is formatted once. */
export class Bounds {
  readonly #canonical = new Map<string, string>();

  /** A bound as the one text that stands for it. */
  write(bound: string): string {
    return this.#canonical.get(bound) ?? this.#format(bound);
  }

  /** The labels of a sample, of which one may be a bound. */
  labels({ labels }: Sample, label: string | undefined): readonly string[] {
    const place = label === undefined ? -1 : placeOf(label, labels);
    if (place < 0) return labels;
    const bound = labels[place]!;
    const canonical = this.write(bound);
    return canonical === bound ? labels : labels.with(place, canonical);
  }

  #format(bound: string): string {
    const canonical = formatBound(parseBound(bound)!);
    this.#canonical.set(bound, canonical);
    return canonical;
  }
}

/** Where the value of a label stands; -1 if it is not there. */
function placeOf(name: string, labels: readonly string[]): number {
  for (let i = 0; i < labels.length; i += 2) {
    if (labels[i] === name) return i + 1;
  }
  return -1;
}
