/**
 * Lines and columns in a text.
 *
 * @module
 */

/** The place of a character in a text. */
export interface Position {
  /** The line number, starting at 1. */
  readonly line: number;
  /** The column number in UTF-16 code units, starting at 1. */
  readonly column: number;
}

/** Finds positions by offsets. This is fast if each offset is on the line of the previous one or after it. */
export class Positions {
  readonly #text: string;
  /** The offset of the line of the last position, and the number of lines before it. */
  #begin = 0;
  #before = 0;

  /** Creates an object for the positions in one text. */
  constructor(text: string) {
    this.#text = text;
  }

  /** Returns the position of an offset. */
  at(offset: number): Position {
    const text = this.#text;
    if (offset < this.#begin) this.#begin = this.#before = 0;
    for (;;) {
      const end = text.indexOf("\n", this.#begin);
      if (end === -1 || end >= offset) break;
      this.#begin = end + 1;
      this.#before++;
    }
    return { line: this.#before + 1, column: offset - this.#begin + 1 };
  }
}
