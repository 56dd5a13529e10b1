/**
 * Rows of the table: what was measured, what is aimed at, and what came out.
 *
 * @module
 */

import { OURS, type PeerName } from "../peers/peers.ts";
import { median } from "./statistics.ts";

/** What values are given in. More is better for rates. */
export const UNITS = ["ms", "ns", "bytes", "MB/s", "requests/s", "×"] as const;

/** The unit of a row. */
export type Unit = typeof UNITS[number];

const RATES: readonly Unit[] = ["MB/s", "requests/s"];

/** What a row aims at: to be so many times as good as another library, or a value of its own. */
export type Target =
  | { readonly than: PeerName; readonly times: number }
  | { readonly atMost: number }
  | { readonly atLeast: number };

/** What a row is about. */
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

  /** Begins without values. */
  constructor({ measure, label, unit, targets = [] }: RowInit) {
    this.measure = measure;
    this.label = label;
    this.unit = unit;
    this.targets = targets;
  }

  /** Adds what a library reached in a round. */
  add(peer: PeerName, value: number): void {
    const values = this.#values.get(peer);
    if (values === undefined) this.#values.set(peer, [value]);
    else values.push(value);
  }

  /** What a library reached, round by round. */
  values(peer: PeerName): readonly number[] {
    return this.#values.get(peer) ?? [];
  }

  /** The median of a library's rounds, if it took part. */
  median(peer: PeerName): number | undefined {
    const values = this.values(peer);
    return values.length === 0 ? undefined : median(values);
  }

  /** How many times as good as another library this one is, if both took part. */
  ratio(peer: PeerName): number | undefined {
    const ours = this.median(OURS);
    const theirs = this.median(peer);
    if (ours === undefined || theirs === undefined) return undefined;
    return RATES.includes(this.unit) ? ours / theirs : theirs / ours;
  }

  /** Whether a target is reached; undefined if who is needed for that did not take part. */
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
