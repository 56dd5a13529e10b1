/**
 * Descriptions of invalid values for error messages.
 *
 * @module
 */

/** Longer strings are truncated. */
const MAX_LENGTH = 60;

/** Describes any value in a few words on one line. Never throws. */
export function describe(value: unknown): string {
  switch (typeof value) {
    case "string":
      return JSON.stringify(value.length > MAX_LENGTH ? `${value.slice(0, MAX_LENGTH)}…` : value);
    case "number":
    case "boolean":
    case "undefined":
      return String(value);
    case "object":
      return value === null ? "null" : describeObject(value);
    default:
      return `a ${typeof value}`;
  }
}

function describeObject(value: object): string {
  try {
    if (Array.isArray(value)) return "an array";
    const name = value.constructor?.name;
    return typeof name === "string" && name !== "" && name !== "Object"
      ? `an object of class ${name}`
      : "an object";
  } catch {
    return "an object";
  }
}

/** Replaces line breaks and other control characters by spaces, and shortens a long text. */
export function toOneLine(text: string): string {
  const line = text.replaceAll(/[\p{Cc}\s]+/gu, " ").trim();
  return line.length > 200 ? `${line.slice(0, 200)}…` : line;
}
