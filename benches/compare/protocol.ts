/**
 * The protocol between the comparison and the libraries, each of which runs in a separate process. A request is a line of JSON on
 * standard input, and its reply a line of JSON on standard output.
 *
 * @module
 */

import type { Selection, Workload } from "./workload.ts";

/** The tasks that can be timed. */
export const TASKS = ["render", "encode", "gzip", "protobuf", "zlib", "parse"] as const;

/**
 * - `render`: the exposition as the library returns it, a string or bytes;
 * - `encode`: the exposition as UTF-8 bytes;
 * - `gzip`: the gzip body of a response;
 * - `protobuf`: the protobuf body of a response;
 * - `zlib`: the text, which is ready, compressed by `node:zlib` at level 1;
 * - `parse`: parsing the text of a file.
 */
export type Task = typeof TASKS[number];

/** The operations of instruments that can be timed. */
export const OPERATIONS = ["kept", "values", "object", "observe", "native"] as const;

/**
 * - `kept`: `inc()` on a kept child;
 * - `values`: `labels("a", "b", "c").inc()`;
 * - `object`: `labels({…}).inc()`;
 * - `observe`: `observe()` with 11 buckets on a kept child;
 * - `native`: `observe()` with a native histogram on a kept child.
 */
export type Operation = typeof OPERATIONS[number];

/** How often to repeat a task: until both minimums are reached. */
export interface Repetition {
  /** The number of runs before the first one that counts. */
  readonly warmUp: number;
  /** The minimum number of runs that count. */
  readonly least: number;
  /** The minimum duration in seconds. */
  readonly seconds: number;
}

/** The maximum number of runs. More do not improve the median. */
export const MOST_RUNS = 10_000;

/** The parameters and the reply of each request. */
export interface Requests {
  /** Returns the abilities of the library. */
  hello: { send: Empty; reply: Abilities };
  /** Creates the workload in a new registry. */
  build: { send: { workload: Workload }; reply: Empty };
  /** Changes series. */
  change: { send: { selection: Selection }; reply: Empty };
  /** Writes the result of a task into a file. */
  dump: { send: { task: "render" | "gzip" | "protobuf"; path: string }; reply: Empty };
  /** Repeats a task. Before each run, the next selection of the list changes, cyclically. */
  time: {
    send: { task: Task; selections: readonly Selection[]; path?: string } & Repetition;
    /** The duration of each run in milliseconds, and the size of its result. */
    reply: { times: number[]; size: number };
  };
  /** Serves the exposition at /metrics on a port of 127.0.0.1. */
  serve: { send: Empty; reply: { port: number } };
  /** Runs an operation in five batches, for some seconds in total. */
  operate: {
    send: { operation: Operation; seconds: number };
    /** Nanoseconds per operation for each batch, how often it ran, and how often the instrument counted it. */
    reply: { times: number[]; done: number; counted: number };
  };
  /** Starts to measure how long the event loop is blocked. */
  watch: { send: Empty; reply: Empty };
  /** Stops that, and returns the longest time that the event loop was blocked, in milliseconds. */
  held: { send: Empty; reply: { longest: number } };
  /**
   * Creates the workload without keeping children, scrapes it once as gzip, and returns the memory in use. `frugal` asks for as
   * little memory as the library can do with.
   */
  memory: { send: { workload: Workload; frugal: boolean }; reply: { bytes: number } };
}

/** The abilities of a library. */
export interface Abilities {
  /** The type that renders return. */
  readonly produces: "string" | "bytes";
  /** The runtime, with its version. */
  readonly runtime: string;
  readonly kinds: readonly Workload["kind"][];
  readonly tasks: readonly Task[];
  readonly operations: readonly Operation[];
  readonly serves: boolean;
  /** Whether it can add halves to all counters. */
  readonly resizes: boolean;
  /** Whether it can measure its event loop and its memory. */
  readonly introspects: boolean;
}

/** No parameters, or no result. */
export type Empty = Record<never, never>;

/** The names of the requests. */
export type RequestName = keyof Requests;

/** A line on standard input. */
export type Request<N extends RequestName = RequestName> = {
  [K in N]: { readonly do: K } & Requests[K]["send"];
}[N];

/** A line on standard output. */
export type Reply<N extends RequestName = RequestName> =
  | { readonly reply: Requests[N]["reply"] }
  | { readonly error: string };
