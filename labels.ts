/**
 * Labels: the names and values that tell one series of a metric from another.
 *
 * ```ts
 * import { Labels } from "@exporter/prometheus";
 *
 * const labels = new Labels({ site: "north" });
 * labels.set("floor", "1");
 * console.log(`${labels}`); // site="north",floor="1"
 * ```
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

/** What labels can be made from: an object, or name and value pairs such as a `Map` or other labels. */
export type LabelsInit =
  | Readonly<Record<string, string>>
  | Iterable<readonly [string, string]>;

/** Options of {@linkcode Labels}. */
export interface LabelsOptions {
  /**
   * Whether a name can be any text, and not just letters, digits and underscores. Copies keep it.
   *
   * @default {false}
   */
  utf8Names?: boolean;
  /** Gets a debug record for each label that is set. Copies keep it. */
  logger?: Logger;
}

/**
 * A map from label name to label value that holds nothing else.
 *
 * A name matches `[a-zA-Z_][a-zA-Z0-9_]*`, unless any name is allowed, and does not begin with `__`, which Prometheus reserves. A value is a
 * string with at least one character, because Prometheus takes an empty value for no label at all. A lone surrogate in
 * it, which UTF-8 does not have, becomes U+FFFD.
 * Order is that of insertion, as in any `Map`.
 *
 * @see {@link https://prometheus.io/docs/concepts/data_model/#metric-names-and-labels}
 */
export class Labels extends Map<string, string> {
  readonly #logger: Logger | undefined;
  readonly #utf8Names: boolean;

  /**
   * Makes labels of an object or of pairs.
   *
   * @throws {TypeError} If a name or a value is not a string, or `init` is neither an object nor iterable.
   * @throws {RangeError} If a name cannot be a label name, or a value is empty.
   */
  constructor(init: LabelsInit = {}, options: LabelsOptions = {}) {
    super();
    this.#logger = options.logger;
    this.#utf8Names = options.utf8Names ?? false;
    this.update(init);
  }

  /** The logger that was given, if any. */
  get logger(): Logger | undefined {
    return this.#logger;
  }

  /**
   * Sets one label.
   *
   * @throws {TypeError} If the name or the value is not a string.
   * @throws {RangeError} If the name cannot be a label name, or the value is empty.
   */
  override set(name: string, value: string): this {
    assertLabel(name, value, this.#utf8Names);
    return this.#put(name, value);
  }

  /**
   * Sets several labels, or none of them if one is bad.
   *
   * @throws {TypeError} If a name or a value is not a string, or `init` is neither an object nor iterable.
   * @throws {RangeError} If a name cannot be a label name, or a value is empty.
   */
  update(init: LabelsInit): this {
    const entries = [...labelEntries(init)];
    for (const entry of entries) assertPair(entry);
    for (const [name, value] of entries) assertLabel(name, value, this.#utf8Names);
    for (const [name, value] of entries) this.#put(name, value);
    return this;
  }

  /** Returns labels of their own with the same names, values and options. */
  copy(): Labels {
    const utf8Names = this.#utf8Names;
    return new Labels(this, { utf8Names, ...(this.#logger && { logger: this.#logger }) });
  }

  /** Writes the labels as an exposition does, without the braces: `a="1",b="2"`. */
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
 * Checks labels like {@linkcode Labels}, and gives their names and values in turn, which costs a fraction of making a map.
 *
 * @throws {TypeError} If a name or a value is not a string, or `init` is neither an object nor iterable.
 * @throws {RangeError} If a name cannot be a label name, or a value is empty.
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

/** The name and value pairs of what labels can be made from, unchecked. */
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
