/**
 * Conversion of the values in a web configuration.
 *
 * @module
 */

/** Returns a string, or undefined for anything else. */
export function toText(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** Returns a boolean, or undefined for anything else. */
export function toFlag(value: unknown): boolean | undefined {
  return typeof value === "boolean" ? value : undefined;
}
