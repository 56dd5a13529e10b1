/**
 * Labels: the names and values that distinguish the series of a metric.
 *
 * @module
 */

import { describe } from "./model/describe.ts";
import { escapeLabelValue } from "./model/escape.ts";
import {
  expectedName,
  isLabelName,
  isReservedLabelName,
  isUtf8Name,
  writeLabelName,
} from "./model/names.ts";
import type { Logger } from "./model/logger.ts";
import { checkNames } from "./model/options.ts";

/** The input for labels: an object, or pairs of name and value, such as a `Map` or other labels. */
export type LabelsInit =
  | Readonly<Record<string, string>>
  | Iterable<readonly [string, string]>;

/** Options of {@linkcode Labels}. */
export interface LabelsOptions {
  /**
   * Whether names can be any text, not only letters, digits and underscores. Copies keep this option.
   *
   * @default {false}
   */
  utf8Names?: boolean;
  /** Logs each label that is set, at level debug. Copies keep this option. */
  logger?: Logger;
}

const OPTIONS: readonly (keyof LabelsOptions)[] = ["utf8Names", "logger"];

/**
 * A map of label names to label values, in insertion order.
 *
 * Without `utf8Names`, names must match `[a-zA-Z_][a-zA-Z0-9_]*`. Names that begin with `__` are reserved for Prometheus. Values
 * must not be empty, because to Prometheus an empty value is the same as no label. Lone surrogates in values, which UTF-8 cannot
 * encode, are replaced by U+FFFD.
 *
 * ```ts
 * import { Labels } from "@exporter/prometheus";
 *
 * const labels = new Labels({ site: "north" });
 * labels.set("floor", "1");
 * console.log(`${labels}`); // site="north",floor="1"
 * ```
 *
 * @see {@link https://prometheus.io/docs/concepts/data_model/#metric-names-and-labels}
 */
export class Labels extends Map<string, string> {
  readonly #logger: Logger | undefined;
  readonly #utf8Names: boolean;

  /**
   * Creates labels from an object or pairs.
   *
   * @throws {TypeError} If a name or a value is not a string, `init` is neither an object nor iterable, or an option is unknown.
   * @throws {RangeError} If a name is invalid, or a value is empty.
   */
  constructor(init: LabelsInit = {}, options: LabelsOptions = {}) {
    super();
    checkNames("Cannot create labels", options, OPTIONS);
    this.#logger = options.logger;
    this.#utf8Names = options.utf8Names ?? false;
    this.update(init);
  }

  /** The logger, if there is one. */
  get logger(): Logger | undefined {
    return this.#logger;
  }

  /**
   * Sets a label.
   *
   * @throws {TypeError} If the name or the value is not a string.
   * @throws {RangeError} If the name is invalid, or the value is empty.
   */
  override set(name: string, value: string): this {
    assertLabel(name, value, this.#utf8Names);
    return this.#put(name, value);
  }

  /**
   * Sets several labels, or none of them if one is invalid.
   *
   * @throws {TypeError} If a name or a value is not a string, or `init` is neither an object nor iterable.
   * @throws {RangeError} If a name is invalid, or a value is empty.
   */
  update(init: LabelsInit): this {
    const entries = [...labelEntries(init)];
    for (const entry of entries) assertPair(entry);
    for (const [name, value] of entries) assertLabel(name, value, this.#utf8Names);
    for (const [name, value] of entries) this.#put(name, value);
    return this;
  }

  /** Returns a copy with the same options. */
  copy(): Labels {
    const utf8Names = this.#utf8Names;
    return new Labels(this, { utf8Names, ...(this.#logger && { logger: this.#logger }) });
  }

  /** Returns the labels in the text format, without braces: `a="1",b="2"`. */
  override toString(): string {
    const pairs: string[] = [];
    for (const [name, value] of this) {
      pairs.push(`${writeLabelName(name)}="${escapeLabelValue(value)}"`);
    }
    return pairs.join(",");
  }

  #put(name: string, value: string): this {
    this.#logger?.debug("label set", { name, value });
    return super.set(name, value.toWellFormed());
  }
}

/**
 * Checks labels like {@linkcode Labels} and returns alternating names and values, at a fraction of the cost of a map.
 *
 * @throws {TypeError} If a name or a value is not a string, or `init` is neither an object nor iterable.
 * @throws {RangeError} If a name is invalid, or a value is empty.
 */
export function flatLabels(init: LabelsInit, utf8Names: boolean): readonly string[] {
  const flat: string[] = [];
  if (typeof init !== "object" || init === null || isIterable(init)) {
    for (const [name, value] of new Labels(init, { utf8Names })) flat.push(name, value);
    return flat;
  }
  for (const name of Object.keys(init)) {
    const value = init[name]!;
    assertLabel(name, value, utf8Names);
    flat.push(name, value.toWellFormed());
  }
  return flat;
}

/** Returns the pairs of name and value, unchecked. */
export function labelEntries(init: LabelsInit): Iterable<readonly [string, string]> {
  if (typeof init !== "object" || init === null) {
    throw new TypeError(`Cannot read labels: expected an object or pairs, got ${describe(init)}`);
  }
  return isIterable(init) ? init : Object.entries(init);
}

function isIterable(init: LabelsInit): init is Iterable<readonly [string, string]> {
  return Symbol.iterator in init;
}

function assertPair(entry: unknown): void {
  if (Array.isArray(entry) && entry.length === 2) return;
  throw new TypeError(
    `Cannot read labels: expected pairs of name and value, got ${describe(entry)}`,
  );
}

function assertLabel(name: unknown, value: unknown, utf8Names: boolean): void {
  if (typeof name !== "string") {
    throw new TypeError(`Cannot set label: expected a string as name, got ${describe(name)}`);
  }
  if (!(utf8Names ? isUtf8Name(name) : isLabelName(name))) {
    throw new RangeError(
      `Cannot set label "${name}": expected a ${expectedName("label", utf8Names)}`,
    );
  }
  if (isReservedLabelName(name)) {
    throw new RangeError(`Cannot set label "${name}": names that begin with "__" are reserved`);
  }
  if (typeof value !== "string") {
    throw new TypeError(
      `Cannot set label "${name}": expected a string as value, got ${describe(value)}`,
    );
  }
  if (value === "") {
    throw new RangeError(`Cannot set label "${name}": expected a value that is not empty`);
  }
}
