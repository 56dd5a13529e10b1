/**
 * Validation of options at run time.
 *
 * @module
 */

import { describe } from "./describe.ts";
import { suggest } from "./suggest.ts";

/**
 * Checks that all options have known names: a typo must not be ignored.
 *
 * @param action The beginning of the error message, such as `Cannot create exporter`.
 * @throws {TypeError} If an option is unknown.
 */
export function checkNames(action: string, options: object, names: readonly string[]): void {
  for (const name of Object.keys(options)) {
    if (names.includes(name)) continue;
    const near = suggest(name, names);
    throw new TypeError(
      `${action}: unknown option "${name}"${near === undefined ? "" : `, did you mean "${near}"?`}`,
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
