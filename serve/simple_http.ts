/**
 * HTTP/1.1 for simple requests, which are nearly all that an exporter gets: one read and one write for each.
 *
 * @module
 */

import { inNextTurn } from "../model/event_loop.ts";
import type { BodySink } from "./body.ts";
import type { Exchanges, Handler, Peer } from "./exchanges.ts";
import { Gone } from "./gone.ts";
import type { ReadAhead } from "./read_ahead.ts";
import type { Client } from "./request.ts";
import { sendReply } from "./simple_reply.ts";
import { readSimpleHead, type SimpleHead, SimpleRequest } from "./simple_request.ts";

/** Options of {@linkcode SimpleHttp}. */
export interface SimpleHttpOptions {
  /** Answers requests. */
  readonly handler: Handler;
  /** Counts requests. */
  readonly exchanges: Exchanges;
  /** The seconds for which idle connections stay open, as clients are told. */
  readonly idleTimeout: number;
}

/** Answers simple requests, one after the other. */
export class SimpleHttp {
  readonly #options: SimpleHttpOptions;

  /** Creates an engine without connections. */
  constructor(options: SimpleHttpOptions) {
    this.#options = options;
  }

  /**
   * Answers the requests of a connection, as long as they are simple. Never rejects.
   *
   * @returns Whether the connection has a request that is not simple, and that is unread. Otherwise the connection has to be closed.
   */
  async serve(connection: ReadAhead, peer: Peer): Promise<boolean> {
    for (;;) {
      const head = readSimpleHead(connection.unread);
      if (head === undefined) return true;
      if (head === "incomplete") {
        if (connection.isFull) return true;
        if (connection.unread.length > 0) peer.connection.receive();
        if (!await connection.fill()) return false;
        continue;
      }
      connection.consume(head.length);
      const exchange = new SimpleExchange(connection, peer);
      const isReusable = await this.#options.exchanges.during(peer, this.#answer(head, exchange));
      if (!isReusable) return false;
    }
  }

  /** Answers one request. Returns whether another one can follow. Resolves at once when the client leaves. */
  #answer(head: SimpleHead, exchange: SimpleExchange): Promise<boolean> {
    return new Promise((resolve) => {
      exchange.onClose(() => resolve(false));
      void this.#respond(head, exchange).then(resolve);
      exchange.watch();
    });
  }

  async #respond(head: SimpleHead, exchange: SimpleExchange): Promise<boolean> {
    const { handler, exchanges, idleTimeout } = this.#options;
    const reply = await handler(new SimpleRequest(head, exchange));
    const isKept = head.keepsAlive && !exchanges.isDraining;
    const isSent = await sendReply(reply, exchange, {
      isHead: head.method === "HEAD",
      keepAlive: isKept ? idleTimeout : 0,
      onLast: () => exchange.end(),
    });
    exchange.end();
    return isSent && isKept;
  }
}

/** One request and its response: the client as the handler sees it, and the way to it. */
class SimpleExchange implements Client, BodySink {
  readonly address: string;
  readonly isLoopback: boolean;
  readonly #connection: ReadAhead;
  readonly #gone = new Gone();
  readonly #listeners: (() => void)[] = [];
  #hasEnded = false;
  #cancelWatch: () => void = () => {};

  constructor(connection: ReadAhead, { address, isLoopback }: Peer) {
    this.#connection = connection;
    this.address = address;
    this.isLoopback = isLoopback;
  }

  get gone(): AbortSignal {
    return this.#gone.signal;
  }

  /**
   * From the next turn of the event loop on, notices when the client leaves. Most responses have ended by then, also those to clients
   * that close their side of the connection right after a request.
   */
  watch(): void {
    if (!this.#hasEnded) this.#cancelWatch = inNextTurn(() => void this.#receive());
  }

  /** Records that the client can leave from now on without missing anything. */
  end(): void {
    this.#hasEnded = true;
    this.#cancelWatch();
  }

  onClose(listener: () => void): void {
    if (this.#gone.isGone) listener();
    else this.#listeners.push(listener);
  }

  async write(bytes: Uint8Array): Promise<void> {
    let offset = 0;
    while (offset < bytes.length) {
      offset += await this.#connection.write(offset === 0 ? bytes : bytes.subarray(offset));
    }
  }

  destroy(): void {
    this.end();
    this.#connection.close();
    this.#gone.note();
    for (const listener of this.#listeners.splice(0)) listener();
  }

  /** Receives what the client sends, until the response has ended or the buffer is full. */
  async #receive(): Promise<void> {
    while (!this.#hasEnded && !this.#connection.isFull) {
      if (await this.#connection.fill()) continue;
      if (!this.#hasEnded) this.destroy();
      return;
    }
  }
}
