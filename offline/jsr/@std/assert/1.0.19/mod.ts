/**
 * Stands in for `@std/assert` 1.0.19 on a machine that cannot reach JSR; made of `node:assert`.
 *
 * Signatures, return values, narrowing and the first line of most messages are those of the real
 * one. It differs in this:
 *
 * - {@linkcode equal}, and with it {@linkcode assertEquals}, is stricter here in that, inside of a
 *   structure, `0` and `-0` differ, as do an object without a prototype and an object literal. It is
 *   laxer in that getters of a class are not looked at, nor the stacks of errors.
 * - The difference between two values is shown the way `node:assert` does.
 * - `unimplemented` and the entry points of single functions (`@std/assert/equals`) are missing.
 *
 * @module
 */

import { AssertionError as NodeAssertionError, deepStrictEqual } from "node:assert";
import { inspect } from "node:util";

// deno-lint-ignore no-explicit-any -- any constructor is meant, with whatever parameters.
type Constructor<T> = new (...args: any[]) => T;
type Falsy = false | 0 | 0n | "" | null | undefined;
type ArrayLikeArg<T> = ArrayLike<T> & object;

/** What every assertion throws. */
export class AssertionError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "AssertionError";
  }
}

function reject(message: string, msg?: string): never {
  throw new AssertionError(msg ? `${message}: ${msg}` : `${message}.`);
}

/** Fails always. */
export function fail(msg?: string): never {
  reject("Failed assertion", msg);
}

/** Fails where the control flow must not come. */
export function unreachable(msg?: string): never {
  reject("Unreachable", msg);
}

/** Asserts that `expr` is truthy. */
export function assert(expr: unknown, msg = ""): asserts expr {
  if (!expr) throw new AssertionError(msg);
}

/** Asserts that `expr` is falsy. */
export function assertFalse(expr: unknown, msg = ""): asserts expr is Falsy {
  if (expr) throw new AssertionError(msg);
}

/** Asserts that `actual` is neither `null` nor `undefined`. */
export function assertExists<T>(actual: T, msg?: string): asserts actual is NonNullable<T> {
  if (actual == null) reject(`Expected actual: "${actual}" to not be null or undefined`, msg);
}

/** Whether two values are deeply equal, prototypes included. */
export function equal(a: unknown, b: unknown): boolean {
  return difference(a, b) === undefined;
}

/** Asserts that two values are deeply equal. */
export function assertEquals<T>(actual: T, expected: T, msg?: string): void {
  const text = difference(actual, expected);
  if (text === undefined) return;
  throw new AssertionError(`Values are not equal${msg ? `: ${msg}` : "."}\n${text}`);
}

/** Asserts that two values are not deeply equal. */
export function assertNotEquals<T>(actual: T, expected: T, msg?: string): void {
  if (equal(actual, expected)) {
    reject(`Expected actual: ${inspect(actual)} not to be: ${inspect(expected)}`, msg);
  }
}

/** Asserts that two values are the same by `Object.is`. */
export function assertStrictEquals<T>(
  actual: unknown,
  expected: T,
  msg?: string,
): asserts actual is T {
  if (Object.is(actual, expected)) return;
  const text = difference(actual, expected) ?? "Values are equal but not the same reference";
  throw new AssertionError(`Values are not strictly equal${msg ? `: ${msg}` : "."}\n${text}`);
}

/** Asserts that two values are not the same by `Object.is`. */
export function assertNotStrictEquals<T>(actual: T, expected: T, msg?: string): void {
  if (Object.is(actual, expected)) {
    reject(`Expected "actual" to not be strictly equal to: ${inspect(actual)}`, msg);
  }
}

/** Asserts that two numbers differ by at most `tolerance`, by default a ten-millionth part. */
export function assertAlmostEquals(
  actual: number,
  expected: number,
  tolerance?: number,
  msg?: string,
): void {
  if (Object.is(actual, expected)) return;
  const limit = tolerance ?? (Number.isFinite(expected) ? Math.abs(expected * 1e-7) : 1e-7);
  const delta = Math.abs(expected - actual);
  if (delta <= limit) return;
  reject(
    `Expected actual: "${actual}" to be close to "${expected}": ` +
      `delta "${delta}" is greater than "${limit}"`,
    msg,
  );
}

/** Asserts that `actual` is greater than `expected`. */
export function assertGreater<T>(actual: T, expected: T, msg?: string): void {
  if (!(actual > expected)) failOrder(actual, ">", expected, msg);
}

