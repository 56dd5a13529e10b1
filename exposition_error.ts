/**
 * The error for invalid expositions.
 *
 * @module
 */

/** The maximum length of {@linkcode ExpositionError.found}. */
const MAX_LENGTH = 200;

/** The error for an exposition that cannot be parsed. The message has the position and the problem. */
export class ExpositionError extends SyntaxError {
  /** The source, such as a file name or a URL. Empty if unknown. */
  readonly source: string;
  /** The line number, starting at 1. */
  readonly line: number;
  /** The column number in UTF-16 code units, starting at 1. */
  readonly column: number;
  /** The unexpected text, truncated if it is long. Empty at the end of the exposition. */
  readonly found: string;

  /** Creates an error. `problem` is a phrase, `found` the unexpected text. */
  constructor(
    problem: string,
    found: string,
    position: Pick<ExpositionError, "source" | "line" | "column">,
  ) {
    const { source, line, column } = position;
    const action = source === ""
      ? "Cannot parse exposition"
      : `Cannot parse exposition ${JSON.stringify(source)}`;
    super(`${action}: line ${line}, column ${column}: ${problem}`);
    this.name = "ExpositionError";
    this.source = source;
    this.line = line;
    this.column = column;
    this.found = found.slice(0, MAX_LENGTH);
  }
}
