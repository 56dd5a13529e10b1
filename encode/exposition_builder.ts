/**
 * Builds an exposition from new text, kept chunks and kept bytes that change later.
 *
 * Text and small chunks are collected until they make a piece of {@linkcode PIECE_SIZE} bytes; large chunks and kept bytes become
 * pieces of their own. With gzip and zstd, each piece is compressed by itself. A piece of text that equals the one at the same place
 * in the previous exposition is not compressed again.
 *
 * @module
 */

import { Chunk } from "./chunk.ts";
import { ByteWriter } from "./byte_writer.ts";
import { areEqual } from "../model/bytes.ts";
import { gzipMember } from "./gzip.ts";
import type { Lease } from "./encoded_exposition.ts";
import { BuildBudget } from "../deflate/build_budget.ts";
import type { DeflatedPiece } from "../deflate/zlib.ts";
import type { Encoding } from "../exposition.ts";

/** The size at which text becomes a piece, in bytes. */
const PIECE_SIZE = 1 << 16;

/** The minimum size of a chunk that becomes a piece, in bytes. Smaller chunks are joined with the text around them. */
const MIN_CHUNK_SIZE = 1 << 13;

/** Writers for reuse by later expositions. */
const writers: ByteWriter[] = [];

/** The maximum number of writers for reuse, and the maximum capacity of each in bytes. */
const MAX_WRITERS = 4;
const MAX_WRITER_CAPACITY = 1 << 20;

/** Stands in a place that is reserved. */
const NOTHING = new Chunk(new Uint8Array(0));

/** Bytes that change with the next update, unless they are leased. */
export interface KeptBytes {
  /** The current bytes. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Returns the current bytes deflated. */
  deflated(budget: BuildBudget): DeflatedPiece;
  /** Returns the current bytes as a zstd frame. */
  frame(): Uint8Array<ArrayBuffer>;
  /** Returns the lease of the bytes in a coding, once they were read. Undefined if they never change. */
  leaseOf(encoding: Encoding): Lease | undefined;
}

/** Builds an exposition. */
export class ExpositionBuilder {
  /** The content coding. */
  readonly encoding: Encoding;
  readonly #previous: readonly Chunk[];
  readonly #chunks: Uint8Array<ArrayBuffer>[] = [];
  readonly #pieces: DeflatedPiece[] = [];
  readonly #reusable: Chunk[] = [];
  readonly #leases: Lease[] = [];
  readonly #buildBudget = new BuildBudget();
  /** A single small chunk that is not part of a piece yet. While it is set, `#bytes` is empty. */
  #pending: Chunk | undefined;
  readonly #bytes: ByteWriter = writers.pop() ?? new ByteWriter();

  /**
   * Creates an empty builder.
   *
   * @param previous The {@linkcode ExpositionBuilder.reusable} chunks of the previous exposition.
   */
  constructor(encoding: Encoding, previous: readonly Chunk[] = []) {
    this.encoding = encoding;
    this.#previous = previous;
  }

  /** The compressed pieces of text, for reuse by the next exposition. */
  get reusable(): readonly Chunk[] {
    return this.#reusable;
  }

  /** The leases of kept bytes, which the exposition must end. */
  get leases(): readonly Lease[] {
    return this.#leases;
  }

  /** The writer for lines. Call {@linkcode ExpositionBuilder.endLine} after each line. */
  get writer(): ByteWriter {
    if (this.#pending !== undefined) {
      this.#bytes.bytes(this.#pending.plain);
      this.#pending = undefined;
    }
    return this.#bytes;
  }

  /** Ends a line. Returns whether it completed a piece, which is a good time to yield to the event loop. */
  endLine(): boolean {
    if (this.#bytes.length < PIECE_SIZE) return false;
    this.#cut();
    return true;
  }

  /** Adds complete lines. Returns the same as {@linkcode ExpositionBuilder.endLine}. */
  addText(text: string): boolean {
    if (text !== "") this.writer.text(text);
    return this.endLine();
  }

  /** Adds a chunk. */
  addChunk(chunk: Chunk): void {
    if (chunk.plain.byteLength >= MIN_CHUNK_SIZE) {
      this.#cut();
      this.#push(chunk);
    } else if (this.#pending === undefined && this.#bytes.length === 0) {
      this.#pending = chunk;
    } else {
      this.writer.bytes(chunk.plain);
      this.endLine();
    }
  }

  /** Adds kept bytes in their current state. */
  addKept(kept: KeptBytes): void {
    this.#cut();
    if (this.encoding === "gzip") this.#pieces.push(kept.deflated(this.#buildBudget));
    else this.#chunks.push(this.encoding === "zstd" ? kept.frame() : kept.bytes);
    const lease = kept.leaseOf(this.encoding);
    if (lease === undefined) return;
    lease.readers++;
    this.#leases.push(lease);
  }

  /** Reserves a place for a chunk that depends on what follows. Returns a function that puts it there. */
  reserve(): (chunk: Chunk) => void {
    this.#cut();
    this.#push(NOTHING);
    const i = Math.max(this.#chunks.length, this.#pieces.length) - 1;
    return (chunk) => {
      if (this.encoding === "gzip") this.#pieces[i] = chunk.deflated();
      else this.#chunks[i] = this.#encoded(chunk);
    };
  }

  /** Returns a function that removes everything added after this call. */
  checkpoint(): () => void {
    this.#cut();
    const chunks = this.#chunks.length;
    const pieces = this.#pieces.length;
    const reusable = this.#reusable.length;
    const leases = this.#leases.length;
    return () => {
      for (const lease of this.#leases.splice(leases)) lease.readers--;
      this.#chunks.length = chunks;
      this.#pieces.length = pieces;
      this.#reusable.length = reusable;
      this.#bytes.length = 0;
      this.#pending = undefined;
    };
  }

  /** Returns the bytes of the exposition, in chunks. Nothing can be added afterwards. */
  end(): Uint8Array<ArrayBuffer>[] {
    this.#cut();
    const isLarge = this.#bytes.buffer.length > MAX_WRITER_CAPACITY;
    if (writers.length < MAX_WRITERS && !isLarge) writers.push(this.#bytes);
    if (this.encoding === "gzip") return gzipMember(this.#pieces);
    if (this.encoding === "zstd" && this.#chunks.length === 0) this.#push(NOTHING);
    return this.#chunks;
  }

  /** Completes the current piece, whatever its size. */
  #cut(): void {
    if (this.#pending !== undefined) this.#push(this.#pending);
    else if (this.#bytes.length > 0) this.#push(this.#reuse(new Chunk(this.#bytes.take())));
    this.#pending = undefined;
  }

  #push(chunk: Chunk): void {
    if (this.encoding === "gzip") this.#pieces.push(chunk.deflated());
    else this.#chunks.push(this.#encoded(chunk));
  }

  #encoded(chunk: Chunk): Uint8Array<ArrayBuffer> {
    return this.encoding === "zstd" ? chunk.frame() : chunk.plain;
  }

  /** Returns the chunk at the same place in the previous exposition if it has the same bytes, because it is compressed already. */
  #reuse(chunk: Chunk): Chunk {
    if (this.encoding === "identity") return chunk;
    const previous = this.#previous[this.#reusable.length];
    const reused = previous && areEqual(previous.plain, chunk.plain) ? previous : chunk;
    this.#reusable.push(reused);
    return reused;
  }
}
