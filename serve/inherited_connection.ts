/**
 * A socket of Node with the interface of a connection of Deno.
 *
 * @module
 */

import type { Socket } from "node:net";
import type { ByteConnection } from "./connection_stream.ts";

/** A connection that was accepted at an inherited socket. */
export class InheritedConnection implements ByteConnection {
  readonly localAddr: Deno.Addr;
  readonly remoteAddr: Deno.Addr;
  readonly #socket: Socket;

  /** Takes over a socket. */
  constructor(socket: Socket) {
    this.#socket = socket;
    this.localAddr = addressOf(socket.localAddress, socket.localPort);
    this.remoteAddr = addressOf(socket.remoteAddress, socket.remotePort);
    socket.on("error", () => {}); // Reads and writes tell, too.
    socket.setNoDelay(); // As a listener does.
  }

  async read(buffer: Uint8Array): Promise<number | null> {
    const socket = this.#socket;
    for (;;) {
      const chunk: Uint8Array | null = socket.read(Math.min(socket.readableLength, buffer.length));
      if (chunk !== null) {
        buffer.set(chunk);
        return chunk.length;
      }
      if (socket.readableEnded || socket.destroyed) return null;
      await new Promise<void>((resolve) => {
        for (const event of ["readable", "end", "close"]) socket.once(event, resolve);
      });
    }
  }

  write(bytes: Uint8Array): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#socket.write(bytes, (error) => error ? reject(error) : resolve(bytes.length));
    });
  }

  closeWrite(): Promise<void> {
    return new Promise((resolve) => this.#socket.end(resolve));
  }

  close(): void {
    this.#socket.destroy();
  }
}

function addressOf(hostname: string | undefined, port: number = 0): Deno.Addr {
  return hostname === undefined
    ? { transport: "unix", path: "" }
    : { transport: "tcp", hostname, port };
}
