/**
 * The rows of the table: measurements, targets and results.
 *
 * @module
 */

import { OURS, type PeerName } from "../peers/peers.ts";
import { median } from "./statistics.ts";

/** The units of values. More is better for rates, less for all others. */
export const UNITS = ["ms", "ns", "bytes", "MB/s", "requests/s", "×"] as const;

/** The unit of a row. */
export type Unit = typeof UNITS[number];

const RATES: readonly Unit[] = ["MB/s", "requests/s"];

/** The target of a row: a factor by which to be better than another library, or an absolute value. */
export type Target =
  | { readonly than: PeerName; readonly times: number }
  | { readonly atMost: number }
  | { readonly atLeast: number };

/** The description of a row. */
export interface RowInit {
  /** The measure that it belongs to. */
  readonly measure: string;
  readonly label: string;
  readonly unit: Unit;
  /** @default {[]} */
  readonly targets?: readonly Target[];
}

/** One line of the table. */
export class Row {
  readonly measure: string;
  readonly label: string;
  readonly unit: Unit;
  readonly targets: readonly Target[];
  readonly #values = new Map<PeerName, number[]>();

  /** Creates a row without values. */
  constructor({ measure, label, unit, targets = [] }: RowInit) {
    this.measure = measure;
    this.label = label;
    this.unit = unit;
    this.targets = targets;
  }

  /** Adds the value of a library in a round. */
  add(peer: PeerName, value: number): void {
    const values = this.#values.get(peer);
    if (values === undefined) this.#values.set(peer, [value]);
    else values.push(value);
  }

  /** Returns the values of a library, one per round. */
  values(peer: PeerName): readonly number[] {
    return this.#values.get(peer) ?? [];
  }

  /** Returns the median of a library, if it took part. */
  median(peer: PeerName): number | undefined {
    const values = this.values(peer);
    return values.length === 0 ? undefined : median(values);
  }

  /** Returns the factor by which this library is better than another one, if both took part. */
  ratio(peer: PeerName): number | undefined {
    const ours = this.median(OURS);
    const theirs = this.median(peer);
    if (ours === undefined || theirs === undefined) return undefined;
    return RATES.includes(this.unit) ? ours / theirs : theirs / ours;
  }

  /** Returns whether a target is reached, or undefined if a library that it needs did not take part. */
  reaches(target: Target): boolean | undefined {
    if ("than" in target) {
      const ratio = this.ratio(target.than);
      return ratio === undefined ? undefined : ratio >= target.times;
    }
    const ours = this.median(OURS);
    if (ours === undefined) return undefined;
    return "atMost" in target ? ours <= target.atMost : ours >= target.atLeast;
  }
}
