/**
 * A writer for the wire format of Protocol Buffers.
 *
 * Nested messages are written in place, without a buffer of their own: `begin()` reserves one byte for the length, and `end()`
 * moves the message if its length needs more. Marks record where fields begin, and move with them, so that values can be
 * overwritten later ({@linkcode overwriteValue}).
 *
 * @see {@link https://protobuf.dev/programming-guides/encoding/}
 *
 * @module
 */

/** Wire types. */
const VARINT = 0;
const FIXED64 = 1;
const LENGTH_DELIMITED = 2;

/** The maximum size of a varint, which all negative numbers have: 64 bits, seven per byte. */
const MAX_VARINT_SIZE = 10;

/** The initial size of the buffer, and the maximum size of one that is kept for later, in bytes. */
const INITIAL_SIZE = 1024;
const MAX_KEPT_SIZE = 1 << 20;

/** Writes fields of messages. Integers are exact from -2^53 to 2^53. */
export class WireWriter {
  readonly #encoder = new TextEncoder();
  #bytes = new Uint8Array(INITIAL_SIZE);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;
  readonly #marks: number[] = [];

  /** The number of bytes written since the last {@linkcode WireWriter.take}. */
  get length(): number {
    return this.#length;
  }

  /** The offsets of the fields that were marked since the last {@linkcode WireWriter.take}, in the order of the bytes. */
  get marks(): readonly number[] {
    return this.#marks;
  }

  /** Returns the bytes written, and resets the writer, without a large buffer. */
  take(): Uint8Array<ArrayBuffer> {
    const taken = this.#bytes.slice(0, this.#length);
    this.#length = 0;
    this.#marks.length = 0;
    if (this.#bytes.length > MAX_KEPT_SIZE) {
      this.#bytes = new Uint8Array(INITIAL_SIZE);
      this.#view = new DataView(this.#bytes.buffer);
    }
    return taken;
  }

  /** Marks the field that is to be written next. */
  mark(): void {
    this.#marks.push(this.#length);
  }

  /** Writes bytes as they are. */
  append(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** Writes an integer of at least 0 without a field number, such as the length of a delimited message. */
  varint(value: number): void {
    this.#reserve(MAX_VARINT_SIZE);
    this.#varint(value);
  }

  /** Writes a field of type `uint32`, `uint64` or an enumeration. */
  uint(field: number, value: number): void {
    this.#tag(field, VARINT);
    this.varint(value);
  }

  /** Writes a field of type `int32` or `int64`. */
  int(field: number, value: number): void {
    if (value >= 0) return this.uint(field, value);
    this.#tag(field, VARINT);
    this.#reserve(MAX_VARINT_SIZE);
    // Two's complement: the inverted bits of -1 - value.
    let rest = -1 - value;
    for (let i = 1; i < MAX_VARINT_SIZE; i++) {
      this.#bytes[this.#length++] = ~rest & 0x7f | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    this.#bytes[this.#length++] = 1;
  }

  /** Writes a field of type `sint32` or `sint64` in ZigZag encoding, in which small absolute values are short. */
  sint(field: number, value: number): void {
    this.#tag(field, VARINT);
    this.#reserve(MAX_VARINT_SIZE);
    const sign = value < 0 ? 1 : 0;
    const magnitude = sign === 0 ? value : -1 - value;
    // The lowest six bits are doubled separately: the doubled number may exceed 2^53, and would not be exact.
    const low = (magnitude & 0x3f) << 1 | sign;
    const rest = Math.floor(magnitude / 0x40);
    this.#bytes[this.#length++] = rest === 0 ? low : low | 0x80;
    if (rest > 0) this.#varint(rest);
  }

  /** Writes a field of type `double`. */
  double(field: number, value: number): void {
    this.#tag(field, FIXED64);
    this.#reserve(8);
    this.#view.setFloat64(this.#length, canonical(value), true);
    this.#length += 8;
  }

  /** Writes a field of type `string`. */
  string(field: number, text: string): void {
    const start = this.begin(field);
    this.#reserve(3 * text.length);
    const length = this.#ascii(text);
    if (length < text.length) {
      const rest = this.#bytes.subarray(this.#length);
      this.#length += this.#encoder.encodeInto(text.slice(length), rest).written;
    }
    this.end(start);
  }

  /** Begins a field that is a message, whose fields are to be written next. Returns the argument for {@linkcode WireWriter.end}. */
  begin(field: number): number {
    this.#tag(field, LENGTH_DELIMITED);
    this.#reserve(1);
    return ++this.#length;
  }

  /** Ends a message. */
  end(start: number): void {
    const { length } = this;
    const size = length - start;
    this.#length = start - 1;
    if (size < 0x80) {
      this.#bytes[this.#length] = size;
      this.#length = length;
      return;
    }
    this.#reserve(MAX_VARINT_SIZE + size);
    const moved = start - 1 + varintSize(size);
    this.#bytes.copyWithin(moved, start, length);
    for (let i = this.#marks.length - 1; i >= 0 && this.#marks[i]! >= start; i--) {
      this.#marks[i]! += moved - start;
    }
    this.#varint(size);
    this.#length = moved + size;
  }

  #tag(field: number, type: number): void {
    this.varint(field << 3 | type);
  }

  #varint(value: number): void {
    while (value >= 0x80) {
      this.#bytes[this.#length++] = value & 0x7f | 0x80;
      value = Math.floor(value / 0x80);
    }
    this.#bytes[this.#length++] = value;
  }

  /** Writes the ASCII characters at the beginning of a text. Returns how many there are. */
  #ascii(text: string): number {
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (code >= 0x80) return i;
      this.#bytes[this.#length++] = code;
    }
    return text.length;
  }

  #reserve(size: number): void {
    const needed = this.#length + size;
    if (needed <= this.#bytes.length) return;
    const bytes = new Uint8Array(Math.max(2 * this.#bytes.length, needed));
    bytes.set(this.#bytes);
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer);
  }
}

/**
 * Overwrites the value of a field that {@linkcode WireWriter.double} or {@linkcode WireWriter.uint} has written, if the new value has
 * as many bytes.
 *
 * @param at The offset of the field, whose number is less than 16.
 * @returns Whether it did.
 */
export function overwriteValue(view: DataView, at: number, value: number): boolean {
  if ((view.getUint8(at) & 7) === FIXED64) {
    view.setFloat64(at + 1, canonical(value), true);
    return true;
  }
  let last = at + 1;
  while (view.getUint8(last) >= 0x80) last++;
  if (varintSize(value) !== last - at) return false;
  let rest = value;
  for (let i = at + 1; i < last; i++) {
    view.setUint8(i, rest & 0x7f | 0x80);
    rest = Math.floor(rest / 0x80);
  }
  view.setUint8(last, rest);
  return true;
}

/** Returns always the same NaN: Prometheus takes one with certain bits as the end of the series. */
function canonical(value: number): number {
  return Number.isNaN(value) ? NaN : value;
}

function varintSize(value: number): number {
  let size = 1;
  for (; value >= 0x80; value = Math.floor(value / 0x80)) size++;
  return size;
}
