/**
 * The parser of the text format: 0.0.4, with the quoted names of 1.0.0.
 *
 * @see {@link https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format}
 *
 * @module
 */

import {
  Cursor,
  type Dialect,
  HASH,
  isBlank,
  isWordEnd,
  LINE_FEED,
  type ParserInput,
} from "./cursor.ts";
import { ShortKeys } from "../model/short_keys.ts";
import type { MetricType } from "../model/metric_type.ts";
import { readMilliseconds, readValue } from "./number.ts";
import { type Family, PARTS, sampleNames } from "../model/family.ts";
import { Sample } from "../model/sample.ts";
import { SeriesReader } from "./series.ts";
import { TextPoints } from "./text_points.ts";

const DIALECT: Dialect = {
  allowsBlanks: true,
  allowsTrailingComma: true,
  allowsUnknownEscapes: false,
};

/** The types of the text format. */
const TYPES: readonly MetricType[] = ["counter", "gauge", "histogram", "summary", "untyped"];

/** Parses an exposition in the text format. */
export function parseText(input: ParserInput): Family[] {
  return new TextParser(input).parse();
}

/** A family to which samples are still added. */
interface FamilyBuilder {
  readonly name: string;
  type: MetricType;
  hasType: boolean;
  /** The help text, or undefined without a `# HELP` line. */
  help: string | undefined;
  readonly samples: Sample[];
}

class TextParser {
  readonly #cursor: Cursor;
  readonly #onSample: ParserInput["onSample"];
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
  /** The check of the samples of a histogram or summary. */
  #points: TextPoints | undefined;

  constructor(input: ParserInput) {
    this.#cursor = new Cursor(input, DIALECT);
    this.#onSample = input.onSample;
    this.#reader = new SeriesReader(this.#cursor);
  }

  parse(): Family[] {
    this.#cursor.readLines(() => this.#readLine());
    this.#cursor.expectFinalLineFeed();
    return this.#families.map(toFamily);
  }

  #readLine(): void {
    const cursor = this.#cursor;
    const code = cursor.skipBlanks();
    if (code === HASH) this.#readComment();
    else if (code !== LINE_FEED) this.#readSample();
    cursor.expectLineEnd();
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
    this.#points = this.#pointsOf(family);
    for (const name of sampleNames(family.name, type)) this.#claim(name, family, from);
  }

  /** Reads the name in a `# HELP` or `# TYPE` line, which must precede the samples of its family. */
  #readFamilyName(from: number): FamilyBuilder {
    const cursor = this.#cursor;
    cursor.skipBlanks();
    const current = this.#family;
    const name = this.#reader.readName();
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
    const owner = this.#owners.get(this.#keys.of(name));
    this.#enter(owner ?? family);
    this.#claim(name, family, from);
    this.#families.push(family);
    return family;
  }

  /** Makes a family the current one. If its lines are not together, those that follow belong to it all the same. */
  #enter(family: FamilyBuilder): void {
    this.#family = family;
    this.#name = undefined;
    this.#seriesByName = new Map();
    this.#points = this.#pointsOf(family);
  }

  #pointsOf({ name, type }: FamilyBuilder): TextPoints | undefined {
    const parts = PARTS[type];
    return parts && new TextPoints(this.#cursor, name, parts);
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
    const to = cursor.offset;
    const { name, labels } = this.#reader;
    const family = this.#familyOf(name, from);
    cursor.skipBlanks();
    const value = readValue(cursor);
    cursor.skipBlanks();
    const timestamp = cursor.code === LINE_FEED ? undefined : readMilliseconds(cursor);
    const sample = new Sample(name, labels.labels, value, timestamp);
    const series = this.#series;
    const { size } = series;
    series.add(this.#keys.of(labels.key));
    if (series.size === size) cursor.failDuplicate(from, to);
    this.#onSample?.(sample, from);
    this.#points?.check(sample, labels, { from, to });
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
}

function toFamily({ name, type, help, samples }: FamilyBuilder): Family {
  return help ? { name, type, help, samples } : { name, type, samples };
}
