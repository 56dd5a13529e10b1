/**
 * Exemplars: single observations that stand for those that a sample sums up.
 *
 * @module
 */

import { describe } from "./model/describe.ts";
import { parseBound } from "./model/numbers.ts";
import { labelEntries, Labels, type LabelsInit } from "./labels.ts";
import type { MetricType } from "./model/metric_type.ts";
import type { Sample, SampleExemplar } from "./model/sample.ts";

/** An observation that stands for others, with labels that say where to look it up, such as a trace ID. */
export interface Exemplar {
  /** The labels of the exemplar: their names and values have 128 characters together at the most. */
  labels: LabelsInit;
  /** The observed value. */
  value: number;
  /** When it was observed. */
  timestamp?: Date;
}

/** How many characters the labels of an exemplar may have. */
const MAX_LENGTH = 128;

/**
 * Checks an exemplar, and takes it as it is now.
 *
 * @param what Says in an error what it is an exemplar of.
 * @throws {TypeError} If a part of it is of the wrong kind.
 * @throws {RangeError} If a label cannot be one, if the labels are too long, or if the timestamp is invalid.
 * @see {@link https://prometheus.io/docs/specs/om/open_metrics_spec/#exemplars}
 */
export function checkExemplar(exemplar: Exemplar, what: string): SampleExemplar {
  if (typeof exemplar !== "object" || exemplar === null) {
    throw new TypeError(
      `Cannot use exemplar of ${what}: expected an object, got ${describe(exemplar)}`,
    );
  }
  const { value, timestamp } = exemplar;
  const labels = [...new Labels(exemplar.labels)].flat();
  const length = [...labels.join("")].length;
  if (length > MAX_LENGTH) {
    throw new RangeError(
      `Cannot use exemplar of ${what}: expected labels of at most ${MAX_LENGTH} characters, got ${length}`,
    );
  }
  if (typeof value !== "number") {
    throw new TypeError(
      `Cannot use exemplar of ${what}: expected a number as value, got ${describe(value)}`,
    );
  }
  if (timestamp !== undefined && !(timestamp instanceof Date)) {
    throw new TypeError(
      `Cannot use exemplar of ${what}: expected a Date as timestamp, got ${describe(timestamp)}`,
    );
  }
  const time = timestamp?.getTime();
  if (Number.isNaN(time)) {
    throw new RangeError(`Cannot use exemplar of ${what}: the Date is invalid`);
  }
  return { labels, value, timestamp: time };
}

/**
 * Makes an exemplar of what is observed now. Labels may come from anywhere, so those that cannot be those of an exemplar
 * give none, rather than an error where something is counted. A label with an empty value is no label.
 */
export function exemplarNow(labels: LabelsInit, value: number): SampleExemplar | undefined {
  try {
    const filled = [...labelEntries(labels)].filter(([, value]) => value !== "");
    return checkExemplar({ labels: filled, value, timestamp: new Date() }, "");
  } catch {
    return undefined;
  }
}
