/**
 * The interface of a JavaScript library in the comparison. Each library has a module that implements it, as its documentation
 * recommends.
 *
 * @module
 */

import type { Abilities, Operation } from "../compare/protocol.ts";
import type { Workload } from "../compare/workload.ts";

/** Label values by name. */
export type LabelValues = Readonly<Record<string, string>>;

/** A child of a counter. */
export interface CounterChild {
  inc(amount: number): void;
}

/** A child of a histogram. */
export interface HistogramChild {
  observe(value: number): void;
}

/** Bytes in chunks. */
export interface Pieces {
  readonly chunks: readonly Uint8Array<ArrayBuffer>[];
  readonly byteLength: number;
}

/** An exposition as a library returns it. */
export type Rendered = string | Uint8Array<ArrayBuffer> | Pieces;

/** Repeats an operation, in a separate loop for each operation, so that they are compiled separately. */
export type Loop = (times: number) => void;

/** An operation in a loop. */
export interface OperationLoop {
  readonly run: Loop;
  /** The name of the sample that counts the operations. */
  readonly sample: string;
}

/** A library with one registry of its own. */
export interface Library {
  readonly produces: Abilities["produces"];
  /** Creates a counter, and returns a function from label values to children. */
  counter(
    name: string,
    help: string,
    labels: readonly string[],
  ): (values: LabelValues) => CounterChild;
  /** Creates a histogram, and returns a function from label values to children. */
  histogram(
    name: string,
    help: string,
    labels: readonly string[],
    buckets: readonly number[],
  ): (values: LabelValues) => HistogramChild;
  /** Registers a collector that creates all samples of a workload at each scrape. */
  collect?(workload: Workload, value: (family: number, series: number) => number): void;
  /** Renders the exposition in the text format. */
  render(): Promise<Rendered>;
  /** Renders the gzip body of a response. */
  gzip?(): Promise<Rendered>;
  /** Renders the protobuf body of a response. */
  protobuf?(): Promise<Rendered>;
  /** Makes the library keep as little in memory between scrapes as it can. Called first. */
  saveMemory?(): void;
  /** Releases the result of a render. */
  release?(rendered: Rendered): void;
  /** Parses an exposition, and returns the number of samples. */
  parse?(text: string): number;
  /** Serves the exposition at /metrics on 127.0.0.1, and returns the port. */
  serve?(): Promise<number>;
  /** The supported operations. Each function creates the instrument with the children that it needs, and returns the loop. */
  readonly operations: Readonly<Partial<Record<Operation, () => OperationLoop>>>;
}
