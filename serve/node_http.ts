/**
 * All of HTTP and TLS: servers of Node over connections of Deno. It takes a while to load, and is loaded when it is needed.
 *
 * @module
 */

import { AsyncLocalStorage } from "node:async_hooks";
import http, { type IncomingMessage, type ServerResponse } from "node:http";
import type { TLSSocket } from "node:tls";
import type { Limits } from "../model/limits.ts";
import { type ByteConnection, ConnectionStream } from "./connection_stream.ts";
import type { Exchanges, Handler, Peer } from "./exchanges.ts";
import { exchange } from "./node_exchange.ts";

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

/** Options of {@linkcode NodeHttp}. */
export interface NodeHttpOptions {
  /** Answers requests. */
  readonly handler: Handler;
  /** Counts requests. */
  readonly exchanges: Exchanges;
  /** The timeouts, in seconds. */
  readonly limits: Pick<Limits, "headerTimeout" | "idleTimeout">;
  /** Milliseconds between two looks at the timeouts of requests. */
  readonly sweepInterval: number;
  /** The maximum size of the head of a request, in bytes. */
  readonly maxHeadBytes: number;
  /** TLS. Without it, connections are not encrypted, and speak HTTP/1.1. */
  readonly secure: SecureOptions | undefined;
}

/** A connection in the hands of Node. */
interface NodePeer extends Peer {
  /** The responses that have not been closed. */
  readonly replies: Set<ServerResponse>;
  /** Resolves when the requests so far have been answered. */
  turn: Promise<unknown>;
}

/** Answers requests of any kind. */
export class NodeHttp {
  readonly #server: http.Server;
  readonly #exchanges: Exchanges;
  readonly #handler: Handler;
  readonly #scheme: "http" | "https";
  /** The connection that led to a request. The sockets that Node creates for TLS do not tell. */
  readonly #peers = new AsyncLocalStorage<NodePeer>();
  #secure: SecureOptions | undefined;

  /** Creates an engine without connections. */
  constructor(options: NodeHttpOptions) {
    const { handler, exchanges, secure } = options;
    this.#handler = handler;
    this.#exchanges = exchanges;
    this.#scheme = secure === undefined ? "http" : "https";
    this.#secure = secure;
    this.#server = createServer(options);
    // Without a listener of its own, the server would close each connection after one request, and check no timeouts.
    Object.defineProperty(this.#server, "listening", { get: () => true });
    this.#server.emit("listening");
    this.#server.on("request", (message, reply) => void this.#answer(message, reply));
    this.#server.prependListener("secureConnection", (socket: TLSSocket) => {
      if (this.#secure?.accepts(socket) === false) socket.destroy();
    });
    this.#server.on("tlsClientError", (_error, socket: TLSSocket) => socket.destroy());
  }

  /** Takes over a connection. */
  take(accepted: ByteConnection, peer: Peer): void {
    // Node's TLS keeps a connection whose client leaves during the handshake. None goes on after it has closed its side.
    const stream = new ConnectionStream(accepted, { endsWithClient: this.#scheme === "https" });
    peer.connection.closeBy(() => stream.destroy());
    stream.on("error", () => {}); // "close" follows.
    const replies = new Set<ServerResponse>();
    this.#peers.run({ ...peer, replies, turn: Promise.resolve() }, () => {
      this.#server.emit("connection", stream);
    });
    stream.once("close", () => {
      peer.connection.closed();
      // Node closes only the first of several responses to pipelined requests.
      for (const reply of replies) reply.emit("close");
    });
  }

  /** Uses other certificates and settings for new connections. Whether clients can choose HTTP/2 stays as it is. */
  replaceSecure(secure: SecureOptions): void {
    secure.applyTo(this.#server);
    this.#secure = secure;
  }

  /** Stops looking at timeouts. */
  close(): void {
    this.#server.close(() => {});
  }

  async #answer(message: IncomingMessage, reply: ServerResponse): Promise<void> {
    const peer = this.#peers.getStore()!;
    const { address, isLoopback } = peer;
    peer.replies.add(reply);
    const closed = new Promise<void>((resolve) => reply.once("close", resolve));
    // In turn, so that a client does not take all places in flight by pipelining.
    const before = message.httpVersionMajor < 2 ? peer.turn : undefined;
    const turn = Promise.resolve(before).then(() => peer.replies.has(reply));
    const origin = { address, isLoopback, scheme: this.#scheme };
    peer.turn = exchange(this.#handler, { message, reply }, origin, turn);
    await this.#exchanges.during(peer, closed);
    peer.replies.delete(reply);
  }
}

function createServer(
  { limits: { headerTimeout, idleTimeout }, sweepInterval, maxHeadBytes, secure }: NodeHttpOptions,
): http.Server {
  const options = {
    headersTimeout: headerTimeout * 1000,
    requestTimeout: 2 * headerTimeout * 1000,
    keepAliveTimeout: idleTimeout * 1000,
    connectionsCheckingInterval: sweepInterval,
    maxHeaderSize: maxHeadBytes,
  };
  return secure === undefined ? http.createServer(options) : secure.createServer(options);
}
