/**
 * The text format as it is read: 0.0.4, with the quoted names of 1.0.0.
 *
 * @see {@link https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format}
 *
 * @module
 */

import { parseBound } from "../model/numbers.ts";
import { Cursor, type Dialect, HASH, isBlank, isEnd, LINE_FEED } from "./cursor.ts";
import { Keys } from "./keys.ts";
import { isEqualWithout, labelsKey, labelsKeyWithout } from "./labels.ts";
import type { MetricType } from "../model/metric_type.ts";
import { readMilliseconds, readValue } from "./number.ts";
import { type Family, PARTS, sampleNames } from "../model/family.ts";
import { Sample } from "../model/sample.ts";
import { SeriesReader } from "./series.ts";

const DIALECT: Dialect = {
  blanks: true,
  trailingComma: true,
  looseEscapes: false,
};

/** The types that the text format has. */
const TYPES: readonly MetricType[] = ["counter", "gauge", "histogram", "summary", "untyped"];

/** Reads an exposition. */
export function parseText(text: string, source: string): Family[] {
  return new TextParser(text, source).parse();
}

type Parts = NonNullable<(typeof PARTS)[MetricType]>;

/** A family that is being read. */
interface OpenFamily {
  readonly name: string;
  type: MetricType;
  hasType: boolean;
  /** Undefined: no `# HELP` was there. */
  help: string | undefined;
  readonly samples: Sample[];
}

/** How far the buckets of a histogram, or the quantiles of a summary, have risen. */
interface Rise {
  readonly labels: readonly string[];
  bound: number;
}

class TextParser {
  readonly #cursor: Cursor;
  readonly #reader: SeriesReader;
  readonly #keys = new Keys();
  readonly #families: OpenFamily[] = [];
  /** Names of families and of their samples, with the family that they belong to. */
  readonly #owners = new Map<string, OpenFamily>();
  /** The family whose lines are being read, which is the last one. */
  #family: OpenFamily | undefined;
  /** The name of the samples that are being read, which belong to that family. */
  #name: string | undefined;
  /** The labels that samples of that name had. */
  #series = new Set<string>();
  /** The same for all names of the family. */
  #seriesByName = new Map<string, Set<string>>();
  /** The histograms or summaries of that family, by their labels, and the one that was there last. */
  #rises = new Map<string, Rise>();
  #rise: Rise | undefined;

  constructor(text: string, source: string) {
    this.#cursor = new Cursor(text, source, DIALECT);
    this.#reader = new SeriesReader(this.#cursor);
  }

  parse(): Family[] {
    const cursor = this.#cursor;
    while (!cursor.isDone) {
      const code = cursor.skipBlanks();
      if (code === HASH) this.#readComment();
      else if (code !== LINE_FEED) this.#readSample();
      cursor.endLine();
    }
    cursor.requireLineFeed();
    return this.#families.map(close);
  }

  /** A comment, unless its first word says that it is more. */
  #readComment(): void {
    const cursor = this.#cursor;
    cursor.at++;
    cursor.skipBlanks();
    const from = cursor.at;
    const word = cursor.readWord();
    if (word === "HELP") this.#readHelp(from);
    else if (word === "TYPE") this.#readType(from);
    else cursor.skipRest();
  }

  #readHelp(from: number): void {
    const cursor = this.#cursor;
    const family = this.#readFamilyName(from);
    if (family.help !== undefined) cursor.fail(`no second help text of ${family.name}`, from);
    cursor.skipBlanks();
    const start = cursor.at;
    cursor.skipRest();
    let end = cursor.at;
    while (end > start && isBlank(cursor.text.charCodeAt(end - 1))) end--;
    family.help = cursor.unescape(start, end, "");
  }

  #readType(from: number): void {
    const cursor = this.#cursor;
    const family = this.#readFamilyName(from);
    if (family.hasType) cursor.fail(`no second type of ${family.name}`, from);
    cursor.skipBlanks();
    const start = cursor.at;
    const word = cursor.readWord();
    const type = TYPES.find((type) => type === word);
    if (type === undefined) {
      return cursor.fail(`one of the types ${TYPES.join(", ")}`, start, cursor.at);
    }
    family.type = type;
    family.hasType = true;
    for (const name of sampleNames(family.name, type)) this.#claim(name, family, from);
  }

  /** The name in a `# HELP` or a `# TYPE`, which the first sample of the family must not come before. */
  #readFamilyName(from: number): OpenFamily {
    const cursor = this.#cursor;
    cursor.skipBlanks();
    const before = this.#family;
    const name = this.#reader.readName(before?.name);
    if (!isEnd(cursor.code)) cursor.failWord("a blank after the metric name");
    if (before === undefined || before.name !== name) return this.#open(name, from);
    if (before.samples.length > 0) cursor.fail(`metadata of ${name} before its samples`, from);
    return before;
  }

  #open(name: string, from: number): OpenFamily {
    const family: OpenFamily = {
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
    this.#rises = new Map();
    this.#rise = undefined;
    return family;
  }

  #claim(name: string, family: OpenFamily, from: number): void {
    const key = this.#keys.of(name);
    const owner = this.#owners.get(key) ?? family;
    if (owner !== family) this.#cursor.fail(`all lines of ${owner.name} together`, from);
    this.#owners.set(key, family);
  }

  #readSample(): void {
    const cursor = this.#cursor;
    const from = cursor.at;
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
    if (series.size === size) cursor.fail("a series that was not there before", from);
    family.samples.push(sample);
  }

  /** The family of a sample: that of the lines before, or a new one. */
  #familyOf(name: string, from: number): OpenFamily {
    if (name === this.#name) return this.#family!;
    const key = this.#keys.of(name);
    let family = this.#family;
    if (family === undefined || this.#owners.get(key) !== family) family = this.#open(name, from);
    let series = this.#seriesByName.get(key);
    if (series === undefined) this.#seriesByName.set(key, series = new Set());
    this.#name = name;
    this.#series = series;
    return family;
  }

  /** A histogram or a summary has nothing but its parts, and its buckets or quantiles rise. */
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
    const rise = this.#riseOf(label, sample.labels);
    if (bound < rise.bound) cursor.fail(`a label "${label}" of at least ${rise.bound}`, from);
    rise.bound = bound;
  }

  /** What is known of the histogram or summary that the labels just read belong to. */
  #riseOf(label: string, labels: readonly string[]): Rise {
    if (this.#rise !== undefined && isEqualWithout(label, this.#rise.labels, labels)) {
      return this.#rise;
    }
    const key = this.#keys.of(labelsKeyWithout(label, this.#reader.labels));
    let rise = this.#rises.get(key);
    if (rise === undefined) this.#rises.set(key, rise = { labels, bound: -Infinity });
    return this.#rise = rise;
  }
}

function close({ name, type, help, samples }: OpenFamily): Family {
  return help ? { name, type, help, samples } : { name, type, samples };
}
