/**
 * Expositions that sources give, as families.
 *
 * @module
 */

import { formatOf } from "../encode/format.ts";
import type { Family } from "../model/family.ts";
import { detectFormat, parseExposition } from "../parse.ts";

/** Options of {@linkcode readExposition}. */
export interface ReadExpositionOptions {
  /** The content type. Without one, the content itself tells the format. */
  readonly contentType?: string;
  /** Takes each error of the content, which is left out then. By default, the first one is thrown. */
  readonly onError?: (error: Error) => void;
}

/**
 * Decodes and parses an exposition.
 *
 * @throws {TypeError} If it is not UTF-8, or the content type is not that of a text format of Prometheus or OpenMetrics.
 * @throws {ExpositionError} If it is invalid. The message has the line and the column.
 */
export function readExposition(
  bytes: Uint8Array,
  source: string,
  { contentType, onError }: ReadExpositionOptions = {},
): Family[] {
  const text = decodeText(bytes, source);
  const format = formatIn(text, source, contentType);
  return parseExposition(text, { source, format, ...(onError && { onError }) });
}

function formatIn(text: string, source: string, contentType = ""): "text" | "openmetrics" {
  if (contentType === "") return detectFormat(text);
  const format = formatOf(contentType);
  if (format === "text" || format === "openmetrics") return format;
  throw new TypeError(
    `Cannot parse exposition "${source}": expected the content type text/plain or ` +
      `application/openmetrics-text, got "${contentType}"`,
  );
}

/**
 * Decodes UTF-8.
 *
 * @throws {TypeError} If it is not UTF-8.
 */
export function decodeText(bytes: Uint8Array, source: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new TypeError(`Cannot read "${source}": not valid UTF-8`, { cause });
  }
}
