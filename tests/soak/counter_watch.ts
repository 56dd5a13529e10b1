/**
 * Counters must not go backwards.
 *
 * @module
 */

import type { Family } from "../../model/family.ts";
import type { Sample } from "../../model/sample.ts";

/** Families whose series are dropped and begin again. */
const RESETTING = /^soak_(?:brief|recent)_total$/;

/** Notices counters that go backwards from one exposition to the next. */
export class CounterWatch {
  readonly #last = new Map<string, number>();

  /** Returns what went backwards since earlier expositions. */
  check(families: readonly Family[]): string[] {
    return families.filter(({ name }) => !RESETTING.test(name)).flatMap((family) =>
      family.samples.filter((sample) => isCumulative(family, sample)).flatMap(
        ({ series, value }) => {
          const last = this.#last.get(series) ?? 0;
          this.#last.set(series, value);
          return value < last ? [`${series} went back from ${last} to ${value}`] : [];
        },
      )
    );
  }
}

function isCumulative({ type }: Family, { name }: Sample): boolean {
  if (type === "counter") return true;
  if (type === "summary") return /_(?:count|sum)$/.test(name);
  return type === "histogram";
}
