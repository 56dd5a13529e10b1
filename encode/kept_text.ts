/**
 * Keeps the encoded lines of a small block between scrapes, as immutable text: small texts are joined with the text around them. What
 * changed is written again, the rest is copied.
 *
 * @module
 */

import type { Block } from "../series/layout.ts";
import { ByteWriter } from "./byte_writer.ts";
import { Chunk } from "./chunk.ts";
import type { LineFormat, LineView } from "./line_format.ts";
import { areValid, writeRow } from "./write_lines.ts";

const writer = new ByteWriter();

/** The lines of one block in one format. */
export class KeptText {
  readonly #view: LineView;
  readonly #format: LineFormat;
  #chunk = new Chunk(new Uint8Array(0));
  /** The offset of the end of each row. */
  #ends: readonly number[] = [];
  /** The version and the shape of the block at the last update. */
  #version = -1;
  #shape = -1;

  /** Creates an object without lines. */
  constructor(view: LineView, format: LineFormat) {
    this.#view = view;
    this.#format = format;
  }

  /** The lines as of the last update. */
  get chunk(): Chunk {
    return this.#chunk;
  }

  /** The number of bytes in memory. */
  get keptBytes(): number {
    return this.#chunk.keptBytes;
  }

  /**
   * Brings the lines up to date with a block of the same series. Returns whether all values are valid. If not, the lines stay as
   * they are.
   */
  update(block: Block): boolean {
    block.sync();
    const { version, shape } = block;
    if (version === this.#version && shape === this.#shape) return true;
    if (!areValid(block, this.#view)) return false;
    const since = shape === this.#shape && version > this.#version ? this.#version : -1;
    const old = this.#chunk.plain;
    const ends: number[] = [];
    writer.clear();
    for (let row = 0; row < block.rows; row++) {
      if (block.changedAt[row]! <= since) {
        writer.bytes(old.subarray(this.#ends[row - 1] ?? 0, this.#ends[row]));
      } else {
        writeRow(writer, block, row, this.#view, this.#format);
      }
      ends.push(writer.length);
    }
    this.#chunk = new Chunk(writer.take());
    this.#ends = ends;
    this.#version = version;
    this.#shape = shape;
    return true;
  }
}
