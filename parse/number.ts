/**
 * Parsing of the numbers in expositions.
 *
 * @module
 */

import { type Cursor, isDigit, isWordEnd } from "./cursor.ts";

const PLUS = 43;
const MINUS = 45;
const DOT = 46;
const ZERO = 48;
const UPPER_E = 69;
const LOWER_E = 101;

/** Integers with up to this many digits are exact in double precision. */
const EXACT_DIGITS = 15;
const POWERS_OF_TEN = Array.from({ length: EXACT_DIGITS + 1 }, (_, i) => 10 ** i);

/** Reads a value: a number, an infinity or NaN. */
export function readValue(cursor: Cursor): number {
  const from = cursor.offset;
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

/** Reads a timestamp in seconds and returns it in milliseconds. */
export function readSeconds(cursor: Cursor): number {
  const from = cursor.offset;
  const seconds = readDecimal(cursor) ?? cursor.failWord("a timestamp in seconds", from);
  if (Number.isSafeInteger(seconds)) return seconds * 1000;
  // Shifts the exponent, because 1520879607.789 * 1000 is 1520879607788.9998.
  const [mantissa, exponent = "0"] = cursor.text.slice(from, cursor.offset).toLowerCase().split(
    "e",
  );
  const milliseconds = Number(`${mantissa}e${Number(exponent) + 3}`);
  return Number.isFinite(milliseconds)
    ? milliseconds
    : cursor.failWord("a timestamp in seconds", from);
}

/** Reads a timestamp in milliseconds, a 64-bit integer. */
export function readMilliseconds(cursor: Cursor): number {
  const { text } = cursor;
  const from = cursor.offset;
  let to = from;
  if (isSign(text.charCodeAt(to))) to++;
  const digits = to;
  while (isDigit(text.charCodeAt(to))) to++;
  const value = Number(text.slice(from, to));
  // The largest 64-bit integer rounds to 2 ** 63.
  const isValid = to > digits && isWordEnd(text.charCodeAt(to)) && Math.abs(value) <= 2 ** 63;
  if (!isValid) cursor.failWord("a timestamp in milliseconds", from);
  cursor.offset = to;
  return value + 0;
}

/** Reads a finite decimal number. If none comes next, returns undefined and leaves the cursor where it is. */
function readDecimal(cursor: Cursor): number | undefined {
  const { text } = cursor;
  const from = cursor.offset;
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
  if (!isWordEnd(text.charCodeAt(at))) return undefined;
  let value;
  if (count <= EXACT_DIGITS && !hasExponent) {
    // Both operands are exact, so the quotient is correctly rounded, as `Number()` would be.
    value = mantissa / POWERS_OF_TEN[decimals]!;
    if (isNegative) value = -value;
  } else {
    value = Number(text.slice(from, at));
    if (!Number.isFinite(value)) return undefined;
  }
  cursor.offset = at;
  return value;
}

function isSign(code: number): boolean {
  return code === PLUS || code === MINUS;
}
