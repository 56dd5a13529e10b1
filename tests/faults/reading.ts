/**
 * A response that is read as slowly, and for as long, as a test wants.
 *
 * @module
 */

import { gunzipSync } from "node:zlib";
import { requestOf, type Target } from "./target.ts";

const PORTION = 64 * 1024;

/** Options of {@linkcode Reading.read}. */
export interface ReadOptions {
  /**
   * Bytes after which to stop. Some more may be read.
   *
   * @default {Infinity}
   */
  bytes?: number;
  /**
   * Bytes per second.
   *
   * @default {Infinity}
   */
  rate?: number;
}

/** One request on a connection of its own, and its response as far as it was read. */
export class Reading implements Disposable {
  readonly #connection: Deno.TcpConn;
  readonly #parts: Uint8Array[] = [];
  #length = 0;
  #hasEnded = false;

  private constructor(connection: Deno.TcpConn) {
    this.#connection = connection;
  }

  /** Sends a request, and reads nothing yet. */
  static async open(
    target: Target,
    path: string,
    headers: readonly string[] = [],
  ): Promise<Reading> {
    return new Reading(await target.open(requestOf(path, [...headers, "Connection: close"])));
  }

  /** How many bytes were read, the head included. */
  get length(): number {
    return this.#length;
  }

  /** Whether the server has closed the connection, or the client has. */
  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** The status; undefined if that was not read. */
  get status(): number | undefined {
    const status = /^HTTP\/1\.1 (\d{3}) /.exec(this.#head)?.[1];
    return status === undefined ? undefined : Number(status);
  }

  /** Whether as many bytes were read as `Content-Length` announced. */
  get isComplete(): boolean {
    const announced = /\r\ncontent-length: (\d+)\r\n/i.exec(this.#head)?.[1];
    return announced !== undefined && this.#body.length === Number(announced);
  }

  /** The body, decompressed. */
  get text(): string {
    const isCompressed = /\r\ncontent-encoding: gzip\r\n/i.test(this.#head);
    const bytes = isCompressed ? gunzipSync(this.#body) : this.#body;
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  }

  /** Reads until the server closes the connection, or until enough was read. */
  async read({ bytes = Infinity, rate = Infinity }: ReadOptions = {}): Promise<void> {
    const began = performance.now();
    const before = this.#length;
    while (!this.#hasEnded && this.#length - before < bytes) {
      await this.#readPortion(Math.min(PORTION, bytes, rate / 10));
      const due = (this.#length - before) / rate - (performance.now() - began) / 1000;
      if (due > 0) await new Promise((resolve) => setTimeout(resolve, due * 1000));
    }
  }

  /** Disconnects. As long as something is unread, that resets the connection. */
  close(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#connection.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  get #all(): Uint8Array {
    const all = new Uint8Array(this.#length);
    let offset = 0;
    for (const part of this.#parts) {
      all.set(part, offset);
      offset += part.length;
    }
    this.#parts.splice(0, Infinity, all);
    return all;
  }

  get #head(): string {
    return new TextDecoder("latin1").decode(this.#all.subarray(0, 1024)).split("\r\n\r\n")[0] +
      "\r\n";
  }

  get #body(): Uint8Array {
    return this.#all.subarray(this.#head.length + 2);
  }

  async #readPortion(size: number): Promise<void> {
    const portion = new Uint8Array(size);
    const count = await this.#connection.read(portion).catch(() => null);
    if (count === null) return this.close();
    this.#parts.push(portion.subarray(0, count));
    this.#length += count;
  }
}
