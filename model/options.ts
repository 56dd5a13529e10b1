/**
 * Validation of options at run time.
 *
 * @module
 */

import { describe } from "./describe.ts";
import { suggest } from "./suggest.ts";

/** Names that options have in other client libraries, with those that they have here. The first one that is allowed is meant. */
const COUNTERPARTS: ReadonlyMap<string, readonly string[]> = new Map(Object.entries({
  labelNames: ["labels"],
  labelnames: ["labels"],
  percentiles: ["quantiles"],
  objectives: ["quantiles"],
  Objectives: ["quantiles"],
  maxAgeSeconds: ["window"],
  MaxAge: ["window", "maxAge"],
  ageBuckets: ["windowParts"],
  AgeBuckets: ["windowParts"],
  NativeHistogramBucketFactor: ["native"],
  port: ["listenPort"],
  host: ["listenIp"],
  hostname: ["listenIp"],
  address: ["listenIp"],
  addr: ["listenIp"],
  path: ["metricsPath"],
  level: ["logLevel"],
}));

/**
 * Checks that all options have known names: a typo must not be ignored.
 *
 * @param action The beginning of the error message, such as `Cannot create exporter`.
 * @param advice What to do instead of giving options of other client libraries that have no counterpart.
 * @throws {TypeError} If an option is unknown.
 */
export function checkNames(
  action: string,
  options: object,
  names: readonly string[],
  advice: ReadonlyMap<string, string> = new Map(),
): void {
  for (const name of Object.keys(options)) {
    if (names.includes(name)) continue;
    const counterpart = COUNTERPARTS.get(name)?.find((counterpart) => names.includes(counterpart));
    const near = counterpart ?? suggest(name, names);
    const hint = near === undefined ? advice.get(name) : `did you mean "${near}"?`;
    throw new TypeError(
      `${action}: unknown option "${name}"${hint === undefined ? "" : `, ${hint}`}`,
    );
  }
}

/**
 * Checks the value of an option, unless it is undefined.
 *
 * @param action The beginning of the error message, such as `Cannot create exporter`.
 * @param expected A description of valid values, such as `an integer from 0 to 65535`.
 * @throws {TypeError} If the value has the wrong type.
 * @throws {RangeError} If the value is invalid.
 */
export function checkOption<T extends string | number | boolean>(
  action: string,
  [name, value]: [name: string, value: T | undefined],
  type: "string" | "number" | "boolean",
  expected: string,
  isValid: (value: T) => boolean = () => true,
): void {
  if (value === undefined) return;
  const kind: string = typeof value;
  if (kind === type && isValid(value)) return;
  const Failure = kind === type ? RangeError : TypeError;
  throw new Failure(`${action}: expected ${name} to be ${expected}, got ${describe(value)}`);
}
