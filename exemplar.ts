/**
 * Exemplars: references from a sample to data outside of the metrics, such as a trace.
 *
 * @module
 */

import { describe } from "./model/describe.ts";
import { labelEntries, Labels, type LabelsInit } from "./labels.ts";
import { checkNames } from "./model/options.ts";
import type { SampleExemplar } from "./model/sample.ts";

/** One observation of a counter or a histogram, with labels that refer to data outside of the metrics, such as a trace ID. */
export interface Exemplar {
  /** The labels. Names and values may have 128 characters in total. */
  labels: LabelsInit;
  /** The observed value. */
  value: number;
  /** The time of the observation. */
  timestamp?: Date;
}

const PROPERTIES: readonly (keyof Exemplar)[] = ["labels", "value", "timestamp"];

/** The maximum number of characters in the label names and values of an exemplar. */
const MAX_LENGTH = 128;

/**
 * Checks and copies an exemplar.
 *
 * @param what The owner of the exemplar, for error messages.
 * @throws {TypeError} If a property has the wrong type, or is unknown.
 * @throws {RangeError} If a label is invalid, if the labels are too long, or if the timestamp is invalid.
 * @see {@link https://prometheus.io/docs/specs/om/open_metrics_spec/#exemplars}
 */
export function checkExemplar(exemplar: Exemplar, what: string): SampleExemplar {
  if (typeof exemplar !== "object" || exemplar === null) {
    throw new TypeError(
      `Cannot use exemplar of ${what}: expected an object, got ${describe(exemplar)}`,
    );
  }
  checkNames(`Cannot use exemplar of ${what}`, exemplar, PROPERTIES);
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
  return Object.freeze({ labels: Object.freeze(labels), value, timestamp: time });
}

/**
 * Returns an exemplar for an observation now, or undefined if the labels are invalid: they may come from a request, and must not
 * make counting fail. Labels with an empty value are left out.
 */
export function exemplarNow(labels: LabelsInit, value: number): SampleExemplar | undefined {
  try {
    const filled = [...labelEntries(labels)].filter(([, value]) => value !== "");
    return checkExemplar({ labels: filled, value, timestamp: new Date() }, "");
  } catch {
    return undefined;
  }
}
