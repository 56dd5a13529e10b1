/**
 * How an error message speaks of a value that should not be there.
 *
 * @module
 */

const LONGEST = 60;

/** Names a value of any kind in a few words on one line; never throws. */
export function describe(value: unknown): string {
  switch (typeof value) {
    case "string":
      return JSON.stringify(value.length > LONGEST ? `${value.slice(0, LONGEST)}…` : value);
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
