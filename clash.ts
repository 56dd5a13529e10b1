/**
 * Which instruments cannot be exposed together, because both take a name.
 *
 * @module
 */

import type { Instrument } from "./instrument.ts";
import type { LabelSpec } from "./label_spec.ts";
import type { Child } from "./series_block.ts";
import { sampleNames } from "./sample.ts";

/** An instrument with the labels that all its samples get from the registries that it is in. */
export interface PlacedInstrument {
  /** The instrument. */
  readonly instrument: Instrument<LabelSpec, Child>;
  /** The labels. */
  readonly labels: ReadonlyMap<string, string>;
}

/**
 * Checks that an instrument takes no name that others have, unless both are of one family whose samples labels of their
 * registries tell apart.
 *
 * @throws {RangeError} If it does. The message says which, and whose it is.
 */
export function assertNoClash(
  { instrument, labels }: PlacedInstrument,
  others: Iterable<PlacedInstrument>,
): void {
  const { type, name } = instrument;
  const names = claimedNames(instrument);
  for (const { instrument: other, labels: otherLabels } of others) {
    if (name === other.name && type === other.type && areApart(labels, otherLabels)) continue;
    const taken = claimedNames(other);
    const clash = names.find((name) => taken.includes(name));
    if (clash === undefined) continue;
    throw new RangeError(
      name === other.name
        ? `Cannot register ${type} "${name}": name already in use`
        : `Cannot register ${type} "${name}": "${clash}" already belongs to ${other.type} "${other.name}"`,
    );
  }
}

/** The names that an instrument takes in any format: OpenMetrics names a counter without its suffix. */
function claimedNames({ name, type }: Instrument<LabelSpec, Child>): string[] {
  const names = sampleNames(name, type);
  const suffix = type === "counter" ? "_total" : type === "info" ? "_info" : undefined;
  if (suffix && name.endsWith(suffix)) names.push(name.slice(0, -suffix.length));
  return names;
}

/** Tells whether there is a label with different values. */
function areApart(a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string>): boolean {
  return [...a].some(([name, value]) => b.has(name) && b.get(name) !== value);
}
