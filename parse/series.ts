/**
 * The parser of metric names and labels, which both text formats have in common.
 *
 * Adjacent lines mostly have the same names, so it compares names with those of the previous line before it copies them. Families
 * that follow one another often have the same label sets in the same order. So each label set remembers which one followed it, and
 * if the same text follows again, that label set is used again instead of reading the text.
 *
 * @module
 */

import { type Cursor, isDigit, LINE_FEED } from "./cursor.ts";
import { LabelSet, NO_LABELS, type Shape, Shapes } from "./labels.ts";

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

/** The maximum number of label sets that remember their successor, which keeps them in memory until the next family. */
const MAX_REMEMBERED = 1 << 13;

/** After this many label sets in a row that were not as expected, none is expected any more until the next family. */
const MAX_SURPRISES = 4;

/** Reads metric names and label sets. */
export class SeriesReader {
  /** The metric name of the previous series. */
  name = "";
  /** The labels of the previous series. */
  labels: LabelSet = NO_LABELS;
  readonly #cursor: Cursor;
  /** The last metric name without quotes. */
  #plainName = "";
  readonly #shapes = new Shapes();
  /** Alternating names and values of the labels being read. */
  readonly #pairs: string[] = [];
  /** Whether one of them has escapes. */
  #hasEscapes = false;
  /** Whether there was metadata since the last label set. */
  #isFirst = false;
  /** The first label set of the family. */
  #first: LabelSet | undefined;
  /** The label set whose successor is read next. */
  #last: LabelSet | undefined;
  /** The number of label sets of this family, and of those in a row that were not as expected. */
  #remembered = 0;
  #surprises = 0;

  /** Creates a reader that advances a cursor. */
  constructor(cursor: Cursor) {
    this.#cursor = cursor;
  }

  /** Reads a metric name in metadata. */
  readName(): string {
    this.#isFirst = true;
    return this.#cursor.code === QUOTE ? this.#readQuotedName() : this.#readMetricName();
  }

  /** Reads a metric name and labels into {@linkcode SeriesReader.name} and {@linkcode SeriesReader.labels}. */
  readSeries(): void {
    const cursor = this.#cursor;
    const isNameInBraces = cursor.code === OPEN;
    if (cursor.code === QUOTE) cursor.fail("braces around a metric name in quotes");
    if (!isNameInBraces) this.name = this.#readMetricName();
    if (cursor.skipBlanks() !== OPEN) this.labels = NO_LABELS;
    else if (isNameInBraces) this.labels = this.#readLabels(this.labels, true);
    else this.labels = this.#readNext();
  }

  /** Reads labels in braces, which may be expected to come next. */
  #readNext(): LabelSet {
    const expected = this.#isFirst ? this.#first : this.#last?.next;
    const known = expected && this.#take(expected);
    const set = known ?? this.#readLabels(this.labels, false);
    if (set === NO_LABELS) return set;
    this.#surprises = known === undefined ? this.#surprises + 1 : 0;
    if (this.#isFirst) {
      this.#isFirst = false;
      this.#first = set;
      this.#remembered = 0;
      this.#surprises = 0;
    }
    if (this.#remembered++ < MAX_REMEMBERED && this.#last !== undefined) {
      if (known === undefined || this.#last.next === undefined) this.#last.next = set;
    }
    // If this was inserted, what was expected instead comes next.
    if (known === undefined && this.#surprises < MAX_SURPRISES) set.next = expected;
    this.#last = set;
    return set;
  }

  /** Consumes the text of the expected label set, or of the one after that, if it comes next. */
  #take(expected: LabelSet): LabelSet | undefined {
    const cursor = this.#cursor;
    let set: LabelSet | undefined = expected;
    // A loop, because V8 inlines less of the rest if the comparison stands here twice.
    for (let i = 0; i < 2 && set !== undefined; i++, set = set.next) {
      if (!hasAt(cursor.text, cursor.offset, set.text)) continue;
      cursor.offset += set.text.length;
      return set;
    }
    return undefined;
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
    const { names, plainNames } = previous.shape;
    let isSameShape = true;
    let hasEmptyValue = false;
    // The length in canonical form, without quotes around names, blanks and a trailing comma.
    let length = 1;
    while (code !== CLOSE) {
      const i = pairs.length >> 1;
      const name = this.#readLabelName(plainNames[i] ?? "");
      if (name !== names[i]) isSameShape = false;
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
    const text = cursor.text.slice(from, to);
    if (!hasEmptyValue) {
      const isCanonical = text.length === length && !this.#hasEscapes && shape.isCanonical;
      return new LabelSet(pairs.slice(), shape, text, isCanonical);
    }
    const others = pairs.filter((_, i) => pairs[i | 1] !== "");
    if (others.length === 0) return NO_LABELS;
    return new LabelSet(others, this.#shapeOf(others, from), text, false);
  }

  /** Reads a name without quotes, or returns an empty string if none comes next. */
  #readPlainName(previous: string, allowsColons: boolean): string {
    const cursor = this.#cursor;
    const { text } = cursor;
    const from = cursor.offset;
    let at = from + previous.length;
    if (!isNamePart(text.charCodeAt(at), allowsColons) && hasAt(text, from, previous)) {
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

  #readMetricName(): string {
    const name = this.#readPlainName(this.#plainName, true);
    if (name === "") this.#cursor.failWord("a metric name");
    return this.#plainName = name;
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

/** Shorter texts are compared character by character. */
const MIN_SLICE = 12;

/** Returns whether a text has another one at an offset. Does the same as `startsWith()`, and takes a third of the time. */
function hasAt(text: string, from: number, other: string): boolean {
  const { length } = other;
  if (length >= MIN_SLICE) return text.slice(from, from + length) === other;
  let i = 0;
  while (i < length && text.charCodeAt(from + i) === other.charCodeAt(i)) i++;
  return i === length;
}
