/**
 * The exporter under attack, in a process of its own, and what can be measured of it from outside.
 *
 * @module
 */

import { Program } from "../support/program.ts";
import { until } from "../support/until.ts";

const EXPORTER = new URL("exporter.ts", import.meta.url).href;

const MIB = 1024;

/** Collectors of the exporter that do not answer at once, in a query that leaves them out. */
export const QUICK = "exclude[]=hung&exclude[]=slow";

/** Options of {@linkcode Target.start}. */
export interface TargetOptions {
  /** The maximum number of file descriptors of the process. */
  descriptors?: number;
  /** The maximum size of the JavaScript heap, in MiB. */
  heap?: number;
  /**
   * The program.
   *
   * @default {"exporter.ts"}
   */
  program?: string;
  /** Options of the exporter. */
  exporter?: Record<string, unknown>;
}

/** An exporter in a process of its own. */
export class Target implements AsyncDisposable {
  /** The process. */
  readonly program: Program;
  /** Where it listens. */
  readonly url: URL;

  private constructor(program: Program, url: URL) {
    this.program = program;
    this.url = url;
  }

  /** Starts an exporter, and waits until it listens. */
  static async start(options: TargetOptions = {}): Promise<Target> {
    const { descriptors, heap, exporter = {}, program: file = EXPORTER } = options;
    const limit = descriptors === undefined ? "" : `ulimit -n ${descriptors}; `;
    const flags = heap === undefined ? [] : [`--v8-flags=--max-old-space-size=${heap}`];
    const program = new Program("sh", [
      "-c",
      `${limit}exec "$@"`,
      "sh",
      Deno.execPath(),
      "run",
      "--allow-all",
      ...flags,
      file,
      JSON.stringify({ listenPort: 0, ...exporter }),
    ]);
    try {
      const [, address = ""] = await program.line(/Listening on (http:\S+)/, { limit: 30 });
      return new Target(program, new URL(address));
    } catch (error) {
      await program[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** The resident memory now, in MiB. */
  get memory(): number {
    return this.#status("VmRSS") / MIB;
  }

  /** The largest resident memory so far, in MiB. */
  get peakMemory(): number {
    return this.#status("VmHWM") / MIB;
  }

  /** How many file descriptors are open. */
  get descriptors(): number {
    return [...Deno.readDirSync(`/proc/${this.program.pid}/fd`)].length;
  }

  /** Requests a path, and returns the status and the text. */
  async get(path: string, headers: Record<string, string> = {}): Promise<[number, string]> {
    const response = await fetch(new URL(path, this.url), {
      headers,
      signal: AbortSignal.timeout(60_000),
    });
    return [response.status, await response.text()];
  }

  /** Returns the seconds that a request of a health check takes, which tells whether the event loop is free. */
  async healthTime(): Promise<number> {
    const began = performance.now();
    await until("an answer to a health check", async () => {
      const [status] = await this.get("/-/healthy");
      return status === 200;
    }, { limit: 30 });
    return (performance.now() - began) / 1000;
  }

  /** Opens a connection, and sends some text at once. */
  async open(text: string = ""): Promise<Deno.TcpConn> {
    const { hostname, port } = this.url;
    const connection = await Deno.connect({ hostname, port: Number(port) });
    if (text !== "") await connection.write(new TextEncoder().encode(text));
    return connection;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.program[Symbol.asyncDispose]();
  }

  #status(field: string): number {
    const status = Deno.readTextFileSync(`/proc/${this.program.pid}/status`);
    return Number(new RegExp(`${field}:\\s+(\\d+)`).exec(status)![1]);
  }
}

/** Returns the text of a `GET` request. */
export function requestOf(path: string, headers: readonly string[] = []): string {
  return [`GET ${path} HTTP/1.1`, "Host: localhost", ...headers, "", ""].join("\r\n");
}

/** Prints a figure for `docs/reliability.md`. */
export function report(what: string, value: number, unit: string): void {
  console.log(`figure: ${what}: ${Number(value.toPrecision(3))} ${unit}`);
}
