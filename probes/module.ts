/**
 * Modules: ways to probe, by their names.
 *
 * @module
 */

import type { Probe } from "../probe.ts";

/** A way to probe. */
export interface ProbeModule {
  /** The function. */
  readonly probe: Probe;
  /** The maximum number of seconds. */
  readonly timeout?: number;
  /** The settings as text without secrets, for people who look for the reason of a failure. */
  readonly settings?: string;
}

/**
 * The probes that connect to nothing but what the resolver returns. They run even if the name of the target cannot be resolved, and
 * say so in their metrics. Others do not run, since they might resolve the name again and get an address that was not checked.
 */
export const selfResolving: WeakSet<Probe> = new WeakSet();

/** Keys whose values are not shown. */
const SECRET_KEYS =
  /^(?:password|bearer_token|credentials|key|authorization|cookie)$|token|secret/i;

/** Writes settings as text without secrets. */
export function formatSettings(settings: object): string {
  const hidden = (key: string, value: unknown) =>
    typeof value === "string" && SECRET_KEYS.test(key) ? "<secret>" : value;
  return JSON.stringify(settings, hidden, 2);
}
