/**
 * The names and values for timed operations.
 *
 * @module
 */

/** The label names. */
export const LABELS = ["method", "route", "status"] as const;

/** Label values to cycle through, so that no lookup can be hoisted out of a loop. Their number is a power of two. */
export const LABEL_VALUES: readonly (readonly [string, string, string])[] = Array.from(
  { length: 16 },
  (_, i) => [i % 2 ? "GET" : "POST", `/api/v1/orders/${i % 8}`, i % 4 ? "200" : "500"],
);

/** Observations to cycle through, unordered. Their number is a power of two. */
export const OBSERVATIONS: readonly number[] = Array.from(
  { length: 1024 },
  (_, i) => (i * 7919 % 1024) / 100,
);

/** The 11 default buckets of most libraries. */
export const BUCKETS: readonly number[] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** The name of the counter. */
export const COUNTER = "operations_total";

/** The name of the histogram. */
export const HISTOGRAM = "operation_seconds";
