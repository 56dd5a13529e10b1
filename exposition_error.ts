/**
 * The error for invalid expositions.
 *
 * @module
 */

import { describe } from "./model/describe.ts";

/** The maximum length of {@linkcode ExpositionError.found}. */
const MAX_LENGTH = 200;

/** The error for an exposition that cannot be parsed. The message has the position, what was expected there, and what was found. */
export class ExpositionError extends SyntaxError {
  /** The source, such as a file name or a URL. Empty if unknown. */
  readonly source: string;
  /** The line number, starting at 1. */
  readonly line: number;
  /** The column number in UTF-16 code units, starting at 1. */
  readonly column: number;
  /** The unexpected text, truncated if it is long. Empty at the end of the exposition. */
  readonly found: string;

  /** Creates an error. `expected` is a phrase, `found` the unexpected text. */
  constructor(
    expected: string,
    found: string,
    position: Pick<ExpositionError, "source" | "line" | "column">,
  ) {
    const { source, line, column } = position;
    const action = source === ""
      ? "Cannot parse exposition"
      : `Cannot parse exposition ${JSON.stringify(source)}`;
    super(
      `${action}: line ${line}, column ${column}: expected ${expected}, got ${
        describeFound(found)
      }`,
    );
    this.name = "ExpositionError";
    this.source = source;
    this.line = line;
    this.column = column;
    this.found = found.slice(0, MAX_LENGTH);
  }
}

function describeFound(found: string): string {
  if (found === "") return "the end of the text";
  return found === "\n" ? "the end of the line" : describe(found);
}
