/**
 * A strict reader of OpenMetrics 2.0.0-rc0, written from its
 * {@link https://prometheus.io/docs/specs/om/open_metrics_spec_2_0/ | specification} alone, to check what the library writes.
 *
 * It takes less than the format allows: what should be is demanded, and families without samples or types are errors.
 *
 * @module
 */

/** An exemplar. */
export interface ReadExemplar {
  readonly labels: ReadonlyMap<string, string>;
  readonly value: number;
  /** In milliseconds, as all times here. */
  readonly timestamp: number;
}

/** The native buckets of a histogram. */
export interface ReadNative {
  readonly schema: number;
  readonly zeroThreshold: number;
  readonly zeroCount: number;
  /** Indices of buckets with what they count, those next to 0 first. */
  readonly negative: readonly (readonly [index: number, count: number])[];
  readonly positive: readonly (readonly [index: number, count: number])[];
}

/** The value of a histogram or a summary. */
export interface ReadComposite {
  readonly count: number;
  readonly sum: number;
  readonly native: ReadNative | undefined;
  /** The classic buckets or the quantiles, as they are written. */
  readonly parts: readonly (readonly [bound: string, value: number])[] | undefined;
}

/** One line with a value. */
export interface ReadSample {
  readonly labels: ReadonlyMap<string, string>;
  readonly value: number | ReadComposite;
  readonly timestamp: number | undefined;
  readonly start: number | undefined;
  readonly exemplars: readonly ReadExemplar[];
}

/** What stands under one `# TYPE`. */
export interface ReadFamily {
  readonly name: string;
  readonly type: string;
  unit: string | undefined;
  help: string | undefined;
  readonly samples: ReadSample[];
}

/** What each type may have; the fields of composite values as a pattern. */
const TYPES: Readonly<Record<string, { fields?: RegExp; start?: true; exemplars?: RegExp }>> = {
  unknown: {},
  gauge: {},
  info: {},
  stateset: {},
  counter: { start: true, exemplars: /^.?$/ },
  summary: { start: true, fields: /^count sum quantile$/ },
  histogram: { start: true, fields: histogramFields(""), exemplars: /^/ },
  gaugehistogram: { fields: histogramFields("g"), exemplars: /^/ },
};

function histogramFields(prefix: string): RegExp {
  const side = (name: string) => `( ${name}_spans ${name}_buckets)?`;
  const native = `schema zero_threshold zero_count${side("negative")}${side("positive")}`;
  return new RegExp(`^${prefix}count ${prefix}sum (bucket|${native}( bucket)?)$`);
}

const QUOTED = '"(?:[^"\\\\]|\\\\[\\\\"n])*"';
const NAME = "[a-zA-Z_:][a-zA-Z0-9_:]*";
const LABEL = `(?:[a-zA-Z_][a-zA-Z0-9_]*|${QUOTED})=${QUOTED}`;
const LABELS = `(?:${LABEL}(?:,${LABEL})*)?`;
const REAL = "[+-]?(?:[0-9]+(?:\\.[0-9]*)?|\\.[0-9]+)(?:e[+-]?[0-9]+)?";
const NUMBER = `(?:${REAL}|[+-]Inf|NaN)`;
const SECONDS = "-?[0-9]+(?:\\.[0-9]*[1-9])?";
const EXEMPLAR = ` # \\{(${LABELS})\\} (${NUMBER}) (${SECONDS})`;

const METADATA = new RegExp(`^# (TYPE|UNIT|HELP) (${NAME}|${QUOTED}) (.+)$`, "s");
const SAMPLE = new RegExp(
  `^(?:(${NAME})(?:\\{(${LABELS})\\})?|\\{(${QUOTED})((?:,${LABEL})*)\\}) ` +
    `(${NUMBER}|\\{[^ {}]+\\})(?: (${SECONDS}))?(?: st@(${SECONDS}))?` +
    `((?:${EXEMPLAR.replaceAll("(", "(?:").replaceAll("(?:?:", "(?:")})*)$`,
  "s",
);
const FIELD = /(\w+):(\[[^\]]*\]|[^,[\]]+)(,(?!$)|$)/y;

/**
 * Reads an exposition.
 *
 * @throws {SyntaxError} If anything in it is not as it should be; the message says in which line.
 */
