/**
 * Bytes that come in chunks, up to a limit.
 *
 * @module
 */

import { join } from "../model/bytes.ts";

/** Collects chunks, and forgets those beyond a limit. */
export class BoundedBytes {
  readonly #max: number;
  readonly #chunks: Uint8Array[] = [];
  #length = 0;

  /** Starts empty. */
  constructor(max: number) {
    this.#max = max;
  }

  /** Whether there were more bytes than the limit. */
  get isExceeded(): boolean {
    return this.#length > this.#max;
  }

  /** Adds a chunk, and returns whether all bytes are within the limit. */
  add(chunk: Uint8Array): boolean {
    this.#length += chunk.length;
    if (this.isExceeded) this.#chunks.length = 0;
    else this.#chunks.push(chunk);
    return !this.isExceeded;
  }

  /** Returns all bytes, if they are within the limit. */
  bytes(): Uint8Array {
    return join(this.#chunks, this.#length);
  }
}
