/**
 * Names of metrics and labels: their grammar, and the schemes that escape them.
 *
 * @module
 */

import { describe } from "./describe.ts";
import { escapeLabelValue } from "./escape.ts";

/**
 * A scheme for writing names with characters that old readers do not accept, as content types name it.
 *
 * @see {@link https://prometheus.io/docs/instrumenting/escaping_schemes/}
 */
export type Escaping = "allow-utf-8" | "underscores" | "dots" | "values";

/** The escaping schemes. */
export const ESCAPINGS: readonly Escaping[] = ["allow-utf-8", "underscores", "dots", "values"];

const METRIC_NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const LABEL_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

/** Tells whether a string is a metric name: `[a-zA-Z_:][a-zA-Z0-9_:]*`. */
export function isMetricName(name: string): boolean {
  return METRIC_NAME.test(name);
}

/** Tells whether a string is a label name, reserved ones included: `[a-zA-Z_][a-zA-Z0-9_]*`. */
export function isLabelName(name: string): boolean {
  return writeLabelName(name) === name;
}

/** Tells whether a string can be a name where names are not restricted: any text that UTF-8 can express, but not an empty one. */
export function isUtf8Name(name: string): boolean {
  return name !== "" && name.isWellFormed();
}

/** What a name has to be, for messages of errors. */
export function expectedName(kind: "metric" | "label", utf8Names: boolean): string {
  if (utf8Names) return "name that is not empty and has no lone surrogates";
  return `name that matches ${
    kind === "metric" ? "[a-zA-Z_:][a-zA-Z0-9_:]*" : "[a-zA-Z_][a-zA-Z0-9_]*"
  }`;
}

/** Tells whether a label name is reserved for Prometheus itself: it begins with `__`. */
export function isReservedLabelName(name: string): boolean {
  return name.startsWith("__");
}

/** What does not stand for itself under one of the schemes: all but letters, colons, and digits after the first character. */
const SPECIAL = /^\d|[^a-zA-Z\d:]/gu;

/**
 * Writes the name of a metric or a label by an escaping scheme.
 *
 * `allow-utf-8` leaves it as it is; with `underscores` other characters than those of legacy names become `_`; with `dots`
 * `.` becomes `_dot_` and what is neither letter, digit nor colon `__`; with `values` a name that is no legacy name begins
 * with `U__`, `_` becomes `__`, and other characters their code points in hexadecimal between underscores. Where the
 * specification and its implementations differ, which is in `dots` and in the letters of `values`, these prevail.
 *
 * @see {@link https://prometheus.io/docs/instrumenting/escaping_schemes/}
 */
export function escapeName(name: string, escaping: Escaping): string {
  switch (escaping) {
    case "allow-utf-8":
      return name;
    case "underscores":
      return name.replace(SPECIAL, "_");
    case "dots":
      return name.replace(SPECIAL, (character) => character === "." ? "_dot_" : "__");
    case "values":
      return isMetricName(name)
        ? name
        : `U__${name.toWellFormed().replace(SPECIAL, writeCodePoint)}`;
  }
}

function writeCodePoint(character: string): string {
  return character === "_" ? "__" : `_${character.codePointAt(0)!.toString(16)}_`;
}

/** Label names as the text formats write them: those of which there are many occur again and again. */
const writtenNames = new Map<string, string>();

/** How many names are remembered, and how long they are at the most: requests can bring any. */
const REMEMBERED = { names: 10_000, length: 100 };

/** Writes the name of a label as the text formats do: in quotes unless it is a legacy name. */
export function writeLabelName(name: string): string {
  if (name.length > REMEMBERED.length) return formatLabelName(name);
  return writtenNames.get(name) ?? rememberLabelName(name);
}

function formatLabelName(name: string): string {
  return LABEL_NAME.test(name) ? name : quoteName(name);
}

function rememberLabelName(name: string): string {
  const written = formatLabelName(name);
  if (writtenNames.size >= REMEMBERED.names) writtenNames.clear();
  writtenNames.set(name, written);
  return written;
}

/** Writes a name in quotes. */
export function quoteName(name: string): string {
  return `"${escapeLabelValue(name)}"`;
}

/** The last metric name that proved to be a legacy name: the next one is usually the same. */
let lastMetricName: string | undefined;

/**
 * Checks the name of a metric. Unless it can be any text, spaces in it become underscores.
 *
 * @throws {TypeError} If it is not a string.
 * @throws {RangeError} If it is not a metric name.
 */
export function checkMetricName(name: unknown, utf8Names: boolean): string {
  if (lastMetricName !== undefined && name === lastMetricName) return lastMetricName;
  if (typeof name !== "string") {
    throw new TypeError(`Cannot create metric: expected a string as name, got ${describe(name)}`);
  }
  const candidate = utf8Names ? name : name.replaceAll(" ", "_");
  if (isMetricName(candidate)) return lastMetricName = candidate;
  if (utf8Names && isUtf8Name(name)) return name;
  throw new RangeError(
    `Cannot create metric "${name}": expected a ${expectedName("metric", utf8Names)}`,
  );
}
