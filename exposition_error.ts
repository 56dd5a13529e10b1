/**
 * The error of an exposition that is not as its format demands.
 *
 * @module
 */

import { describe } from "./model/describe.ts";

/** How much of what was found is kept. */
const LONGEST = 200;

/** An exposition cannot be parsed. The message says where, what was expected there, and what is there instead. */
export class ExpositionError extends SyntaxError {
  /** What was parsed, such as a URL; empty if that is unknown. */
  readonly source: string;
  /** The line, counted from 1. */
  readonly line: number;
  /** The column, counted from 1 in UTF-16 code units. */
  readonly column: number;
  /** The offending text, or its beginning if it is long; empty if the text ends too early. */
  readonly found: string;

  /** Makes an error of a phrase for what was expected, and of what was found. */
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
    this.found = found.slice(0, LONGEST);
  }
}

function describeFound(found: string): string {
  if (found === "") return "the end of the text";
  return found === "\n" ? "the end of the line" : describe(found);
}

/** A place in an exposition. */
export type ExpositionPosition = Pick<ExpositionError, "source" | "line" | "column">;
