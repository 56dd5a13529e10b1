/**
 * Puts an exposition together from new text, kept chunks and kept lines.
 *
 * @module
 */

import { Chunk } from "./chunk.ts";
import { ByteWriter } from "./byte_writer.ts";
import { areEqual } from "../model/bytes.ts";
import { type DeflatedPiece, deflatePiece, gzipMember } from "./gzip.ts";
import type { KeptLines } from "./kept_lines.ts";
import type { Lease } from "./encoded_exposition.ts";
import type { Encoding } from "../exposition.ts";

/** The size of text at which it becomes a piece, in bytes. */
const PIECE = 1 << 16;

/** Smaller chunks are joined with what is next to them. */
const ALONE = 1 << 13;

/** Writers for reuse by later expositions. */
const writers: ByteWriter[] = [];

/** How many writers are kept, and the maximum capacity of each in bytes. */
const SPARE = 4;
const LARGEST = 1 << 20;

/** Puts an exposition together, part by part. */
export class ExpositionBuilder {
  /** The content coding. */
  readonly encoding: Encoding;
  readonly #known: readonly Chunk[];
  readonly #chunks: Uint8Array<ArrayBuffer>[] = [];
  readonly #pieces: DeflatedPiece[] = [];
  readonly #reusable: Chunk[] = [];
  readonly #leases: Lease[] = [];
  /** A small chunk that is not part of a piece yet; else `#bytes` has what is not. */
  #pending: Chunk | undefined;
  readonly #bytes: ByteWriter = writers.pop() ?? new ByteWriter();

  /**
   * Starts empty.
   *
   * @param known The chunks of the previous exposition, which are used again where they are the same.
   */
  constructor(encoding: Encoding, known: readonly Chunk[] = []) {
    this.encoding = encoding;
    this.#known = known;
  }

  /** The text that was deflated, for the next exposition. */
  get reusable(): readonly Chunk[] {
    return this.#reusable;
  }

  /** The leases of kept lines. They end with the exposition. */
  get leases(): readonly Lease[] {
    return this.#leases;
  }

  /** Where to write lines. Call {@linkcode ExpositionBuilder.endLine} after each. */
  get writer(): ByteWriter {
    if (this.#pending !== undefined) {
      this.#bytes.bytes(this.#pending.plain);
      this.#pending = undefined;
    }
    return this.#bytes;
  }

  /** Ends a line. Returns whether it completed a piece, which is a good time to yield to the event loop: this is the time to let others chunk. */
  endLine(): boolean {
    if (this.#bytes.length < PIECE) return false;
    this.#cut();
    return true;
  }

  /** Adds whole lines, and returns what {@linkcode ExpositionBuilder.endLine} does. */
  addText(text: string): boolean {
    if (text !== "") this.writer.text(text);
    return this.endLine();
  }

  /** Adds a chunk. Small chunks are joined with what is next to them. */
  addChunk(chunk: Chunk): void {
    if (chunk.plain.byteLength >= ALONE) {
      this.#cut();
      this.#push(chunk);
    } else if (this.#pending === undefined && this.#bytes.length === 0) {
      this.#pending = chunk;
    } else {
      this.writer.bytes(chunk.plain);
      this.endLine();
    }
  }

  /** Adds kept lines in their current state. */
  addLines(lines: KeptLines): void {
    this.#cut();
    if (this.encoding === "gzip") {
      this.#pieces.push(lines.deflated());
      return;
    }
    lines.lease.readers++;
    this.#leases.push(lines.lease);
    this.#chunks.push(lines.bytes);
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

  /** Returns the bytes in chunks. Nothing can be added afterwards. */
  end(): Uint8Array<ArrayBuffer>[] {
    this.#cut();
    const isLarge = this.#bytes.buffer.length > LARGEST;
    if (writers.length < SPARE && !isLarge) writers.push(this.#bytes);
    return this.encoding === "gzip" ? gzipMember(this.#pieces) : this.#chunks;
  }

  #cut(): void {
    if (this.#pending !== undefined) this.#push(this.#pending);
    else if (this.#bytes.length > 0) this.#push(this.#reuse(new Chunk(this.#bytes.take())));
    this.#pending = undefined;
  }

  #push(chunk: Chunk): void {
    if (this.encoding === "gzip") this.#pieces.push(chunk.deflated());
    else this.#chunks.push(chunk.plain);
  }

  /** Returns the chunk at the same place in the previous exposition if it has the same bytes: it is deflated already. */
  #reuse(chunk: Chunk): Chunk {
    if (this.encoding === "identity") return chunk;
    const known = this.#known[this.#reusable.length];
    const reused = known && areEqual(known.plain, chunk.plain) ? known : chunk;
    this.#reusable.push(reused);
    return reused;
  }
}
