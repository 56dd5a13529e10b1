/**
 * Keys for hash tables that text from elsewhere cannot slow down.
 *
 * @module
 */

/**
 * V8 hashes a string of more than 16,383 characters by its length alone, so long ones of one length would all collide, even
 * as keys of different tables.
 */
const LONGEST = 8192;

/** Stands at the beginning of made keys. */
const MARK = 0;

/** Makes keys that are equal where texts are, and never long. */
export class Keys {
  readonly #keys = new Map<string, string>();

  /** The key of a text: itself unless it is long. */
  of(text: string): string {
    if (text.length <= LONGEST && text.charCodeAt(0) !== MARK) return text;
    let key = "";
    for (let i = 0; i < text.length; i += LONGEST) {
      const longer = `${key}|${text.slice(i, i + LONGEST)}`;
      key = this.#keys.get(longer) ?? `${String.fromCharCode(MARK)}${this.#keys.size}`;
      this.#keys.set(longer, key);
    }
    return key;
  }
}
