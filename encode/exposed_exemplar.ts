/**
 * Which exemplars the formats expose.
 *
 * @module
 */

import type { MetricType } from "../model/metric_type.ts";
import { Sample, type SampleExemplar } from "../model/sample.ts";
import { parseBound } from "../model/numbers.ts";

/**
 * The exemplar that a sample of a family of this type is exposed with, in formats that have exemplars: totals of counters
 * have them, and buckets have those that they count.
 */
export function exposedExemplar(sample: Sample, type: MetricType): SampleExemplar | undefined {
  const { exemplar } = sample;
  // Prometheus 2 refuses a whole scrape of OpenMetrics for this character in an exemplar, though not in a label.
  if (exemplar === undefined || exemplar.labels.some((text) => text.includes("\0"))) {
    return undefined;
  }
  if (type === "counter") return exemplar;
  if (type !== "histogram" && type !== "gaugehistogram") return undefined;
  const bound = sample.label("le");
  return bound !== undefined && exemplar.value <= parseBound(bound)! ? exemplar : undefined;
}
