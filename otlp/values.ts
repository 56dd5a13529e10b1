/**
 * Values in requests, which can be anything.
 *
 * @module
 */

/** Returns whether a value is an object. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Returns the objects in a list. */
export function items(list: unknown): Record<string, unknown>[] {
  return Array.isArray(list) ? list.filter(isRecord) : [];
}

/** Returns a text; empty if the value is none. */
export function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** Returns a number, which JSON can have as a text; undefined if the value is none. */
export function number(value: unknown): number | undefined {
  if (typeof value === "number") return value;
  if (typeof value !== "string" || value.trim() === "") return undefined;
  const parsed = Number(value);
  return Number.isNaN(parsed) && value !== "NaN" ? undefined : parsed;
}

/** Returns the numbers of a list; undefined if it has anything else. */
export function numbers(list: unknown): number[] | undefined {
  if (list === undefined || list === null) return [];
  if (!Array.isArray(list)) return undefined;
  const read = list.map(number);
  return read.every((value) => value !== undefined) ? read as number[] : undefined;
}

/** Returns a time in milliseconds since the epoch, from nanoseconds; 0 if it is unknown. */
export function milliseconds(nanoseconds: unknown): number {
  const time = number(nanoseconds) ?? 0;
  return time > 0 && time < 2 ** 64 ? Math.floor(time / 1e6) : 0;
}
