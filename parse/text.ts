/**
 * The parser of the text format: 0.0.4, with the quoted names of 1.0.0.
 *
 * @see {@link https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format}
 *
 * @module
 */

import { parseBound } from "../model/numbers.ts";
import { Cursor, type Dialect, HASH, isBlank, isWordEnd, LINE_FEED } from "./cursor.ts";
import { ShortKeys } from "../model/short_keys.ts";
import { isEqualWithout, labelsKey, labelsKeyWithout } from "./labels.ts";
import type { MetricType } from "../model/metric_type.ts";
import { readMilliseconds, readValue } from "./number.ts";
import { type Family, PARTS, sampleNames } from "../model/family.ts";
import { Sample } from "../model/sample.ts";
import { SeriesReader } from "./series.ts";

const DIALECT: Dialect = {
  allowsBlanks: true,
  allowsTrailingComma: true,
  allowsUnknownEscapes: false,
};

/** The types of the text format. */
const TYPES: readonly MetricType[] = ["counter", "gauge", "histogram", "summary", "untyped"];

/** Parses an exposition in the text format. */
export function parseText(text: string, source: string): Family[] {
  return new TextParser(text, source).parse();
}

type Parts = NonNullable<(typeof PARTS)[MetricType]>;

/** A family to which samples are still added. */
interface FamilyBuilder {
  readonly name: string;
  type: MetricType;
  hasType: boolean;
  /** The help text, or undefined without a `# HELP` line. */
  help: string | undefined;
  readonly samples: Sample[];
}

/** The last bucket bound of a histogram, or the last quantile of a summary. */
interface LastBound {
  readonly labels: readonly string[];
  bound: number;
}

class TextParser {
  readonly #cursor: Cursor;
  readonly #reader: SeriesReader;
  readonly #keys = new ShortKeys();
  readonly #families: FamilyBuilder[] = [];
  /** The families by their names and the names of their samples. */
  readonly #owners = new Map<string, FamilyBuilder>();
  /** The family being read, which is the last one. */
  #family: FamilyBuilder | undefined;
  /** The name of the previous sample, if it belongs to that family. */
  #name: string | undefined;
  /** The label keys of all samples with that name. */
  #series = new Set<string>();
  /** The label keys of all samples of the family, by name. */
  #seriesByName = new Map<string, Set<string>>();
  /** The last bound of each histogram or summary of the family, by its labels, and that of the previous sample. */
  #lastBounds = new Map<string, LastBound>();
  #lastBound: LastBound | undefined;

  constructor(text: string, source: string) {
    this.#cursor = new Cursor(text, source, DIALECT);
    this.#reader = new SeriesReader(this.#cursor);
  }

  parse(): Family[] {
    const cursor = this.#cursor;
    while (!cursor.isAtEnd) {
      const code = cursor.skipBlanks();
      if (code === HASH) this.#readComment();
      else if (code !== LINE_FEED) this.#readSample();
      cursor.expectLineEnd();
    }
    cursor.expectFinalLineFeed();
    return this.#families.map(toFamily);
  }

