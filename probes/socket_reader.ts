/**
 * Reading lines and bytes from a connection.
 *
 * @module
 */

import type { Socket } from "node:net";

/** The maximum length of a line, in bytes, as in Go's scanner. */
const MAX_LINE = 64 * 1024;

const NEWLINE = 0x0a;

/** Reads from a connection, no further than what is asked for needs. */
export class SocketReader {
  readonly #socket: Socket;
  readonly #signal: AbortSignal;
  #buffer: Uint8Array = new Uint8Array();
  /** How much of the buffer has been searched for the end of a line. */
  #searched = 0;

  /** Creates a reader. Nothing is read yet. */
  constructor(socket: Socket, signal: AbortSignal) {
    this.#socket = socket;
    this.#signal = signal;
    socket.pause();
  }

  /** Returns the next line without its end; undefined if there is none. An incomplete last line counts. */
  async line(): Promise<string | undefined> {
    for (;;) {
      const at = this.#buffer.indexOf(NEWLINE, this.#searched);
      if (at !== -1) return decode(this.#take(at + 1));
      this.#searched = this.#buffer.length;
      if (this.#buffer.length > MAX_LINE) {
        throw new Error(`the target sent a line of more than ${MAX_LINE} bytes`);
      }
      if (!await this.#read()) {
        return this.#buffer.length > 0 ? decode(this.#take(this.#buffer.length)) : undefined;
      }
    }
  }

  /** Returns the next bytes; fewer if the connection ends before. */
  async bytes(count: number): Promise<Uint8Array> {
    while (this.#buffer.length < count && await this.#read());
    return this.#take(count);
  }

  #take(count: number): Uint8Array {
    const taken = this.#buffer.subarray(0, count);
    this.#buffer = this.#buffer.subarray(count);
    this.#searched = 0;
    return taken;
  }

  /** Reads one piece. Returns whether there was one. */
  #read(): Promise<boolean> {
    this.#signal.throwIfAborted();
    const socket = this.#socket;
    if (socket.destroyed || socket.readableEnded) return Promise.resolve(false);
    return new Promise((resolve, reject) => {
      const end = () => {
        socket.off("data", onData).off("end", onEnd).off("error", onError).off("close", onClose);
        socket.pause();
      };
      const onData = (piece: Uint8Array) => {
        end();
        const joined = new Uint8Array(this.#buffer.length + piece.length);
        joined.set(this.#buffer);
        joined.set(piece, this.#buffer.length);
        this.#buffer = joined;
        resolve(true);
      };
      const onEnd = () => (end(), resolve(false));
      const onError = (error: unknown) => (end(), reject(this.#reason(error)));
      const onClose = () => {
        end();
        if (this.#signal.aborted) reject(this.#signal.reason);
        else resolve(false);
      };
      socket.on("data", onData).on("end", onEnd).on("error", onError).on("close", onClose);
      socket.resume();
    });
  }

  #reason(error: unknown): unknown {
    return this.#signal.aborted ? this.#signal.reason : error;
  }
}

function decode(line: Uint8Array): string {
  return new TextDecoder().decode(line).replace(/\r?\n$/, "");
}
