/**
 * A listener on a socket that the process has inherited, as from a socket unit of systemd.
 *
 * `Deno.listen` cannot take one, `node:net` can. In Deno 2.9, it stops accepting for good once file descriptors have run out, which
 * a bound on connections has to prevent.
 *
 * @see {@link https://www.freedesktop.org/software/systemd/man/latest/sd_listen_fds.html}
 *
 * @module
 */

import net from "node:net";
import {
  type DescriptorAddress,
  formatAddress,
  type ListenAddress,
} from "../model/listen_address.ts";
import { InheritedConnection } from "./inherited_connection.ts";
import type { AcceptOptions } from "./listener.ts";

/** Listens on an inherited socket. */
export class DescriptorListener {
  readonly #server: net.Server;
  readonly #address: DescriptorAddress;
  /** Connections that were accepted before somebody takes them. */
  readonly #early: net.Socket[] = [];

  private constructor(server: net.Server, address: DescriptorAddress) {
    this.#server = server;
    this.#address = address;
    server.on("connection", this.#keep);
  }

  /**
   * Starts to listen.
   *
   * @throws {Error} If the descriptor is not that of a listening socket.
   */
  static async open(address: DescriptorAddress): Promise<DescriptorListener> {
    const server = net.createServer();
    const listener = new DescriptorListener(server, address);
    try {
      await new Promise<void>((resolve, reject) => {
        server.once("error", reject);
        server.listen({ fd: address.descriptor }, resolve);
      });
    } catch (cause) {
      const reason = "not a socket that listens";
      throw new Error(`Cannot listen on ${formatAddress(address)}: ${reason}`, { cause });
    }
    return listener;
  }

  /** The address of the socket if it is one of TCP, else the descriptor. */
  get address(): ListenAddress {
    const address = this.#server.address();
    if (address === null || typeof address === "string") return this.#address;
    return { hostname: address.address, port: address.port };
  }

  /** Begins to pass connections on, until the listener is closed. */
  accept({ onConnection, onFailure }: AcceptOptions): void {
    this.#server.off("connection", this.#keep);
    const take = (socket: net.Socket) => onConnection(new InheritedConnection(socket));
    this.#server.on("connection", take);
    this.#server.on("error", (error) => onFailure(String(error)));
    for (const socket of this.#early.splice(0)) take(socket);
  }

  /** Stops listening. Connections stay open, for which Node's callback would wait. */
  close(): Promise<void> {
    this.#server.close();
    return Promise.resolve();
  }

  readonly #keep = (socket: net.Socket): void => void this.#early.push(socket);
}
