/**
 * Lines of the text formats, written as bytes straight away.
 *
 * Most of an exposition is short and ASCII, for which strings that are put together and encoded afterwards take several times as
 * long.
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

/** Longer texts are encoded by the system, which takes long to begin with. */
const SHORT = 128;

const encoder = new TextEncoder();

/** Bytes that grow at their end. */
export class ByteWriter {
  /** The bytes, of which {@linkcode ByteWriter.length} count. Another array when more room was needed. */
  buffer: Uint8Array<ArrayBuffer> = new Uint8Array(1 << 12);
  /** How many bytes were written. */
  length = 0;
  /** The last name that can stand without quotes. */
  #plainName: string | undefined;

  /** Gives a copy of what was written, and begins anew. */
  take(): Uint8Array<ArrayBuffer> {
    const bytes = this.buffer.slice(0, this.length);
    this.length = 0;
    return bytes;
  }

  /** Makes room for so many more bytes. */
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

  /** Writes a text in UTF-8. */
  text(text: string): void {
    if (text.length > SHORT) return this.#encode(text);
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

  /** Writes a series: `name{a="1",b="2"}`. Labels are names and values in turn. */
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
    const digits = digitsOf(value);
    this.reserve(digits);
    writeDigits(this.buffer, this.length, digits, value);
    this.length += digits;
  }

  #labelValue(value: string): void {
    if (value.length > SHORT) return this.#encode(escapeLabelValue(value));
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

/** Tells whether a value is written digit by digit, without making a string. */
export function isShortInteger(value: number): boolean {
  return value >= 0 && value < 1e15 && value === Math.trunc(value);
}

/** How many digits a short integer has. */
export function digitsOf(value: number): number {
  let digits = 1;
  for (let power = 10; power <= value; power *= 10) digits++;
  return digits;
}

/** Writes the digits of a short integer. */
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
