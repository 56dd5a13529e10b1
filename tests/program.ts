/**
 * Programs in processes of their own.
 *
 * @module
 */

/** The folder of the package, where programs are started unless a test says otherwise. */
export const ROOT = new URL("../", import.meta.url);

/** Seconds after which a test ceases to wait. */
const PATIENCE = 30;

/** Options of {@linkcode Program.start}. */
export interface StartOptions {
  cwd?: string | URL;
  env?: Record<string, string>;
}

/** How a program ended, and all that it printed. */
export interface Outcome {
  code: number;
  signal: Deno.Signal | null;
  stdout: string;
  stderr: string;
}

/** A running program that is waited for by what it prints. It is killed when the test is over. */
export class Program implements AsyncDisposable {
  readonly #process: Deno.ChildProcess;
  readonly #outcome: Promise<Outcome>;
  #printed = "";
  #onPrint: () => void = () => {};
  #hasEnded = false;

  constructor(process: Deno.ChildProcess) {
    this.#process = process;
    this.#outcome = this.#run();
  }

  /** Starts a program. */
  static start(program: string, args: readonly string[], options: StartOptions = {}): Program {
    const { cwd = ROOT, env = {} } = options;
    const command = new Deno.Command(program, {
      args: [...args],
      cwd,
      env: { NO_COLOR: "1", ...env },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    });
    return new Program(command.spawn());
  }

  /** Starts Deno. */
  static deno(args: readonly string[], options: StartOptions = {}): Program {
    return Program.start(Deno.execPath(), args, options);
  }

  /** Starts Deno at a pseudo-terminal, where it asks for permissions that are missing. */
  static denoAtTerminal(args: readonly string[], options: StartOptions = {}): Program {
    const words = [Deno.execPath(), ...args].map((word) => `'${word.replaceAll("'", `'\\''`)}'`);
    const command = `echo "pid=$$"; exec ${words.join(" ")}`;
    return Program.start("script", ["-qec", command, "/dev/null"], options);
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

  /** Waits until something that matches has been printed, on standard output or error. */
  async printed(pattern: RegExp): Promise<RegExpExecArray> {
    const until = performance.now() + PATIENCE * 1000;
    for (;;) {
      const match = pattern.exec(this.#printed);
      if (match) return match;
      if (this.#hasEnded || performance.now() > until) {
        throw new Error(`Cannot find ${pattern} in what was printed:\n${this.#printed}`);
      }
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#onPrint = resolve;
      const timer = setTimeout(resolve, PATIENCE * 1000);
      await promise;
      clearTimeout(timer);
    }
  }

  /** Waits until the program says where it listens. */
  async url(): Promise<URL> {
    const [url] = await this.printed(/\bhttp:\/\/[^\s/]+:\d+\//);
    return new URL(url);
  }

  /** Sends a signal; at a pseudo-terminal to Deno, not to what provides the terminal. */
  kill(signal: Deno.Signal): void {
    const pid = /^pid=(\d+)/m.exec(this.#printed)?.[1];
    Deno.kill(pid === undefined ? this.#process.pid : Number(pid), signal);
  }

  /** Waits for the end. */
  async ended(): Promise<Outcome> {
    const timer = setTimeout(() => this.#process.kill("SIGKILL"), PATIENCE * 1000);
    try {
      return await this.#outcome;
    } finally {
      clearTimeout(timer);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.kill("SIGKILL");
    } catch {
      // It has ended.
    }
    await this.#outcome;
  }

  async #run(): Promise<Outcome> {
    const [{ code, signal }, stdout, stderr] = await Promise.all([
      this.#process.status,
      this.#read(this.#process.stdout),
      this.#read(this.#process.stderr),
    ]);
    this.#hasEnded = true;
    this.#onPrint();
    return { code, signal, stdout, stderr };
  }

  async #read(stream: ReadableStream<Uint8Array>): Promise<string> {
    const decoder = new TextDecoder();
    let text = "";
    for await (const bytes of stream) {
      const piece = decoder.decode(bytes, { stream: true });
      text += piece;
      this.#printed += piece;
      this.#onPrint();
    }
    return text;
  }
}
