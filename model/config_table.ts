/**
 * Checked access to the tables of a parsed TOML file.
 *
 * @module
 */

import { describe } from "./describe.ts";
import { suggest } from "./suggest.ts";

/** A problem in a configuration. */
export interface ConfigProblem {
  /** The TOML key, such as `metrics.doors_open.labels.floor`. Empty for the file itself and its top level. */
  readonly path: string;
  /** A description, on one line. */
  readonly message: string;
}

/** The keys that lead to a value, and the indexes of arrays on the way. */
export type TomlPath = readonly (string | number)[];

/** A table of a configuration. It checks values when they are read, and reports problems to a list instead of throwing. */
export class Table {
  readonly #entries: ReadonlyMap<string, unknown>;
  readonly #path: TomlPath;
  readonly #problems: ConfigProblem[];

  /** Creates a table from a parsed value at a path. Problems are appended to the list. */
  constructor(
    value: Readonly<Record<string, unknown>>,
    path: TomlPath,
    problems: ConfigProblem[],
  ) {
    this.#entries = new Map(Object.entries(value));
    this.#path = path;
    this.#problems = problems;
  }

  /** Returns the keys, in the order of the file. */
  keys(): Iterable<string> {
    return this.#entries.keys();
  }

  /** Returns the value of a key, converted; undefined if there is none, or if `convert` rejects it by returning undefined. */
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

  /** Like {@linkcode Table.take}, for a secret: problems name the type of the value, not the value. */
  takeSecret<T>(
    key: string,
    expected: string,
    convert: (value: unknown) => T | undefined,
  ): T | undefined {
    const value = this.#entries.get(key);
    if (value === undefined) return undefined;
    const converted = convert(value);
    if (converted === undefined) this.report(`expected ${expected}, got ${typeOf(value)}`, key);
    return converted;
  }

  /**
   * Returns the table of a key, which is empty if the key is missing.
   *
   * @param convert Accepts a table, and whatever else can stand for one.
   */
  table(key: string, convert: typeof toTable = toTable): Table {
    const value = this.take(key, "a table", convert) ?? {};
    return new Table(value, [...this.#path, key], this.#problems);
  }

  /** Like {@linkcode Table.table}, for a table of secrets. */
  secretTable(key: string): Table {
    const value = this.takeSecret(key, "a table", toTable) ?? {};
    return new Table(value, [...this.#path, key], this.#problems);
  }

  /** Returns the tables of an array of tables, which is empty if the key is missing. */
  tables(key: string): Table[] {
    const values = this.take(key, "an array of tables", toTables) ?? [];
    return values.map((value, i) => new Table(value, [...this.#path, key, i], this.#problems));
  }

  /** Returns whether the table has a key. */
  has(key: string): boolean {
    return this.#entries.has(key);
  }

  /** Returns the unchecked entries with these keys. */
  pick(keys: readonly string[]): Record<string, unknown> {
    return Object.fromEntries([...this.#entries].filter(([key]) => keys.includes(key)));
  }

  /** Reports every key that is not listed. */
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

  /** Reports a problem with this table, or with one of its keys. */
  report(message: string, key?: string): void {
    this.#problems.push({ path: this.pathOf(key), message });
  }

  /** Returns the path of this table, or of one of its keys, in TOML syntax. */
  pathOf(key?: string): string {
    return formatTomlPath(key === undefined ? this.#path : [...this.#path, key]);
  }
}

/** Returns a path in TOML syntax, with the indexes of arrays in brackets: `metrics[0].name`. */
export function formatTomlPath(path: TomlPath): string {
  return path.map((key, i) => {
    if (typeof key === "number") return `[${key}]`;
    return (i > 0 ? "." : "") + (/^[\w-]+$/.test(key) ? key : JSON.stringify(key));
  }).join("");
}

function toTables(value: unknown): readonly Record<string, unknown>[] | undefined {
  return Array.isArray(value) && value.every(isTable) ? value : undefined;
}

/** Accepts a table. */
export function toTable(value: unknown): Record<string, unknown> | undefined {
  return isTable(value) ? value : undefined;
}

function isTable(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) &&
    !(value instanceof Date);
}

function typeOf(value: unknown): string {
  return typeof value === "object" ? describeToml(value) : `a ${typeof value}`;
}

function describeToml(value: unknown): string {
  if (value instanceof Date) return "a date";
  return isTable(value) ? "a table" : describe(value);
}