/** Asserts that `actual` is greater than or equal to `expected`. */
export function assertGreaterOrEqual<T>(actual: T, expected: T, msg?: string): void {
  if (!(actual >= expected)) failOrder(actual, ">=", expected, msg);
}

/** Asserts that `actual` is less than `expected`. */
export function assertLess<T>(actual: T, expected: T, msg?: string): void {
  if (!(actual < expected)) failOrder(actual, "<", expected, msg);
}

/** Asserts that `actual` is less than or equal to `expected`. */
export function assertLessOrEqual<T>(actual: T, expected: T, msg?: string): void {
  if (!(actual <= expected)) failOrder(actual, "<=", expected, msg);
}

/** Asserts that a string matches a pattern. */
export function assertMatch(actual: string, expected: RegExp, msg?: string): void {
  if (!expected.test(actual)) reject(`Expected actual: "${actual}" to match: "${expected}"`, msg);
}

/** Asserts that a string does not match a pattern. */
export function assertNotMatch(actual: string, expected: RegExp, msg?: string): void {
  if (expected.test(actual)) {
    reject(`Expected actual: "${actual}" to not match: "${expected}"`, msg);
  }
}

/** Asserts that a string contains another. */
export function assertStringIncludes(actual: string, expected: string, msg?: string): void {
  if (!actual.includes(expected)) {
    reject(`Expected actual: "${actual}" to contain: "${expected}"`, msg);
  }
}

/** Asserts that an array contains a deeply equal item for each one of `expected`. */
export function assertArrayIncludes<T>(
  actual: ArrayLikeArg<T>,
  expected: ArrayLikeArg<T>,
  msg?: string,
): void {
  const items = Array.from(actual);
  const missing = Array.from(expected).filter((item) => !items.some((other) => equal(other, item)));
  if (missing.length === 0) return;
  reject(
    `Expected actual: "${inspect(actual)}" to include: "${inspect(expected)}"\n` +
      `missing: ${inspect(missing)}`,
    msg,
  );
}

/** Asserts that `actual` has all that `expected` has, deeply; it may have more. */
export function assertObjectMatch(
  // deno-lint-ignore no-explicit-any -- instances of classes have no index signature.
  actual: Record<PropertyKey, any>,
  expected: Record<PropertyKey, unknown>,
  msg?: string,
): void {
  if (matches(actual, expected)) return;
  const text = difference(actual, expected);
  throw new AssertionError(`Objects do not match${msg ? `: ${msg}` : "."}\n${text}`);
}

/** Asserts that `actual` is an instance of `expectedType`. */
export function assertInstanceOf<T extends Constructor<unknown>>(
  actual: unknown,
  expectedType: T,
  msg?: string,
): asserts actual is InstanceType<T> {
  if (actual instanceof expectedType) return;
  reject(
    `Expected object to be an instance of "${expectedType.name}" but was "${kind(actual)}"`,
    msg,
  );
}

/** Asserts that `actual` is not an instance of `unexpectedType`. */
export function assertNotInstanceOf<A, T>(
  actual: A,
  unexpectedType: Constructor<T>,
  msg?: string,
): asserts actual is Exclude<A, T> {
  if (actual instanceof unexpectedType) {
    reject(`Expected object to not be an instance of "${unexpectedType.name}"`, msg);
  }
}

/** Asserts that `error` is an `Error`, of the class and with the part of a message that are given. */
export function assertIsError<E extends Error = Error>(
  error: unknown,
  ErrorClass?: Constructor<E>,
  msgMatches?: string | RegExp,
  msg?: string,
): asserts error is E {
  if (!(error instanceof Error)) reject('Expected "error" to be an Error object', msg);
  if (ErrorClass && !(error instanceof ErrorClass)) {
    reject(
      `Expected error to be instance of "${ErrorClass.name}", but was "${kind(error)}"`,
      msg,
    );
  }
  if (msgMatches === undefined) return;
  const found = typeof msgMatches === "string"
    ? error.message.includes(msgMatches)
    : msgMatches.test(error.message);
  if (!found) {
    const wanted = typeof msgMatches === "string" ? JSON.stringify(msgMatches) : msgMatches;
    reject(
      `Expected error message to include ${wanted}, but got ${JSON.stringify(error.message)}`,
      msg,
    );
  }
}

