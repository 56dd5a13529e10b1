/**
 * The messages between a registry and the worker of a collector.
 *
 * @module
 */

import type { Logger } from "../model/logger.ts";
import type { PackedError } from "./packed_error.ts";
import type { PackedSamples } from "./packed_samples.ts";

/** What a worker is told. */
export type ToWorker =
  | {
    readonly type: "run";
    readonly run: number;
    /** In milliseconds since the epoch. */
    readonly deadline: number;
    readonly filter: readonly (readonly [name: string, value: string])[];
  }
  /** The deadline has passed. */
  | { readonly type: "abort"; readonly run: number; readonly reason: PackedError }
  /** A batch was read. */
  | { readonly type: "read"; readonly run: number };

/** What a worker sends. */
export type FromWorker =
  /** The module has been loaded. */
  | { readonly type: "ready" }
  /** The module cannot be loaded, or is no collector. */
  | { readonly type: "broken"; readonly error: PackedError }
  /** The collector looks at the filter. */
  | { readonly type: "scoped"; readonly run: number }
  | { readonly type: "samples"; readonly run: number; readonly batch: PackedSamples }
  | {
    readonly type: "log";
    readonly run: number;
    readonly level: keyof Logger;
    readonly message: string;
    readonly fields: Readonly<Record<string, unknown>> | undefined;
  }
  /** The collector has returned or thrown. If it was interrupted, its module may be in any state. */
  | {
    readonly type: "end";
    readonly run: number;
    readonly error?: PackedError;
    readonly wasInterrupted?: boolean;
  };

/** How many batches a worker may send before the first of them was read. */
export const MAX_UNREAD = 16;

/** How many records a worker may log in a run. */
export const MAX_RECORDS = 100;

/** Seconds after the deadline that a worker has to answer. */
export const GRACE = 0.25;
