/**
 * The check that a library exposes the workload. Times only count if all libraries expose the same.
 *
 * @module
 */

import type { PeerName } from "../peers/peers.ts";
import type { Snapshot } from "./snapshot.ts";

/** The maximum number of differences to report. */
const MOST = 5;

/** How an exposition may differ from the workload. */
export interface Allowance {
  /**
   * The families that may be there in addition.
   *
   * @default {[]}
   */
  readonly ownFamilies?: readonly string[];
  /**
   * Whether the families of the workload have no types.
   *
   * @default {false}
   */
  readonly isUntyped?: boolean;
}

/** How the libraries may differ. No other difference is allowed. */
export const ALLOWANCES: Readonly<Partial<Record<PeerName, Allowance>>> = {
  exporter: {
    // Metrics of the registry about itself, and of the exporter about its default collector.
    ownFamilies: [
      "exporter_collector_duration_seconds",
      "exporter_collector_success",
      "exporter_conflicting_families_total",
      "exporter_duplicate_samples_total",
    ],
  },
  // It writes neither TYPE nor HELP.
  victoriametrics: { isUntyped: true },
};

/** Returns the first few differences from the expected exposition, one per line. */
export function differences(
  expected: Snapshot,
  actual: Snapshot,
  { ownFamilies = [], isUntyped = false }: Allowance = {},
): string[] {
  const found: string[] = [];
  for (const [key, given] of expected) {
    const value = isUntyped && typeof given === "string" ? "untyped" : given;
    if (found.length >= MOST) return found;
    if (!actual.has(key)) found.push(`${show(key)} is missing`);
    else if (!Object.is(actual.get(key), value)) {
      found.push(`${show(key)} is ${actual.get(key)}, not ${value}`);
    }
  }
  for (const [key, value] of actual) {
    if (found.length >= MOST) return found;
    if (expected.has(key) || ownFamilies.includes(nameOf(key))) continue;
    found.push(`${show(key)} is ${value}, but should not be there`);
  }
  return found;
}

function nameOf(key: string): string {
  return key.replace(/^# TYPE /, "").split("\n", 1)[0]!;
}

function show(key: string): string {
  return key.replaceAll("\n", " ");
}
