/**
 * The parser of metric names and labels, which both text formats have in common.
 *
 * Adjacent lines mostly have the same names, so it compares names with those of the previous line before it copies them.
 *
 * @module
 */

import { type Cursor, isDigit, LINE_FEED } from "./cursor.ts";
import { type LabelSet, NO_LABELS, type Shape, Shapes } from "./labels.ts";

const QUOTE = 34;
const COMMA = 44;
const COLON = 58;
const EQUALS = 61;
const BACKSLASH = 92;
const OPEN = 123;
const CLOSE = 125;

/** For each ASCII character, 1 if label names may contain it. */
const IS_NAME_PART = Uint8Array.from(
  { length: 128 },
  (_, code) => /\w/.test(String.fromCharCode(code)) ? 1 : 0,
);

/** Reads metric names and label sets. */
export class SeriesReader {
  /** The metric name of the previous series. */
  name = "";
  /** The labels of the previous series. */
  labels: LabelSet = NO_LABELS;
  readonly #cursor: Cursor;
  readonly #shapes = new Shapes();
  /** Alternating names and values of the labels being read. */
  readonly #pairs: string[] = [];
  /** Whether one of them has escapes. */
  #hasEscapes = false;

  /** Creates a reader that advances a cursor. */
  constructor(cursor: Cursor) {
    this.#cursor = cursor;
  }

  /** Reads a metric name in metadata. Returns `previous` itself if it is equal. */
  readName(previous = ""): string {
    return this.#cursor.code === QUOTE ? this.#readQuotedName() : this.#readMetricName(previous);
  }

  /** Reads a metric name and labels into {@linkcode SeriesReader.name} and {@linkcode SeriesReader.labels}. */
  readSeries(): void {
    const cursor = this.#cursor;
    const isNameInBraces = cursor.code === OPEN;
    if (cursor.code === QUOTE) cursor.fail("braces around a metric name in quotes");
    if (!isNameInBraces) this.name = this.#readMetricName(this.name);
    const hasLabels = cursor.skipBlanks() === OPEN;
    this.labels = hasLabels ? this.#readLabels(this.labels, isNameInBraces) : NO_LABELS;
  }

  /** Reads the labels of an exemplar. */
  readLabels(): LabelSet {
    if (this.#cursor.code !== OPEN) this.#cursor.fail('"{"');
    return this.#readLabels(NO_LABELS, false);
  }

  /** Reads labels in braces, after a quoted metric name if that is in the braces, too. */
  #readLabels(previous: LabelSet, isNameInBraces: boolean): LabelSet {
    const cursor = this.#cursor;
    const pairs = this.#pairs;
    pairs.length = 0;
    this.#hasEscapes = false;
    const from = cursor.offset++;
    let code = cursor.skipBlanks();
    if (isNameInBraces) {
      if (code !== QUOTE) cursor.fail("a metric name in quotes");
      this.name = this.#readQuotedName();
      code = this.#skipComma();
    }
    const { names } = previous.shape;
    let isSameShape = true;
    let hasEmptyValue = false;
    // The length in canonical form, without quotes around names, blanks and a trailing comma.
    let length = 1;
    while (code !== CLOSE) {
      const expected = names[pairs.length >> 1] ?? "";
      const name = this.#readLabelName(expected);
      if (name !== expected) isSameShape = false;
      if (cursor.skipBlanks() !== EQUALS) cursor.fail('"="');
      cursor.offset++;
      cursor.skipBlanks();
      const value = this.#readQuoted("a label value in quotes");
      if (value === "") hasEmptyValue = true;
      pairs.push(name, value);
      length += name.length + value.length + '="",'.length;
      code = this.#skipComma();
    }
    const to = ++cursor.offset;
    if (pairs.length === 0) return NO_LABELS;
    let { shape } = previous;
    if (!isSameShape || pairs.length !== 2 * names.length) shape = this.#shapeOf(pairs, from);
    if (!hasEmptyValue) {
      const isCanonical = to - from === length && !this.#hasEscapes && shape.isCanonical;
      return { labels: pairs.slice(), shape, from, to, isCanonical };
    }
    const labels = pairs.filter((_, i) => pairs[i | 1] !== "");
    if (labels.length === 0) return NO_LABELS;
    return { labels, shape: this.#shapeOf(labels, from), from, to, isCanonical: false };
  }

  /** Reads a name without quotes, or returns an empty string if none comes next. */
  #readPlainName(previous: string, allowsColons: boolean): string {
    const cursor = this.#cursor;
    const { text } = cursor;
    const from = cursor.offset;
    let at = from + commonPrefixLength(text, from, previous);
    if (at === from + previous.length && !isNamePart(text.charCodeAt(at), allowsColons)) {
      cursor.offset = at;
      return previous;
    }
    at = from;
    const code = text.charCodeAt(at);
    if (isDigit(code) || !isNamePart(code, allowsColons)) return "";
    do at++; while (isNamePart(text.charCodeAt(at), allowsColons));
    cursor.offset = at;
    return text.slice(from, at);
  }

