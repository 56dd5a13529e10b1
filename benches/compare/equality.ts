/**
 * Whether a library exposes what it was given: no time counts that was measured with something else.
 *
 * @module
 */

import type { PeerName } from "../peers/peers.ts";
import type { Snapshot } from "./snapshot.ts";

/** How many differences are told. */
const MOST = 5;

/** The families that libraries may expose besides those of the workload. There is no other difference that they may have. */
export const OWN_FAMILIES: Readonly<Partial<Record<PeerName, readonly string[]>>> = {
  // What a registry tells of itself, and an exporter of the collector for its own metrics.
  exporter: [
    "exporter_collector_duration_seconds",
    "exporter_collector_success",
    "exporter_conflicting_families_total",
    "exporter_duplicate_samples_total",
  ],
};

/** What a library exposes wrongly: the first few differences, each a line. */
export function differences(
  expected: Snapshot,
  actual: Snapshot,
  ownFamilies: readonly string[] = [],
): string[] {
  const found: string[] = [];
  for (const [key, value] of expected) {
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
