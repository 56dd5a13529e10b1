/**
 * The labels that an instrument or a family declares: their names, and optionally their values.
 *
 * @module
 */

import { describe } from "./describe.ts";
import { expectedName, isLabelName, isReservedLabelName, isUtf8Name } from "./names.ts";

/**
 * The labels of an instrument: a list of names, or an object from each name to its allowed values, or to `String` for any value.
 *
 * ```ts
 * import type { LabelSpec } from "@exporter/prometheus";
 *
 * const names: LabelSpec = ["method", "route"];
 * const values: LabelSpec = { method: ["GET", "POST"], route: String };
 * ```
 */
export type LabelSpec =
  | readonly string[]
  | Readonly<Record<string, readonly string[] | StringConstructor>>;

/** The names of the labels of a specification. */
export type LabelName<S extends LabelSpec> = S extends readonly string[] ? S[number]
  : Extract<keyof S, string>;

/** A value for each label of a specification. */
export type LabelValues<S extends LabelSpec> = S extends readonly []
  ? Readonly<Record<string, never>>
  : S extends readonly string[] ? Readonly<Record<S[number], string>>
  : { readonly [N in keyof S]: S[N] extends readonly (infer V)[] ? V : string };

/** The arguments that select a child: an object of values by name, or, if the labels are a list, the values in its order. */
export type LabelArguments<S extends LabelSpec> =
  | [values: LabelValues<S>]
  | (S extends readonly string[] ? { [I in keyof S]: string } : never);

/** Shortens a label value that is too long. */
export type Shorten = (value: string) => string;

/** The checked labels of an instrument or a family. */
export class LabelSchema {
  /** The names, in order. */
  readonly names: readonly string[];
  /** Whether each label can have any value. */
  readonly isOpen: boolean;
  readonly #action: string;
  readonly #allowed: readonly (ReadonlySet<string> | undefined)[];

  /**
   * Checks a specification.
   *
   * @param owner What error messages call it: `counter "jobs_total"`.
   * @param reserved The labels that the owner adds itself.
   * @param utf8Names Whether a name can be any text.
   * @param action How errors of {@linkcode LabelSchema.values} begin.
   * @throws {TypeError} If a name or an allowed value is not a string.
   * @throws {RangeError} If a name is invalid, reserved or not unique, or if no value is allowed.
   */
  constructor(
    owner: string,
    spec: LabelSpec,
    reserved: readonly string[],
    utf8Names: boolean = false,
    action: string = `Cannot find series of ${owner}`,
  ) {
    const entries = isList(spec)
      ? spec.map((name) => [name, undefined] as const)
      : Object.entries(spec).map(([name, values]) => [name, allowedOf(values)] as const);
    const seen = new Set<string>(reserved);
    for (const [name, allowed] of entries) {
      checkName(owner, name, seen, utf8Names);
      seen.add(name);
      if (allowed !== undefined) checkAllowed(owner, name, allowed);
    }
    this.#action = action;
    this.names = Object.freeze(entries.map(([name]) => name));
    this.#allowed = entries.map(([, allowed]) => allowed && new Set(allowed));
    this.isOpen = this.#allowed.every((allowed) => allowed === undefined);
  }

  /** Returns every combination of allowed values; none if a label can have any value. */
  combinations(): string[][] {
    let combinations: string[][] = [[]];
    for (const allowed of this.#allowed) {
      const values = [...allowed ?? []];
      combinations = combinations.flatMap((head) => values.map((value) => [...head, value]));
    }
    return combinations;
  }

  /**
   * Returns the values of arguments in the order of the names.
   *
   * @param shorten Is applied to values that are not declared.
   * @throws {TypeError} If a value is missing or not a string, or there are too many.
   * @throws {RangeError} If a value is not allowed.
   */
  values(args: readonly unknown[], shorten: Shorten = unchanged): string[] {
    const [first] = args;
    const isObject = typeof first === "object" && first !== null;
    const values = isObject
      ? this.names.map((name) => (first as Record<string, unknown>)[name])
      : args;
    const count = isObject ? Object.keys(first).length : args.length;
    if (count !== this.names.length || values.some((value) => typeof value !== "string")) {
      throw new TypeError(
        `${this.#action}: expected a string for each of ${
          this.names.map((name) => `"${name}"`).join(", ") || "no labels"
        }, got ${
          isObject ? listed(Object.entries(first)) : args.map(describe).join(", ") || "nothing"
        }`,
      );
    }
    for (const [i, value] of (values as string[]).entries()) {
      const allowed = this.#allowed[i];
      if (allowed === undefined || allowed.has(value)) continue;
      throw new RangeError(
        `${this.#action}: expected label "${this.names[i]}" to be one of ${
          [...allowed].map((value) => JSON.stringify(value)).join(", ")
        }, got ${describe(value)}`,
      );
    }
    return (values as string[]).map((value, i) =>
      this.#allowed[i] === undefined ? shorten(value).toWellFormed() : value
    );
  }
}

function unchanged(value: string): string {
  return value;
}

function isList(spec: LabelSpec): spec is readonly string[] {
  return Array.isArray(spec);
}

function allowedOf(values: readonly string[] | StringConstructor): readonly string[] | undefined {
  return values === String ? undefined : values as readonly string[];
}

function listed(entries: [string, unknown][]): string {
  return entries.map(([name, value]) => `${name}: ${describe(value)}`).join(", ") || "{}";
}

function checkName(
  owner: string,
  name: unknown,
  seen: ReadonlySet<string>,
  utf8Names: boolean,
): void {
  if (typeof name !== "string") {
    throw new TypeError(
      `Cannot create ${owner}: expected a string as label name, got ${describe(name)}`,
    );
  }
  if (!(utf8Names ? isUtf8Name(name) : isLabelName(name))) {
    throw new RangeError(
      `Cannot create ${owner}: expected a label ${expectedName("label", utf8Names)}, got "${name}"`,
    );
  }
  if (isReservedLabelName(name) || seen.has(name)) {
    throw new RangeError(`Cannot create ${owner}: label "${name}" is reserved or occurs twice`);
  }
}

function checkAllowed(owner: string, name: string, values: readonly string[]): void {
  if (!Array.isArray(values) || values.some((value) => typeof value !== "string")) {
    throw new TypeError(
      `Cannot create ${owner}: expected String or a list of strings for label "${name}"`,
    );
  }
  if (values.length === 0) {
    throw new RangeError(`Cannot create ${owner}: no value of label "${name}" is allowed`);
  }
  if (!values.every((value) => value.isWellFormed())) {
    throw new RangeError(
      `Cannot create ${owner}: expected values without lone surrogates for label "${name}"`,
    );
  }
}
