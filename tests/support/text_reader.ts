/**
 * A strict reader of the text format 0.0.4, written from its
 * {@link https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format | specification} alone, to check
 * what the library writes.
 *
 * It takes less than the format allows: tokens are separated by one space, and comments and empty lines are errors.
 *
 * @module
 */

/** One line with a value. */
export interface ReadSample {
  readonly name: string;
  readonly labels: ReadonlyMap<string, string>;
  readonly value: number;
  readonly timestamp: number | undefined;
}

/** What stands under one `# TYPE`. */
export interface ReadFamily {
  readonly name: string;
  readonly type: string;
  readonly help: string | undefined;
  readonly samples: readonly ReadSample[];
}

interface OpenFamily extends ReadFamily {
  readonly samples: ReadSample[];
  /** The last bound of each histogram or summary, by its other labels. */
  readonly bounds: Map<string, number>;
}

/** What a type appends to the name of its family, with the label that such samples, and no others, must have. */
const PARTS: Readonly<Record<string, Readonly<Record<string, string | undefined>>>> = {
  counter: { "": undefined },
  gauge: { "": undefined },
  untyped: { "": undefined },
  histogram: { _bucket: "le", _sum: undefined, _count: undefined },
  summary: { "": "quantile", _sum: undefined, _count: undefined },
};

const NAME = "[a-zA-Z_:][a-zA-Z0-9_:]*";
const LABEL = '[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\\]|\\\\[\\\\"n])*"';
const DECIMAL = "[+-]?(?:[0-9]+\\.?[0-9]*|\\.[0-9]+)(?:[eE][+-]?[0-9]+)?";

const HELP_LINE = new RegExp(`^# HELP (${NAME}) ((?:[^\\\\]|\\\\[\\\\n])*)$`);
const TYPE_LINE = new RegExp(`^# TYPE (${NAME}) ([a-z]+)$`);
const SAMPLE_LINE = new RegExp(
  `^(${NAME})(?:\\{(${LABEL}(?:,${LABEL})*)\\})? (${DECIMAL}|[+-]Inf|NaN)(?: (-?[0-9]+))?$`,
);

/**
 * Reads an exposition.
 *
 * @throws {SyntaxError} If anything in it is not as it should be; the message says in which line.
 */
export function readText(text: string): ReadFamily[] {
  if (text === "") return [];
  if (!text.endsWith("\n")) throw new SyntaxError("The last line does not end with a line feed");
  const reader = new Reader();
  for (const [i, line] of text.slice(0, -1).split("\n").entries()) {
    try {
      reader.read(line);
    } catch (error) {
      throw new SyntaxError(`Line ${i + 1}: ${(error as Error).message}: ${line}`);
    }
  }
  return reader.end();
}

class Reader {
  readonly #families: OpenFamily[] = [];
  /** Names of samples, and of families, with the family that they belong to. */
  readonly #names = new Map<string, string>();
  readonly #series = new Set<string>();
  /** A help text whose family is still to come. */
  #help: { readonly name: string; readonly text: string } | undefined;

  read(line: string): void {
    if (!line.startsWith("#")) return this.#readSample(line);
    if (line.startsWith("# HELP ")) return this.#readHelp(line);
    return this.#readType(line);
  }

  end(): ReadFamily[] {
    if (this.#help) throw new SyntaxError(`Family ${this.#help.name} has a help text only`);
    const empty = this.#families.find(({ samples }) => samples.length === 0);
    if (empty) throw new SyntaxError(`Family ${empty.name} has no samples`);
    return this.#families;
  }

  #readHelp(line: string): void {
    const [, name, text] = match(HELP_LINE, line);
    check(this.#help === undefined, "Two help texts in a row");
    check(!this.#names.has(name!), "The family was there");
    this.#help = { name: name!, text: text!.replace(/\\(.)/g, unescape) };
  }

  #readType(line: string): void {
    const [, name, type] = match(TYPE_LINE, line);
    const parts = PARTS[type!];
    check(parts !== undefined, "There is no such type");
    check(
      this.#help === undefined || this.#help.name === name,
      "The help text is of another family",
    );
    for (const claimed of new Set([name!, ...Object.keys(parts!).map((suffix) => name + suffix)])) {
      check(!this.#names.has(claimed), `${claimed} belongs to family ${this.#names.get(claimed)}`);
      this.#names.set(claimed, name!);
    }
    const help = this.#help?.text;
    this.#help = undefined;
    this.#families.push({ name: name!, type: type!, help, samples: [], bounds: new Map() });
  }

  #readSample(line: string): void {
    const [, name, pairs = "", value, timestamp] = match(SAMPLE_LINE, line);
    check(this.#help === undefined, "A help text without a type");
    const family = this.#families.at(-1);
    check(family !== undefined, "A sample before the first type");
    const labels = readLabels(pairs);
    this.#checkPart(family!, name!, labels);
    const series = JSON.stringify([name, [...labels].sort()]);
    check(!this.#series.has(series), "The series was there");
    this.#series.add(series);
    family!.samples.push({
      name: name!,
      labels,
      value: readNumber(value!),
      timestamp: timestamp === undefined ? undefined : Number(timestamp),
    });
  }

  #checkPart(family: OpenFamily, name: string, labels: ReadonlyMap<string, string>): void {
    const parts = PARTS[family.type]!;
    const suffix = Object.keys(parts).find((suffix) => name === family.name + suffix);
    check(suffix !== undefined, `Not a sample of ${family.type} ${family.name}`);
    const label = parts[suffix!];
    for (const reserved of Object.values(parts).filter((label) => label !== undefined)) {
      check(
        labels.has(reserved) === (label === reserved),
        `Label ${reserved} is missing or too much`,
      );
    }
    if (label !== undefined) checkRising(family, label, labels);
  }
}

/** Buckets and quantiles must appear in increasing numerical order. */
function checkRising(
  { bounds }: OpenFamily,
  label: string,
  labels: ReadonlyMap<string, string>,
): void {
  const text = labels.get(label)!;
  check(new RegExp(`^(?:${DECIMAL}|[+-]Inf)$`).test(text), `Label ${label} is not a number`);
  const others = JSON.stringify([...labels].filter(([name]) => name !== label).sort());
  const bound = readNumber(text);
  check(bound >= (bounds.get(others) ?? -Infinity), `Label ${label} is less than that before`);
  bounds.set(others, bound);
}

function readLabels(pairs: string): Map<string, string> {
  const labels = new Map<string, string>();
  for (const [pair] of pairs.matchAll(new RegExp(LABEL, "g"))) {
    const end = pair.indexOf("=");
    const name = pair.slice(0, end);
    check(!labels.has(name), `Label ${name} is there twice`);
    const value = pair.slice(end + 2, -1).replace(/\\(.)/g, unescape);
    check(value !== "", `Label ${name} is empty`);
    labels.set(name, value);
  }
  return labels;
}

function unescape(_: string, character: string): string {
  return character === "n" ? "\n" : character;
}

function readNumber(text: string): number {
  return Number(text.replace("Inf", "Infinity"));
}

function match(pattern: RegExp, line: string): RegExpExecArray {
  const found = pattern.exec(line);
  if (found === null) throw new SyntaxError("Not a line of the format");
  return found;
}

function check(isSo: boolean, otherwise: string): asserts isSo {
  if (!isSo) throw new SyntaxError(otherwise);
}
