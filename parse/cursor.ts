/**
 * The cursor of the parsers: reads tokens and reports errors with their position.
 *
 * @module
 */

import { ExpositionError } from "../exposition_error.ts";
import { describe } from "../model/describe.ts";
import type { Sample } from "../model/sample.ts";
import { Positions } from "./positions.ts";

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

/** The text to read, and what to do about errors. */
export interface ParserInput {
  readonly text: string;
  /** The source for error messages. */
  readonly source: string;
  /** Takes the errors, if reading goes on after them. */
  readonly onError?: ((error: ExpositionError) => void) | undefined;
  /** Takes each sample of a text in the text format, with the offset of its line. */
  readonly onSample?: (sample: Sample, from: number) => void;
}

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
  readonly #onError: ParserInput["onError"];
  readonly #positions: Positions;

  /** Creates a cursor at the beginning of a text. */
  constructor({ text, source, onError }: ParserInput, dialect: Dialect) {
    this.text = text.endsWith("\n") ? text : `${text}\n`;
    this.dialect = dialect;
    this.#length = text.length;
    this.#source = source;
    this.#onError = onError;
    this.#positions = new Positions(this.text);
  }

  /** Whether the whole text has been read. */
  get isAtEnd(): boolean {
    return this.offset >= this.#length;
  }

  /** The code of the next character. */
  get code(): number {
    return this.text.charCodeAt(this.offset);
  }

  /**
   * Reads the text line by line. After errors that are taken, it goes on with the next line, or after metadata with the next metadata:
   * the samples in between lack their type.
   *
   * @param readLine Reads a line with its end.
   * @throws {ExpositionError} If there is an error that is not taken.
   */
  readLines(readLine: () => void): void {
    const { text } = this;
    // UTF-8 cannot encode lone surrogates.
    if (!text.isWellFormed()) {
      this.failEarlier("well-formed Unicode", text.search(/\p{Surrogate}/u));
    }
    while (!this.isAtEnd) {
      const from = this.offset;
      try {
        readLine();
      } catch (error) {
        this.#report(error);
        this.offset = from;
        const isMetadata = this.skipBlanks() === HASH;
        do this.offset = text.indexOf("\n", this.offset) + 1; while (
          isMetadata && !this.isAtEnd && this.skipBlanks() !== HASH
        );
      }
    }
  }

  /** Throws an error that quotes the text between two offsets, by default from here to the end of the line. */
  fail(expected: string, from: number = this.offset, to?: number): never {
    const end = Math.max(to ?? this.text.indexOf("\n", from), from + 1);
    const found = this.text.slice(from, Math.min(end, this.#length));
    this.#throw(`expected ${expected}, got ${describeFound(found)}`, found, from);
  }

  /** Like {@linkcode fail}, but if errors are taken, returns: it is about earlier lines, and does not concern this one. */
  failEarlier(expected: string, from: number): void {
    try {
      this.fail(expected, from);
    } catch (error) {
      this.#report(error);
    }
  }

  /** Throws an error about a series that occurs twice. */
  failDuplicate(from: number, to: number): never {
    const found = this.text.slice(from, to).trimEnd();
    this.#throw(`duplicate series ${describe(found)}`, found, from);
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
      this.failEarlier("a line feed", this.#length);
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

  /** Skips everything. */
  skipAll(): void {
    this.offset = this.text.length;
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

  #report(error: unknown): void {
    if (this.#onError === undefined || !(error instanceof ExpositionError)) throw error;
    this.#onError(error);
  }

  #throw(problem: string, found: string, from: number): never {
    const position = { source: this.#source, ...this.#positions.at(from) };
    throw new ExpositionError(problem, found, position);
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

function describeFound(found: string): string {
  if (found === "") return "the end of the text";
  return found === "\n" ? "the end of the line" : describe(found);
}
