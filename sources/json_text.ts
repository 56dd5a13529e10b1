/**
 * JSON documents, with the place of what is wrong in them.
 *
 * @module
 */

import { Positions } from "../parse/positions.ts";

/** What a document lacks at some offset. */
interface JsonFault {
  readonly offset: number;
  readonly expected: string;
}

const SPACE = /[ \t\r\n]*/y;
// deno-lint-ignore no-control-regex -- JSON does not allow control characters in strings
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const LITERAL = /(?:true|false|null)/y;

/**
 * Parses a JSON document.
 *
 * @param source The source for error messages, such as a file name.
 * @throws {SyntaxError} If it is invalid. The message has the line and the column.
 */
export function parseJson(text: string, source: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch (error) {
    const fault = findFault(text.replace(/^\uFEFF/, ""));
    if (fault === undefined) throw error;
    const { line, column } = new Positions(text).at(fault.offset);
    throw new SyntaxError(
      `Cannot parse JSON "${source}": line ${line}, column ${column}: expected ${fault.expected}`,
    );
  }
}

/** Finds the first place at which a text is not JSON. V8 does not tell it for every error. */
function findFault(text: string): JsonFault | undefined {
  /** The closing brackets of what is open. */
  const open: string[] = [];
  let offset = 0;
  let next: "value" | "value or end" | "key" | "key or end" | "colon" | "comma" = "value";
  const skip = (pattern: RegExp) => {
    pattern.lastIndex = offset;
    const length = pattern.exec(text)?.[0].length ?? 0;
    offset += length;
    return length > 0;
  };
  for (;;) {
    skip(SPACE);
    const mark = text[offset];
    const closing = open.at(-1);
    if (mark !== undefined && mark === closing && next !== "value" && next !== "colon") {
      if (next === "key") return { offset, expected: "a key in double quotes" };
      open.pop();
      offset++;
      next = "comma";
      continue;
    }
    switch (next) {
      case "comma":
        if (closing === undefined) {
          return mark === undefined ? undefined : { offset, expected: "the end of the document" };
        }
        if (mark !== ",") return { offset, expected: `"," or "${closing}"` };
        offset++;
        next = closing === "}" ? "key" : "value";
        break;
      case "key":
      case "key or end":
        if (!skip(STRING)) return { offset, expected: "a key in double quotes" };
        next = "colon";
        break;
      case "colon":
        if (mark !== ":") return { offset, expected: '":"' };
        offset++;
        next = "value";
        break;
      default:
        if (mark === "[" || mark === "{") {
          open.push(mark === "[" ? "]" : "}");
          offset++;
          next = mark === "[" ? "value or end" : "key or end";
        } else if (skip(STRING) || skip(NUMBER) || skip(LITERAL)) {
          next = "comma";
        } else {
          return { offset, expected: "a value" };
        }
    }
  }
}
