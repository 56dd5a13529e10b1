/**
 * Stands in for `@std/toml` 1.0.11 on a machine that cannot reach JSR; made of `npm:smol-toml`.
 *
 * Only {@linkcode parse} is here. It differs from the real one in this:
 *
 * - It follows TOML more strictly. A key that is given twice and two pairs on one line are errors
 *   here, and the real one accepts them.
 * - The text of an error after `Parse error on line 2, column 5: ` is another one and always of one
 *   line, and the column can be off by one.
 * - An integer outside 64 bits is an error here and an inexact number there; up to 64 bits both give
 *   the nearest number. `-0` gives 0 here.
 * - Objects have the prototype of `Object`; some of the real one's have none.
 *
 * @module
 */

import { parse as parseToml, TomlDate, TomlError } from "npm:smol-toml@1.9.1";

/** Parses a TOML document; throws a `SyntaxError` with line and column where it cannot. */
export function parse(tomlString: string): Record<string, unknown> {
  try {
    const table = parseToml(tomlString, { integersAsBigInt: true });
    return toPlain(table) as Record<string, unknown>;
  } catch (cause) {
    if (!(cause instanceof TomlError)) throw cause;
    const [summary = ""] = cause.message.split("\n");
    const reason = summary.replace("Invalid TOML document: ", "");
    throw new SyntaxError(`Parse error on line ${cause.line}, column ${cause.column}: ${reason}`, {
      cause,
    });
  }
}

function toPlain(value: unknown): unknown {
  if (typeof value === "bigint") return Number(value);
  if (value instanceof TomlDate) {
    return value.isTime() ? value.toISOString().replace(/\.000$/, "") : new Date(value);
  }
  if (Array.isArray(value)) return value.map(toPlain);
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, toPlain(item)]));
  }
  return value;
}
