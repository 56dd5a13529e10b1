/**
 * TLS of a server, from the access that clients have. It takes a while to load, and is loaded when TLS is configured.
 *
 * @module
 */

import type { Access } from "../access/access.ts";
import { ConnectionCheck } from "../access/connection_check.ts";
import { replaceTls } from "../access/tls.ts";
import type { SecureOptions } from "./http_engine.ts";

/**
 * Returns the TLS options of a server; undefined if TLS is not configured.
 *
 * @param onRefusal Called with the reason when a client is refused after the handshake.
 */
export function secureOptions(
  { config, tlsOptions }: Access,
  onRefusal: (reason: string) => void,
): SecureOptions | undefined {
  if (tlsOptions === undefined || config.tls === undefined) return undefined;
  const check = new ConnectionCheck(config.tls);
  return {
    tls: tlsOptions,
    http2: config.http2,
    accepts: (socket) => {
      const problem = check.problem(socket);
      if (problem !== undefined) onRefusal(problem);
      return problem === undefined;
    },
    applyTo: (server) => replaceTls(server, tlsOptions),
  };
}
