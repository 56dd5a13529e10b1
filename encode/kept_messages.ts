/**
 * Keeps the encoded metrics of a block of series between scrapes, and rewrites only what has changed.
 *
 * The messages are in one buffer, with the place of each value. How an update writes depends on what changed in the block:
 *
 * - Nothing: the bytes, and their compressed forms, stay.
 * - Values: they are overwritten in place. A double always has eight bytes, a count often as many as before.
 * - The length of a count, an exemplar, a native histogram: the metrics with such a change are encoded anew, the others copied.
 * - The set of series (the `shape` of the block): all metrics are encoded anew.
 *
 * Expositions lease the buffer instead of copying it. While it is leased, an update moves on to a copy.
 *
 * @module
 */

import type { Lease } from "./encoded_exposition.ts";
import type { KeptBytes } from "./exposition_builder.ts";
import { type DeflatedPiece, deflatePiece } from "../deflate/zlib.ts";
import { zstdFrame } from "./zstd.ts";
import type { Encoding } from "../exposition.ts";
import { type Family, PARTS } from "../model/family.ts";
import { writeMetrics } from "./protobuf_metric.ts";
import { overwriteValue, WireWriter } from "./protobuf_wire.ts";
import type { Sample } from "../model/sample.ts";
import type { Block, SeriesLayout } from "../series/layout.ts";
import type { SeriesView } from "../series/view.ts";

/** The writer for all metrics of a block. */
const writer = new WireWriter();

/** The place of values that cannot be overwritten. Messages begin with a tag, so no value is there. */
const NOWHERE = 0;

/** The metrics of one block, as `metric` fields of its family's message. */
export class KeptMessages implements KeptBytes {
  /** The block at the last update. */
  #block!: Block;
  readonly #view: SeriesView;
  readonly #metadata: Family;
  /** The values of the current series. */
  readonly #values: Float64Array;
  /** The parts of a series in the order of their marks. */
  readonly #order: readonly number[];
  #data = new DataView(new ArrayBuffer(0));
  #bytes = new Uint8Array(this.#data.buffer);
  /** For each row, the offset of the end of its metrics. */
  #ends = new Uint32Array(0);
  /** For each value, in the order of marks, the offset of its field from the beginning of the row. */
  #places = new Uint32Array(0);
  /** The version and the shape of the block at the last update. */
  #version = -1;
  #shape = -1;
  #lease: Lease = { readers: 0 };
  #deflated: DeflatedPiece | undefined;
  #frame: Uint8Array<ArrayBuffer> | undefined;

  /**
   * Creates an object without metrics.
   *
   * @param metadata The family of a type that protobuf has.
   */
  constructor(view: SeriesView, metadata: Family) {
    this.#view = view;
    this.#metadata = metadata;
    this.#values = new Float64Array(view.layout.parts.length);
    this.#order = orderOfMarks(view.layout, metadata);
  }

