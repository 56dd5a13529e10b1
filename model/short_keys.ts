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

/** Character code that marks generated keys. */
const MARK = 0;

/** Maps texts to short keys: equal texts have equal keys, different texts different ones. */
export class ShortKeys {
  readonly #keys = new Map<string, string>();

  /** Returns the key of a text, which is the text itself unless it is long. */
  of(text: string): string {
    if (text.length <= MAX_LENGTH && text.charCodeAt(0) !== MARK) return text;
    let key = "";
    for (let i = 0; i < text.length; i += MAX_LENGTH) {
      const longer = `${key}|${text.slice(i, i + MAX_LENGTH)}`;
      key = this.#keys.get(longer) ?? `${String.fromCharCode(MARK)}${this.#keys.size}`;
      this.#keys.set(longer, key);
    }
    return key;
  }
}
