/**
 * Programs that tests start, watch and end.
 *
 * @module
 */

import { until, type UntilOptions, within } from "./until.ts";

/** Options of {@linkcode Process}. */
export interface ProcessOptions {
  /** Environment variables besides those of the test. */
  env?: Record<string, string>;
  /** The working directory. */
  cwd?: string | URL;
}

/** The repository. */
export const ROOT = new URL("../../", import.meta.url);

/** The path of a fixture. */
export function fixture(name: string): string {
  return new URL(`fixtures/${name}`, import.meta.url).pathname;
}

/** A program that runs until it ends or the test does. What it writes is kept line by line. */
export class Process implements AsyncDisposable {
  /** What it wrote so far to standard output and standard error, in whole lines. */
  readonly lines: string[] = [];
  readonly #child: Deno.ChildProcess;
  readonly #stdin: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>;
  readonly #what: string;
  readonly #status: Promise<Deno.CommandStatus>;
  #hasEnded = false;

  /** Starts a program. */
  constructor(program: string, args: readonly string[], options: ProcessOptions = {}) {
    this.#what = [program, ...args].join(" ");
    this.#child = new Deno.Command(program, {
      args: [...args],
      cwd: options.cwd ?? ROOT,
      env: { NO_COLOR: "1", ...options.env },
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#stdin = this.#child.stdin.getWriter();
    this.#status = this.#finish();
  }

  /** Starts Deno, the same that runs the test. */
  static deno(args: readonly string[], options: ProcessOptions = {}): Process {
    return new Process(Deno.execPath(), args, options);
  }

  get pid(): number {
    return this.#child.pid;
  }

  /** Waits for a line, old or new, and gives what the pattern matched. */
  async line(pattern: RegExp, options: UntilOptions = {}): Promise<RegExpExecArray> {
    const find = () => this.#find(pattern) ?? (this.#hasEnded ? null : undefined);
    const match = await until(`${pattern}`, find, options).catch(() => null);
    if (match) return match;
    const output = this.lines.map((line) => `  ${line}`).join("\n");
    throw new Error(`Cannot find ${pattern} in the output of "${this.#what}":\n${output}`);
  }

  /** How many lines match. */
  count(pattern: RegExp): number {
    return this.lines.filter((line) => pattern.test(line)).length;
  }

  /** Writes to its standard input. */
  async write(text: string): Promise<void> {
    await this.#stdin.write(new TextEncoder().encode(text));
  }

  /** Ends its standard input. */
  async endInput(): Promise<void> {
    await this.#stdin.close();
  }

  /** Waits until it has ended and all that it wrote has been read. */
  ended(options: UntilOptions = {}): Promise<Deno.CommandStatus> {
    return within(`"${this.#what}" to end`, this.#status, options);
  }

  /** Sends a signal. */
  kill(signal: Deno.Signal): void {
    this.#child.kill(signal);
  }

  /** Ends it if it has not ended. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#hasEnded) {
      try {
        this.#child.kill("SIGKILL");
      } catch {
        // It has just ended.
      }
    }
    await this.#stdin.close().catch(() => {});
    await this.#status;
  }

  #find(pattern: RegExp): RegExpExecArray | undefined {
    for (const line of this.lines) {
      const match = pattern.exec(line);
      if (match) return match;
    }
    return undefined;
  }

  async #finish(): Promise<Deno.CommandStatus> {
    const [status] = await Promise.all([
      this.#child.status,
      this.#read(this.#child.stdout),
      this.#read(this.#child.stderr),
    ]);
    this.#hasEnded = true;
    return { ...status };
  }

  async #read(output: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<void> {
    let rest = "";
    for await (const text of output.pipeThrough(new TextDecoderStream())) {
      const parts = (rest + text).split(/\r?\n/);
      rest = parts.pop()!;
      this.lines.push(...parts);
    }
    if (rest !== "") this.lines.push(rest);
  }
}
