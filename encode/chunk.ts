/**
 * Chunks of an exposition that never change.
 *
 * @module
 */

import { type DeflatedPiece, deflatePiece } from "../deflate/zlib.ts";
import { zstdFrame } from "./zstd.ts";

/** Immutable bytes, which are compressed at most once in each coding. */
export class Chunk {
  /** The bytes. */
  readonly plain: Uint8Array<ArrayBuffer>;
  #piece: DeflatedPiece | undefined;
  #frame: Uint8Array<ArrayBuffer> | undefined;

  /** Takes over the bytes. */
  constructor(plain: Uint8Array<ArrayBuffer>) {
    this.plain = plain;
  }

  /** The number of bytes in memory, plain and compressed. */
  get keptBytes(): number {
    return this.plain.byteLength + (this.#piece?.bytes.byteLength ?? 0) +
      (this.#frame?.byteLength ?? 0);
  }

  /** Returns the deflated bytes. */
  deflated(): DeflatedPiece {
    return this.#piece ??= deflatePiece(this.plain);
  }

  /** Returns the bytes as a zstd frame. */
  frame(): Uint8Array<ArrayBuffer> {
    return this.#frame ??= zstdFrame(this.plain);
  }
}