export function readOpenMetrics2(text: string): ReadFamily[] {
  if (!/(?:^|\n)# EOF\n$/.test(text)) throw new SyntaxError("It does not end in # EOF");
  const reader = new Reader();
  for (const [i, line] of text.split("\n").slice(0, -2).entries()) {
    try {
      reader.read(line);
    } catch (error) {
      throw new SyntaxError(`Line ${i + 1}: ${(error as Error).message}: ${line}`);
    }
  }
  return reader.end();
}

class Reader {
  readonly #families: ReadFamily[] = [];
  readonly #names = new Set<string>();
  readonly #series = new Set<string>();
  /** How the name of the family is written. */
  #written = "";

  read(line: string): void {
    if (line.startsWith("#")) this.#readMetadata(line);
    else this.#readSample(line);
  }

  end(): ReadFamily[] {
    const empty = this.#families.find(({ samples }) => samples.length === 0);
    if (empty) throw new SyntaxError(`Family ${empty.name} has no samples`);
    return this.#families;
  }

  #readMetadata(line: string): void {
    const [, keyword, written = "", rest = ""] = match(METADATA, line);
    if (keyword === "TYPE") return this.#begin(written, rest);
    const family = this.#families.at(-1);
    check(family !== undefined && written === this.#written, "It is of another family");
    check(family.samples.length === 0, "It comes after samples");
    check(family.help === undefined, "It comes after the help text");
    if (keyword === "HELP") {
      check(/^(?:[^"\\]|\\[\\"n])+$/s.test(rest), "A help text that is not escaped");
      family.help = unescape(rest);
    } else {
      check(family.unit === undefined, "A second unit");
      check(/^[a-zA-Z0-9_:]+$/.test(rest), "Not a unit");
      check(family.type !== "info" && family.type !== "stateset", "A unit of what has none");
      family.unit = rest;
    }
  }

  #begin(written: string, type: string): void {
    const name = readName(written);
    check(type in TYPES, "There is no such type");
    check(!this.#names.has(name), "The family was there");
    check(type !== "info" || name.endsWith("_info"), "The name of an info");
    this.#names.add(name);
    this.#written = written;
    this.#families.push({ name, type, unit: undefined, help: undefined, samples: [] });
  }

  #readSample(line: string): void {
    const [, bare, pairs, quoted, morePairs, value = "", timestamp, start, exemplars = ""] = match(
      SAMPLE,
      line,
    );
    const family = this.#families.at(-1);
    check(family !== undefined && (bare ?? quoted) === this.#written, "It is of another family");
    const labels = readLabels(pairs ?? morePairs ?? "");
    const series = JSON.stringify([family.name, [...labels].sort()]);
    check(!this.#series.has(series), "The series was there");
    this.#series.add(series);
    const sample: ReadSample = {
      labels,
      value: value.startsWith("{") ? readComposite(family, value) : readNumber(value),
      timestamp: timestamp === undefined ? undefined : milliseconds(timestamp),
      start: start === undefined ? undefined : milliseconds(start),
      exemplars: Array.from(exemplars.matchAll(new RegExp(EXEMPLAR, "gs")), readExemplar),
    };
    checkSample(family, sample);
    family.samples.push(sample);
  }
}

function checkSample({ name, type }: ReadFamily, sample: ReadSample): void {
  const { labels, value, start, exemplars } = sample;
  const { fields, start: mayStart, exemplars: count } = TYPES[type]!;
  check((typeof value === "number") === (fields === undefined), "Not a value of this type");
  check(start === undefined || mayStart === true, "It has no start");
  check((count ?? /^$/).test(".".repeat(exemplars.length)), "Too many exemplars");
  if (type === "counter") check(value as number >= 0, "A counter below 0");
  if (type === "info") check(value === 1, "An info that is not 1");
  if (type === "stateset") {
    check(value === 0 || value === 1, "A state that is neither true nor false");
    check(labels.has(name), "A state without a name");
  }
  if (type === "summary") check(!labels.has("quantile"), "A label that only its parts have");
  if (type.endsWith("histogram")) check(!labels.has("le"), "A label that only its parts have");
}

function readComposite({ type }: ReadFamily, text: string): ReadComposite {
  const fields = readFields(text.slice(1, -1));
  const keys = [...fields.keys()].join(" ");
  check(TYPES[type]!.fields?.test(keys) === true, `Fields ${keys}`);
  const prefix = type === "gaugehistogram" ? "g" : "";
  const count = readNumber(fields.get(`${prefix}count`)!);
  const sum = readNumber(fields.get(`${prefix}sum`)!);
  const native = fields.has("schema") ? readNative(fields) : undefined;
  const list = fields.get("bucket") ?? fields.get("quantile");
  const parts = list === undefined ? undefined : readParts(list);
  const composite = { count, sum, native, parts };
  if (type === "summary") checkSummary(composite);
  else checkHistogram(composite, type);
  return composite;
}

function checkSummary({ count, sum, parts = [] }: ReadComposite): void {
  check(count >= 0 && Number.isInteger(count) && sum >= 0, "Totals that cannot be");
  for (const [quantile, value] of parts) {
    check(Number(quantile) >= 0 && Number(quantile) <= 1, "A quantile that cannot be");
    check(!(value < 0), "A quantile of less than 0");
  }
}

function checkHistogram({ count, sum, native, parts }: ReadComposite, type: string): void {
  check(Number.isFinite(count) && (count >= 0 || type === "gaugehistogram"), "A count");
  if (parts !== undefined) {
    check(parts.at(-1)?.[0] === "+Inf" && parts.at(-1)?.[1] === count, "A last bucket");
    for (const [i, [, value]] of parts.entries()) {
      check(Number.isFinite(value), "A bucket that is not finite");
      check(value >= (parts[i - 1]?.[1] ?? (type === "histogram" ? 0 : -Infinity)), "It falls");
    }
  }
  if (native !== undefined) {
    const { zeroCount, negative, positive } = native;
    const all = [...negative, ...positive].reduce((sum, [, count]) => sum + count, zeroCount);
    check(all === count || Number.isNaN(sum) && all < count, "Native buckets against the count");
  }
}

function readFields(text: string): Map<string, string> {
  const fields = new Map<string, string>();
  for (FIELD.lastIndex = 0; FIELD.lastIndex < text.length;) {
    const [, key = "", value = ""] = match(FIELD, text);
    check(!fields.has(key), `Field ${key} is there twice`);
    fields.set(key, value);
  }
  return fields;
}

function readNative(fields: ReadonlyMap<string, string>): ReadNative {
  const schema = readInteger(fields.get("schema")!);
  const zeroThreshold = readNumber(fields.get("zero_threshold")!);
  check(schema >= -4 && schema <= 8, "A schema that there is not");
  check(zeroThreshold >= 0 && zeroThreshold < Infinity, "A threshold that cannot be");
  const side = (name: string) =>
    readBuckets(fields.get(`${name}_spans`) ?? "[]", fields.get(`${name}_buckets`) ?? "[]");
  const zeroCount = readNumber(fields.get("zero_count")!);
  return {
    schema,
    zeroThreshold,
    zeroCount,
    negative: side("negative"),
    positive: side("positive"),
  };
}

function readBuckets(spans: string, buckets: string): [index: number, count: number][] {
  const counts = list(buckets).map(readNumber);
  const indices: number[] = [];
  let next = 0;
  for (const [i, span] of list(spans).entries()) {
    const [offset = NaN, length = NaN, ...rest] = span.split(":").map(readInteger);
    check(rest.length === 0 && length > 0 && (i === 0 || offset > 0), "A span that cannot be");
    next += offset;
    for (let i = 0; i < length; i++) indices.push(next++);
  }
  check(indices.length === counts.length, "Spans that do not fit the buckets");
  check(counts.every((count) => count >= 0), "A bucket below 0");
  return indices.map((index, i) => [index, counts[i]!]);
}

/** Reads buckets or quantiles, which rise. */
function readParts(text: string): [bound: string, value: number][] {
  let last = -Infinity;
  return list(text).map((entry) => {
    const [bound = "", value = "", ...rest] = entry.split(":");
    check(rest.length === 0 && readNumber(bound) > last, "Bounds that do not rise");
    last = readNumber(bound);
    return [bound, readNumber(value)];
  });
}

function list(text: string): string[] {
  check(text.startsWith("[") && text.endsWith("]"), "Not a list");
  return text === "[]" ? [] : text.slice(1, -1).split(",");
}

function readExemplar([, pairs = "", value = "", seconds = ""]: RegExpExecArray): ReadExemplar {
  const labels = readLabels(pairs);
  return { labels, value: readNumber(value), timestamp: milliseconds(seconds) };
}

function readLabels(pairs: string): Map<string, string> {
  const labels = new Map<string, string>();
  for (
    const [, written = "", value = ""] of pairs.matchAll(
      /([^=",]+|"(?:[^"\\]|\\.)*")="((?:[^"\\]|\\.)*)"/gs,
    )
  ) {
    const name = readName(written);
    check(!labels.has(name), `Label ${name} is there twice`);
    check(value !== "", `Label ${name} is empty`);
    labels.set(name, unescape(value));
  }
  return labels;
}

/** A name, which is in quotes only if it has to be. */
function readName(written: string): string {
  if (!written.startsWith('"')) return written;
  const name = unescape(written.slice(1, -1));
  check(name !== "", "A name that is empty");
  return name;
}

function unescape(text: string): string {
  return text.replace(/\\(.)/g, (_, character) => character === "n" ? "\n" : character);
}

function readNumber(text: string): number {
  match(new RegExp(`^${NUMBER}$`), text);
  return Number(text.replace("Inf", "Infinity"));
}

function readInteger(text: string): number {
  match(/^[+-]?[0-9]+$/, text);
  return Number(text);
}

function milliseconds(seconds: string): number {
  return Math.round(Number(seconds) * 1000);
}

function match(pattern: RegExp, text: string): RegExpExecArray {
  const found = pattern.exec(text);
  if (found === null) throw new SyntaxError("It is not of the format");
  return found;
}

function check(isSo: boolean, otherwise: string): asserts isSo {
  if (!isSo) throw new SyntaxError(otherwise);
}
