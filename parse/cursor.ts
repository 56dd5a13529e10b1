/**
 * A place in an exposition that moves on as its tokens are read, and the errors that name it.
 *
 * @module
 */

import { ExpositionError } from "../exposition_error.ts";

/** What the formats write differently. */
export interface Dialect {
  /** Blanks and tabs can stand between any two tokens; otherwise there is one space where the format has one. */
  readonly blanks: boolean;
  /** A comma can stand after the last label. */
  readonly trailingComma: boolean;
  /** A backslash before a character that needs none stands for itself; otherwise it is an error. */
  readonly looseEscapes: boolean;
}

const TAB = 9;
/** The code of the character that ends lines. */
export const LINE_FEED = 10;
/** The code of the character that separates tokens. */
export const SPACE = 32;
/** The code of the character that begins comments, metadata and exemplars. */
export const HASH = 35;

/** A place in a text. */
export class Cursor {
  /** The text. It ends with a line feed, so that no loop over a line has to look for another end. */
  readonly text: string;
  /** What the text is written in. */
  readonly dialect: Dialect;
  /** Where the next token begins. */
  at = 0;
  readonly #length: number;
  readonly #source: string;

  /**
   * Begins at the beginning.
   *
   * @throws {ExpositionError} If the text has a lone surrogate, which UTF-8 does not have.
   */
  constructor(text: string, source: string, dialect: Dialect) {
    this.text = text.endsWith("\n") ? text : `${text}\n`;
    this.dialect = dialect;
    this.#length = text.length;
    this.#source = source;
    if (!text.isWellFormed()) this.fail("well-formed Unicode", text.search(/\p{Surrogate}/u));
  }

  /** Whether nothing is left. */
  get isDone(): boolean {
    return this.at >= this.#length;
  }

  /** The character at which the next token begins. */
  get code(): number {
    return this.text.charCodeAt(this.at);
  }

  /** Refuses the text from one place to another, by default from here to the end of the line. */
  fail(expected: string, from: number = this.at, to?: number): never {
    const { text } = this;
    const begin = from === 0 ? 0 : text.lastIndexOf("\n", from - 1) + 1;
    let line = 1;
    for (let i = text.indexOf("\n"); i !== -1 && i < begin; i = text.indexOf("\n", i + 1)) line++;
    const end = Math.max(to ?? text.indexOf("\n", from), from + 1);
    const found = text.slice(from, Math.min(end, this.#length));
    const position = { source: this.#source, line, column: from - begin + 1 };
    throw new ExpositionError(expected, found, position);
  }

  /** Refuses the word that begins at a place. */
  failWord(expected: string, from: number = this.at): never {
    let to = from;
    while (!isEnd(this.text.charCodeAt(to))) to++;
    this.fail(expected, from, to);
  }

  /** Refuses a text whose last line is not ended. */
  requireLineFeed(): void {
    if (this.#length > 0 && this.text.length !== this.#length) {
      this.fail("a line feed", this.#length);
    }
  }

  /** Goes past blanks and tabs where they can stand, and tells what follows. */
  skipBlanks(): number {
    let code = this.text.charCodeAt(this.at);
    if (code > SPACE || !this.dialect.blanks) return code;
    while (isBlank(code)) code = this.text.charCodeAt(++this.at);
    return code;
  }

  /** Goes to the end of the line. */
  skipRest(): void {
    this.at = this.text.indexOf("\n", this.at);
  }

  /** Goes past a character if it comes next, and tells whether it did. */
  take(code: number): boolean {
    if (this.text.charCodeAt(this.at) !== code) return false;
    this.at++;
    return true;
  }

  /** Goes past a word if it comes next, and tells whether it did. */
  takeWord(word: string): boolean {
    if (!this.text.startsWith(word, this.at)) return false;
    this.at += word.length;
    return true;
  }

  /** Reads up to the next blank or line feed. */
  readWord(): string {
    const from = this.at;
    while (!isEnd(this.code)) this.at++;
    return this.text.slice(from, this.at);
  }

  /** Goes past a line feed, or refuses what is there instead. */
  endLine(): void {
    if (this.skipBlanks() !== LINE_FEED) this.fail("the end of the line");
    this.at++;
  }

  /** The text from one place to another without the escapes of backslash, line feed and the characters given. */
  unescape(from: number, to: number, others: string): string {
    return this.text.slice(from, to).replace(/\\([^])?/g, (escape, character, offset) => {
      if (character === "n") return "\n";
      if (character === "\\" || character && others.includes(character)) return character;
      if (character && this.dialect.looseEscapes) return escape;
      const at = from + offset;
      return this.fail("a backslash that is escaped", at, at + escape.length);
    });
  }
}

/** Tells whether a character separates tokens. */
export function isBlank(code: number): boolean {
  return code === SPACE || code === TAB;
}

/** Tells whether a character ends a word. */
export function isEnd(code: number): boolean {
  return code === LINE_FEED || isBlank(code);
}

/** Tells whether a character is a decimal digit. */
export function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}
