/**
 * The log of what happens to a server.
 *
 * @module
 */

import type { ThrottledLog } from "./log_throttle.ts";
import type { ServerEvents } from "./server.ts";

/** Returns events that log trouble once, and that it is over. */
export function serverEvents(log: ThrottledLog): ServerEvents {
  return {
    onFailure: (error) =>
      log.logFailure("error", "server", error, "cannot accept connections, trying again", {
        error,
      }),
    onLimit: () => log.logFailure("warn", "connections", "", "too many connections", {}),
    onRelief: (closed) =>
      log.logRecovery("connections", "no longer too many connections", { closed }),
  };
}
