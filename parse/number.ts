/**
 * The numbers of expositions.
 *
 * @module
 */

import { type Cursor, isDigit, isEnd } from "./cursor.ts";

const PLUS = 43;
const MINUS = 45;
const DOT = 46;
const ZERO = 48;
const UPPER_E = 69;
const LOWER_E = 101;

/** Integers of so many digits are exact. */
const EXACT_DIGITS = 15;
const POWERS_OF_TEN = Array.from({ length: EXACT_DIGITS + 1 }, (_, i) => 10 ** i);

/** Reads a value: a number, an infinity or NaN. */
export function readValue(cursor: Cursor): number {
  const from = cursor.at;
  const value = readDecimal(cursor);
  if (value !== undefined) return value;
  const word = cursor.readWord();
  switch (word.toLowerCase()) {
    case "nan":
      return NaN;
    case "inf":
    case "+inf":
    case "infinity":
    case "+infinity":
      return Infinity;
    case "-inf":
    case "-infinity":
      return -Infinity;
    default:
      return cursor.failWord("a value", from);
  }
}

/** Reads a time in seconds, and gives it in milliseconds. */
export function readSeconds(cursor: Cursor): number {
  const from = cursor.at;
  const seconds = readDecimal(cursor) ?? cursor.failWord("a timestamp in seconds", from);
  if (Number.isSafeInteger(seconds)) return seconds * 1000;
  // Multiplied by 1000, 1520879607.789 would be 1520879607788.9998.
  const [mantissa, exponent = "0"] = cursor.text.slice(from, cursor.at).toLowerCase().split("e");
  const milliseconds = Number(`${mantissa}e${Number(exponent) + 3}`);
  return Number.isFinite(milliseconds)
    ? milliseconds
    : cursor.failWord("a timestamp in seconds", from);
}

/** Reads a time in milliseconds, an integer of 64 bits. */
export function readMilliseconds(cursor: Cursor): number {
  const { text } = cursor;
  const from = cursor.at;
  let to = from;
  if (isSign(text.charCodeAt(to))) to++;
  const digits = to;
  while (isDigit(text.charCodeAt(to))) to++;
  const value = Number(text.slice(from, to));
  // The largest integer of 64 bits reads as 2 ** 63.
  const isRight = to > digits && isEnd(text.charCodeAt(to)) && Math.abs(value) <= 2 ** 63;
  if (!isRight) cursor.failWord("a timestamp in milliseconds", from);
  cursor.at = to;
  return value + 0;
}

/** A decimal number; undefined, and nothing read, if there is none or none that is finite. */
function readDecimal(cursor: Cursor): number | undefined {
  const { text } = cursor;
  const from = cursor.at;
  let at = from;
  let code = text.charCodeAt(at);
  const isNegative = code === MINUS;
  if (isSign(code)) code = text.charCodeAt(++at);
  const digits = at;
  let mantissa = 0;
  for (; isDigit(code); code = text.charCodeAt(++at)) mantissa = mantissa * 10 + (code - ZERO);
  let count = at - digits;
  let decimals = 0;
  if (code === DOT) {
    const point = at;
    code = text.charCodeAt(++at);
    for (; isDigit(code); code = text.charCodeAt(++at)) mantissa = mantissa * 10 + (code - ZERO);
    decimals = at - point - 1;
    count += decimals;
  }
  if (count === 0) return undefined;
  const hasExponent = code === LOWER_E || code === UPPER_E;
  if (hasExponent) {
    if (isSign(text.charCodeAt(++at))) at++;
    const exponent = at;
    while (isDigit(text.charCodeAt(at))) at++;
    if (at === exponent) return undefined;
  }
  if (!isEnd(text.charCodeAt(at))) return undefined;
  let value;
  if (count <= EXACT_DIGITS && !hasExponent) {
    // Both are exact, so the quotient is the nearest number, as is that of `Number()`.
    value = mantissa / POWERS_OF_TEN[decimals]!;
    if (isNegative) value = -value;
  } else {
    value = Number(text.slice(from, at));
    if (!Number.isFinite(value)) return undefined;
  }
  cursor.at = at;
  return value;
}

function isSign(code: number): boolean {
  return code === PLUS || code === MINUS;
}
