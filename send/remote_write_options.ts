/**
 * The options of Remote-Write.
 *
 * @module
 */

import { Labels, type LabelsInit } from "../labels.ts";
import { checkNames, checkOption } from "../model/options.ts";
import { headersOf, type PushOptions, urlOf } from "./push_options.ts";

/** Options of `remoteWrite()`. */
export interface RemoteWriteOptions
  extends Pick<PushOptions, "basicAuth" | "bearerToken" | "headers"> {
  /** The URL of the receiver, such as `http://prometheus:9090/api/v1/write`. */
  readonly url: string | URL;
  /**
   * The time between two gatherings of the registry, in seconds.
   *
   * @default {15}
   */
  readonly interval?: number;
  /**
   * Labels to add to every series that does not have them.
   *
   * @default {{}}
   */
  readonly externalLabels?: LabelsInit;
  /**
   * Whether to leave out series that have not changed. They are sent again after two minutes, before they become stale.
   *
   * @default {false}
   */
  readonly onlyChanged?: boolean;
  /**
   * Whether to mark all series as stale at the end.
   *
   * @default {false}
   */
  readonly staleAtEnd?: boolean;
  /**
   * The maximum size of the queue in memory, in bytes before compression. Beyond it, the oldest samples are dropped and counted.
   *
   * @default {16777216}
   */
  readonly maxQueueBytes?: number;
  /**
   * The maximum number of samples in a request.
   *
   * @default {2000}
   */
  readonly maxSamplesPerRequest?: number;
  /**
   * The maximum duration of a request, in seconds.
   *
   * @default {30}
   */
  readonly timeout?: number;
  /**
   * The maximum time to send what is queued at the end, in seconds.
   *
   * @default {5}
   */
  readonly shutdownTimeout?: number;
}

const NAMES: readonly (keyof RemoteWriteOptions)[] = [
  ...["url", "basicAuth", "bearerToken", "headers", "interval", "externalLabels"] as const,
  ...["onlyChanged", "staleAtEnd", "maxQueueBytes", "maxSamplesPerRequest"] as const,
  ...["timeout", "shutdownTimeout"] as const,
];

/** The options of Remote-Write, with defaults. */
export interface ResolvedRemoteWrite
  extends
    Required<Omit<RemoteWriteOptions, "url" | "basicAuth" | "bearerToken" | "externalLabels">> {
  readonly url: URL;
  readonly headers: Headers;
  readonly externalLabels: Labels;
}

/**
 * Checks options.
 *
 * @throws {TypeError} If an option has the wrong type, or is unknown.
 * @throws {RangeError} If an option has an invalid value.
 */
export function resolveRemoteWrite(options: RemoteWriteOptions): ResolvedRemoteWrite {
  const action = "Cannot start remote write";
  checkNames(action, options, NAMES);
  const { interval = 15, timeout = 30, shutdownTimeout = 5 } = options;
  const { maxQueueBytes = 1 << 24, maxSamplesPerRequest = 2000 } = options;
  const { onlyChanged = false, staleAtEnd = false } = options;
  for (const [name, value] of Object.entries({ interval, timeout, shutdownTimeout })) {
    checkOption(action, [name, value], "number", "seconds above 0", isTime);
  }
  for (const [name, value] of Object.entries({ maxQueueBytes, maxSamplesPerRequest })) {
    checkOption(action, [name, value], "number", "an integer of 1 or more", isPositiveInteger);
  }
  for (const [name, value] of Object.entries({ onlyChanged, staleAtEnd })) {
    checkOption(action, [name, value], "boolean", "true or false");
  }
  return {
    ...{ interval, timeout, shutdownTimeout, maxQueueBytes, maxSamplesPerRequest },
    ...{ onlyChanged, staleAtEnd },
    url: urlOf(action, options.url),
    headers: headersOf(action, options),
    externalLabels: new Labels(options.externalLabels ?? {}),
  };
}

/** The longest delay that `setTimeout` supports, in seconds. */
const MAX_DELAY = (2 ** 31 - 1) / 1000;

function isTime(seconds: number): boolean {
  return seconds > 0 && seconds <= MAX_DELAY;
}

function isPositiveInteger(value: number): boolean {
  return Number.isInteger(value) && value >= 1;
}
