/**
 * Hash table keys for untrusted text.
 *
 * @module
 */

/**
 * The maximum length of a key. V8 hashes strings of more than 16,383 characters by their length alone, so that long keys of equal
 * length would all collide, even across tables.
 */
export const MAX_LENGTH = 8192;

/** The lengths of integers that can have many others with the same hash. Shorter ones have 250 at most. */
const MIN_INTEGER_LENGTH = 7;
const MAX_INTEGER_LENGTH = 16;
const INTEGER = /^[1-9][0-9]*$/;

/**
 * Returns whether V8 could give a text the same hash as many others that somebody chooses: long texts are hashed by their length,
 * and integers by some of their bits, so that multiples of 4096 collide. Even looking such a text up in an empty map takes long
 * after many of them, because that puts it into the table of all strings.
 */
export function collides(text: string): boolean {
  const { length } = text;
  if (length < MIN_INTEGER_LENGTH) return false;
  if (length > MAX_INTEGER_LENGTH) return length > MAX_LENGTH;
  return text.charCodeAt(0) <= DIGIT_9 && INTEGER.test(text);
}

const DIGIT_9 = 0x39;

/** Character code that marks generated keys. */
const MARK = 0;

/** Maps texts to short keys: equal texts have equal keys, different texts different ones. */
export class ShortKeys {
  readonly #keys = new Map<string, string>();

  /** Returns the key of a text, which is the text itself unless it could collide. */
  of(text: string): string {
    if (!collides(text) && text.charCodeAt(0) !== MARK) return text;
    let key = "";
    for (let i = 0; i < text.length; i += MAX_LENGTH) {
      const longer = `${key}|${text.slice(i, i + MAX_LENGTH)}`;
      key = this.#keys.get(longer) ?? `${String.fromCharCode(MARK)}${this.#keys.size}`;
      this.#keys.set(longer, key);
    }
    return key;
  }
}
