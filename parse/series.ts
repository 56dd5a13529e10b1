/**
 * Names and labels of series as both formats write them.
 *
 * What the line before has as well is not copied: the names of neighbours are mostly the same.
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

/** For each ASCII character whether it can stand in the name of a label. */
const NAME_PARTS = Uint8Array.from(
  { length: 128 },
  (_, code) => /\w/.test(String.fromCharCode(code)) ? 1 : 0,
);

/** Reads the series of an exposition. */
export class SeriesReader {
  /** The name of the series that was read last. */
  name = "";
  /** The labels of the series that was read last. */
  labels: LabelSet = NO_LABELS;
  readonly #cursor: Cursor;
  readonly #shapes = new Shapes();
  /** Names and values of the labels that are being read. */
  readonly #pairs: string[] = [];
  /** Whether any value of theirs has escapes. */
  #hasEscapes = false;

  /** Reads where a cursor is. */
  constructor(cursor: Cursor) {
    this.#cursor = cursor;
  }

  /** Reads the name of a metric. The one before is given back if it is the same. */
  readName(before = ""): string {
    const cursor = this.#cursor;
    if (cursor.code === QUOTE) return this.#readQuotedName();
    const name = this.#readPlainName(before, true);
    if (name === "") cursor.failWord("a metric name");
    return name;
  }

  /** Reads a name and labels into {@linkcode SeriesReader.name} and {@linkcode SeriesReader.labels}. */
  readSeries(): void {
    const cursor = this.#cursor;
    const isInside = cursor.code === OPEN;
    if (!isInside) this.name = this.readName(this.name);
    const hasLabels = cursor.skipBlanks() === OPEN;
    this.labels = hasLabels ? this.#readLabels(this.labels, isInside) : NO_LABELS;
  }

  /** Reads labels that belong to no series. */
  readLabels(): LabelSet {
    if (this.#cursor.code !== OPEN) this.#cursor.fail('"{"');
    return this.#readLabels(NO_LABELS, false);
  }

  /** Labels in braces; `isInside`: the name of the metric stands there before them. */
  #readLabels(before: LabelSet, isInside: boolean): LabelSet {
    const cursor = this.#cursor;
    const pairs = this.#pairs;
    pairs.length = 0;
    this.#hasEscapes = false;
    const from = cursor.at++;
    let code = cursor.skipBlanks();
    if (isInside) {
      if (code !== QUOTE) cursor.fail("a metric name in quotes");
      this.name = this.#readQuotedName();
      code = this.#skipComma();
    }
    const { names } = before.shape;
    let isSame = true;
    let isFull = true;
    // How long they are in the one plain way: quotes around names, blanks and a last comma make them longer.
    let length = 1;
    while (code !== CLOSE) {
      const known = names[pairs.length >> 1] ?? "";
      const name = this.#readLabelName(known);
      if (name !== known) isSame = false;
      if (cursor.skipBlanks() !== EQUALS) cursor.fail('"="');
      cursor.at++;
      cursor.skipBlanks();
      const value = this.#readQuoted("a label value in quotes");
      if (value === "") isFull = false;
      pairs.push(name, value);
      length += name.length + value.length + '="",'.length;
      code = this.#skipComma();
    }
    const to = ++cursor.at;
    if (pairs.length === 0) return NO_LABELS;
    let { shape } = before;
    if (!isSame || pairs.length !== 2 * names.length) shape = this.#shapeOf(pairs, from);
    if (isFull) {
      const isKey = to - from === length && !this.#hasEscapes && shape.isFirst;
      return { labels: pairs.slice(), shape, from, to, isKey };
    }
    const labels = pairs.filter((_, i) => pairs[i | 1] !== "");
    if (labels.length === 0) return NO_LABELS;
    return { labels, shape: this.#shapeOf(labels, from), from, to, isKey: false };
  }

  /** A name without quotes; empty if there is none. */
  #readPlainName(before: string, colons: boolean): string {
    const cursor = this.#cursor;
    const { text } = cursor;
    const from = cursor.at;
    let at = from + sharedLength(text, from, before);
    if (at === from + before.length && !isNamePart(text.charCodeAt(at), colons)) {
      cursor.at = at;
      return before;
    }
    at = from;
    const code = text.charCodeAt(at);
    if (isDigit(code) || !isNamePart(code, colons)) return "";
    do at++; while (isNamePart(text.charCodeAt(at), colons));
    cursor.at = at;
    return text.slice(from, at);
  }

  #readQuotedName(): string {
    const cursor = this.#cursor;
    const from = cursor.at;
    const name = this.#readQuoted("a name in quotes");
    if (name === "") cursor.fail("a name that is not empty", from, cursor.at);
    return name;
  }

  #readQuoted(expected: string): string {
    const cursor = this.#cursor;
    const { text } = cursor;
    const from = cursor.at + 1;
    if (text.charCodeAt(cursor.at) !== QUOTE) cursor.fail(expected);
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
    cursor.at = at + 1;
    if (!hasEscapes) return text.slice(from, at);
    this.#hasEscapes = true;
    return cursor.unescape(from, at, '"');
  }

  /** Goes past the comma between two labels, and tells what follows. */
  #skipComma(): number {
    const cursor = this.#cursor;
    if (cursor.skipBlanks() === CLOSE) return CLOSE;
    if (!cursor.take(COMMA)) cursor.fail('"," or "}"');
    const code = cursor.skipBlanks();
    if (code === CLOSE && !cursor.dialect.trailingComma) cursor.fail("a label name");
    return code;
  }

  #readLabelName(before: string): string {
    const cursor = this.#cursor;
    if (cursor.code === QUOTE) return this.#readQuotedName();
    const name = this.#readPlainName(before, false);
    if (name === "") cursor.fail("a label name");
    return name;
  }

  #shapeOf(pairs: readonly string[], from: number): Shape {
    const cursor = this.#cursor;
    const names = pairs.filter((_, i) => i % 2 === 0);
    const shape = this.#shapes.get(names);
    if (shape === undefined) {
      return cursor.fail("labels with different names", from, cursor.at);
    }
    if (names.includes("__name__")) {
      cursor.fail("no label with the name of the metric", from, cursor.at);
    }
    return shape;
  }
}

function isNamePart(code: number, colons: boolean): boolean {
  return code < 128 && NAME_PARTS[code] === 1 || colons && code === COLON;
}

/** How far a text goes on from a place like another text. */
function sharedLength(text: string, from: number, other: string): number {
  let i = 0;
  while (i < other.length && text.charCodeAt(from + i) === other.charCodeAt(i)) i++;
  return i;
}
