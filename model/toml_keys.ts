/**
 * The keys of a TOML document, without parsing its values.
 *
 * @module
 */

/** A key of a document, where it is given a value or is the name of a table. */
export interface TomlKey {
  /** The path of the key from the top level. The elements of an array have no place in it. */
  readonly path: readonly string[];
  /** Whether it begins a table, as in `[a.b]` or `[[a.b]]`. */
  readonly isHeader: boolean;
}

const BYTE_ORDER_MARKS = /\uFEFF*/y;
const SPACE = /[ \t]*/y;
const BLANK = /(?:[ \t\r\n]|#[^\n]*)*/y;
const BARE_KEY = /[A-Za-z0-9_-]+/y;
const BASIC_STRING = /"(?:[^"\\\n]|\\[^\n])*"/y;
const LITERAL_STRING = /'[^'\n]*'/y;
const SCALAR = /[^,\]}#\n]+/y;

/** The deepest nesting of arrays and inline tables that is followed. */
const MAX_DEPTH = 100;

/**
 * Visits the keys of a document in the order in which they are written. Ends at the first part that is not TOML, which is left to
 * the parser. The time is proportional to the length of the document.
 */
export function visitTomlKeys(text: string, visit: (key: TomlKey) => void): void {
  new KeyReader(text, visit).readDocument();
}

class KeyReader {
  readonly #text: string;
  readonly #visit: (key: TomlKey) => void;
  #position = 0;

  constructor(text: string, visit: (key: TomlKey) => void) {
    this.#text = text;
    this.#visit = visit;
  }

  readDocument(): void {
    this.#skip(BYTE_ORDER_MARKS);
    let table: readonly string[] = [];
    while (this.#skip(BLANK) && this.#position < this.#text.length) {
      if (this.#takeMark("[")) {
        const closing = this.#takeMark("[") ? "]]" : "]";
        const path = this.#takeKey();
        if (path === undefined || !this.#takeMark(closing)) return;
        table = path;
        this.#visit({ path, isHeader: true });
      } else if (!this.#readPair(table, 0)) {
        return;
      }
    }
  }

  /** Reads a key and its value. Like the others, returns false at what is not TOML. */
  #readPair(table: readonly string[], depth: number): boolean {
    const key = this.#takeKey();
    if (key === undefined || !this.#takeMark("=")) return false;
    const path = [...table, ...key];
    this.#visit({ path, isHeader: false });
    return this.#readValue(path, depth);
  }

  #readValue(path: readonly string[], depth: number): boolean {
    if (depth > MAX_DEPTH) return false;
    this.#skip(BLANK);
    if (this.#takeMark("[")) {
      return this.#readItems("]", () => this.#readValue(path, depth + 1));
    }
    if (this.#takeMark("{")) return this.#readItems("}", () => this.#readPair(path, depth + 1));
    return this.#skipLongString('"""') || this.#skipLongString("'''") ||
      (this.#take(BASIC_STRING) ?? this.#take(LITERAL_STRING) ?? this.#take(SCALAR)) !== undefined;
  }

  /** Reads the items of an array or an inline table. */
  #readItems(closing: string, readItem: () => boolean): boolean {
    while (this.#skip(BLANK) && !this.#takeMark(closing)) {
      if (!readItem()) return false;
      this.#skip(BLANK);
      if (!this.#takeMark(",") && !this.#text.startsWith(closing, this.#position)) return false;
    }
    return true;
  }

  /** Skips a string of several lines, or the rest of the document if the string does not end. */
  #skipLongString(mark: string): boolean {
    if (!this.#takeMark(mark)) return false;
    let end = this.#text.indexOf(mark, this.#position);
    while (mark === '"""' && end !== -1 && this.#isEscaped(end)) {
      end = this.#text.indexOf(mark, end + 1);
    }
    this.#position = end === -1 ? this.#text.length : end + mark.length;
    // The content can end with two more quotation marks.
    while (this.#takeMark(mark[0]!));
    return true;
  }

  #isEscaped(position: number): boolean {
    let count = 0;
    while (this.#text[position - 1 - count] === "\\") count++;
    return count % 2 === 1;
  }

  #takeKey(): string[] | undefined {
    const parts: string[] = [];
    do {
      this.#skip(SPACE);
      const part = this.#takeKeyPart();
      if (part === undefined) return undefined;
      parts.push(part);
      this.#skip(SPACE);
    } while (this.#takeMark("."));
    return parts;
  }

  #takeKeyPart(): string | undefined {
    const string = this.#take(BASIC_STRING);
    if (string !== undefined) return unescape(string);
    return this.#take(LITERAL_STRING)?.slice(1, -1) ?? this.#take(BARE_KEY);
  }

  #take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#position;
    const match = pattern.exec(this.#text)?.[0];
    this.#position += match?.length ?? 0;
    return match;
  }

  /** Skips what a pattern matches, which can be nothing. */
  #skip(pattern: RegExp): boolean {
    return this.#take(pattern) !== undefined;
  }

  #takeMark(mark: string): boolean {
    if (!this.#text.startsWith(mark, this.#position)) return false;
    this.#position += mark.length;
    return true;
  }
}

function unescape(string: string): string {
  const toCharacter = (_: string, digits: string) => String.fromCodePoint(parseInt(digits, 16));
  try {
    return String(JSON.parse(string.replaceAll(/\\U([0-9A-Fa-f]{8})/g, toCharacter)));
  } catch {
    return string.slice(1, -1);
  }
}
