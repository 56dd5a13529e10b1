/**
 * TLS of a server, from the access that clients have. It takes a while to load, and is loaded when TLS is configured.
 *
 * @module
 */

import type { Server, ServerOptions } from "node:http";
import http2 from "node:http2";
import https from "node:https";
import type { Access } from "../access/access.ts";
import { ConnectionCheck } from "../access/connection_check.ts";
import { replaceTls, type TlsServerOptions } from "../access/tls.ts";
import type { SecureOptions } from "./node_http.ts";

/** The maximum number of concurrent requests on one connection of HTTP/2. */
const MAX_STREAMS = 20;

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
    http2: config.http2,
    createServer: (options) => createServer(options, tlsOptions, config.http2),
    accepts: (socket) => {
      const problem = check.problem(socket);
      if (problem !== undefined) onRefusal(problem);
      return problem === undefined;
    },
    applyTo: (server) => replaceTls(server as https.Server, tlsOptions),
  };
}

function createServer(options: ServerOptions, tls: TlsServerOptions, hasHttp2: boolean): Server {
  const { headersTimeout = 0 } = options;
  const all = { ...options, ...tls, handshakeTimeout: headersTimeout };
  if (!hasHttp2) return https.createServer(all);
  const settings = { maxConcurrentStreams: MAX_STREAMS };
  return http2.createSecureServer({ ...all, allowHTTP1: true, settings }) as unknown as Server;
}
