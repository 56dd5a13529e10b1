/**
 * A connection that is read ahead of those who need the bytes: so it is noticed when the client leaves during a response, and what was
 * read already can be read again by somebody else.
 *
 * @module
 */

import type { ByteConnection } from "./connection_stream.ts";

/** A connection with a buffer of bytes that were received, and that nobody has consumed. */
export class ReadAhead implements ByteConnection {
  readonly localAddr: ByteConnection["localAddr"];
  readonly remoteAddr: ByteConnection["localAddr"];
  readonly #connection: ByteConnection;
  readonly #buffer: Uint8Array<ArrayBuffer>;
  #start = 0;
  #end = 0;
  #filling: Promise<boolean> | undefined;

  /**
   * Takes over a connection.
   *
   * @param size The maximum number of bytes in the buffer.
   */
  constructor(connection: ByteConnection, size: number) {
    this.#connection = connection;
    this.#buffer = new Uint8Array(size);
    this.localAddr = connection.localAddr;
    this.remoteAddr = connection.remoteAddr;
  }

  /** The bytes in the buffer. The view is valid until some are consumed. */
  get unread(): Uint8Array {
    return this.#buffer.subarray(this.#start, this.#end);
  }

  /** Whether there is no room for more bytes. */
  get isFull(): boolean {
    return this.#end === this.#buffer.length && (this.#start === 0 || this.#filling !== undefined);
  }

  /** Removes bytes from the buffer. */
  consume(count: number): void {
    this.#start += count;
  }

  /**
   * Receives more bytes, if the buffer is not full. Calls at the same time wait for the same bytes.
   *
   * @returns Whether there are more. If not, the client has closed its side, or the connection is closed.
   */
  fill(): Promise<boolean> {
    return this.#filling ??= this.#fill();
  }

  async read(target: Uint8Array): Promise<number | null> {
    if (this.#start === this.#end) {
      if (this.#filling === undefined) return this.#connection.read(target);
      if (!await this.#filling) return null;
    }
    const bytes = this.unread.subarray(0, target.length);
    target.set(bytes);
    this.consume(bytes.length);
    return bytes.length;
  }

  write(bytes: Uint8Array): Promise<number> {
    return this.#connection.write(bytes);
  }

  closeWrite(): Promise<void> {
    return this.#connection.closeWrite();
  }

  close(): void {
    try {
      this.#connection.close();
    } catch {
      // It is closed.
    }
  }

  async #fill(): Promise<boolean> {
    // Nobody else receives into the buffer now, so its bytes can be moved.
    if (this.#start === this.#end) this.#start = this.#end = 0;
    else if (this.#start > 0) {
      this.#buffer.copyWithin(0, this.#start, this.#end);
      this.#end -= this.#start;
      this.#start = 0;
    }
    let count: number | null = null;
    try {
      count = await this.#connection.read(this.#buffer.subarray(this.#end));
    } catch {
      // The client has reset the connection, or it was closed here.
    }
    this.#filling = undefined;
    if (count === null) return false;
    this.#end += count;
    return true;
  }
}
