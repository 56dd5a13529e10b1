/**
 * The parser of OpenMetrics 1.0.
 *
 * @see {@link https://github.com/prometheus/OpenMetrics/blob/main/specification/OpenMetrics.md#text-format}
 *
 * @module
 */

import { Cursor, type Dialect, HASH, type ParserInput, SPACE } from "./cursor.ts";
import { ShortKeys } from "../model/short_keys.ts";
import { readSeconds, readValue } from "./number.ts";
import { OpenMetricsFamily } from "./openmetrics_family.ts";
import { OPENMETRICS_TYPES, type OpenMetricsType, type Part, UNKNOWN } from "./openmetrics_type.ts";
import type { Family } from "../model/family.ts";
import type { SampleExemplar } from "../model/sample.ts";
import { SeriesReader } from "./series.ts";

const DIALECT: Dialect = {
  allowsBlanks: false,
  allowsTrailingComma: false,
  allowsUnknownEscapes: true,
};

const KEYWORDS = ["TYPE", "UNIT", "HELP"] as const;

/** The maximum number of characters in the label names and values of an exemplar. */
const MAX_EXEMPLAR_LENGTH = 128;

/** Parses an exposition in OpenMetrics 1.0. */
export function parseOpenMetrics(input: ParserInput): Family[] {
  return new OpenMetricsParser(input).parse();
}

class OpenMetricsParser {
  readonly #cursor: Cursor;
  readonly #series: SeriesReader;
  readonly #keys = new ShortKeys();
  readonly #families: Family[] = [];
  /** The types of these families by name. */
  readonly #types = new Map<string, OpenMetricsType | undefined>();
  /** For each sample name that a family has or could have, the name of that family. */
  readonly #sampleOwners = new Map<string, string>();
  /** The family being read, and whether its sample names are reserved. */
  #family: OpenMetricsFamily | undefined;
  #isReserved = false;
  /** Whether it is the rest of a family whose lines are not together. */
  #isRest = false;
  /** The name of the previous sample, and its part in that family. */
  #name = "";
  #part: Part | undefined;
  /** Whether there was `# EOF`. */
  #hasEnd = false;

  constructor(input: ParserInput) {
    this.#cursor = new Cursor(input, DIALECT);
    this.#series = new SeriesReader(this.#cursor);
  }

  parse(): Family[] {
    this.#cursor.readLines(() => this.#readLine());
    if (!this.#hasEnd) this.#cursor.failEarlier('"# EOF"', this.#cursor.offset);
    this.#finishFamily();
    return this.#families;
  }

  #readLine(): void {
    const cursor = this.#cursor;
    if (cursor.takeText("# EOF")) return this.#readEnd();
    if (cursor.code === HASH) this.#readMetadata();
    else this.#readSample();
    cursor.expectLineEnd();
  }

