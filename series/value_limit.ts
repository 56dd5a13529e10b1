/**
 * The length of label values.
 *
 * @module
 */

import { checkOption } from "../model/options.ts";

/** The default maximum length of a label value, in UTF-16 code units. */
const MAX_LENGTH = 1024;

/** The maximum number of code units that make up the hash of a longer value, so that a huge one does not take long. */
const MAX_HASHED = 65_536;

/** The number of code units that the end of a shortened value takes: an ellipsis and 14 hexadecimal digits. */
const END_LENGTH = 15;

/** The smallest limit: as much of a value as of its end. */
const MIN_LIMIT = 2 * END_LENGTH;

/** Shortens label values, and counts them. */
export class ValueLimit {
  readonly #maxLength: number;
  #shortened = 0;

  /**
   * Creates a limit.
   *
   * @param owner The instrument in error messages.
   * @param maxLength In UTF-16 code units.
   * @throws {TypeError} If the length is not a number.
   * @throws {RangeError} If it is out of range.
   */
  constructor(owner: string, maxLength: number = MAX_LENGTH) {
    checkOption(
      `Cannot create ${owner}`,
      ["maxLabelValueLength", maxLength],
      "number",
      `an integer of ${MIN_LIMIT} or more`,
      (length) => length >= MIN_LIMIT && (Number.isInteger(length) || length === Infinity),
    );
    this.#maxLength = maxLength;
  }

  /** How many values were shortened so far. */
  get shortened(): number {
    return this.#shortened;
  }

  /**
   * Returns a value that is not too long: the start of a longer one, `…` and a hash of it. That way, values with the same start
   * usually stay different.
   */
  apply(value: string): string {
    if (value.length <= this.#maxLength) return value;
    this.#shortened++;
    return `${value.slice(0, this.#maxLength - END_LENGTH)}…${hash(value)}`;
  }
}

/** Returns 14 hexadecimal digits for a text. Two rounds of multiplication per code unit, mixed at the end as in MurmurHash3. */
function hash(text: string): string {
  let a = text.length;
  let b = ~text.length;
  for (let i = 0; i < text.length && i < MAX_HASHED; i++) {
    const unit = text.charCodeAt(i);
    a = Math.imul(a ^ unit, 0x9E3779B1);
    b = Math.imul(b ^ unit, 0x5F356495);
  }
  a = Math.imul(a ^ (a >>> 16), 0x85EBCA6B) ^ Math.imul(b ^ (b >>> 13), 0xC2B2AE35);
  b = Math.imul(b ^ (b >>> 16), 0x85EBCA6B) ^ Math.imul(a ^ (a >>> 13), 0xC2B2AE35);
  const high = (b >>> 8).toString(16).padStart(6, "0");
  return high + (a >>> 0).toString(16).padStart(8, "0");
}
