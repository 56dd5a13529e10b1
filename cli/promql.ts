/**
 * Expressions of PromQL for metrics.
 *
 * @see {@link https://prometheus.io/docs/prometheus/latest/querying/basics/}
 *
 * @module
 */

import { isLabelName, isMetricName } from "../model/names.ts";

/** Returns a selector of a metric by its name, which can be any text, with matchers. */
export function selector(name: string, matchers: readonly string[]): string {
  if (isMetricName(name)) return `${name}{${matchers.join(", ")}}`;
  return `{${[JSON.stringify(name), ...matchers].join(", ")}}`;
}

/** Returns the name of a label as expressions have it. */
export function labelName(name: string): string {
  return isLabelName(name) ? name : JSON.stringify(name);
}

/** Returns an aggregation by labels. */
export function aggregation(operator: string, labels: readonly string[], operand: string): string {
  return labels.length === 0
    ? `${operator}(${operand})`
    : `${operator} by (${labels.map(labelName).join(", ")}) (${operand})`;
}
