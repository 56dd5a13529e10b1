/**
 * HTTP and TLS over connections that listeners have accepted: Node's implementation in front of a handler of web requests. Compared
 * with `Deno.serve`, it has timeouts, connections that can be counted and closed, client certificates, and certificates that can be
 * replaced.
 *
 * It takes a while to load, so servers load it when they start.
 *
 * @module
 */

import { AsyncLocalStorage } from "node:async_hooks";
import http, { type IncomingMessage, type ServerResponse } from "node:http";
import type { TLSSocket } from "node:tls";
import type { Limits } from "../model/limits.ts";
import { type ByteConnection, ConnectionStream } from "./connection_stream.ts";
import type { Connection, Connections } from "./connections.ts";
import { exchange, type Handler, type Origin } from "./http_exchange.ts";

/** Milliseconds between two looks at the timeouts of connections. */
const SWEEP_INTERVAL = 1000;

/** The maximum size of the head of a request, in bytes. */
const MAX_HEAD_BYTES = 16 * 1024;

/** TLS, and which client certificates are accepted. */
export interface SecureOptions {
  /** Whether clients can choose HTTP/2. */
  readonly http2: boolean;
  /** Creates a server. */
  createServer(options: http.ServerOptions): http.Server;
  /** Returns whether a client is accepted after the handshake. */
  accepts(socket: TLSSocket): boolean;
  /** Makes a running server use these options for new connections. */
  applyTo(server: http.Server): void;
}

/** Options of {@linkcode HttpEngine}. */
export interface HttpEngineOptions {
  /** Handles requests. */
  readonly handler: Handler;
  /** Admits connections. */
  readonly connections: Connections;
  /** The timeouts, in seconds. */
  readonly limits: Pick<Limits, "headerTimeout" | "idleTimeout">;
  /** TLS. Without it, connections are not encrypted, and speak HTTP/1.1. */
  readonly secure?: SecureOptions | undefined;
}

/** A connection with its client. */
interface Peer extends Omit<Origin, "scheme"> {
  readonly connection: Connection;
  /** The responses that have not been closed. */
  readonly replies: Set<ServerResponse>;
}

/** Speaks HTTP over connections. */
export class HttpEngine {
  readonly #server: http.Server;
  readonly #connections: Connections;
  readonly #handler: Handler;
  readonly #scheme: "http" | "https";
  /** The connection that led to a request. The sockets that Node creates for TLS do not tell. */
  readonly #peers = new AsyncLocalStorage<Peer>();
  readonly #inFlight = new Set<Promise<void>>();
  readonly #timer: ReturnType<typeof setInterval>;
  #secure: SecureOptions | undefined;
  #isDraining = false;

  /** Creates an engine without connections. */
  constructor({ handler, connections, limits, secure }: HttpEngineOptions) {
    this.#handler = handler;
    this.#connections = connections;
    this.#scheme = secure === undefined ? "http" : "https";
    this.#secure = secure;
    this.#server = createServer(limits, secure);
    // Without a listener of its own, the server would close each connection after one request, and check no timeouts.
    Object.defineProperty(this.#server, "listening", { get: () => true });
    this.#server.emit("listening");
    this.#server.on("request", (message, reply) => void this.#answer(message, reply));
    this.#server.prependListener("secureConnection", (socket: TLSSocket) => {
      if (this.#secure?.accepts(socket) === false) socket.destroy();
    });
    this.#server.on("tlsClientError", (_error, socket: TLSSocket) => socket.destroy());
    this.#timer = setInterval(() => connections.sweep(), SWEEP_INTERVAL);
  }

  /** Takes over a connection, or closes it if there are too many. */
  take(accepted: ByteConnection): void {
    // Node's TLS keeps a connection whose client leaves during the handshake. None goes on after it has closed its side.
    const stream = new ConnectionStream(accepted, { endsWithClient: this.#scheme === "https" });
    const address = stream.remoteAddress;
    const connection = this.#connections.admit(address, () => stream.destroy());
    if (connection === undefined) {
      stream.destroy();
      return;
    }
    stream.on("error", () => {}); // "close" follows.
    const replies = new Set<ServerResponse>();
    const isLoopback = isLoopbackAddress(stream.localAddress);
    this.#peers.run({ connection, address, isLoopback, replies }, () => {
      this.#server.emit("connection", stream);
    });
    stream.once("close", () => {
      connection.closed();
      // Node closes only the first of several responses to pipelined requests.
      for (const reply of replies) reply.emit("close");
    });
  }

  /** Uses other certificates and settings for new connections. Whether clients can choose HTTP/2 stays as it is. */
  replaceSecure(secure: SecureOptions): void {
    secure.applyTo(this.#server);
    this.#secure = secure;
  }

  /** Resolves when the requests that are being answered now have been. */
  async idle(): Promise<void> {
    await Promise.all(this.#inFlight);
  }

  /** From now on, closes connections when they become idle. */
  drain(): void {
    this.#isDraining = true;
    this.#connections.closeAll({ idleOnly: true });
  }

  /** Closes all connections. */
  close(): void {
    clearInterval(this.#timer);
    this.#connections.closeAll();
    this.#server.close(() => {});
  }

  async #answer(message: IncomingMessage, reply: ServerResponse): Promise<void> {
    const { connection, replies, ...origin } = this.#peers.getStore()!;
    connection.begin();
    replies.add(reply);
    const done = new Promise<void>((resolve) => reply.once("close", resolve));
    this.#inFlight.add(done);
    await exchange(this.#handler, message, reply, { ...origin, scheme: this.#scheme });
    await done;
    replies.delete(reply);
    this.#inFlight.delete(done);
    connection.end();
    if (this.#isDraining) this.#connections.closeAll({ idleOnly: true });
  }
}

function createServer(
  { headerTimeout, idleTimeout }: HttpEngineOptions["limits"],
  secure: SecureOptions | undefined,
): http.Server {
  const options = {
    headersTimeout: headerTimeout * 1000,
    requestTimeout: 2 * headerTimeout * 1000,
    keepAliveTimeout: idleTimeout * 1000,
    connectionsCheckingInterval: SWEEP_INTERVAL,
    maxHeaderSize: MAX_HEAD_BYTES,
  };
  return secure === undefined ? http.createServer(options) : secure.createServer(options);
}

function isLoopbackAddress(address: string): boolean {
  return /^(127\.|::1$|::ffff:127\.)/.test(address);
}
