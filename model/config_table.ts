/**
 * Checked access to what the TOML parser gives.
 *
 * @module
 */

import { describe } from "./describe.ts";
import { suggest } from "./suggest.ts";

/** One thing that is wrong with a configuration. */
export interface ConfigProblem {
  /** Where, as a TOML key: `metrics.doors_open.labels.floor`. Empty: the file itself, or its top level. */
  readonly path: string;
  /** What is wrong, on one line. */
  readonly message: string;
}

/** A table of a configuration. Its values are checked as they are taken; what is wrong with them is noted, not thrown. */
export class Table {
  readonly #entries: ReadonlyMap<string, unknown>;
  readonly #path: readonly string[];
  readonly #problems: ConfigProblem[];

  /** Makes a table of what the parser gave, at a path, with a list to note problems in. */
  constructor(
    value: Readonly<Record<string, unknown>>,
    path: readonly string[],
    problems: ConfigProblem[],
  ) {
    this.#entries = new Map(Object.entries(value));
    this.#path = path;
    this.#problems = problems;
  }

  /** The keys, in the order of the file. */
  keys(): Iterable<string> {
    return this.#entries.keys();
  }

  /** The value of a key as `convert` returns it, or undefined if there is none or it is not as expected. */
  take<T>(
    key: string,
    expected: string,
    convert: (value: unknown) => T | undefined,
  ): T | undefined {
    if (!this.#entries.has(key)) return undefined;
    const value = this.#entries.get(key);
    const converted = convert(value);
    if (converted === undefined) {
      this.report(`expected ${expected}, got ${describeToml(value)}`, key);
    }
    return converted;
  }

  /** The table of a key; an empty one if there is none. */
  table(key: string): Table {
    const value = this.take(key, "a table", toTable) ?? {};
    return new Table(value, [...this.#path, key], this.#problems);
  }

  /** The values of some keys, as they are. */
  pick(keys: readonly string[]): Record<string, unknown> {
    return Object.fromEntries([...this.#entries].filter(([key]) => keys.includes(key)));
  }

  /** Notes every key that is not among the known ones. */
  checkKeys(known: readonly string[]): void {
    for (const key of this.#entries.keys()) {
      if (known.includes(key)) continue;
      const near = suggest(key, known);
      const hint = near === undefined
        ? `expected one of ${known.join(", ")}`
        : `did you mean ${JSON.stringify(near)}?`;
      this.report(`unknown key ${describe(key)}, ${hint}`);
    }
  }

  /** Notes a problem with this table, or with a key in it. */
  report(message: string, key?: string): void {
    this.#problems.push({ path: this.pathOf(key), message });
  }

  /** The path of this table, or of a key in it, as TOML writes it. */
  pathOf(key?: string): string {
    const keys = key === undefined ? this.#path : [...this.#path, key];
    return keys.map((key) => /^[\w-]+$/.test(key) ? key : JSON.stringify(key)).join(".");
  }
}

function toTable(value: unknown): Record<string, unknown> | undefined {
  return isTable(value) ? value : undefined;
}

function isTable(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) &&
    !(value instanceof Date);
}

function describeToml(value: unknown): string {
  if (value instanceof Date) return "a date";
  return isTable(value) ? "a table" : describe(value);
}
