/**
 * What is worth reading in the output of `deno test`: everything except tests that passed or were ignored, and what they printed.
 *
 * @module
 */

/** The end of a test, in the report that `deno test` prints by default. Its steps are indented. */
const OUTCOME = /^\S.* \.\.\. (ok|ignored|cancelled|FAILED)\b/;
const OUTPUT_BEGIN = "------- output -------";
const OUTPUT_END = "----- output end -----";
/** Where the lines about single tests end: at the list of errors, or at the summary. */
const END_OF_TESTS = /^( ERRORS |(ok|FAILED) \| )/;
const START_OF_FILE = /^running \d+ tests? from /;

// deno-lint-ignore no-control-regex
const COLORS = /\x1b\[[\d;]*m/g;

/** Selects lines of the standard output of `deno test`. What it does not know is never dropped for good. */
export class QuietOutput {
  /** The number of tests that have ended. */
  ended = 0;
  /** The number of tests that failed. */
  failed = 0;
  readonly #print: (line: string) => void;
  /** The lines since the last test ended. */
  #held: string[] = [];
  #isOutput = false;
  #isOver = false;

  /** Creates a selection that passes lines on to a function. */
  constructor(print: (line: string) => void) {
    this.#print = print;
  }

  /** Takes the next line. */
  add(line: string): void {
    const text = line.replaceAll(COLORS, "");
    if (!this.#isOver && !this.#isOutput && START_OF_FILE.test(text)) return;
    this.#held.push(line);
    if (this.#isOver) return this.end();
    if (text === OUTPUT_BEGIN) this.#isOutput = true;
    if (text === OUTPUT_END) this.#isOutput = false;
    if (this.#isOutput) return;
    const outcome = OUTCOME.exec(text)?.[1];
    if (outcome !== undefined) this.#endTest(outcome);
    else if (END_OF_TESTS.test(text)) {
      this.#isOver = true;
      this.end();
    }
  }

  /** Prints what is left at the end of the output, or when it broke off. */
  end(): void {
    for (const line of this.#held) this.#print(line);
    this.#held = [];
  }

  #endTest(outcome: string): void {
    this.ended++;
    if (outcome === "ok" || outcome === "ignored") {
      this.#held = [];
      return;
    }
    this.failed++;
    this.end();
  }
}

/** Whether a line of the standard error of `deno test` only names a file whose types are checked. */
export function isProgress(line: string): boolean {
  return /^(Check|Download|Initialize) \S+$/.test(line.replaceAll(COLORS, ""));
}
