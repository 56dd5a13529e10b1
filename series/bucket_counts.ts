/**
 * The counts of exponential buckets, of which only a few are populated.
 *
 * @module
 */

import { coarserIndex, COARSEST_SCHEMA, FINEST_SCHEMA } from "./bucket_index.ts";

/** Empty tables, shared and never written to. */
const NO_INDICES = new Int32Array(1);
const NO_COUNTS = new Float64Array(1);

const FEWEST_SLOTS = 8;

/** The golden ratio of 32 bits, which scatters neighbors as far as possible (Knuth, volume 3, section 6.4). */
const SCATTER = 0x9e3779b1;

/** Counts by bucket index: a hash table whose size depends on the number of populated buckets, however far apart they are. */
export class BucketCounts {
  #schema: number;
  #indices: Int32Array = NO_INDICES;
  /** A slot with a count of 0 is free. */
  #counts: Float64Array = NO_COUNTS;
  /** The number of bits by which a hash is shifted to get a slot. */
  #shift = 31;
  #size = 0;
  /** The slots in use in the order of their indices, until another one is used. */
  #order: Int32Array | undefined;

  /** Starts empty, with this resolution. */
  constructor(schema: number) {
    this.#schema = schema;
  }

  /** The resolution, from -4 to 8. */
  get schema(): number {
    return this.#schema;
  }

  /** The number of populated buckets. */
  get size(): number {
    return this.#size;
  }

  /** The lowest populated bucket; infinity if there is none. */
  get lowest(): number {
    return this.#size === 0 ? Infinity : this.#indices[this.#sorted()[0]!]!;
  }

  /**
   * Counts a value.
   *
   * @param index Its bucket in the finest schema.
   * @returns Whether its bucket was not populated before.
   */
  increment(index: number): boolean {
    return this.#add(coarserIndex(index, FINEST_SCHEMA - this.#schema), 1);
  }

  /** Adds all counts of another table, in the coarser of both resolutions. */
  merge(other: BucketCounts): void {
    while (this.#schema > other.#schema) this.coarsen();
    this.#addAll(other.#indices, other.#counts, other.#schema - this.#schema);
  }

  /** Merges every two buckets into one of the next coarser schema, and returns whether there is such a schema. */
  coarsen(): boolean {
    if (this.#schema === COARSEST_SCHEMA) return false;
    this.#schema--;
    this.#rebuild(FEWEST_SLOTS, 1);
    return true;
  }

  /** Removes the count of a bucket, and returns it. */
  take(index: number): number {
    const slot = this.#slot(index);
    const count = this.#counts[slot]!;
    if (count > 0) {
      this.#counts[slot] = 0;
      this.#rebuild(this.#counts.length, 0);
    }
    return count;
  }

  /** Removes all counts, and continues with this resolution. */
  clear(schema: number): void {
    this.#schema = schema;
    this.#indices = NO_INDICES;
    this.#counts = NO_COUNTS;
    this.#size = 0;
    this.#order = undefined;
  }

  /** Calls a function for each populated bucket, in increasing order. */
  forEach(fn: (index: number, count: number) => void): void {
    for (const slot of this.#sorted()) fn(this.#indices[slot]!, this.#counts[slot]!);
  }

  /** Returns the bucket with the value of a rank; the lowest value has rank 1. */
  indexAt(rank: number): number {
    let left = rank;
    for (const slot of this.#sorted()) {
      left -= this.#counts[slot]!;
      if (left <= 0) return this.#indices[slot]!;
    }
    return Infinity;
  }

  #add(index: number, count: number): boolean {
    const slot = this.#slot(index);
    const before = this.#counts[slot]!;
    if (before > 0) {
      this.#counts[slot] = before + count;
      return false;
    }
    this.#insert(index, count, slot);
    return true;
  }

  /** Returns the slot of a bucket, or the free one for it. */
  #slot(index: number): number {
    const counts = this.#counts;
    const indices = this.#indices;
    const mask = counts.length - 1;
    let slot = (Math.imul(index, SCATTER) >>> this.#shift) & mask;
    while (indices[slot] !== index && counts[slot]! > 0) slot = (slot + 1) & mask;
    return slot;
  }

  #insert(index: number, count: number, free: number): void {
    const slots = this.#counts.length;
    let slot = free;
    if (this.#size + 1 > slots * 0.75) {
      this.#rebuild(Math.max(FEWEST_SLOTS, slots * 2), 0);
      slot = this.#slot(index);
    }
    this.#indices[slot] = index;
    this.#counts[slot] = count;
    this.#size++;
    this.#order = undefined;
  }

  /** Moves all counts to a new table, with indices coarser by that many schemas. */
  #rebuild(slots: number, times: number): void {
    const indices = this.#indices;
    const counts = this.#counts;
    this.#indices = new Int32Array(slots);
    this.#counts = new Float64Array(slots);
    this.#shift = Math.clz32(slots) + 1;
    this.#size = 0;
    this.#order = undefined;
    this.#addAll(indices, counts, times);
  }

  #addAll(indices: Int32Array, counts: Float64Array, times: number): void {
    for (let slot = 0; slot < counts.length; slot++) {
      const count = counts[slot]!;
      if (count > 0) this.#add(coarserIndex(indices[slot]!, times), count);
    }
  }

  #sorted(): Int32Array {
    return this.#order ??= this.#sort();
  }

  #sort(): Int32Array {
    const order = new Int32Array(this.#size);
    let used = 0;
    this.#counts.forEach((count, slot) => {
      if (count > 0) order[used++] = this.#indices[slot]!;
    });
    return order.sort().map((index) => this.#slot(index));
  }
}