/** Asserts that `fn` throws, and returns what it threw. */
export function assertThrows(fn: () => unknown, msg?: string): unknown;
/** Asserts that `fn` throws an error of a class, and returns it. */
export function assertThrows<E extends Error = Error>(
  fn: () => unknown,
  ErrorClass: Constructor<E>,
  msgIncludes?: string,
  msg?: string,
): E;
export function assertThrows(
  fn: () => unknown,
  classOrMsg?: Constructor<Error> | string,
  msgIncludes?: string,
  msg?: string,
): unknown {
  const expected = new Expected("thrown", classOrMsg, msgIncludes, msg);
  try {
    fn();
  } catch (error) {
    return expected.check(error);
  }
  reject("Expected function to throw", expected.msg);
}

/** Asserts that `fn` returns a promise that rejects, and resolves to the reason. */
export function assertRejects(fn: () => PromiseLike<unknown>, msg?: string): Promise<unknown>;
/** Asserts that `fn` returns a promise that rejects with an error of a class; resolves to it. */
export function assertRejects<E extends Error = Error>(
  fn: () => PromiseLike<unknown>,
  ErrorClass: Constructor<E>,
  msgIncludes?: string,
  msg?: string,
): Promise<E>;
export async function assertRejects(
  fn: () => PromiseLike<unknown>,
  classOrMsg?: Constructor<Error> | string,
  msgIncludes?: string,
  msg?: string,
): Promise<unknown> {
  const expected = new Expected("rejected", classOrMsg, msgIncludes, msg);
  let promise: PromiseLike<unknown> | undefined;
  try {
    promise = fn();
  } catch {
    // Told apart from a rejection below.
  }
  if (typeof promise?.then !== "function") {
    reject("Function throws when expected to reject", expected.msg);
  }
  try {
    await promise;
  } catch (error) {
    return expected.check(error);
  }
  reject("Expected function to reject", expected.msg);
}

/** The optional arguments that `assertThrows` and `assertRejects` share. */
class Expected {
  readonly msg: string | undefined;
  #verb: string;
  #errorClass: Constructor<Error> | undefined;
  #msgIncludes: string | undefined;

  constructor(
    verb: string,
    classOrMsg?: Constructor<Error> | string,
    msgIncludes?: string,
    msg?: string,
  ) {
    this.#verb = verb;
    this.#errorClass = typeof classOrMsg === "string" ? undefined : classOrMsg;
    this.#msgIncludes = msgIncludes;
    this.msg = typeof classOrMsg === "string" ? classOrMsg : msg;
  }

  check(error: unknown): unknown {
    if (this.#errorClass) {
      if (!(error instanceof Error)) reject(`A non-Error object was ${this.#verb}`, this.msg);
      assertIsError(error, this.#errorClass, this.#msgIncludes, this.msg);
    }
    return error;
  }
}

function difference(actual: unknown, expected: unknown): string | undefined {
  if (actual === expected) return undefined;
  try {
    deepStrictEqual(actual, expected);
    return undefined;
  } catch (error) {
    if (error instanceof NodeAssertionError) return error.message;
    throw error;
  }
}

function matches(actual: unknown, expected: unknown): boolean {
  if (expected instanceof Map) {
    return actual instanceof Map &&
      [...expected].every(([key, item]) => actual.has(key) && matches(actual.get(key), item));
  }
  if (expected instanceof Set) {
    return actual instanceof Set &&
      [...expected].every((item) => [...actual].some((other) => equal(other, item)));
  }
  if (!isRecord(expected)) return equal(actual, expected);
  return typeof actual === "object" && actual !== null &&
    Array.isArray(actual) === Array.isArray(expected) &&
    [...Object.keys(expected), ...Object.getOwnPropertySymbols(expected)].every((key) =>
      Reflect.has(actual, key) && matches(Reflect.get(actual, key), expected[key])
    );
}

/** Whether a value is to be compared key by key. */
function isRecord(value: unknown): value is Record<PropertyKey, unknown> {
  if (typeof value !== "object" || value === null) return false;
  const text = Object.prototype.toString.call(value);
  return text === "[object Object]" || text === "[object Array]";
}

function failOrder(actual: unknown, sign: string, expected: unknown, msg?: string): never {
  throw new AssertionError(msg ?? `Expect ${inspect(actual)} ${sign} ${inspect(expected)}`);
}

function kind(value: unknown): string {
  if (value === null) return "null";
  return typeof value === "object" ? value.constructor?.name ?? "Object" : typeof value;
}
