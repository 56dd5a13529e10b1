/**
 * Programs in processes of their own, which tests start, watch and end.
 *
 * @module
 */

import { until, type UntilOptions, within } from "./until.ts";

/** The repository, where programs are started unless a test says otherwise. */
export const ROOT = new URL("../../", import.meta.url);

/** Options of {@linkcode Program}. */
export interface ProgramOptions {
  /** The working directory. */
  cwd?: string | URL;
  /** Environment variables besides those of the test. */
  env?: Record<string, string>;
}

/** How a program ended, and all that it wrote. */
export interface Outcome extends Deno.CommandStatus {
  stdout: string;
  stderr: string;
}

/** A program that runs until it ends or the test does. */
export class Program implements AsyncDisposable {
  /** What it wrote so far to standard output and standard error, in whole lines. */
  readonly lines: string[] = [];
  readonly #child: Deno.ChildProcess;
  readonly #stdin: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>;
  readonly #what: string;
  readonly #outcome: Promise<Outcome>;
  #hasEnded = false;
  #output = "";

  /** Starts a program. */
  constructor(program: string, args: readonly string[], options: ProgramOptions = {}) {
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
    this.#outcome = this.#run();
  }

  /** Starts Deno, the same that runs the test. */
  static deno(args: readonly string[], options: ProgramOptions = {}): Program {
    return new Program(Deno.execPath(), args, options);
  }

  /** Starts Deno at a pseudo-terminal, where it asks for permissions that are missing. */
  static denoAtTerminal(args: readonly string[], options: ProgramOptions = {}): Program {
    const words = [Deno.execPath(), ...args].map((word) => `'${word.replaceAll("'", `'\\''`)}'`);
    const command = `echo "pid=$$"; exec ${words.join(" ")}`;
    return new Program("script", ["-qec", command, "/dev/null"], options);
  }

  /** Whether there is what {@linkcode Program.denoAtTerminal} needs. */
  static get hasTerminal(): boolean {
    try {
      const { stdout } = new Deno.Command("script", { args: ["--version"] }).outputSync();
      return new TextDecoder().decode(stdout).includes("util-linux");
    } catch {
      return false;
    }
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

  /** Waits until its output contains a text, which need not be a whole line. */
  async shows(text: string): Promise<void> {
    await until(`"${text}" to appear`, () => this.#output.includes(text));
  }

  /** Waits until it says where it listens. */
  async url(): Promise<URL> {
    const [url] = await this.line(/\bhttp:\/\/[^\s/]+:\d+\//);
    return new URL(url);
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
  ended(options: UntilOptions = {}): Promise<Outcome> {
    return within(`"${this.#what}" to end`, this.#outcome, { limit: 30, ...options });
  }

  /** Waits until it has ended, and tells no more than how. */
  async status(options: UntilOptions = {}): Promise<Deno.CommandStatus> {
    const { success, code, signal } = await this.ended({ limit: 10, ...options });
    return { success, code, signal };
  }

  /** Sends a signal; at a pseudo-terminal to Deno, not to what provides the terminal. */
  kill(signal: Deno.Signal): void {
    const pid = this.#find(/^pid=(\d+)$/)?.[1];
    if (pid === undefined) this.#child.kill(signal);
    else Deno.kill(Number(pid), signal);
  }

  /** Ends it if it has not ended. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#hasEnded) {
      try {
        this.kill("SIGKILL");
      } catch {
        // It has just ended.
      }
    }
    await this.#stdin.close().catch(() => {});
    await this.#outcome;
  }

  #find(pattern: RegExp): RegExpExecArray | undefined {
    for (const line of this.lines) {
      const match = pattern.exec(line);
      if (match) return match;
    }
    return undefined;
  }

  async #run(): Promise<Outcome> {
    const [status, stdout, stderr] = await Promise.all([
      this.#child.status,
      this.#read(this.#child.stdout),
      this.#read(this.#child.stderr),
    ]);
    this.#hasEnded = true;
    return { ...status, stdout, stderr };
  }

  async #read(output: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<string> {
    let all = "";
    let rest = "";
    for await (const text of output.pipeThrough(new TextDecoderStream())) {
      all += text;
      this.#output += text;
      const parts = (rest + text).split(/\r?\n/);
      rest = parts.pop()!;
      this.lines.push(...parts);
    }
    if (rest) this.lines.push(rest);
    return all;
  }
}
