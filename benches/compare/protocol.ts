/**
 * How the comparison talks to the libraries, each in a process of its own: a request is a line of JSON on standard input, its
 * reply a line of JSON on standard output.
 *
 * @module
 */

import type { Selection, Workload } from "./workload.ts";

/** What can be timed. */
export const TASKS = ["render", "encode", "gzip", "parse"] as const;

/**
 * - `render`: the exposition as the library gives it to its users, a string or bytes;
 * - `encode`: the same as UTF-8 bytes, which is what goes over the wire;
 * - `gzip`: the gzip body of a response;
 * - `parse`: from the text of a file to families.
 */
export type Task = typeof TASKS[number];

/** What a program does all the time, with ever the same arguments. */
export const OPERATIONS = ["kept", "values", "object", "observe", "native"] as const;

/**
 * - `kept`: `inc()` on a kept child;
 * - `values`: `labels("a", "b", "c").inc()`;
 * - `object`: `labels({…}).inc()`;
 * - `observe`: `observe()` with 11 buckets on a kept child;
 * - `native`: `observe()` with a native histogram on a kept child.
 */
export type Operation = typeof OPERATIONS[number];

/** How often a task is repeated: until both are reached. */
export interface Repetition {
  /** Runs before the first one that counts. */
  readonly warmUp: number;
  /** The least number of runs that count. */
  readonly least: number;
  /** For how long, in seconds. */
  readonly seconds: number;
}

/** No more runs than this are needed for a median. */
export const MOST_RUNS = 10_000;

/** Requests by their names, each with what is sent and what comes back. */
export interface Requests {
  /** What it can do. */
  hello: { send: Empty; reply: Abilities };
  /** Makes the workload, in a new registry. */
  build: { send: { workload: Workload }; reply: Empty };
  /** Changes series. */
  change: { send: { selection: Selection }; reply: Empty };
  /** Writes what a task makes into a file. */
  dump: { send: { task: "render" | "gzip"; path: string }; reply: Empty };
  /** Does a task again and again; before each run, a selection of the list changes, the first one after the last. */
  time: {
    send: { task: Task; selections: readonly Selection[]; path?: string } & Repetition;
    /** How long each run took, in milliseconds, and how large its result was. */
    reply: { times: number[]; size: number };
  };
  /** Serves the exposition on a port of 127.0.0.1 at /metrics. */
  serve: { send: Empty; reply: { port: number } };
  /** Does an operation in five batches of as many seconds. */
  operate: {
    send: { operation: Operation; seconds: number };
    /** Nanoseconds for each operation, batch by batch; how often it was done, and how often that was counted. */
    reply: { times: number[]; done: number; counted: number };
  };
  /** Begins to watch the event loop. */
  watch: { send: Empty; reply: Empty };
  /** Ceases to watch the event loop, and tells the longest time that it was held, in milliseconds. */
  held: { send: Empty; reply: { longest: number } };
  /** Makes the workload, keeps no child, has it scraped once as gzip, and tells how much memory all that takes. */
  memory: { send: { workload: Workload }; reply: { bytes: number } };
}

/** What a library can do. */
export interface Abilities {
  /** What renders give. */
  readonly produces: "string" | "bytes";
  /** What it runs on, with the version. */
  readonly runtime: string;
  readonly kinds: readonly Workload["kind"][];
  readonly tasks: readonly Task[];
  readonly operations: readonly Operation[];
  readonly serves: boolean;
  /** Whether it can tell how long its event loop was held, and how much memory it uses. */
  readonly introspects: boolean;
}

/** Nothing. */
export type Empty = Record<never, never>;

/** The names of the requests. */
export type RequestName = keyof Requests;

/** One line on standard input. */
export type Request<N extends RequestName = RequestName> = {
  [K in N]: { readonly do: K } & Requests[K]["send"];
}[N];

/** One line on standard output. */
export type Reply<N extends RequestName = RequestName> =
  | { readonly reply: Requests[N]["reply"] }
  | { readonly error: string };
