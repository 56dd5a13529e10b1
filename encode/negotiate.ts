/**
 * Content negotiation by quality values (RFC 9110, section 12.4.2): the format by `Accept` (section 12.5.1), the content coding by
 * `Accept-Encoding` (section 12.5.3).
 *
 * @module
 */

import { type Encoding, type Format, FORMATS, type FormatVersion } from "../exposition.ts";
import { type Escaping, ESCAPINGS } from "../model/names.ts";
import {
  DEFAULT_VARIANT,
  type FormatVariant,
  MEDIA_TYPES,
  PROTOBUF_MESSAGE,
  versionsOf,
} from "./format.ts";

/** One element of a header such as `Accept` or `Accept-Encoding`. */
export interface Clause {
  /** The value in lower case: `gzip`, `text/plain`, `*`. */
  readonly value: string;
  /** The parameters without the weight, by name in lower case. If a name repeats, the first one counts. */
  readonly parameters: ReadonlyMap<string, string>;
  /** The weight, from 0 (not acceptable) to 1. */
  readonly quality: number;
}

/** Options of {@linkcode negotiateFormat}. */
export interface NegotiateOptions {
  /**
   * Whether to offer OpenMetrics 2.0.
   *
   * @default {false}
   */
  openMetrics2?: boolean;
}

/** Longer headers are ignored. Real ones have a few hundred characters. */
const MAX_HEADER_LENGTH = 4096;

const VALUE = /^[-!#$%&'*+.^_`|~\w]+(?:\/[-!#$%&'*+.^_`|~\w]+)?$/;
const PARAMETER =
  /^(?<name>[-!#$%&'*+.^_`|~\w]+)=(?:(?<token>[-!#$%&'*+.^_`|~\w]+)|"(?<quoted>(?:[^"\\]|\\.)*)")$/s;

/**
 * Parses a list of values with weights and parameters (RFC 9110, sections 5.6.1, 5.6.6 and 12.4.2).
 *
 * Invalid elements, including those with an invalid weight, are left out. A header of more than 4096 characters has no clauses.
 *
 * @returns The clauses by descending quality. Clauses of equal quality keep their order.
 */
export function parseQualityList(header: string): Clause[] {
  if (header.length > MAX_HEADER_LENGTH) return [];
  return splitUnquoted(header, ",")
    .map(parseClause)
    .filter((clause) => clause !== undefined)
    .sort((a, b) => b.quality - a.quality);
}

/**
 * Chooses the content coding of a response (RFC 9110, section 12.5.3).
 *
 * @param header The value of `Accept-Encoding`, or `null` if the request has none.
 * @returns `gzip` if it is acceptable and nothing else is preferred: numbers are patched in its bits, which costs least. `zstd` if
 *   that is preferred, otherwise `identity`.
 */
export function negotiateEncoding(header: string | null): Encoding {
  const clauses = parseQualityList(header ?? "");
  const quality = (...names: string[]) =>
    (clauses.find((clause) => names.includes(clause.value)) ??
      clauses.find((clause) => clause.value === "*"))?.quality ?? 0;
  // RFC 9110, section 8.4.1.3: x-gzip is equivalent to gzip.
  const gzip = quality("gzip", "x-gzip");
  // Not for `*`: who does not name it may not have heard of it.
  const zstd = clauses.find(({ value }) => value === "zstd")?.quality ?? 0;
  const identity = quality("identity");
  if (gzip > 0 && gzip >= identity && gzip >= zstd) return "gzip";
  return zstd > 0 && zstd >= identity ? "zstd" : "identity";
}

/**
 * Chooses the format of an exposition. The first clause, by descending quality, that names a supported format and version wins. A
 * range that includes the text format selects it, and the text format is also the fallback.
 *
 * A clause without a version means the oldest one. For protobuf, the message and the encoding must be given. The escaping scheme is
 * `underscores`, unless the clause names another known one.
 *
 * @see {@link https://prometheus.io/docs/instrumenting/content_negotiation/}
 *
 * @param header The value of `Accept`, or `null` if the request has none.
 */
export function negotiateFormat(
  header: string | null,
  { openMetrics2 = false }: NegotiateOptions = {},
): FormatVariant {
  for (const { value, parameters, quality } of parseQualityList(header ?? "")) {
    if (quality === 0 || value === "*/*" || value === "text/*") break;
    const format = FORMATS.find((format) => MEDIA_TYPES[format] === value);
    const version = format && findVersion(format, versionsOf(format, openMetrics2), parameters);
    if (version === undefined) continue;
    const escaping = findEscaping(parameters.get("escaping"));
    return { format: format!, version, escaping: escaping ?? DEFAULT_VARIANT.escaping };
  }
  return DEFAULT_VARIANT;
}

function findVersion(
  format: Format,
  versions: readonly FormatVersion[],
  parameters: Clause["parameters"],
): FormatVersion | undefined {
  if (format === "protobuf") {
    const isMessage = parameters.get("proto") === PROTOBUF_MESSAGE;
    return isMessage
      ? versions.find((version) => version === parameters.get("encoding"))
      : undefined;
  }
  const wanted = parameters.get("version");
  return wanted === undefined ? versions.at(-1) : versions.find((version) => version === wanted);
}

function findEscaping(wanted: string | undefined): Escaping | undefined {
  return ESCAPINGS.find((escaping) => escaping === wanted);
}

function parseClause(text: string): Clause | undefined {
  const [value = "", ...rest] = splitUnquoted(text, ";");
  if (!VALUE.test(value)) return undefined;
  const parameters = new Map<string, string>();
  for (const parameter of rest) {
    // RFC 9110, section 5.6.6 allows empty parameters.
    if (parameter === "") continue;
    const { name, token, quoted } = PARAMETER.exec(parameter)?.groups ?? {};
    if (name === undefined) return undefined;
    const key = name.toLowerCase();
    if (!parameters.has(key)) parameters.set(key, token ?? unescape(quoted));
  }
  const quality = parseQuality(parameters.get("q") ?? "1");
  parameters.delete("q");
  return quality === undefined ? undefined : { value: value.toLowerCase(), parameters, quality };
}

/** Parses a weight. Also accepts `.5`, which old clients send, and more digits than the grammar allows. */
function parseQuality(text: string): number | undefined {
  const quality = /^[\d.]+$/.test(text) ? Number(text) : NaN;
  return quality <= 1 ? quality : undefined;
}

/** Splits a text at separators outside quoted strings (RFC 9110, section 5.6.4), and trims the parts. */
function splitUnquoted(text: string, separator: string): string[] {
  const parts: string[] = [];
  let start = 0;
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '"') {
      quoted = !quoted;
    } else if (quoted && text[i] === "\\") {
      i++;
    } else if (!quoted && text[i] === separator) {
      parts.push(text.slice(start, i).trim());
      start = i + 1;
    }
  }
  parts.push(text.slice(start).trim());
  return parts;
}

function unescape(quoted = ""): string {
  return quoted.replace(/\\(.)/gs, "$1");
}
