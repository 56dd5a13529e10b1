/**
 * Names that are good, and names that are not, with what is wrong.
 *
 * @module
 */

import type { MetricType } from "../../model/metric_type.ts";

/** Names that follow the rules. */
export const GOOD: [name: string, type: MetricType, labels?: string[]][] = [
  ["jobs_total", "counter"],
  ["process_cpu_seconds_total", "counter"],
  ["node_memory_available_bytes", "gauge"],
  ["build_info", "info"],
  ["request_duration_seconds", "histogram", ["le", "1"]],
  ["request_duration_seconds", "summary", ["quantile", "0.5"]],
  ["bucket_wheels", "gauge"],
  ["jobs_sum", "untyped"],
  ["jobs_total", "untyped"],
  ["jobs", "untyped", ["le", "1"]],
  ["star_temperature_kelvin", "gauge"],
  ["trip_metres", "gauge"],
  ["trip_meters", "gauge"],
  ["line_bytes_per_hours", "gauge"],
  ["fuel_gauge_resets_total", "counter"],
  ["report_summary_bytes", "gauge"],
  ["report_counter_bytes", "untyped"],
];

/** Names that break one rule. */
export const BAD: [name: string, type: MetricType, problem: string, labels?: string[]][] = [
  ["jobs", "counter", 'a counter should end in "_total"'],
  ["jobs_total", "gauge", 'only a counter should end in "_total"'],
  ["wait_milliseconds", "gauge", 'use the base unit "seconds" instead of "milliseconds"'],
  ["disk_kilobytes_total", "counter", 'use the base unit "bytes" instead of "kilobytes"'],
  ["uptime_hours", "gauge", 'use the base unit "seconds" instead of "hours"'],
  ["line_bits", "gauge", 'use the base unit "bytes" instead of "bits"'],
  ["star_kelvins", "gauge", 'use the base unit "kelvin" instead of "kelvins"'],
  ["oven_fahrenheit", "gauge", 'use the base unit "celsius" instead of "fahrenheit"'],
  ["trip_kilometres", "gauge", 'use the base unit "metres" instead of "kilometres"'],
  ["trip_kilometers", "gauge", 'use the base unit "meters" instead of "kilometers"'],
  ["wait_ms", "gauge", 'do not abbreviate units, such as "ms"'],
  ["jobs_gauge", "gauge", 'do not put the type "gauge" into the name'],
  ["jobs_counter_total", "counter", 'do not put the type "counter" into the name'],
  ["report_gauge_bytes", "gauge", 'do not put the type "gauge" into the name'],
  ["job:rate", "gauge", "colons are for recording rules"],
  ["jobsDone", "gauge", "use snake_case instead of camelCase"],
  ["jobs_count", "gauge", 'only a histogram or a summary has samples that end in "_count"'],
  ["jobs_sum", "gauge", 'only a histogram or a summary has samples that end in "_sum"'],
  ["jobs", "gauge", 'only a histogram has the label "le"', ["le", "1"]],
  ["jobs", "histogram", 'only a summary has the label "quantile"', ["quantile", "1"]],
  ["jobs", "gauge", 'use snake_case instead of camelCase in the label "jobName"', ["jobName", "1"]],
];
