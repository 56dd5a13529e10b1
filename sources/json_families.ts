/**
 * The metrics of a JSON document, as families.
 *
 * @module
 */

import type { Family } from "../model/family.ts";
import { joinMessages } from "./error_messages.ts";
import { decodeText } from "./exposition_reader.ts";
import type { JsonMetric } from "./json_metric.ts";
import { parseJson } from "./json_text.ts";

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
  const messages: string[] = [];
  for (const metric of metrics) {
    const family = await metric.familyOf(document, ({ message }) => messages.push(message));
    if (family.samples.length > 0) yield family;
  }
  if (messages.length > 0) throw new Error(`Cannot read "${source}": ${joinMessages(messages)}`);
}
