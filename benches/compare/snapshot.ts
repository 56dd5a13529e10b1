/**
 * What an exposition says, in a form in which expositions of different libraries are equal if they say the same.
 *
 * @module
 */

import { type Family, parseExposition } from "@exporter/prometheus";
import { selected, type Selection, type Workload } from "./workload.ts";

/** Series to their values, and `# TYPE` lines to their types. */
export type Snapshot = ReadonlyMap<string, number | string>;

/**
 * The key of a series: labels are in the order of their names, and bounds are numbers, since libraries write `le="1"` as
 * well as `le="1.0"`.
 */
export function seriesKey(name: string, labels: readonly string[]): string {
  const pairs: string[] = [];
  for (let i = 0; i < labels.length; i += 2) {
    const label = labels[i]!;
    const value = labels[i + 1]!;
    pairs.push(`${label}=${label === "le" ? Number(value.replace("Inf", "Infinity")) : value}`);
  }
  for (const pair of pairs.sort()) name += `\n${pair}`;
  return name;
}

/**
 * What an exposition in the text format says.
 *
 * @throws {ExpositionError} If it is none.
 */
export function readSnapshot(text: string, source: string): Snapshot {
  return snapshotOf(parseExposition(text, { source }));
}

function snapshotOf(families: readonly Family[]): Snapshot {
  const snapshot = new Map<string, number | string>();
  for (const { name, type, samples } of families) {
    snapshot.set(`# TYPE ${name}`, type);
    for (const { name, labels, value } of samples) snapshot.set(seriesKey(name, labels), value);
  }
  return snapshot;
}

/** Works out by itself what a workload has to be exposed as after some changes. */
export class Replica {
  readonly #workload: Workload;
  readonly #counters: Float64Array[];
  /** All that a histogram has observed, in turn. */
  readonly #observed: number[][][];
  #changes = 0;

  /** Begins with the values that a workload starts with. */
  constructor(workload: Workload) {
    this.#workload = workload;
    const { families, series, observations } = workload;
    this.#counters = families.map(({ offset }) =>
      Float64Array.from(series, ({ start }) => start + offset)
    );
    this.#observed = families.map(() =>
      series.map((_, i) => [observations[i % observations.length]!])
    );
  }

  /** Changes a part of the series. */
  change(selection: Selection): void {
    const { kind, families, observations } = this.#workload;
    this.#changes++;
    for (const [f, i] of selected(this.#workload, selection)) {
      if (kind === "histogram") {
        this.#observed[f]![i]!.push(observations[(i + this.#changes) % observations.length]!);
      } else {
        this.#counters[f]![i]! += families[f]!.step;
      }
    }
  }

  /** What there is to see. */
  snapshot(): Snapshot {
    const { kind, families, series, labels, buckets } = this.#workload;
    const type = kind === "histogram" ? kind : "counter";
    const snapshot = new Map<string, number | string>();
    for (const [f, { name }] of families.entries()) {
      snapshot.set(`# TYPE ${name}`, type);
      for (const [i, { values }] of series.entries()) {
        const pairs = labels.flatMap((label, l) => [label, values[l]!]);
        if (type === "counter") {
          snapshot.set(seriesKey(name, pairs), this.#counters[f]![i]!);
          continue;
        }
        const observed = this.#observed[f]![i]!;
        for (const bound of [...buckets, Infinity]) {
          const count = observed.filter((value) => value <= bound).length;
          const le = bound === Infinity ? "+Inf" : `${bound}`;
          snapshot.set(seriesKey(`${name}_bucket`, [...pairs, "le", le]), count);
        }
        snapshot.set(seriesKey(`${name}_count`, pairs), observed.length);
        snapshot.set(seriesKey(`${name}_sum`, pairs), observed.reduce((sum, value) => sum + value));
      }
    }
    return snapshot;
  }
}
