/**
 * What a registry has to send: everything, or nothing.
 *
 * @module
 */

import type { Gathering } from "../collect/gather.ts";
import { STATUS_NAMES } from "../collect/status.ts";
import type { Registry } from "../registry.ts";

/**
 * Gathers what a registry has, without the metrics about the gathering itself: in several files or groups, these would be the same
 * series several times.
 *
 * @param action The beginning of the error message.
 * @throws {AggregateError} If a collector failed: a part of the metrics must not take the place of all.
 */
export async function gatherAll(action: string, registry: Registry): Promise<Gathering> {
  const gathering = await registry.gather();
  const failed = gathering.outcomes.filter(({ failure }) => failure !== undefined);
  if (failed.length === 0) {
    const families = gathering.families.filter(({ name }) => !STATUS_NAMES.has(name));
    return { ...gathering, families };
  }
  const names = failed.map(({ collector }) =>
    collector === undefined ? "a collector" : `collector "${collector}"`
  );
  throw new AggregateError(
    failed.map(({ failure }) => failure!.error),
    `${action}: ${names.join(", ")} failed`,
  );
}