  #readEnd(): void {
    const cursor = this.#cursor;
    this.#hasEnd = true;
    cursor.expectLineEnd();
    if (!cursor.isAtEnd) cursor.failEarlier('nothing after "# EOF"', cursor.offset);
    cursor.skipAll();
  }

  #readMetadata(): void {
    const cursor = this.#cursor;
    const from = cursor.offset;
    const keyword = KEYWORDS.find((keyword) => cursor.takeText(`# ${keyword} `));
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
    if (family === undefined || family.name !== name) return this.#beginFamily(name, from);
    if (family.hasSamples) this.#cursor.fail(`metadata of ${name} before its samples`, from);
    return family;
  }

  #readType(family: OpenMetricsFamily, from: number): void {
    const cursor = this.#cursor;
    if (family.type !== undefined) cursor.fail(`no second type of ${family.name}`, from);
    const start = cursor.offset;
    family.type = OPENMETRICS_TYPES.get(cursor.readWord());
    if (family.type === undefined) {
      const names = [...OPENMETRICS_TYPES.keys()].join(", ");
      cursor.fail(`one of the types ${names}`, start, cursor.offset);
    }
  }

  #readUnit(family: OpenMetricsFamily, from: number): void {
    const cursor = this.#cursor;
    if (family.unit !== undefined) cursor.fail(`no second unit of ${family.name}`, from);
    const start = cursor.offset;
    family.unit = cursor.readWord();
    if (family.unit !== "" && !family.name.endsWith(`_${family.unit}`)) {
      cursor.fail(`the name ${family.name} to end with "_${family.unit}"`, start, cursor.offset);
    }
  }

  #readHelp(family: OpenMetricsFamily, from: number): void {
    const cursor = this.#cursor;
    if (family.help !== undefined) cursor.fail(`no second help text of ${family.name}`, from);
    const start = cursor.offset;
    cursor.skipLine();
    family.help = cursor.unescape(start, cursor.offset, '"');
  }

  #readSample(): void {
    const cursor = this.#cursor;
    const from = cursor.offset;
    this.#series.readSeries();
    const { name, labels } = this.#series;
    if (!cursor.take(SPACE)) cursor.fail("a space");
    const valueFrom = cursor.offset;
    const value = readValue(cursor);
    const time = cursor.text.startsWith(" #", cursor.offset) ? undefined : this.#readTimestamp();
    const part = this.#partOf(name, from);
    const exemplar = this.#readExemplar(part);
    this.#family!.add(part, { from, name, labels, valueFrom, value, time, exemplar });
  }

  /** Reads an optional timestamp, and returns it in milliseconds. */
  #readTimestamp(): number | undefined {
    return this.#cursor.take(SPACE) ? readSeconds(this.#cursor) : undefined;
  }

  #readExemplar(part: Part): SampleExemplar | undefined {
    const cursor = this.#cursor;
    const from = cursor.offset + 1;
    if (!cursor.takeText(" # ")) return undefined;
    if (!part.canHaveExemplar) {
      cursor.fail("exemplars on counters and buckets only", from);
    }
    const { labels } = this.#series.readLabels();
    let length = 0;
    for (const text of labels) length += countCharacters(text);
    if (length > MAX_EXEMPLAR_LENGTH) {
      cursor.fail(`at most ${MAX_EXEMPLAR_LENGTH} characters in the labels of an exemplar`, from);
    }
    if (!cursor.take(SPACE)) cursor.fail("a space");
    const value = readValue(cursor);
    const time = this.#readTimestamp();
    return { labels, value, timestamp: time === undefined ? undefined : Math.round(time) + 0 };
  }

  /** Returns the part that a sample is of the current family. Begins a new family if it cannot belong to that. */
  #partOf(name: string, from: number): Part {
    if (this.#part !== undefined && this.#name === name) return this.#part;
    const current = this.#family;
    let part = current?.partOf(name);
    if (part === undefined) {
      if (current?.name === name) {
        this.#cursor.fail(`one of the samples ${current.sampleNames.join(", ")}`, from);
      }
      part = this.#beginFamily(name, from).partOf(name)!;
    }
    this.#reserveSampleNames(this.#family!);
    this.#name = name;
    return this.#part = part;
  }

  #beginFamily(name: string, from: number): OpenMetricsFamily {
    this.#finishFamily();
    const family = new OpenMetricsFamily(name, from, this.#cursor);
    const key = this.#keys.of(name);
    this.#family = family;
    this.#isReserved = this.#isRest = this.#types.has(key);
    if (this.#isRest) {
      family.type = this.#types.get(key);
      this.#cursor.fail(`all lines of ${name} together`, from);
    }
    return family;
  }

  #finishFamily(): void {
    const family = this.#family;
    this.#family = undefined;
    this.#part = undefined;
    if (family === undefined || this.#isRest) return;
    this.#reserveSampleNames(family);
    this.#types.set(this.#keys.of(family.name), family.type);
    this.#families.push(family.finish());
  }

  /** Reserves all sample names that the family could have, once its type is known. */
  #reserveSampleNames(family: OpenMetricsFamily): void {
    if (this.#isReserved) return;
    this.#isReserved = true;
    const cursor = this.#cursor;
    if (family.unit && !(family.type ?? UNKNOWN).canHaveUnit) {
      cursor.failEarlier(`no unit for ${family.name}, whose type has none`, family.from);
    }
    for (const name of family.sampleNames) {
      const key = this.#keys.of(name);
      const owner = this.#sampleOwners.get(key);
      if (owner !== undefined) {
        const taken = owner === name ? name : `${name}, which belong to ${owner}`;
        return cursor.failEarlier(`a family without samples named ${taken}`, family.from);
      }
      this.#sampleOwners.set(key, family.name);
    }
  }
}

function countCharacters(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}
