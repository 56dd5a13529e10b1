/**
 * The cursor of the parsers: reads tokens and reports errors with their position.
 *
 * @module
 */

import { ExpositionError } from "../exposition_error.ts";

/** The syntax differences between the formats. */
export interface Dialect {
  /** Whether any number of spaces and tabs may separate tokens. Otherwise exactly one space does, where the grammar has it. */
  readonly allowsBlanks: boolean;
  /** Whether a comma may follow the last label. */
  readonly allowsTrailingComma: boolean;
  /** Whether a backslash before any other character is kept as it is. Otherwise it is an error. */
  readonly allowsUnknownEscapes: boolean;
}

const TAB = 9;
/** Character code of a line feed. */
export const LINE_FEED = 10;
/** Character code of a space. */
export const SPACE = 32;
/** Character code of `#`, which starts comments, metadata and exemplars. */
export const HASH = 35;

/** A position in an exposition, which advances as tokens are read. */
export class Cursor {
  /** The text, with a line feed added at the end if it has none, so that loops over a line need no other end condition. */
  readonly text: string;
  /** The dialect of the text. */
  readonly dialect: Dialect;
  /** The offset of the next token. */
  offset = 0;
  readonly #length: number;
  readonly #source: string;

  /**
   * Creates a cursor at the beginning of a text.
   *
   * @throws {ExpositionError} If the text has a lone surrogate, which UTF-8 cannot encode.
   */
  constructor(text: string, source: string, dialect: Dialect) {
    this.text = text.endsWith("\n") ? text : `${text}\n`;
    this.dialect = dialect;
    this.#length = text.length;
    this.#source = source;
    if (!text.isWellFormed()) this.fail("well-formed Unicode", text.search(/\p{Surrogate}/u));
  }

  /** Whether the whole text has been read. */
  get isAtEnd(): boolean {
    return this.offset >= this.#length;
  }

  /** The code of the next character. */
  get code(): number {
    return this.text.charCodeAt(this.offset);
  }

  /** Throws an error that quotes the text between two offsets, by default from here to the end of the line. */
  fail(expected: string, from: number = this.offset, to?: number): never {
    const { text } = this;
    const begin = from === 0 ? 0 : text.lastIndexOf("\n", from - 1) + 1;
    let line = 1;
    for (let i = text.indexOf("\n"); i !== -1 && i < begin; i = text.indexOf("\n", i + 1)) line++;
    const end = Math.max(to ?? text.indexOf("\n", from), from + 1);
    const found = text.slice(from, Math.min(end, this.#length));
    const position = { source: this.#source, line, column: from - begin + 1 };
    throw new ExpositionError(expected, found, position);
  }

  /** Throws an error that quotes the word at an offset. */
  failWord(expected: string, from: number = this.offset): never {
    let to = from;
    while (!isWordEnd(this.text.charCodeAt(to))) to++;
    this.fail(expected, from, to);
  }

  /** Throws an error if the text does not end with a line feed. */
  expectFinalLineFeed(): void {
    if (this.#length > 0 && this.text.length !== this.#length) {
      this.fail("a line feed", this.#length);
    }
  }

  /** Skips spaces and tabs if the dialect allows them, and returns the code of the next character. */
  skipBlanks(): number {
    let code = this.text.charCodeAt(this.offset);
    if (code > SPACE || !this.dialect.allowsBlanks) return code;
    while (isBlank(code)) code = this.text.charCodeAt(++this.offset);
    return code;
  }

  /** Skips everything up to the line feed. */
  skipLine(): void {
    this.offset = this.text.indexOf("\n", this.offset);
  }

  /** Consumes a character if it comes next, and returns whether it did. */
  take(code: number): boolean {
    if (this.text.charCodeAt(this.offset) !== code) return false;
    this.offset++;
    return true;
  }

  /** Consumes a piece of text if it comes next, and returns whether it did. */
  takeText(text: string): boolean {
    if (!this.text.startsWith(text, this.offset)) return false;
    this.offset += text.length;
    return true;
  }

  /** Reads up to the next space, tab or line feed. */
  readWord(): string {
    const from = this.offset;
    while (!isWordEnd(this.code)) this.offset++;
    return this.text.slice(from, this.offset);
  }

  /** Consumes a line feed, after blanks if the dialect allows them, or throws an error. */
  expectLineEnd(): void {
    if (this.skipBlanks() !== LINE_FEED) this.fail("the end of the line");
    this.offset++;
  }

  /** Returns the text between two offsets with the escapes of backslash, line feed and the `others` resolved. */
  unescape(from: number, to: number, others: string): string {
    return this.text.slice(from, to).replace(/\\([^])?/g, (escape, character, offset) => {
      if (character === "n") return "\n";
      if (character === "\\" || character && others.includes(character)) return character;
      if (character && this.dialect.allowsUnknownEscapes) return escape;
      const at = from + offset;
      return this.fail("an escaped backslash", at, at + escape.length);
    });
  }
}

/** Returns whether a character is a space or a tab. */
export function isBlank(code: number): boolean {
  return code === SPACE || code === TAB;
}

/** Returns whether a character ends a word. */
export function isWordEnd(code: number): boolean {
  return code === LINE_FEED || isBlank(code);
}

/** Returns whether a character is a decimal digit. */
export function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}
