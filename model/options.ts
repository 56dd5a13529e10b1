/**
 * Checks of options that types do not make at run time.
 *
 * @module
 */

import { describe } from "./describe.ts";
import { suggest } from "./suggest.ts";

/**
 * Checks that options have no names but these: a typo must not be ignored.
 *
 * @param action What fails, such as `Cannot create exporter`.
 * @throws {TypeError} If one has.
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
 * Checks the value of an option, if it was given.
 *
 * @param action What fails, such as `Cannot create exporter`.
 * @param expected What it should be, such as `an integer from 0 to 65535`.
 * @throws {TypeError} If its type is another one than that of the values it can have.
 * @throws {RangeError} If it has a value that it cannot have.
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