  /** The number of bytes in memory. */
  get keptBytes(): number {
    return this.#bytes.byteLength + this.#ends.byteLength + this.#places.byteLength +
      (this.#deflated?.bytes.byteLength ?? 0) + (this.#frame?.byteLength ?? 0);
  }

  /** The metrics as of the last update. Lease them to read them after the next update. */
  get bytes(): Uint8Array<ArrayBuffer> {
    return this.#bytes;
  }

  /** Returns the lease of the bytes in a coding. Compressed ones never change. */
  leaseOf(encoding: Encoding): Lease | undefined {
    return encoding === "identity" ? this.#lease : undefined;
  }

  /** Returns the deflated metrics, which are immutable. */
  deflated(): DeflatedPiece {
    return this.#deflated ??= deflatePiece(this.#bytes);
  }

  /** Returns the metrics as a zstd frame, which is immutable. */
  frame(): Uint8Array<ArrayBuffer> {
    return this.#frame ??= zstdFrame(this.#bytes);
  }

  /** Brings the metrics up to date with a block of the same series. */
  update(block: Block): void {
    this.#block = block;
    block.sync();
    const { version, shape } = block;
    if (this.#version === version && this.#shape === shape) return;
    const isSameShape = this.#shape === shape;
    if (version < this.#version) this.#version = -1;
    // If an error interrupts this, the next update writes everything.
    this.#shape = -1;
    this.#deflated = undefined;
    this.#frame = undefined;
    if (isSameShape) this.#writeChanged();
    else this.#writeAll();
    this.#version = version;
    this.#shape = shape;
  }

  #writeAll(): void {
    const { rows } = this.#block;
    this.#ends = new Uint32Array(rows);
    this.#places = new Uint32Array(rows * this.#order.length);
    this.#encode([...Array(rows).keys()]);
  }

  /** Overwrites the values of changed rows, and encodes those anew where that is not possible. */
  #writeChanged(): void {
    const { rows, changedAt } = this.#block;
    if (this.#lease.readers > 0) this.#continueWith(this.#bytes.slice());
    const others: number[] = [];
    for (let row = 0; row < rows; row++) {
      if (changedAt[row]! > this.#version && !this.#overwrite(row)) others.push(row);
    }
    if (others.length > 0) this.#encode(others);
  }

  /** Overwrites the values of a row. Returns whether all of them, and nothing else, had to change. */
  #overwrite(row: number): boolean {
    const block = this.#block;
    const parts = this.#order.length;
    const first = row * parts;
    if (this.#places[first] === NOWHERE) return false;
    block.read(row, this.#values);
    const start = row === 0 ? 0 : this.#ends[row - 1]!;
    for (let i = 0; i < parts; i++) {
      const part = this.#order[i]!;
      if (block.exemplar(row, part) !== undefined) return false;
      const place = start + this.#places[first + i]!;
      if (!overwriteValue(this.#data, place, this.#values[part]!)) return false;
    }
    return true;
  }

  /** Encodes rows, in their order, and copies the others. */
  #encode(rows: readonly number[]): void {
    const ends = new Uint32Array(this.#ends.length);
    // An earlier error may have left something.
    writer.take();
    let next = 0;
    for (let row = 0; row < ends.length; row++) {
      if (row === rows[next]) {
        this.#encodeRow(row);
        next++;
      } else {
        writer.append(this.#bytes.subarray(this.#ends[row - 1] ?? 0, this.#ends[row]));
      }
      ends[row] = writer.length;
    }
    this.#ends = ends;
    this.#continueWith(writer.take());
  }

  #encodeRow(row: number): void {
    const { length: start, marks } = writer;
    const firstMark = marks.length;
    const samples = this.#view.samplesOf(this.#block, row);
    writeMetrics(writer, this.#metadata, samples);
    const parts = this.#order.length;
    const canOverwrite = samples.every(hasOnlyValue);
    for (let i = 0; i < parts; i++) {
      this.#places[row * parts + i] = canOverwrite ? marks[firstMark + i]! - start : NOWHERE;
    }
  }

  /** Continues with other bytes, which nobody leases. */
  #continueWith(bytes: Uint8Array<ArrayBuffer>): void {
    this.#bytes = bytes;
    this.#data = new DataView(bytes.buffer);
    this.#lease = { readers: 0 };
  }
}

function hasOnlyValue({ details }: Sample): boolean {
  return details?.exemplar === undefined && details?.native === undefined;
}

/** Returns the parts in the order in which a metric has their values: sum and count precede buckets and quantiles. */
function orderOfMarks({ parts }: SeriesLayout, { type }: Family): number[] {
  const label = PARTS[type]?.label;
  const indexes = [...parts.keys()];
  if (label === undefined) return indexes;
  const isTotal = (part: number) => parts[part]!.label?.[0] !== label;
  return [...indexes.filter(isTotal), ...indexes.filter((part) => !isTotal(part))];
}
