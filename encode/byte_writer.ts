/**
 * Writes lines of the text formats directly as bytes.
 *
 * Most texts of an exposition are short and ASCII. Copying them character by character is several times faster than concatenating
 * strings and encoding the result.
 *
 * @module
 */

import { escapeLabelValue } from "../model/escape.ts";
import { formatValue } from "../model/numbers.ts";
import { isMetricName, quoteName, writeLabelName } from "../model/names.ts";

const QUOTE = 34;
const BACKSLASH = 92;
const LINE_FEED = 10;
const ZERO = 48;

/** Longer texts are passed to `TextEncoder`, whose calls have a high fixed cost. */
const MAX_SHORT = 128;

/** The initial size of a buffer, and the maximum size of one that is kept for later, in bytes. */
const INITIAL_SIZE = 1 << 12;
const MAX_KEPT_SIZE = 1 << 20;

const encoder = new TextEncoder();

/** A growing buffer of bytes. */
export class ByteWriter {
  /** The buffer, whose first {@linkcode ByteWriter.length} bytes are valid. It is replaced when it is full. */
  buffer: Uint8Array<ArrayBuffer> = new Uint8Array(INITIAL_SIZE);
  /** The number of bytes written. */
  length = 0;
  /** The last metric name that needed no quotes: the next one is usually the same. */
  #plainName: string | undefined;

  /** Returns a copy of the bytes written, and clears the writer. */
  take(): Uint8Array<ArrayBuffer> {
    const bytes = this.buffer.slice(0, this.length);
    this.clear();
    return bytes;
  }

  /** Forgets the bytes written, and does not keep a large buffer. */
  clear(): void {
    this.length = 0;
    if (this.buffer.length > MAX_KEPT_SIZE) this.buffer = new Uint8Array(INITIAL_SIZE);
  }

  /** Ensures capacity for this many more bytes. */
  reserve(count: number): void {
    if (this.length + count <= this.buffer.length) return;
    const larger = new Uint8Array(2 * (this.length + count));
    larger.set(this.buffer.subarray(0, this.length));
    this.buffer = larger;
  }

  /** Writes one byte. */
  byte(code: number): void {
    if (this.length === this.buffer.length) this.reserve(1);
    this.buffer[this.length++] = code;
  }

  /** Writes bytes. */
  bytes(bytes: Uint8Array): void {
    this.reserve(bytes.byteLength);
    this.buffer.set(bytes, this.length);
    this.length += bytes.byteLength;
  }

  /** Writes a text as UTF-8. */
  text(text: string): void {
    if (text.length > MAX_SHORT) return this.#encode(text);
    this.reserve(text.length);
    const { buffer } = this;
    const start = this.length;
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (code > 127) return this.#encode(text);
      buffer[start + i] = code;
    }
    this.length += text.length;
  }

  /** Writes a series, from alternating label names and values: `name{a="1",b="2"}`. */
  series(name: string, labels: readonly string[]): void {
    let separator = "";
    if (name === this.#plainName || isMetricName(name)) {
      this.text(this.#plainName = name);
      if (labels.length === 0) return;
      this.byte(123);
    } else {
      this.text(`{${quoteName(name)}`);
      separator = ",";
    }
    for (let i = 0; i < labels.length; i += 2) {
      if (separator !== "") this.byte(44);
      separator = ",";
      this.text(writeLabelName(labels[i]!));
      this.byte(61);
      this.byte(QUOTE);
      this.#labelValue(labels[i + 1]!);
      this.byte(QUOTE);
    }
    this.byte(125);
  }

  /** Writes the value of a sample. */
  value(value: number): void {
    if (!isShortInteger(value)) return this.text(formatValue(value));
    const digits = countDigits(value);
    this.reserve(digits);
    writeDigits(this.buffer, this.length, digits, value);
    this.length += digits;
  }

  #labelValue(value: string): void {
    if (value.length > MAX_SHORT) return this.#encode(escapeLabelValue(value));
    this.reserve(value.length);
    const { buffer } = this;
    const start = this.length;
    for (let i = 0; i < value.length; i++) {
      const code = value.charCodeAt(i);
      if (code > 127 || code === QUOTE || code === BACKSLASH || code === LINE_FEED) {
        return this.#encode(escapeLabelValue(value));
      }
      buffer[start + i] = code;
    }
    this.length += value.length;
  }

  #encode(text: string): void {
    this.reserve(3 * text.length);
    this.length += encoder.encodeInto(text, this.buffer.subarray(this.length)).written;
  }
}

/** Returns whether {@linkcode writeDigits} can write a value without creating a string. */
export function isShortInteger(value: number): boolean {
  return value >= 0 && value < 1e15 && value === Math.trunc(value);
}

/** Returns the number of digits of a short integer. */
export function countDigits(value: number): number {
  let digits = 1;
  for (let power = 10; power <= value; power *= 10) digits++;
  return digits;
}

/** Writes a short integer, whose number of digits is known, into an array. */
export function writeDigits(into: Uint8Array, at: number, digits: number, value: number): void {
  if (value >= 1e9) {
    const thousands = Math.floor(value / 1e9);
    writeDigits(into, at, digits - 9, thousands);
    writeDigits(into, at + digits - 9, 9, value - thousands * 1e9);
    return;
  }
  let rest = value | 0;
  for (let i = at + digits - 1; i >= at; i--) {
    const quotient = (rest / 10) | 0;
    into[i] = ZERO + rest - quotient * 10;
    rest = quotient;
  }
}
