/**
 * Which instruments cannot be exposed together, because both take a name.
 *
 * @module
 */

import type { Instrument } from "./instrument.ts";
import type { LabelSpec } from "./label_spec.ts";
import type { Child } from "./series_block.ts";
import { sampleNames } from "./sample.ts";

/**
 * Checks that an instrument takes no name that others have.
 *
 * @throws {RangeError} If it does. The message says which, and whose it is.
 */
export function assertNoClash(
  instrument: Instrument<LabelSpec, Child>,
  others: Iterable<Instrument<LabelSpec, Child>>,
): void {
  const { type, name } = instrument;
  const names = claimedNames(instrument);
  for (const other of others) {
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