  /** A comment, unless its first word says that it is more. */
  #readComment(): void {
    const cursor = this.#cursor;
    cursor.offset++;
    cursor.skipBlanks();
    const from = cursor.offset;
    const word = cursor.readWord();
    if (word === "HELP") this.#readHelp(from);
    else if (word === "TYPE") this.#readType(from);
    else cursor.skipLine();
  }

  #readHelp(from: number): void {
    const cursor = this.#cursor;
    const family = this.#readFamilyName(from);
    if (family.help !== undefined) cursor.fail(`no second help text of ${family.name}`, from);
    cursor.skipBlanks();
    const start = cursor.offset;
    cursor.skipLine();
    let end = cursor.offset;
    while (end > start && isBlank(cursor.text.charCodeAt(end - 1))) end--;
    family.help = cursor.unescape(start, end, "");
  }

  #readType(from: number): void {
    const cursor = this.#cursor;
    const family = this.#readFamilyName(from);
    if (family.hasType) cursor.fail(`no second type of ${family.name}`, from);
    cursor.skipBlanks();
    const start = cursor.offset;
    const word = cursor.readWord();
    const type = TYPES.find((type) => type === word);
    if (type === undefined) {
      return cursor.fail(`one of the types ${TYPES.join(", ")}`, start, cursor.offset);
    }
    family.type = type;
    family.hasType = true;
    for (const name of sampleNames(family.name, type)) this.#claim(name, family, from);
  }

  /** Reads the name in a `# HELP` or `# TYPE` line, which must precede the samples of its family. */
  #readFamilyName(from: number): FamilyBuilder {
    const cursor = this.#cursor;
    cursor.skipBlanks();
    const current = this.#family;
    const name = this.#reader.readName(current?.name);
    if (!isWordEnd(cursor.code)) cursor.failWord("a blank after the metric name");
    if (current === undefined || current.name !== name) return this.#beginFamily(name, from);
    if (current.samples.length > 0) cursor.fail(`metadata of ${name} before its samples`, from);
    return current;
  }

  #beginFamily(name: string, from: number): FamilyBuilder {
    const family: FamilyBuilder = {
      name,
      type: "untyped",
      hasType: false,
      help: undefined,
      samples: [],
    };
    this.#claim(name, family, from);
    this.#families.push(family);
    this.#family = family;
    this.#name = undefined;
    this.#seriesByName = new Map();
    this.#lastBounds = new Map();
    this.#lastBound = undefined;
    return family;
  }

  #claim(name: string, family: FamilyBuilder, from: number): void {
    const key = this.#keys.of(name);
    const owner = this.#owners.get(key) ?? family;
    if (owner !== family) this.#cursor.fail(`all lines of ${owner.name} together`, from);
    this.#owners.set(key, family);
  }

  #readSample(): void {
    const cursor = this.#cursor;
    const from = cursor.offset;
    this.#reader.readSeries();
    const { name, labels } = this.#reader;
    const family = this.#familyOf(name, from);
    cursor.skipBlanks();
    const value = readValue(cursor);
    cursor.skipBlanks();
    const timestamp = cursor.code === LINE_FEED ? undefined : readMilliseconds(cursor);
    const sample = new Sample(name, labels.labels, value, timestamp);
    const parts = PARTS[family.type];
    if (parts !== undefined) this.#checkPart(parts, family.name, sample, from);
    const series = this.#series;
    const { size } = series;
    series.add(this.#keys.of(labelsKey(cursor.text, labels)));
    if (series.size === size) cursor.fail("a unique series", from);
    family.samples.push(sample);
  }

  /** Returns the family of a sample: the current one, or a new one. */
  #familyOf(name: string, from: number): FamilyBuilder {
    if (name === this.#name) return this.#family!;
    const key = this.#keys.of(name);
    let family = this.#family;
    if (family === undefined || this.#owners.get(key) !== family) {
      family = this.#beginFamily(name, from);
    }
    let series = this.#seriesByName.get(key);
    if (series === undefined) this.#seriesByName.set(key, series = new Set());
    this.#name = name;
    this.#series = series;
    return family;
  }

  /** Checks that a sample can be part of a histogram or summary, and that the bounds are in ascending order. */
  #checkPart({ label, suffix, totals }: Parts, family: string, sample: Sample, from: number): void {
    const cursor = this.#cursor;
    const text = sample.label(label);
    const suffixes = text === undefined ? totals : [suffix];
    if (!suffixes.some((suffix) => sample.name === family + suffix)) {
      const names = totals.map((total) => family + total).join(" and ");
      cursor.fail(`${family + suffix} with label "${label}", and ${names} without`, from);
    }
    if (text === undefined) return;
    const bound = parseBound(text);
    if (bound === undefined) return cursor.fail(`a number in label "${label}"`, from);
    const last = this.#lastBoundOf(label, sample.labels);
    if (bound < last.bound) cursor.fail(`a label "${label}" of at least ${last.bound}`, from);
    last.bound = bound;
  }

  /** Returns the last bound of the histogram or summary that the labels just read belong to. */
  #lastBoundOf(label: string, labels: readonly string[]): LastBound {
    if (this.#lastBound !== undefined && isEqualWithout(label, this.#lastBound.labels, labels)) {
      return this.#lastBound;
    }
    const key = this.#keys.of(labelsKeyWithout(label, this.#reader.labels));
    let last = this.#lastBounds.get(key);
    if (last === undefined) this.#lastBounds.set(key, last = { labels, bound: -Infinity });
    return this.#lastBound = last;
  }
}

function toFamily({ name, type, help, samples }: FamilyBuilder): Family {
  return help ? { name, type, help, samples } : { name, type, samples };
}
