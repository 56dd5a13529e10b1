/**
 * OpenMetrics 1.0 as it is read.
 *
 * @see {@link https://github.com/prometheus/OpenMetrics/blob/main/specification/OpenMetrics.md#text-format}
 *
 * @module
 */

import { Cursor, type Dialect, HASH, SPACE } from "./cursor.ts";
import { Keys } from "./keys.ts";
import { readSeconds, readValue } from "./number.ts";
import { OpenMetricsFamily } from "./openmetrics_family.ts";
import { OPENMETRICS_TYPES, type Part, UNKNOWN } from "./openmetrics_type.ts";
import type { Family } from "../model/family.ts";
import type { SampleExemplar } from "../model/sample.ts";
import { SeriesReader } from "./series.ts";

const DIALECT: Dialect = {
  blanks: false,
  trailingComma: false,
  looseEscapes: true,
};

const KEYWORDS = ["TYPE", "UNIT", "HELP"] as const;

/** How many characters the labels of an exemplar can have, names and values together. */
const EXEMPLAR_LIMIT = 128;

/** Reads an exposition. */
export function parseOpenMetrics(text: string, source: string): Family[] {
  return new OpenMetricsParser(text, source).parse();
}

class OpenMetricsParser {
  readonly #cursor: Cursor;
  readonly #series: SeriesReader;
  readonly #keys = new Keys();
  readonly #families: Family[] = [];
  readonly #familyNames = new Set<string>();
  /** Names of samples, with the name of the family that has or could have them. */
  readonly #owners = new Map<string, string>();
  /** The family whose lines are being read. */
  #family: OpenMetricsFamily | undefined;
  /** The name of the sample that was read last, and what it is in that family. */
  #name = "";
  #part: Part | undefined;

  constructor(text: string, source: string) {
    this.#cursor = new Cursor(text, source, DIALECT);
    this.#series = new SeriesReader(this.#cursor);
  }

  parse(): Family[] {
    const cursor = this.#cursor;
    while (!cursor.takeWord("# EOF")) {
      if (cursor.isDone) cursor.fail('"# EOF"');
      if (cursor.code === HASH) this.#readMetadata();
      else this.#readSample();
      cursor.endLine();
    }
    cursor.endLine();
    if (!cursor.isDone) cursor.fail('nothing after "# EOF"');
    this.#closeFamily();
    return this.#families;
  }

