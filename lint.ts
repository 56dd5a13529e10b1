/**
 * The naming rules of Prometheus, as `promtool check metrics` implements them.
 *
 * @module
 */

import { type Family, PARTS } from "./model/family.ts";

/** A violation of a naming rule. */
export interface LintProblem {
  /** The name of the family. */
  readonly name: string;
  /** A description, without a final period. */
  readonly problem: string;
}

/** Returns the problem of a family, if any. `words` are the words of its name in lower case. */
type Rule = (family: Family, words: readonly string[]) => string | false | undefined;

/** For each base unit, the units that it should replace. */
const UNITS: Readonly<Record<string, readonly string[]>> = {
  seconds: ["minutes", "hours", "days", "weeks"],
  celsius: ["fahrenheit", "rankine"],
  kelvin: ["kelvins"],
  meters: ["inches", "yards", "miles"],
  metres: [],
  bytes: ["bits"],
  volts: [],
  amperes: [],
  joules: ["calories", "calorie"],
  grams: ["pounds", "ounces"],
};

const PREFIXES = [
  ...["pico", "nano", "micro", "milli", "centi", "deci", "deca", "hecto"],
  ...["kilo", "kibi", "mega", "mebi", "giga", "gibi", "tera", "tebi", "peta", "pebi"],
];

/** The base unit of each unit. */
const BASE_UNITS: ReadonlyMap<string, string> = new Map(
  Object.entries(UNITS).flatMap(([base, others]) =>
    [base, ...others].flatMap((unit) => ["", ...PREFIXES].map((prefix) => prefix + unit))
      .map((unit): [string, string] => [unit, base])
  ),
);

/** Abbreviated units. They are allowed as the first word of a name. */
const ABBREVIATIONS: ReadonlySet<string> = new Set(
  ["s", "ms", "us", "ns", "sec", "b", "kb", "mb", "gb", "tb", "pb", "m", "h", "d"],
);

const CAMEL_CASE = /[a-z][A-Z]/;

const RULES: readonly Rule[] = [
  ({ help }) => !help && "no help text",
  ({ name, type }) =>
    type === "counter"
      ? !name.endsWith("_total") && 'a counter should end in "_total"'
      : type !== "untyped" && name.endsWith("_total") && 'only a counter should end in "_total"',
  (_, words) => {
    const unit = words.find((word) => BASE_UNITS.has(word));
    const base = unit && BASE_UNITS.get(unit);
    return unit !== base && `use the base unit "${base}" instead of "${unit}"`;
  },
  (_, words) => {
    const unit = words.slice(1).find((word) => ABBREVIATIONS.has(word));
    return unit && `do not abbreviate units, such as "${unit}"`;
  },
  ({ type }, words) =>
    type !== "untyped" && type !== "info" && words.slice(1).includes(type) &&
    `do not put the type "${type}" into the name`,
  ({ name }) => name.includes(":") && "colons are for recording rules",
  ({ name }) => CAMEL_CASE.test(name) && "use snake_case instead of camelCase",
  ({ name, type }) => {
    const suffix = ["_bucket", "_sum", "_count"].find((suffix) => name.endsWith(suffix));
    return suffix && type !== "untyped" && PARTS[type] === undefined &&
      `only a histogram or a summary has samples that end in "${suffix}"`;
  },
  ({ type, samples }) => type !== "untyped" && reservedLabel(type, samples),
  ({ samples }) => {
    const label = labelNames(samples).find((label) => CAMEL_CASE.test(label));
    return label && `use snake_case instead of camelCase in the label "${label}"`;
  },
];

/**
 * Checks the names, types, help texts and labels of families, and returns the problems in the order of the families.
 *
 * ```ts
 * import { lint, Metric, Registry } from "@exporter/prometheus";
 *
 * const registry = new Registry();
 * registry.register({ collect: () => [new Metric("waiting_ms", { type: "counter" })] });
 * const { families } = await registry.gather();
 * for (const { name, problem } of lint(families)) console.log(`${name}: ${problem}`);
 * ```
 *
 * @throws {TypeError} If `families` is a text, which {@linkcode parseExposition} turns into families.
 * @see {@link https://prometheus.io/docs/practices/naming/}
 */
export function lint(families: Iterable<Family>): LintProblem[] {
  if (typeof families === "string") {
    throw new TypeError(
      "Cannot check families: expected parsed families, got a text; call parseExposition() first",
    );
  }
  const problems: LintProblem[] = [];
  for (const family of families) {
    const words = family.name.toLowerCase().split("_");
    for (const rule of RULES) {
      const problem = rule(family, words);
      if (problem) problems.push({ name: family.name, problem });
    }
  }
  return problems;
}

function labelNames(samples: Family["samples"]): string[] {
  return samples.flatMap(({ labels }) => labels.filter((_, i) => i % 2 === 0));
}

function reservedLabel(type: Family["type"], samples: Family["samples"]): string | undefined {
  const own = PARTS[type]?.label;
  const label = labelNames(samples).find((label) =>
    label !== own && (label === "le" || label === "quantile")
  );
  return label && `only a ${label === "le" ? "histogram" : "summary"} has the label "${label}"`;
}
