/**
 * Values that must not appear in logs, errors and dumps.
 *
 * @module
 */

const HIDDEN = "<secret>";

/** A text that is shown as `<secret>` however it is printed. */
export class Secret {
  readonly #value: string;

  /** Creates a secret. */
  constructor(value: string) {
    this.#value = value;
  }

  /** Returns the text itself. */
  reveal(): string {
    return this.#value;
  }

  /** Returns `<secret>`. */
  toString(): string {
    return HIDDEN;
  }

  /** Returns `<secret>`. */
  toJSON(): string {
    return HIDDEN;
  }
}
