/**
 * Paths into JSON documents, as in RFC 9535.
 *
 * @module
 */

import { compile, JSONPathError, type JSONPathQuery, type JSONValue } from "json-p3";
import { describe } from "../model/describe.ts";

/** A value in a document. */
export interface JsonNode {
  /** The value. */
  readonly value: unknown;
  /** The normalized path, such as `$['values'][0]`. */
  readonly path: string;
}

/** Describes what {@linkcode parseJsonPath} accepts. */
export const JSON_PATH = 'a JSONPath such as "$.values[*]"';

/** A JSONPath query. */
export class JsonPath {
  /** The query. */
  readonly text: string;
  readonly #query: JSONPathQuery;

  /** Creates a path from a compiled query. Use {@linkcode parseJsonPath}. */
  constructor(text: string, query: JSONPathQuery) {
    this.text = text;
    this.#query = query;
  }

  /** Returns what it selects. */
  find(value: unknown): JsonNode[] {
    return Array.from(
      this.#query.query(value as JSONValue),
      (node) => ({ value: node.value, path: node.path }),
    );
  }

  /**
   * Returns the one value that it selects; undefined if there is none.
   *
   * @throws {RangeError} If it selects more than one.
   */
  findOne(value: unknown): JsonNode | undefined {
    const [node, ...others] = this.find(value);
    if (others.length === 0) return node;
    throw new RangeError(`expected ${this.text} to select one value, got ${others.length + 1}`);
  }
}

/**
 * Parses a JSONPath.
 *
 * @throws {SyntaxError} If it is invalid. The message is a phrase with the problem and the column.
 * @see {@link https://www.rfc-editor.org/rfc/rfc9535}
 */
export function parseJsonPath(text: string): JsonPath {
  try {
    return new JsonPath(text, compile(text));
  } catch (cause) {
    if (!(cause instanceof JSONPathError)) throw cause;
    const problem = cause.message.replace(/ \(.*?:\d+\)$/s, "");
    const column = (cause.token?.index ?? 0) + 1;
    throw new SyntaxError(
      `expected ${JSON_PATH}, got ${describe(text)}: ${problem} in column ${column}`,
      { cause },
    );
  }
}
