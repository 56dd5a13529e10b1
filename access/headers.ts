/**
 * Headers for every response.
 *
 * @module
 */

import { describe } from "../model/describe.ts";

/** The headers that can be configured, with their values if only some are possible. As in exporter-toolkit. */
const CONFIGURABLE: Readonly<Record<string, readonly string[]>> = {
  "Strict-Transport-Security": [],
  "X-Content-Type-Options": ["nosniff"],
  "X-Frame-Options": ["deny", "sameorigin"],
  "X-XSS-Protection": [],
  "Content-Security-Policy": [],
};

/** Checks a configured header. Returns a description of the problem, if there is one. */
export function checkHeader(name: string, value: string): string | undefined {
  if (!Object.hasOwn(CONFIGURABLE, name)) {
    return `cannot be configured, expected one of ${Object.keys(CONFIGURABLE).join(", ")}`;
  }
  const values = CONFIGURABLE[name]!;
  if (values.length > 0 && !values.includes(value)) {
    return `expected ${values.join(" or ")}, got ${describe(value)}`;
  }
  return /^[\t\x20-\x7e\x80-\xff]*$/.test(value)
    ? undefined
    : "expected a header value without line breaks and other control characters";
}

/** The headers of a response, by what is sent unless the response or the configuration has another value. */
const DEFAULTS: readonly (readonly [name: string, value: string])[] = [
  ["x-content-type-options", "nosniff"],
  ["x-frame-options", "DENY"],
  ["referrer-policy", "no-referrer"],
  [
    "content-security-policy",
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  ],
];

/** Headers that can be changed. `Headers` has these members, and a `Map` with names in lower case. */
export interface HeaderFields {
  has(name: string): boolean;
  set(name: string, value: string): unknown;
  delete(name: string): unknown;
}

/** Adds security headers and configured headers to responses. */
export class ResponseHeaders {
  readonly #defaults: readonly (readonly [string, string])[];
  readonly #configured: readonly (readonly [string, string])[];

  /** Creates the headers from those of a web configuration. */
  constructor(configured: ReadonlyMap<string, string> = new Map()) {
    const entries = Array.from(configured, ([name, value]) => [name.toLowerCase(), value] as const);
    const names = new Set(entries.map(([name]) => name));
    this.#configured = entries;
    this.#defaults = DEFAULTS.filter(([name]) => !names.has(name));
  }

  /** Adds the headers to those of a response, which win over defaults and lose to the configuration. */
  addTo(headers: HeaderFields): void {
    for (const [name, value] of this.#defaults) {
      if (!headers.has(name)) headers.set(name, value);
    }
    for (const [name, value] of this.#configured) {
      if (value === "") headers.delete(name);
      else headers.set(name, value);
    }
  }
}
