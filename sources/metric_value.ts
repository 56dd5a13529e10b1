/**
 * Sample values from the numbers, booleans and texts of other programs.
 *
 * @module
 */

import type { Table } from "../model/config_table.ts";
import { toNumber } from "../model/config_values.ts";
import { describe } from "../model/describe.ts";
import { parseBound } from "../model/numbers.ts";

/** The keys that {@linkcode readValueMapping} reads. */
export const VALUE_KEYS = ["values", "scale"];

const WORDS: ReadonlyMap<string, number> = new Map([
  ["true", 1],
  ["false", 0],
  ["nan", NaN],
  ["inf", Infinity],
  ["+inf", Infinity],
  ["-inf", -Infinity],
]);

/** Converts values. */
export class ValueMapping {
  readonly #values: ReadonlyMap<string, number>;
  readonly #scale: number;

  /**
   * Creates a mapping.
   *
   * @param values Numbers for particular values, by their texts.
   * @param scale The factor for all others.
   */
  constructor(values: ReadonlyMap<string, number>, scale: number) {
    this.#values = values;
    this.#scale = scale;
  }

  /**
   * Converts a value to that of a sample; undefined if it is null and not mapped. Booleans become 1 and 0.
   *
   * @throws {TypeError} If it is not mapped, and no number. The message is a phrase.
   */
  convert(value: unknown): number | undefined {
    const mapped = typeof value === "object" && value !== null
      ? undefined
      : this.#values.get(String(value).trim());
    if (mapped !== undefined) return mapped;
    if (value === null || value === undefined) return undefined;
    const number = toSampleValue(value);
    if (number !== undefined) return number * this.#scale;
    const names = [...this.#values.keys()].map((name) => JSON.stringify(name));
    throw new TypeError(`expected ${["a number", ...names].join(" or ")}, got ${describe(value)}`);
  }
}

function toSampleValue(value: unknown): number | undefined {
  if (typeof value === "number") return value;
  if (typeof value === "boolean") return value ? 1 : 0;
  if (typeof value !== "string") return undefined;
  const text = value.trim();
  return parseBound(text) ?? WORDS.get(text.toLowerCase());
}

/** Reads and checks `values` and `scale` in the table of a metric. */
export function readValueMapping(table: Table): ValueMapping {
  const values = new Map<string, number>();
  const mapping = table.table("values");
  for (const name of mapping.keys()) {
    const value = mapping.take(name, "a number", toNumber);
    if (value !== undefined) values.set(name, value);
  }
  return new ValueMapping(values, table.take("scale", "a number", toNumber) ?? 1);
}
