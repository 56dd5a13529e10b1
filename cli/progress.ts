/**
 * The progress of long work, in the last line of a terminal.
 *
 * @module
 */

/** A terminal, or something else that text goes to. */
export interface ProgressOutput {
  /** Returns whether it is a terminal. */
  isTerminal(): boolean;
  /** Writes bytes at once. */
  writeSync(bytes: Uint8Array): number;
}

/** How many milliseconds work takes before its progress is shown, and how many are between two updates. */
const DELAY = 200;

const CLEAR_LINE = "\r\x1b[K";

/** Shows what a command is doing, if its standard error is a terminal and the work takes a while. Leaves nothing behind. */
export class Progress implements Disposable {
  readonly #output: ProgressOutput;
  readonly #isShown: boolean;
  #next: number;
  #hasLine = false;

  /** Starts to measure the time. */
  constructor(output: ProgressOutput = Deno.stderr) {
    this.#output = output;
    this.#isShown = output.isTerminal();
    this.#next = performance.now() + DELAY;
  }

  /** Updates the line, if it is time to. */
  show(describe: () => string): void {
    if (!this.#isShown || performance.now() < this.#next) return;
    this.#next = performance.now() + DELAY;
    this.#hasLine = true;
    this.#write(CLEAR_LINE + describe());
  }

  /** Clears the line. */
  clear(): void {
    if (this.#hasLine) this.#write(CLEAR_LINE);
    this.#hasLine = false;
  }

  /** Clears the line. */
  [Symbol.dispose](): void {
    this.clear();
  }

  #write(text: string): void {
    this.#output.writeSync(new TextEncoder().encode(text));
  }
}

/** Formats a number of bytes for people. */
export function formatBytes(bytes: number): string {
  return bytes < 1e6 ? `${(bytes / 1e3).toFixed(0)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}
