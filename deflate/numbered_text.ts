/**
 * A text whose numbers change while everything else stays.
 *
 * @module
 */

/** New texts of some numbers. Reused for many texts, to create no garbage. */
export class NumberEdits {
  /** How many numbers change. */
  count = 0;
  /** The indices of these numbers, in ascending order. */
  numbers: Int32Array = new Int32Array(512);
  /** The bytes of the new numbers, one after another. */
  bytes: Uint8Array = new Uint8Array(0);
  /** For each edit, the offset in `bytes` at which the new number ends. The next one starts there. */
  ends: Int32Array = new Int32Array(512);

  /** Forgets all edits. */
  clear(): void {
    this.count = 0;
  }

  /** Adds an edit, whose bytes end at this offset. */
  add(number: number, end: number): void {
    if (this.count === this.numbers.length) this.#grow();
    this.numbers[this.count] = number;
    this.ends[this.count++] = end;
  }

  #grow(): void {
    const { numbers, ends } = this;
    this.numbers = new Int32Array(2 * numbers.length);
    this.numbers.set(numbers);
    this.ends = new Int32Array(2 * ends.length);
    this.ends.set(ends);
  }
}

/** The indices of the edits that change the length of a number. Reused for all texts. */
let resizing = new Int32Array(512);

/** The end of a text while it is put together. Reused for all texts. */
let scratch = new Uint8Array(1 << 16);

/** The maximum size of a scratch buffer that is kept for later, in bytes. */
const MAX_SCRATCH = 1 << 20;

/** A text with the places of its numbers. */
export class NumberedText {
  /** The buffer, whose first {@linkcode NumberedText.length} bytes are the text. Replaced when it is full. */
  buffer: Uint8Array<ArrayBuffer>;
  /** The number of bytes. */
  length: number;
  /** For each number, the offsets of its start and of its end. */
  readonly places: Int32Array;

  /** Copies the text, and takes over the places. */
  constructor(text: Uint8Array, places: Int32Array) {
    this.buffer = copyWithRoom(text, text.length);
    this.length = text.length;
    this.places = places;
  }

  /** How many numbers there are. */
  get count(): number {
    return this.places.length / 2;
  }

  /** Continues with a copy of the text in a new buffer. */
  moveToCopy(): void {
    this.buffer = copyWithRoom(this.buffer.subarray(0, this.length), this.length);
  }

  /** Replaces numbers. */
  edit(edits: NumberEdits): void {
    const { buffer, places } = this;
    const { bytes, count, ends, numbers } = edits;
    if (count > resizing.length) resizing = new Int32Array(2 * count);
    let resizes = 0;
    let from = 0;
    for (let i = 0; i < count; i++) {
      const place = 2 * numbers[i]!;
      const end = ends[i]!;
      let to = places[place]!;
      if (places[place + 1]! - to !== end - from) resizing[resizes++] = i;
      else for (; from < end; from++) buffer[to++] = bytes[from]!;
      from = end;
    }
    if (resizes > 0) this.resize(edits, resizing, resizes);
  }

  /**
   * Replaces numbers, also by others of another length.
   *
   * @param indices The indices of the edits to apply, in ascending order.
   * @param count How many of them there are, at least one.
   */
  resize(edits: NumberEdits, indices: Int32Array, count: number): void {
    const { places } = this;
    const { bytes, ends, numbers } = edits;
    const first = 2 * numbers[indices[0]!]!;
    // The new end of the text is put together from unchanged parts and new numbers.
    const base = places[first]!;
    let moved = base;
    let length = 0;
    let shift = 0;
    for (let i = 0, place = first; i < count; i++) {
      const edit = indices[i]!;
      const resized = 2 * numbers[edit]!;
      const from = edit === 0 ? 0 : ends[edit - 1]!;
      const to = ends[edit]!;
      if (shift !== 0) movePlaces(places, place, resized, shift);
      const start = places[resized]!;
      const end = places[resized + 1]!;
      reserveScratch(length + start - moved + to - from);
      copyBytes(this.buffer, moved, start, scratch, length);
      length += start - moved;
      copyBytes(bytes, from, to, scratch, length);
      places[resized] = base + length;
      length += to - from;
      places[resized + 1] = base + length;
      moved = end;
      shift = base + length - end;
      place = resized + 2;
    }
    const last = 2 * numbers[indices[count - 1]!]! + 2;
    if (shift !== 0) movePlaces(places, last, places.length, shift);
    const newLength = this.length + shift;
    if (newLength > this.buffer.length) {
      const old = this.buffer;
      this.buffer = copyWithRoom(old.subarray(0, base), newLength);
      this.buffer.set(old.subarray(moved, this.length), base + length);
    } else if (shift !== 0) this.buffer.copyWithin(base + length, moved, this.length);
    copyBytes(scratch, 0, length, this.buffer, base);
    this.length = newLength;
    if (scratch.length > MAX_SCRATCH) scratch = new Uint8Array(1 << 16);
  }
}

function movePlaces(places: Int32Array, from: number, to: number, by: number): void {
  for (let i = from; i < to; i++) places[i]! += by;
}

/** Copies bytes to another array. */
function copyBytes(
  from: Uint8Array,
  start: number,
  end: number,
  to: Uint8Array,
  at: number,
): void {
  // For few bytes, a view costs more than the loop.
  if (end - start > MAX_LOOP) to.set(from.subarray(start, end), at);
  else for (let i = start, j = at; i < end; i++) to[j++] = from[i]!;
}

const MAX_LOOP = 128;

function reserveScratch(length: number): void {
  if (length <= scratch.length) return;
  const larger = new Uint8Array(2 * length);
  larger.set(scratch);
  scratch = larger;
}

/** Copies bytes to a buffer for this length and a little more, so that not every longer number needs another one. */
function copyWithRoom(bytes: Uint8Array, length: number): Uint8Array<ArrayBuffer> {
  const buffer = new Uint8Array(length + (length >> 5));
  buffer.set(bytes);
  return buffer;
}
