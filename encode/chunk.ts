/**
 * Chunks of an exposition that never change.
 *
 * @module
 */

import { type DeflatedPiece, deflatePiece } from "../deflate/zlib.ts";

/** Immutable bytes, which are deflated at most once. */
export class Chunk {
  /** The bytes. */
  readonly plain: Uint8Array<ArrayBuffer>;
  #piece: DeflatedPiece | undefined;

  /** Takes over the bytes. */
  constructor(plain: Uint8Array<ArrayBuffer>) {
    this.plain = plain;
  }

  /** The number of bytes in memory, plain and deflated. */
  get keptBytes(): number {
    return this.plain.byteLength + (this.#piece?.bytes.byteLength ?? 0);
  }

  /** Returns the deflated bytes. */
  deflated(): DeflatedPiece {
    return this.#piece ??= deflatePiece(this.plain);
  }
}
