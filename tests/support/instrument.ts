/**
 * What an instrument exposes, without a registry.
 *
 * @module
 */

import { type Instrument, storeOf } from "../../instrument.ts";
import type { Family } from "../../model/family.ts";
import type { BlockFamily } from "../../series/block_family.ts";

/** The family of an instrument, which changes with it. */
export function liveFamily(instrument: Instrument): BlockFamily {
  return storeOf(instrument).family();
}

/** The families of an instrument as they are now. */
export function familiesOf(instrument: Instrument): Family[] {
  const { name, type, help, unit, samples } = liveFamily(instrument);
  return [{ name, type, help, unit, samples }];
}
