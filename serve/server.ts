/**
 * An HTTP server on one or several addresses, with graceful shutdown.
 *
 * @module
 */

import { settlesWithin } from "../model/deadline.ts";
import { formatAddress, type ListenAddress } from "../model/listen_address.ts";
import type { Limits } from "../model/limits.ts";
import { Connections } from "./connections.ts";
import type { Handler } from "./exchanges.ts";
import { HttpEngine } from "./http_engine.ts";
import { Listener } from "./listener.ts";
import type { SecureOptions } from "./node_http.ts";

/** Options of {@linkcode Server}. */
export interface ServerOptions {
  /** The addresses to listen on, at least one. */
  readonly addresses: readonly ListenAddress[];
  /** The permission bits of the files of Unix sockets. By default, they follow from the umask. */
  readonly socketMode?: number | undefined;
  /** TLS. Without it, the server speaks HTTP without encryption. */
  readonly secure?: SecureOptions | undefined;
  /** Handles requests. */
  readonly handler: Handler;
  /** Returns the limits of connections. Timeouts are those at the start. */
  readonly limits: () => Limits;
  /** Reports trouble. It must not throw. */
  readonly events: ServerEvents;
}

/** What happens to a server. */
export interface ServerEvents {
  /** No connection could be accepted, for example because file descriptors ran out. The server goes on trying. */
  onFailure(reason: string): void;
  /** A connection was closed or refused because there were too many. */
  onLimit(): void;
  /** No connection has been closed or refused for some time after that; with the number of those that were. */
  onRelief(closed: number): void;
}

/** What accepts connections. */
type AnyListener = Pick<Listener, "address" | "accept" | "close">;

/** An HTTP server. */
export class Server {
  readonly #listeners: readonly AnyListener[];
  readonly #engine: HttpEngine;
  readonly #scheme: "http" | "https";
  /** The open connections. */
  readonly connections: Pick<Connections, "size" | "excess">;

  private constructor(
    listeners: readonly AnyListener[],
    engine: HttpEngine,
    connections: Connections,
    scheme: "http" | "https",
  ) {
    this.#listeners = listeners;
    this.#engine = engine;
    this.connections = connections;
    this.#scheme = scheme;
  }

  /**
   * Starts to listen.
   *
   * @throws {Error} If that fails for one of the addresses. The message gives the reason in one line. It then listens on none.
   */
  static async listen(options: ServerOptions): Promise<Server> {
    const { addresses, socketMode, secure, handler, limits, events } = options;
    const listeners: AnyListener[] = [];
    try {
      for (const address of addresses) listeners.push(await open(address, socketMode));
      const connections = new Connections({ limits, ...events });
      const engine = await HttpEngine.create({ handler, connections, limits: limits(), secure });
      for (const listener of listeners) {
        listener.accept({
          onConnection: (connection) => engine.take(connection),
          onFailure: (reason) => {
            connections.relieve();
            events.onFailure(reason);
          },
        });
      }
      const scheme = secure === undefined ? "http" : "https";
      return new Server(listeners, engine, connections, scheme);
    } catch (error) {
      await closeAll(listeners);
      throw error;
    }
  }

  /** The URLs of all addresses, with the actual ports. */
  get urls(): readonly URL[] {
    return this.#listeners.map(({ address }) => {
      const authority = formatAddress(address);
      return new URL("hostname" in address ? `${this.#scheme}://${authority}/` : authority);
    });
  }

  /** Uses other certificates for new connections. */
  replaceSecure(secure: SecureOptions): void {
    this.#engine.replaceSecure(secure);
  }

  /**
   * Waits for responses in flight, at most the given number of seconds, and closes all connections. Requests that arrive before the
   * last of these responses has ended still reach the handler.
   */
  async close(seconds: number): Promise<void> {
    const until = performance.now() + seconds * 1000;
    await settlesWithin(this.#engine.idle(), seconds);
    await closeAll(this.#listeners);
    this.#engine.drain();
    await settlesWithin(this.#engine.idle(), Math.max(0, until - performance.now()) / 1000);
    this.#engine.close();
  }
}

async function open(address: ListenAddress, socketMode: number | undefined): Promise<AnyListener> {
  if (!("descriptor" in address)) return Listener.open({ address, socketMode });
  const { DescriptorListener } = await import("./descriptor_listener.ts");
  return DescriptorListener.open(address);
}

async function closeAll(listeners: readonly AnyListener[]): Promise<void> {
  await Promise.all(listeners.map((listener) => listener.close()));
}
