/**
 * Which instruments cannot be exposed together, because both would have samples of the same name.
 *
 * @module
 */

import { sampleNames } from "../model/family.ts";
import type { MetricType } from "../model/metric_type.ts";

/** The names that an instrument takes, and the labels that tell its samples apart from others of the same name. */
export interface NameClaim {
  /** The type of the metric. */
  readonly type: MetricType;
  /** The name of the metric. */
  readonly name: string;
  /** The labels that all its samples get from the registries that it is in. */
  readonly labels: ReadonlyMap<string, string>;
}

/**
 * Checks that a claim takes no name that others have, unless both are for the same metric and the labels of their registries tell
 * the samples apart.
 *
 * @throws {RangeError} If it does. The message says which name, and whose it is.
 */
export function assertNoConflict(
  { type, name, labels }: NameClaim,
  others: Iterable<NameClaim>,
): void {
  const names = claimedNames(name, type);
  for (const other of others) {
    const isSameMetric = name === other.name && type === other.type;
    if (isSameMetric && areDistinct(labels, other.labels)) continue;
    const taken = claimedNames(other.name, other.type);
    const conflict = names.find((name) => taken.includes(name));
    if (conflict === undefined) continue;
    throw new RangeError(
      name === other.name
        ? `Cannot register ${type} "${name}": name already in use`
        : `Cannot register ${type} "${name}": "${conflict}" already belongs to ${other.type} "${other.name}"`,
    );
  }
}

/** The names of a metric in any format: OpenMetrics has counters and infos without their suffix. */
function claimedNames(name: string, type: MetricType): string[] {
  const names = sampleNames(name, type);
  const suffix = type === "counter" ? "_total" : type === "info" ? "_info" : undefined;
  if (suffix && name.endsWith(suffix)) names.push(name.slice(0, -suffix.length));
  return names;
}

/** Whether some label has different values. */
function areDistinct(a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string>): boolean {
  return [...a].some(([name, value]) => b.has(name) && b.get(name) !== value);
}
