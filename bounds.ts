/**
 * The bounds of buckets and quantiles as OpenMetrics has them.
 *
 * @module
 */

import { formatBound, parseBound } from "./escape.ts";
import { formatSeries, type Sample } from "./sample.ts";

/** Writes bounds as canonical numbers. Few bounds make up many buckets, so each is formatted once. */
export class Bounds {
  readonly #canonical = new Map<string, string>();

  /** A bound as the one text that stands for it. */
  write(bound: string): string {
    return this.#canonical.get(bound) ?? this.#format(bound);
  }

  /** A sample's name and labels, of which one may be a bound. */
  writeSeries(sample: Sample, label: string | undefined): string {
    const bound = label && sample.label(label);
    if (!bound) return sample.series;
    const canonical = this.write(bound);
    if (canonical === bound) return sample.series;
    const labels = sample.labels.map((text, i) =>
      i % 2 === 1 && sample.labels[i - 1] === label ? canonical : text
    );
    return formatSeries(sample.name, labels);
  }

  #format(bound: string): string {
    const canonical = formatBound(parseBound(bound)!);
    this.#canonical.set(bound, canonical);
    return canonical;
  }
}