  #readMetadata(): void {
    const cursor = this.#cursor;
    const from = cursor.at;
    const keyword = KEYWORDS.find((keyword) => cursor.takeWord(`# ${keyword} `));
    if (keyword === undefined) {
      return cursor.fail('a sample, "# TYPE", "# UNIT", "# HELP" or "# EOF"');
    }
    const family = this.#readFamilyName(from);
    if (!cursor.take(SPACE)) cursor.fail("a space");
    if (keyword === "TYPE") this.#readType(family, from);
    else if (keyword === "UNIT") this.#readUnit(family, from);
    else this.#readHelp(family, from);
  }

  #readFamilyName(from: number): OpenMetricsFamily {
    const name = this.#series.readName();
    const family = this.#family;
    if (family === undefined || family.name !== name) return this.#open(name, from);
    if (family.hasSamples) this.#cursor.fail(`metadata of ${name} before its samples`, from);
    return family;
  }

  #readType(family: OpenMetricsFamily, from: number): void {
    const cursor = this.#cursor;
    if (family.type !== undefined) cursor.fail(`no second type of ${family.name}`, from);
    const start = cursor.at;
    family.type = OPENMETRICS_TYPES.get(cursor.readWord());
    if (family.type === undefined) {
      const names = [...OPENMETRICS_TYPES.keys()].join(", ");
      cursor.fail(`one of the types ${names}`, start, cursor.at);
    }
  }

  #readUnit(family: OpenMetricsFamily, from: number): void {
    const cursor = this.#cursor;
    if (family.unit !== undefined) cursor.fail(`no second unit of ${family.name}`, from);
    const start = cursor.at;
    family.unit = cursor.readWord();
    if (family.unit !== "" && !family.name.endsWith(`_${family.unit}`)) {
      cursor.fail(`a unit that ends the name ${family.name}`, start, cursor.at);
    }
  }

  #readHelp(family: OpenMetricsFamily, from: number): void {
    const cursor = this.#cursor;
    if (family.help !== undefined) cursor.fail(`no second help text of ${family.name}`, from);
    const start = cursor.at;
    cursor.skipRest();
    family.help = cursor.unescape(start, cursor.at, '"');
  }

  #readSample(): void {
    const cursor = this.#cursor;
    const from = cursor.at;
    this.#series.readSeries();
    const { name, labels } = this.#series;
    if (!cursor.take(SPACE)) cursor.fail("a space");
    const valueFrom = cursor.at;
    const value = readValue(cursor);
    const time = cursor.text.startsWith(" #", cursor.at) ? undefined : this.#readTimestamp();
    const part = this.#partOf(name, from);
    const exemplar = this.#readExemplar(part);
    this.#family!.add(part, { from, name, labels, valueFrom, value, time, exemplar });
  }

  /** A timestamp in milliseconds, if one is there. */
  #readTimestamp(): number | undefined {
    return this.#cursor.take(SPACE) ? readSeconds(this.#cursor) : undefined;
  }

  #readExemplar(part: Part): SampleExemplar | undefined {
    const cursor = this.#cursor;
    const from = cursor.at + 1;
    if (!cursor.takeWord(" # ")) return undefined;
    if (!part.canHaveExemplar) {
      cursor.fail("exemplars of counters and buckets only", from);
    }
    const { labels } = this.#series.readLabels();
    let length = 0;
    for (const text of labels) length += countCharacters(text);
    if (length > EXEMPLAR_LIMIT) {
      cursor.fail(`at most ${EXEMPLAR_LIMIT} characters in the labels of an exemplar`, from);
    }
    if (!cursor.take(SPACE)) cursor.fail("a space");
    const value = readValue(cursor);
    const time = this.#readTimestamp();
    return { labels, value, timestamp: time === undefined ? undefined : Math.round(time) + 0 };
  }

  /** What a sample is in the family that is being read, which is a new one if it cannot be of that before. */
  #partOf(name: string, from: number): Part {
    if (this.#part !== undefined && this.#name === name) return this.#part;
    const before = this.#family;
    let part = before?.partOf(name);
    if (part === undefined) {
      if (before?.name === name) {
        this.#cursor.fail(`one of the samples ${before.sampleNames.join(", ")}`, from);
      }
      part = this.#open(name, from).partOf(name)!;
    }
    if (!this.#family!.hasSamples) this.#claimSamples(this.#family!);
    this.#name = name;
    return this.#part = part;
  }

  #open(name: string, from: number): OpenMetricsFamily {
    this.#closeFamily();
    const key = this.#keys.of(name);
    if (this.#familyNames.has(key)) this.#cursor.fail(`all lines of ${name} together`, from);
    this.#familyNames.add(key);
    return this.#family = new OpenMetricsFamily(name, from, this.#cursor);
  }

  #closeFamily(): void {
    const family = this.#family;
    if (family === undefined) return;
    if (!family.hasSamples) this.#claimSamples(family);
    this.#families.push(family.close());
    this.#part = undefined;
  }

  /** Reserves the names of samples that the family has or could have, now that its type is known. */
  #claimSamples(family: OpenMetricsFamily): void {
    const cursor = this.#cursor;
    if (family.unit && !(family.type ?? UNKNOWN).canHaveUnit) {
      cursor.fail(`no unit for ${family.name}, which is of a type without`, family.from);
    }
    for (const name of family.sampleNames) {
      const key = this.#keys.of(name);
      const owner = this.#owners.get(key);
      if (owner !== undefined) {
        const what = owner === name ? name : `${name} of ${owner}`;
        cursor.fail(`a family that cannot have samples ${what}`, family.from);
      }
      this.#owners.set(key, family.name);
    }
  }
}

function countCharacters(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}
