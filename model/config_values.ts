/**
 * Conversion of the values of configurations. Each function returns undefined for a value that it does not accept.
 *
 * @module
 */

import { parseHost } from "./host.ts";
import { parseListenAddress } from "./listen_address.ts";

/** Accepts a string. */
export function toText(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** Accepts a boolean. */
export function toFlag(value: unknown): boolean | undefined {
  return typeof value === "boolean" ? value : undefined;
}

/** Accepts a string that is not empty. */
export function toFilledString(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** Accepts a number. */
export function toNumber(value: unknown): number | undefined {
  return typeof value === "number" ? value : undefined;
}

/** Accepts a finite number, 0 or more. */
export function toSeconds(value: unknown): number | undefined {
  return typeof value === "number" && value >= 0 && value < Infinity ? value : undefined;
}

/** Accepts an integer from 0 to 65535. */
export function toPort(value: unknown): number | undefined {
  return Number.isInteger(value) && 0 <= Number(value) && Number(value) <= 65535
    ? Number(value)
    : undefined;
}

/** Accepts a host name or an IP address, and returns it as `Deno.listen` takes it. */
export function toHost(value: unknown): string | undefined {
  return typeof value === "string" ? parseHost(value) : undefined;
}

/** Accepts a list of addresses to listen on, at least one. */
export function toAddresses(value: unknown): readonly string[] | undefined {
  if (!Array.isArray(value) || value.length === 0) return undefined;
  return value.every((item) => typeof item === "string" && parseListenAddress(item) !== undefined)
    ? value
    : undefined;
}

/** Returns a function that accepts the texts that another one can parse. */
export function parsable(parse: (text: string) => unknown): (value: unknown) => string | undefined {
  return (value) => typeof value === "string" && parse(value) !== undefined ? value : undefined;
}

/** Accepts one of these names in any case, and returns it as it is listed. */
export function toOneOf<T extends string>(names: readonly T[], value: unknown): T | undefined {
  return names.find((name) => typeof value === "string" && name === value.toLowerCase());
}

/** Describes what {@linkcode toOneOf} accepts. */
export function listed(names: readonly string[]): string {
  return `one of ${names.join(", ")}`;
}

/** Accepts a list of strings that are not empty, at least one. */
export function toFilledStrings(value: unknown): readonly string[] | undefined {
  if (!Array.isArray(value) || value.length === 0) return undefined;
  return value.every((item) => toFilledString(item) !== undefined) ? value : undefined;
}
