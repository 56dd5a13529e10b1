/**
 * What the comparison needs of a JavaScript library. Each library has one module that provides it, in the way of its own
 * documentation.
 *
 * @module
 */

import type { Abilities, Operation } from "../compare/protocol.ts";
import type { Workload } from "../compare/workload.ts";

/** Names of labels to their values. */
export type LabelValues = Readonly<Record<string, string>>;

/** A child of a counter. */
export interface CounterChild {
  inc(amount: number): void;
}

/** A child of a histogram. */
export interface HistogramChild {
  observe(value: number): void;
}

/** Bytes in pieces. */
export interface Pieces {
  readonly chunks: readonly Uint8Array<ArrayBuffer>[];
  readonly byteLength: number;
}

/** What a library makes of its metrics. */
export type Rendered = string | Uint8Array<ArrayBuffer> | Pieces;

/** Does an operation `times` times, in a loop of its own, so that each one is compiled for itself. */
export type Loop = (times: number) => void;

/** An operation in a loop, and the series from whose value one can see that it was done. */
export interface OperationLoop {
  readonly run: Loop;
  /** The sample that counts how often it was done. */
  readonly sample: string;
}

/** A library with one registry of its own. */
export interface Library {
  readonly produces: Abilities["produces"];
  /** Makes a counter. What it returns gives the child for label values. */
  counter(
    name: string,
    help: string,
    labels: readonly string[],
  ): (values: LabelValues) => CounterChild;
  /** Makes a histogram. What it returns gives the child for label values. */
  histogram(
    name: string,
    help: string,
    labels: readonly string[],
    buckets: readonly number[],
  ): (values: LabelValues) => HistogramChild;
  /** Registers a collector that makes each sample of a workload anew when it is scraped. */
  collect?(workload: Workload, value: (family: number, series: number) => number): void;
  /** Makes the exposition in the text format. */
  render(): Promise<Rendered>;
  /** Makes the gzip body of a response. */
  gzip?(): Promise<Rendered>;
  /** Gives back what a render gave. */
  release?(rendered: Rendered): void;
  /** Reads an exposition, and tells how many samples it has. */
  parse?(text: string): number;
  /** Serves the exposition at /metrics on a port of 127.0.0.1, which it returns. */
  serve?(): Promise<number>;
  /** The operations that it has. Each makes its instrument, with the children that it needs, and then the loop. */
  readonly operations: Readonly<Partial<Record<Operation, () => OperationLoop>>>;
}