  #readMetricName(previous: string): string {
    const name = this.#readPlainName(previous, true);
    if (name === "") this.#cursor.failWord("a metric name");
    return name;
  }

  #readQuotedName(): string {
    const cursor = this.#cursor;
    const from = cursor.offset;
    const name = this.#readQuoted("a name in quotes");
    if (name === "") cursor.fail("a name that is not empty", from, cursor.offset);
    return name;
  }

  #readQuoted(expected: string): string {
    const cursor = this.#cursor;
    const { text } = cursor;
    const from = cursor.offset + 1;
    if (text.charCodeAt(cursor.offset) !== QUOTE) cursor.fail(expected);
    let hasEscapes = false;
    let at = from;
    for (;; at++) {
      let code = text.charCodeAt(at);
      if (code === QUOTE) break;
      if (code === BACKSLASH) {
        hasEscapes = true;
        code = text.charCodeAt(++at);
      }
      if (code === LINE_FEED) cursor.fail("a closing quote", from - 1);
    }
    cursor.offset = at + 1;
    if (!hasEscapes) return text.slice(from, at);
    this.#hasEscapes = true;
    return cursor.unescape(from, at, '"');
  }

  /** Consumes the comma after a label, and returns the code of the next character. */
  #skipComma(): number {
    const cursor = this.#cursor;
    if (cursor.skipBlanks() === CLOSE) return CLOSE;
    if (!cursor.take(COMMA)) cursor.fail('"," or "}"');
    const code = cursor.skipBlanks();
    if (code === CLOSE && !cursor.dialect.allowsTrailingComma) cursor.fail("a label name");
    return code;
  }

  #readLabelName(previous: string): string {
    const cursor = this.#cursor;
    if (cursor.code === QUOTE) return this.#readQuotedName();
    const name = this.#readPlainName(previous, false);
    if (name === "") cursor.fail("a label name");
    return name;
  }

  #shapeOf(pairs: readonly string[], from: number): Shape {
    const cursor = this.#cursor;
    const names = pairs.filter((_, i) => i % 2 === 0);
    const shape = this.#shapes.get(names);
    if (shape === undefined) {
      return cursor.fail("unique label names", from, cursor.offset);
    }
    if (names.includes("__name__")) {
      cursor.fail('no label "__name__"', from, cursor.offset);
    }
    return shape;
  }
}

function isNamePart(code: number, allowsColons: boolean): boolean {
  return code < 128 && IS_NAME_PART[code] === 1 || allowsColons && code === COLON;
}

/** Returns the length of the longest prefix of `other` at an offset of a text. */
function commonPrefixLength(text: string, from: number, other: string): number {
  let i = 0;
  while (i < other.length && text.charCodeAt(from + i) === other.charCodeAt(i)) i++;
  return i;
}
