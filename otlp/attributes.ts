/**
 * Attributes of OpenTelemetry as labels.
 *
 * @module
 */

import { labelName } from "./names.ts";
import { isRecord, items, text } from "./values.ts";

/** The maximum depth of nested lists and maps. Deeper ones are empty. */
const MAX_DEPTH = 20;

/** Reads attributes: texts by their keys. */
export function readAttributes(list: unknown): Map<string, string> {
  const attributes = new Map<string, string>();
  for (const { key, value } of items(list)) {
    if (text(key) !== "") attributes.set(text(key), attributeText(value));
  }
  return attributes;
}

/**
 * Adds attributes to labels. Values of attributes that become one label are joined by semicolons, in the order of the keys.
 *
 * @param labels The labels by their names, which win over attributes.
 */
export function addAttributes(
  labels: Map<string, string>,
  attributes: ReadonlyMap<string, string>,
  utf8Names: boolean,
): void {
  const added = new Map<string, string>();
  for (const key of [...attributes.keys()].sort()) {
    const name = labelName(key, utf8Names);
    const before = added.get(name);
    const value = attributes.get(key)!;
    added.set(name, before === undefined ? value : `${before};${value}`);
  }
  for (const [name, value] of added) {
    if (!labels.has(name) && value !== "" && !name.startsWith("__")) labels.set(name, value);
  }
}

function attributeText(value: unknown): string {
  const plain = plainValue(value, 0);
  return typeof plain === "string" ? plain.toWellFormed() : JSON.stringify(plain ?? "");
}

function plainValue(value: unknown, depth: number): unknown {
  if (!isRecord(value) || depth > MAX_DEPTH) return "";
  if (value["intValue"] !== undefined) {
    const number = Number(value["intValue"]);
    return Number.isNaN(number) ? "" : number;
  }
  for (const name of ["stringValue", "boolValue", "doubleValue"]) {
    if (["string", "boolean", "number"].includes(typeof value[name])) return value[name];
  }
  if (isRecord(value["arrayValue"])) {
    return items(value["arrayValue"]["values"]).map((item) => plainValue(item, depth + 1));
  }
  if (isRecord(value["kvlistValue"])) {
    const entries = items(value["kvlistValue"]["values"])
      .map(({ key, value }) => [text(key), plainValue(value, depth + 1)]);
    return Object.fromEntries(entries);
  }
  const bytes = value["bytesValue"];
  return bytes instanceof Uint8Array ? bytes.toBase64() : text(bytes);
}
