/**
 * One request and its response, with the time that each phase took.
 *
 * @module
 */

import { type IncomingMessage, request as sendRequest } from "node:http";
import type { Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import { encryptConnection, openConnection } from "./connection.ts";
import type { ProbeTlsOptions } from "./tls_options.ts";

/** The maximum size of the head of a response, in bytes. */
const MAX_HEAD = 64 * 1024;

/** The phases of a request, as blackbox_exporter names them. */
export const PHASES = ["resolve", "connect", "tls", "processing", "transfer"] as const;

/** A phase. */
export type Phase = (typeof PHASES)[number];

/** What to request, and where. */
export interface ExchangeOptions {
  /** The URL. */
  readonly url: URL;
  /** The address of its host. */
  readonly address: string;
  /** The method. */
  readonly method: string;
  /** The headers, by their names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  /** The body. */
  readonly body: string | undefined;
  /** Options for an encrypted connection. */
  readonly tls: ProbeTlsOptions;
  /** Called with the seconds of each phase. */
  readonly onPhase: (phase: Phase, seconds: number) => void;
  /** Ends the exchange. */
  readonly signal: AbortSignal;
}

/** A response whose head was read. */
export interface Exchange extends Disposable {
  /** The response, whose body has not been read. */
  readonly response: IncomingMessage;
  /** The encrypted connection; undefined if it is not encrypted. */
  readonly secure: TLSSocket | undefined;
}

/**
 * Sends a request on a connection of its own, and reads the head of the response.
 *
 * @throws {Error} If there is no valid response, or the reason of the signal.
 */
export async function exchange(options: ExchangeOptions): Promise<Exchange> {
  const { url, address, tls, onPhase, signal } = options;
  const isSecure = url.protocol === "https:";
  const port = Number(url.port || (isSecure ? 443 : 80));
  const host = url.hostname.replace(/^\[(.*)\]$/, "$1");
  const socket = await timed("connect", onPhase, () => openConnection(address, port, signal));
  try {
    const secure = isSecure
      ? await timed(
        "tls",
        onPhase,
        () => encryptConnection(socket, { host, options: tls, protocols: ["http/1.1"] }, signal),
      )
      : undefined;
    const response = await timed("processing", onPhase, () => send(secure ?? socket, options));
    return { response, secure, [Symbol.dispose]: () => void socket.destroy() };
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

function send(socket: Socket, options: ExchangeOptions): Promise<IncomingMessage> {
  const { url, address, method, headers, body, signal } = options;
  return new Promise((resolve, reject) => {
    const fail = (error: unknown) => reject(signal.aborted ? signal.reason : error);
    const request = sendRequest({
      // Not used, since the connection is there; a name would be resolved again.
      host: address,
      createConnection: () => socket,
      method,
      path: url.pathname + url.search,
      headers: Object.fromEntries(headers),
      maxHeaderSize: MAX_HEAD,
    });
    request.once("response", resolve);
    request.on("error", fail);
    request.once("close", () => fail(new Error("the connection was closed before a response")));
    signal.addEventListener("abort", () => request.destroy(), { once: true });
    request.end(body);
  });
}

async function timed<T>(
  phase: Phase,
  onPhase: ExchangeOptions["onPhase"],
  step: () => Promise<T>,
): Promise<T> {
  const began = performance.now();
  const result = await step();
  onPhase(phase, (performance.now() - began) / 1000);
  return result;
}
