/**
 * Metric types.
 *
 * @module
 */

import { describe } from "./describe.ts";

/**
 * A metric type. `gaugehistogram`, `info` and `stateset` come from OpenMetrics; formats that lack them expose them as other types.
 * OpenMetrics calls `untyped` metrics `unknown`.
 */
export type MetricType =
  | "counter"
  | "gauge"
  | "histogram"
  | "summary"
  | "untyped"
  | "gaugehistogram"
  | "info"
  | "stateset";

/** All metric types. */
export const METRIC_TYPES: readonly MetricType[] = [
  "counter",
  "gauge",
  "histogram",
  "summary",
  "untyped",
  "gaugehistogram",
  "info",
  "stateset",
];

/** Returns whether a string is a metric type in lower case. */
export function isMetricType(type: string): type is MetricType {
  return (METRIC_TYPES as readonly string[]).includes(type);
}

/**
 * Parses a metric type, regardless of case.
 *
 * @throws {TypeError} If it is not a string.
 * @throws {RangeError} If there is no such type.
 */
export function parseMetricType(type: string): MetricType {
  if (typeof type !== "string") {
    throw new TypeError(`Cannot read metric type: expected a string, got ${describe(type)}`);
  }
  if (isMetricType(type)) return type;
  const lower = type.toLowerCase();
  if (isMetricType(lower)) return lower;
  throw new RangeError(
    `Cannot read metric type "${type}": expected one of ${METRIC_TYPES.join(", ")}`,
  );
}
