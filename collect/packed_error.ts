/**
 * Errors as they cross from a worker, which keeps their class names and stacks.
 *
 * @module
 */

import { describe } from "../model/describe.ts";

/** An error, or any other value that was thrown. */
export type PackedError =
  | {
    readonly name: string;
    readonly message: string;
    readonly stack?: string | undefined;
    readonly cause?: PackedError | undefined;
  }
  | { readonly thrown: string | number | boolean | null | undefined };

/** Longer messages and stacks are cut: who sends them is not trusted. */
const MAX_LENGTH = 16384;
/** How many causes of causes cross. */
const MAX_DEPTH = 4;

/** The classes whose instances come out as such. Others come out as an `Error` with their name. */
const CLASSES: ReadonlyMap<string, ErrorConstructor> = new Map(
  [Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError]
    .map((Class) => [Class.name, Class]),
);

/** Packs a thrown value. Never throws, whatever the value is. */
export function packError(error: unknown, depth: number = MAX_DEPTH): PackedError {
  try {
    if (error instanceof Error || error instanceof DOMException) {
      const { name, message, stack, cause } = error as Error;
      const packed = { name: String(name), message: String(message) };
      return {
        ...packed,
        ...(typeof stack === "string" && { stack }),
        ...(cause !== undefined && depth > 0 && { cause: packError(cause, depth - 1) }),
      };
    }
  } catch {
    return { name: "Error", message: "An error that cannot be read" };
  }
  switch (typeof error) {
    case "string":
    case "number":
    case "boolean":
    case "undefined":
      return { thrown: error };
    default:
      return { thrown: error === null ? error : describe(error) };
  }
}

/** Unpacks a thrown value. Never throws, whatever was sent. */
export function unpackError(packed: unknown, depth: number = MAX_DEPTH): unknown {
  if (typeof packed !== "object" || packed === null) return new Error(describe(packed));
  if ("thrown" in packed) {
    const { thrown } = packed;
    return typeof thrown === "object" && thrown !== null ? describe(thrown) : thrown;
  }
  const { name, message, stack, cause } = packed as Partial<Record<string, unknown>>;
  const Class = CLASSES.get(String(name)) ?? Error;
  const error = new Class(cut(message), {
    ...(cause !== undefined && depth > 0 && { cause: unpackError(cause, depth - 1) }),
  });
  if (error.name !== name) define(error, "name", cut(name));
  define(error, "stack", stack === undefined ? `${error.name}: ${error.message}` : cut(stack));
  return error;
}

function define(error: Error, property: "name" | "stack", value: string): void {
  Object.defineProperty(error, property, { value, configurable: true, writable: true });
}

function cut(text: unknown): string {
  return typeof text === "string" ? text.slice(0, MAX_LENGTH) : describe(text);
}
