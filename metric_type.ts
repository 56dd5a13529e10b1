/**
 * The types that a metric can have.
 *
 * @module
 */

import { describe } from "./describe.ts";

/**
 * The types of metrics: those of the text format, and those that only OpenMetrics has. What OpenMetrics calls `unknown` is
 * `untyped` here.
 */
export const METRIC_TYPES = [
  "counter",
  "gauge",
  "histogram",
  "summary",
  "untyped",
  "gaugehistogram",
  "info",
  "stateset",
] as const;

/** The type of a metric. */
export type MetricType = (typeof METRIC_TYPES)[number];

/** Tells whether a string is the name of a metric type, in lower case. */
export function isMetricType(type: string): type is MetricType {
  return (METRIC_TYPES as readonly string[]).includes(type);
}

/**
 * Reads a metric type written in upper or lower case.
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
