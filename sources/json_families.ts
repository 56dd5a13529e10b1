/**
 * The metrics of a JSON document, as families.
 *
 * @module
 */

import type { Family } from "../model/family.ts";
import { decodeText } from "./exposition_reader.ts";
import type { JsonMetric } from "./json_metric.ts";
import { parseJson } from "./json_text.ts";

/** How many errors of a document are told. */
const MAX_ERRORS = 5;

/**
 * Takes metrics from a JSON document. Items with errors are left out.
 *
 * @throws {SyntaxError} If the document is invalid.
 * @throws {Error} If there were errors, after the last family.
 */
export async function* readJsonFamilies(
  bytes: Uint8Array,
  metrics: readonly JsonMetric[],
  source: string,
): AsyncIterable<Family> {
  const document = parseJson(decodeText(bytes, source), source);
  const errors: string[] = [];
  for (const metric of metrics) {
    const family = await metric.familyOf(document, ({ message }) => errors.push(message));
    if (family.samples.length > 0) yield family;
  }
  if (errors.length === 0) return;
  const others = errors.length - MAX_ERRORS;
  const listed = errors.slice(0, MAX_ERRORS).join("; ");
  throw new Error(
    `Cannot read "${source}": ${listed}${others > 0 ? `; and ${others} more errors` : ""}`,
  );
}
