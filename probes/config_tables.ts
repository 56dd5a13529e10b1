/**
 * Reading of the tables that describe probes.
 *
 * @module
 */

import { parseGoDuration } from "../access/go_duration.ts";
import { readTextFile } from "../access/read_file.ts";
import type { Table } from "../model/config_table.ts";
import { toFilledString } from "../model/config_values.ts";

/** A list of texts, as expected by error messages. */
export const TEXTS = "a list of strings";

/** Accepts a list of strings. */
export function toTexts(value: unknown): readonly string[] | undefined {
  return Array.isArray(value) && value.every((item) => typeof item === "string")
    ? value
    : undefined;
}

/** Accepts a positive number of seconds, or a duration such as `5s`. */
export function toDuration(value: unknown): number | undefined {
  const seconds = typeof value === "string" ? parseGoDuration(value) : value;
  return typeof seconds === "number" && seconds > 0 && seconds < Infinity ? seconds : undefined;
}

/** Accepts one of some texts. */
export function oneOf<T extends string>(choices: readonly T[]): (value: unknown) => T | undefined {
  return (value) => choices.find((choice) => choice === value);
}

/** Reads the files that tables name. */
export class FileReader {
  readonly #folder: string;
  /** The paths of the files that were read. */
  readonly paths: string[] = [];

  /**
   * Creates a reader.
   *
   * @param folder The folder of the configuration file, for relative paths.
   */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Reads a secret from a key, or from the file that the key with `_file` names. */
  async secret(table: Table, key: string): Promise<string | undefined> {
    const text = table.takeSecret(key, "a string", toFilledString);
    const file = table.take(`${key}_file`, "a file name", toFilledString);
    if (text !== undefined && file !== undefined) {
      table.report(`cannot be combined with ${key}_file`, key);
    }
    if (file === undefined) return text;
    const path = file.startsWith("/") ? file : `${this.#folder}${file}`;
    this.paths.push(path);
    try {
      return (await readTextFile(path)).text.trim();
    } catch (error) {
      table.report((error as Error).message, `${key}_file`);
      return undefined;
    }
  }
}

/** Removes undefined properties. */
export function present<T extends object>(
  properties: { [K in keyof T]: T[K] | undefined },
): Partial<T> {
  const entries = Object.entries(properties).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as Partial<T>;
}
