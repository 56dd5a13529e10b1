/**
 * The queue of Remote-Write: in memory, bounded by bytes.
 *
 * @module
 */

import type { WriteSeries } from "./write_series.ts";

/** The approximate size of a sample besides its labels, in bytes. */
const SAMPLE_SIZE = 32;

/** Samples in the order in which they are to be sent. */
export class WriteQueue {
  readonly #maxBytes: number;
  #items: WriteSeries[] = [];
  #bytes = 0;

  /** Creates an empty queue. */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** The number of samples. */
  get length(): number {
    return this.#items.length;
  }

  /** Adds samples at the end, and drops the oldest ones that are too many. Returns how many it dropped. */
  add(items: readonly WriteSeries[]): number {
    this.#items = this.#items.concat(items);
    for (const item of items) this.#bytes += sizeOf(item);
    let dropped = 0;
    while (this.#bytes > this.#maxBytes) this.#bytes -= sizeOf(this.#items[dropped++]!);
    this.#items = this.#items.slice(dropped);
    return dropped;
  }

  /** Removes and returns the oldest samples, this many at most. */
  take(count: number): WriteSeries[] {
    const taken = this.#items.slice(0, count);
    this.#items = this.#items.slice(count);
    for (const item of taken) this.#bytes -= sizeOf(item);
    return taken;
  }
}

function sizeOf({ labels, value, exemplars }: WriteSeries): number {
  let size = SAMPLE_SIZE * (1 + exemplars.length);
  for (const text of labels) size += text.length;
  if (typeof value === "object") {
    const { positive, negative } = value;
    size += SAMPLE_SIZE + 2 * (positive.deltas.length + negative.deltas.length);
  }
  return size;
}
