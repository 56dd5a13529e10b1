/**
 * The content of an exposition, normalized so that equivalent expositions of different libraries are equal.
 *
 * @module
 */

import { type Family, parseExposition, parseProtobuf } from "@exporter/prometheus";
import { extra, selected, type Selection, type Workload } from "./workload.ts";

/** The values by series, and the types by `# TYPE` line. */
export type Snapshot = ReadonlyMap<string, number | string>;

/**
 * Returns the key of a series, with labels sorted by name and bounds as numbers, because libraries write `le="1"` as well as
 * `le="1.0"`.
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
 * Returns the content of an exposition in the text format.
 *
 * @throws {ExpositionError} If it is invalid.
 */
export function readSnapshot(text: string, source: string): Snapshot {
  return snapshotOf(parseExposition(text, { source }));
}

/**
 * Returns the content of an exposition as protobuf.
 *
 * @throws {ExpositionError} If it is invalid.
 */
export function readProtobufSnapshot(bytes: Uint8Array): Snapshot {
  return snapshotOf(parseProtobuf(bytes));
}

function snapshotOf(families: readonly Family[]): Snapshot {
  const snapshot = new Map<string, number | string>();
  for (const { name, type, samples } of families) {
    snapshot.set(`# TYPE ${name}`, type);
    for (const { name, labels, value } of samples) snapshot.set(seriesKey(name, labels), value);
  }
  return snapshot;
}

/** Calculates the expected exposition of a workload after changes, independently of any library. */
export class Replica {
  readonly #workload: Workload;
  readonly #counters: Float64Array[];
  /** All observations of a histogram, in order. */
  readonly #observed: number[][][];
  #changes = 0;

  /** Starts with the initial values of a workload. */
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
        this.#counters[f]![i]! += families[f]!.step + extra(selection, i);
      }
    }
  }

  /** Returns the expected content. */
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
