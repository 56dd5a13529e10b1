/**
 * Metric and label names: their syntax, and the schemes that escape them.
 *
 * @module
 */

import { describe } from "./describe.ts";
import { escapeLabelValue } from "./escape.ts";

/**
 * An escaping scheme, as content types name it: how to write names with characters that older scrapers do not accept.
 *
 * @see {@link https://prometheus.io/docs/instrumenting/escaping_schemes/}
 */
export type Escaping = "allow-utf-8" | "underscores" | "dots" | "values";

/** All escaping schemes. */
export const ESCAPINGS: readonly Escaping[] = ["allow-utf-8", "underscores", "dots", "values"];

const METRIC_NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const LABEL_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

/** Returns whether a string is a legacy metric name: `[a-zA-Z_:][a-zA-Z0-9_:]*`. */
export function isMetricName(name: string): boolean {
  return METRIC_NAME.test(name);
}

/** Returns whether a string is a legacy label name, possibly a reserved one: `[a-zA-Z_][a-zA-Z0-9_]*`. */
export function isLabelName(name: string): boolean {
  return writeLabelName(name) === name;
}

/** Returns whether a string is a UTF-8 name: not empty, and without lone surrogates. */
export function isUtf8Name(name: string): boolean {
  return name !== "" && name.isWellFormed();
}

/** What a name is the name of. Legacy names of metrics can have colons, those of labels cannot. */
export type NameKind = "metric" | "label";

/** Returns whether a string is a legacy name of this kind. */
export function isLegacyName(name: string, kind: NameKind): boolean {
  return kind === "metric" ? isMetricName(name) : isLabelName(name);
}

/** Describes a valid name, for error messages. */
export function expectedName(kind: NameKind, utf8Names: boolean): string {
  if (utf8Names) return "name that is not empty and has no lone surrogates";
  return `name that matches ${
    kind === "metric" ? "[a-zA-Z_:][a-zA-Z0-9_:]*" : "[a-zA-Z_][a-zA-Z0-9_]*"
  }`;
}

/** Returns whether a label name begins with `__`, which is reserved for Prometheus. */
export function isReservedLabelName(name: string): boolean {
  return name.startsWith("__");
}

/** Characters that some scheme replaces: all but letters, digits after the first character, and the colons of metric names. */
const SPECIAL: Readonly<Record<NameKind, RegExp>> = {
  metric: /^\d|[^a-zA-Z\d:]/gu,
  label: /^\d|[^a-zA-Z\d]/gu,
};

/**
 * Escapes the name of a metric or a label.
 *
 * - `allow-utf-8` changes nothing.
 * - `underscores` replaces characters that legacy names cannot have by `_`.
 * - `dots` replaces `.` by `_dot_`, and by `__` other characters than letters, digits and, in metric names, colons.
 * - `values` prefixes names that are not legacy names with `U__`, replaces `_` by `__`, and other special characters by their
 *   code points in hexadecimal between underscores.
 *
 * Where the specification and its implementations differ, this follows the implementations: in `dots`, and in the letters that
 * `values` keeps.
 *
 * @see {@link https://prometheus.io/docs/instrumenting/escaping_schemes/}
 */
export function escapeName(name: string, escaping: Escaping, kind: NameKind = "metric"): string {
  const special = SPECIAL[kind];
  switch (escaping) {
    case "allow-utf-8":
      return name;
    case "underscores":
      return name.replace(special, "_");
    case "dots":
      return name.replace(special, (character) => character === "." ? "_dot_" : "__");
    case "values":
      return isLegacyName(name, kind)
        ? name
        : `U__${name.toWellFormed().replace(special, writeCodePoint)}`;
  }
}

function writeCodePoint(character: string): string {
  return character === "_" ? "__" : `_${character.codePointAt(0)!.toString(16)}_`;
}

/** A cache of label names in the text formats: the same few names occur in many samples. */
const writtenNames = new Map<string, string>();

/** The limits of the cache: requests can bring arbitrary names. */
const MAX_CACHED_NAMES = 10_000;
const MAX_CACHED_LENGTH = 100;

/** Writes a label name in the text formats: quoted, unless it is a legacy name. */
export function writeLabelName(name: string): string {
  if (name.length > MAX_CACHED_LENGTH) return formatLabelName(name);
  return writtenNames.get(name) ?? cacheLabelName(name);
}

function formatLabelName(name: string): string {
  return LABEL_NAME.test(name) ? name : quoteName(name);
}

function cacheLabelName(name: string): string {
  const written = formatLabelName(name);
  if (writtenNames.size >= MAX_CACHED_NAMES) writtenNames.clear();
  writtenNames.set(name, written);
  return written;
}

/** Quotes a name. */
export function quoteName(name: string): string {
  return `"${escapeLabelValue(name)}"`;
}

/** The last valid legacy name of a metric: the next one is usually the same. */
let lastMetricName: string | undefined;

/**
 * Validates a metric name, and returns it. Unless UTF-8 names are allowed, spaces become underscores.
 *
 * @throws {TypeError} If it is not a string.
 * @throws {RangeError} If it is not a valid metric name.
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
