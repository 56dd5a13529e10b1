/**
 * Label values that come from JSON documents.
 *
 * @module
 */

import { describe } from "../model/describe.ts";
import { type JsonPath, parseJsonPath } from "./json_path.ts";

/** A path in a template. */
interface Placeholder {
  readonly path: JsonPath;
  /** Whether the path begins at the whole document instead of the item. */
  readonly isGlobal: boolean;
}

/** A label value with paths in it. */
export class LabelTemplate {
  readonly #parts: readonly (string | Placeholder)[];

  /** Creates a template from its parts. Use {@linkcode parseLabelTemplate}. */
  constructor(parts: readonly (string | Placeholder)[]) {
    this.#parts = parts;
  }

  /**
   * Returns the value of the label; an empty text if its paths select nothing or null.
   *
   * @throws {TypeError} If a path selects an array or an object.
   * @throws {RangeError} If a path selects several values.
   */
  fill(item: unknown, document: unknown): string {
    return this.#parts.map((part) => {
      if (typeof part === "string") return part;
      return textOf(part, part.isGlobal ? document : item);
    }).join("");
  }
}

function textOf({ path }: Placeholder, root: unknown): string {
  const node = path.findOne(root);
  if (node === undefined || node.value === null) return "";
  if (typeof node.value !== "object") return String(node.value);
  throw new TypeError(
    `expected a string, a number or a boolean at ${node.path}, got ${describe(node.value)}`,
  );
}

/**
 * Parses a label value. `$.name` is a path as a whole, and so is each `{$.name}` in other texts. Paths begin at the current item;
 * with two dollar signs, as in `$$.name`, at the whole document.
 *
 * @throws {SyntaxError} If a path is invalid. The message is a phrase.
 */
export function parseLabelTemplate(text: string): LabelTemplate {
  if (text.startsWith("$")) return new LabelTemplate([parsePlaceholder(text)]);
  const parts: (string | Placeholder)[] = [];
  let from = 0;
  for (let begin = text.indexOf("{$"); begin !== -1; begin = text.indexOf("{$", from)) {
    const end = findEnd(text, begin);
    parts.push(text.slice(from, begin), parsePlaceholder(text.slice(begin + 1, end)));
    from = end + 1;
  }
  parts.push(text.slice(from));
  return new LabelTemplate(parts.filter((part) => part !== ""));
}

function parsePlaceholder(text: string): Placeholder {
  const isGlobal = text.startsWith("$$");
  return { path: parseJsonPath(isGlobal ? text.slice(1) : text), isGlobal };
}

/** Finds the brace that closes the one at an offset, which is not in a quoted text. */
function findEnd(text: string, begin: number): number {
  let quote: string | undefined;
  for (let i = begin + 1; i < text.length; i++) {
    const character = text[i];
    if (quote !== undefined && character === "\\") i++;
    else if (character === quote) quote = undefined;
    else if (quote === undefined && (character === '"' || character === "'")) quote = character;
    else if (quote === undefined && character === "}") return i;
  }
  throw new SyntaxError(`expected "}" after ${describe(text.slice(begin))}`);
}
