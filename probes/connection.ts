/**
 * Connections to targets, step by step, so that each step can be timed.
 *
 * @module
 */

import { connect as connectTcp, type Socket } from "node:net";
import { connect as connectTls, type TLSSocket } from "node:tls";
import { parseIpAddress } from "./ip_address.ts";
import type { ProbeTlsOptions } from "./tls_options.ts";

/** How to encrypt a connection. */
export interface TlsTarget {
  /** The host, by which the certificate is checked unless the options name another one. */
  readonly host: string;
  /** The options. */
  readonly options: ProbeTlsOptions;
  /** The protocols to offer (RFC 7301). */
  readonly protocols?: readonly string[];
}

/**
 * Opens a connection. It closes when the signal aborts.
 *
 * @throws {Error} If it cannot be opened, or the reason of the signal.
 */
export async function openConnection(
  address: string,
  port: number,
  signal: AbortSignal,
): Promise<Socket> {
  signal.throwIfAborted();
  const socket = connectTcp({ host: address, port, noDelay: true });
  closeOnAbort(socket, signal);
  await settled(socket, "connect", signal);
  return socket;
}

/**
 * Encrypts a connection.
 *
 * @throws {Error} If the handshake fails or the certificate is not accepted, or the reason of the signal.
 */
export async function encryptConnection(
  socket: Socket,
  { host, options, protocols }: TlsTarget,
  signal: AbortSignal,
): Promise<TLSSocket> {
  const { serverName = host, insecureSkipVerify = false, ca, cert, key } = options;
  const { minVersion, maxVersion } = options;
  const isAddress = parseIpAddress(serverName) !== undefined;
  const secure = connectTls({
    socket,
    // An address is not sent as the name of the server (RFC 6066, section 3), but is checked as well.
    ...(isAddress ? { host: serverName } : { servername: serverName }),
    rejectUnauthorized: !insecureSkipVerify,
    ...(protocols && { ALPNProtocols: [...protocols] }),
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
    ...(minVersion !== undefined && { minVersion }),
    ...(maxVersion !== undefined && { maxVersion }),
  });
  closeOnAbort(secure, signal);
  await settled(secure, "secureConnect", signal);
  return secure;
}

/** Closes a connection when a signal aborts. Errors of a connection that nobody uses anymore are ignored. */
function closeOnAbort(socket: Socket, signal: AbortSignal): void {
  const close = () => void socket.destroy();
  signal.addEventListener("abort", close, { once: true });
  socket.once("close", () => signal.removeEventListener("abort", close));
  socket.on("error", () => {});
}

function settled(socket: Socket, event: string, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once(event, resolve);
    socket.once("error", (error) => reject(signal.aborted ? signal.reason : error));
    socket.once("close", () => {
      reject(signal.aborted ? signal.reason : new Error("the connection was closed"));
    });
  });
}
