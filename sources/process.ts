/**
 * Running a program to its end, with all processes that it starts.
 *
 * @module
 */

import { settlesWithin } from "../model/deadline.ts";
import { toOneLine } from "../model/describe.ts";
import { BoundedBytes } from "./bounded_bytes.ts";

/** How many characters of standard error are kept: the last ones. */
const MAX_ERROR_TEXT = 1000;

/** Seconds between SIGTERM and SIGKILL. */
const KILL_DELAY = 1;

/** Seconds that the output may stay open after the end, held by a process that has left the group. */
const DRAIN_TIME = 1;

/** A program with everything that it gets. */
export interface ProcessOptions {
  /** The program: a path, relative to `cwd` or absolute, or a name to look up in `PATH`. */
  readonly program: string;
  /** Its arguments. */
  readonly args: readonly string[];
  /** All of its environment variables. */
  readonly env: Readonly<Record<string, string>>;
  /** Its working directory. */
  readonly cwd: string;
  /** Ends it: SIGTERM, and SIGKILL a second later. */
  readonly signal: AbortSignal;
  /** The maximum number of bytes on standard output. */
  readonly maxBytes: number;
}

/** How a program ended. */
export interface ProcessOutcome {
  /** The exit status. */
  readonly status: number;
  /** The signal that ended it. */
  readonly signal: string | undefined;
  /** What it wrote to standard output. */
  readonly output: Uint8Array;
  /** The end of what it wrote to standard error. */
  readonly errorText: string;
}

/**
 * Runs a program without a shell, in a process group of its own. When it has ended, so has everything in the group: processes that it
 * left behind are killed.
 *
 * @throws {Error} If it cannot be started, writes too much, or was ended by the signal.
 */
export async function runProcess(options: ProcessOptions): Promise<ProcessOutcome> {
  const { program, signal, maxBytes } = options;
  const child = spawn(options);
  const group = new ProcessGroup(child.pid);
  const end = () => group.end(KILL_DELAY);
  signal.addEventListener("abort", end);
  if (signal.aborted) end();
  const bytes = new BoundedBytes(maxBytes);
  const output = read(child.stdout, (chunk) => {
    if (!bytes.add(chunk)) group.kill();
  });
  const errorText = readErrorText(child.stderr);
  try {
    const status = await child.status;
    group.kill();
    const drained = Promise.all([output.done, errorText.done]);
    if (!await settlesWithin(drained, DRAIN_TIME)) {
      await Promise.all([output.cancel(), errorText.cancel()]);
    }
    await drained;
    if (bytes.isExceeded) {
      throw new Error(`Cannot run "${program}": more than ${maxBytes} bytes on standard output`);
    }
    if (signal.aborted) throw new Error(`Cannot run "${program}": not done in time, ended`);
    return {
      status: status.code,
      signal: status.signal ?? undefined,
      output: bytes.bytes(),
      errorText: errorText.text(),
    };
  } finally {
    signal.removeEventListener("abort", end);
    group.release();
  }
}

function spawn({ program, args, env, cwd }: ProcessOptions): Deno.ChildProcess {
  try {
    return new Deno.Command(program, {
      args: [...args],
      env: { ...env },
      clearEnv: true,
      cwd,
      detached: true,
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
  } catch (cause) {
    throw new Error(`Cannot run "${program}": ${describeSpawnError(cause)}`, { cause });
  }
}

function describeSpawnError(error: unknown): string {
  const { message } = error as Error;
  if (error instanceof Deno.errors.NotFound) {
    return message.includes("cwd") ? "no such working directory" : "no such program";
  }
  if (error instanceof Deno.errors.PermissionDenied) return "it may not be executed";
  return toOneLine(message);
}

/** The processes of a program: its own, and those that it started unless they have left the group. */
class ProcessGroup {
  readonly #id: number;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(id: number) {
    this.#id = id;
  }

  /** Asks all processes to end, and kills those that have not after some seconds. */
  end(seconds: number): void {
    this.#signal("SIGTERM");
    this.#timer ??= setTimeout(() => this.kill(), seconds * 1000);
  }

  /** Kills all processes. */
  kill(): void {
    this.#signal("SIGKILL");
  }

  /** Stops waiting for them. */
  release(): void {
    clearTimeout(this.#timer);
  }

  #signal(signal: Deno.Signal): void {
    try {
      Deno.kill(-this.#id, signal);
    } catch (error) {
      // Nothing is left of the group, or nothing that belongs to this user.
      const isExpected = error instanceof Deno.errors.NotFound ||
        error instanceof Deno.errors.PermissionDenied;
      if (!isExpected) throw error;
    }
  }
}

/** Reads a stream to its end, or until it is cancelled. */
function read(
  stream: ReadableStream<Uint8Array>,
  take: (chunk: Uint8Array) => void,
): { readonly done: Promise<void>; cancel(): Promise<void> } {
  const reader = stream.getReader();
  async function readAll(): Promise<void> {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      take(value);
    }
  }
  return { done: readAll(), cancel: () => reader.cancel().catch(() => {}) };
}

function readErrorText(stream: ReadableStream<Uint8Array>) {
  const decoder = new TextDecoder();
  let text = "";
  const reading = read(stream, (chunk) => {
    text = (text + decoder.decode(chunk, { stream: true })).slice(-MAX_ERROR_TEXT);
  });
  return { ...reading, text: () => text };
}
