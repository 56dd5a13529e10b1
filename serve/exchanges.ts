/**
 * The requests that are being answered, over whatever protocol they came.
 *
 * @module
 */

import type { Connection, Connections } from "./connections.ts";
import type { Client, HttpRequest } from "./request.ts";
import type { Reply } from "./response.ts";

/** Answers a request. It never rejects. */
export type Handler = (request: HttpRequest) => Promise<Reply>;

/** A connection with its client. */
export interface Peer extends Pick<Client, "address" | "isLoopback"> {
  /** The connection, as it is counted. */
  readonly connection: Connection;
}

/** Counts requests, and closes connections that become idle while the server shuts down. */
export class Exchanges {
  readonly #connections: Connections;
  readonly #inFlight = new Set<Promise<unknown>>();
  #isDraining = false;

  /** Creates a count of zero. */
  constructor(connections: Connections) {
    this.#connections = connections;
  }

  /** Whether connections are closed when they become idle. */
  get isDraining(): boolean {
    return this.#isDraining;
  }

  /** Counts a request of a connection until a promise, which must not reject, has resolved; returns its value. */
  async during<T>({ connection }: Peer, exchange: Promise<T>): Promise<T> {
    connection.begin();
    this.#inFlight.add(exchange);
    const result = await exchange;
    this.#inFlight.delete(exchange);
    connection.end();
    if (this.#isDraining) this.#connections.closeAll({ idleOnly: true });
    return result;
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
}
