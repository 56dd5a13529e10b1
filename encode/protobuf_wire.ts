/**
 * The wire format of Protocol Buffers: fields of messages as bytes.
 *
 * @see {@link https://protobuf.dev/programming-guides/encoding/}
 *
 * @module
 */

/** How what follows the number of a field is written. */
const VARINT = 0;
const FIXED64 = 1;
const LENGTH_DELIMITED = 2;

/** How many bytes a number takes that is below 0 as a varint: 64 bits, seven at a time. */
const LONGEST_VARINT = 10;

/** Writes fields, one after the other. Integers are exact up to 2^53, above and below 0. */
export class WireWriter {
  readonly #encoder = new TextEncoder();
  #bytes = new Uint8Array(1024);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;

  /** How many bytes were written since the last {@linkcode take}. */
  get length(): number {
    return this.#length;
  }

  /** Gives what was written, and begins anew. */
  take(): Uint8Array<ArrayBuffer> {
    const taken = this.#bytes.slice(0, this.#length);
    this.#length = 0;
    return taken;
  }

  /** Writes bytes as they are. */
  append(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** Writes an integer of at least 0, without the number of a field, as it stands before a delimited message. */
  varint(value: number): void {
    this.#reserve(LONGEST_VARINT);
    this.#varint(value);
  }

  /** Writes a field of the type `uint32`, `uint64` or of an enumeration. */
  uint(field: number, value: number): void {
    this.#tag(field, VARINT);
    this.varint(value);
  }

  /** Writes a field of the type `int32` or `int64`. */
  int(field: number, value: number): void {
    if (value >= 0) return this.uint(field, value);
    this.#tag(field, VARINT);
    this.#reserve(LONGEST_VARINT);
    // Two's complement: the bits of what is as far above -1 as the value is below 0, inverted.
    let rest = -1 - value;
    for (let i = 1; i < LONGEST_VARINT; i++) {
      this.#bytes[this.#length++] = ~rest & 0x7f | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    this.#bytes[this.#length++] = 1;
  }

  /** Writes a field of the type `sint32` or `sint64`: numbers above and below 0 in turn, the smaller the shorter. */
  sint(field: number, value: number): void {
    this.#tag(field, VARINT);
    this.#reserve(LONGEST_VARINT);
    const sign = value < 0 ? 1 : 0;
    const magnitude = sign === 0 ? value : -1 - value;
    // Doubled as a whole, the number could be too large to be exact.
    const low = (magnitude & 0x3f) << 1 | sign;
    const rest = Math.floor(magnitude / 0x40);
    this.#bytes[this.#length++] = rest === 0 ? low : low | 0x80;
    if (rest > 0) this.#varint(rest);
  }

  /** Writes a field of the type `double`. */
  double(field: number, value: number): void {
    this.#tag(field, FIXED64);
    this.#reserve(8);
    // A NaN can have bits of its own, and Prometheus takes some for the end of a series.
    this.#view.setFloat64(this.#length, Number.isNaN(value) ? NaN : value, true);
    this.#length += 8;
  }

  /** Writes a field of the type `string`. */
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

  /** Begins a field that is a message. Its own fields are written next. Gives what {@linkcode end} needs. */
  begin(field: number): number {
    this.#tag(field, LENGTH_DELIMITED);
    this.#reserve(1);
    return ++this.#length;
  }

  /** Ends a message, which begins where {@linkcode begin} said. */
  end(start: number): void {
    const { length } = this;
    const size = length - start;
    this.#length = start - 1;
    if (size < 0x80) {
      this.#bytes[this.#length] = size;
      this.#length = length;
      return;
    }
    this.#reserve(LONGEST_VARINT + size);
    const moved = start - 1 + varintSize(size);
    this.#bytes.copyWithin(moved, start, length);
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

  /** Writes a text up to where it is not ASCII any more, and tells how far that is. */
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

function varintSize(value: number): number {
  let size = 1;
  for (; value >= 0x80; value = Math.floor(value / 0x80)) size++;
  return size;
}
