/**
 * A connection of Deno as a stream of Node, on which a server of Node speaks HTTP or TLS.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { Duplex } from "node:stream";

const READ_SIZE = 16 * 1024;

type Callback = (error?: Error | null) => void;

/** What a stream needs of a connection. */
export type ByteConnection = Pick<
  Deno.Conn,
  "read" | "write" | "closeWrite" | "close" | "localAddr" | "remoteAddr"
>;

/** Options of {@linkcode ConnectionStream}. */
export interface ConnectionStreamOptions {
  /**
   * Whether to close the connection when the client has closed its side.
   *
   * @default {false}
   */
  endsWithClient?: boolean;
}

/** A stream over a connection, with the methods and properties of a socket that servers of Node use. */
export class ConnectionStream extends Duplex {
  /** The IP address of the client; empty for a Unix socket. */
  readonly remoteAddress: string;
  /** The IP address at which it was accepted; empty for a Unix socket. */
  readonly localAddress: string;
  readonly #connection: ByteConnection;
  readonly #endsWithClient: boolean;
  readonly #buffer = new Uint8Array(READ_SIZE);

  /** Takes over a connection. */
  constructor(connection: ByteConnection, options: ConnectionStreamOptions = {}) {
    super({ allowHalfOpen: true });
    const { localAddr, remoteAddr } = connection;
    this.#connection = connection;
    this.#endsWithClient = options.endsWithClient ?? false;
    this.remoteAddress = hostOf(remoteAddr);
    this.localAddress = hostOf(localAddr);
  }

  override async _read(): Promise<void> {
    try {
      const count = await this.#connection.read(this.#buffer);
      if (count === null && this.#endsWithClient) {
        this.destroy();
        return;
      }
      // Node keeps the bytes, so that they cannot stay in the buffer.
      this.push(count === null ? null : Buffer.from(this.#buffer.subarray(0, count)));
    } catch (error) {
      this.destroy(error as Error);
    }
  }

  override _write(chunk: Uint8Array, _encoding: string, done: Callback): void {
    void this.#writeAll([chunk], done);
  }

  override _writev(chunks: readonly { readonly chunk: Uint8Array }[], done: Callback): void {
    void this.#writeAll(chunks.map(({ chunk }) => chunk), done);
  }

  override _final(done: Callback): void {
    this.#connection.closeWrite().then(() => done(), done);
  }

  override _destroy(error: Error | null, done: Callback): void {
    try {
      this.#connection.close();
    } catch {
      // Closed by the system already.
    }
    done(error);
  }

  /** Closes the connection once everything is written. */
  destroySoon(): void {
    if (this.writableFinished) this.destroy();
    else this.once("finish", () => this.destroy()).end();
  }

  /** Has no effect: the server itself closes idle connections. */
  setTimeout(): this {
    return this;
  }

  /** Has no effect: small responses are written in one piece. */
  setNoDelay(): this {
    return this;
  }

  /** Has no effect: the server itself closes idle connections. */
  setKeepAlive(): this {
    return this;
  }

  async #writeAll(chunks: readonly Uint8Array[], done: Callback): Promise<void> {
    try {
      const bytes = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
      let offset = 0;
      while (offset < bytes.length) {
        offset += await this.#connection.write(offset === 0 ? bytes : bytes.subarray(offset));
      }
    } catch (error) {
      done(error as Error);
      return;
    }
    done();
  }
}

function hostOf(address: Deno.Addr): string {
  return "hostname" in address ? address.hostname : "";
}
