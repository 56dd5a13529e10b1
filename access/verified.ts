/**
 * Credentials that were verified lately.
 *
 * @module
 */

/** The maximum number of credentials. Beyond it, those that were used longest ago are forgotten. */
const MAX_ENTRIES = 1000;

/** Remembers verified credentials, by keyed hashes: neither they nor anything that tests guesses elsewhere stays in memory. */
export class VerifiedCredentials {
  readonly #key: Promise<CryptoKey>;
  readonly #entries = new Set<string>();

  /** Creates an empty set with a random key. */
  constructor() {
    this.#key = crypto.subtle.importKey(
      "raw",
      crypto.getRandomValues(new Uint8Array(32)),
      { name: "HMAC", hash: "SHA-256" },
      false,
      ["sign"],
    );
  }

  /** Returns the keyed hash of texts. */
  async digest(...texts: readonly string[]): Promise<string> {
    // JSON keeps the texts apart.
    const bytes = new TextEncoder().encode(JSON.stringify(texts));
    const hash = await crypto.subtle.sign("HMAC", await this.#key, bytes);
    return String.fromCharCode(...new Uint8Array(hash));
  }

  /** Returns whether credentials with this hash are remembered. */
  has(digest: string): boolean {
    if (!this.#entries.delete(digest)) return false;
    this.#entries.add(digest);
    return true;
  }

  /** Remembers the hash of credentials. */
  add(digest: string): void {
    this.#entries.add(digest);
    if (this.#entries.size > MAX_ENTRIES) {
      this.#entries.delete(this.#entries.values().next().value!);
    }
  }

  /** Forgets everything. */
  clear(): void {
    this.#entries.clear();
  }
}
