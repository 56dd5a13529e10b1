/**
 * The rules for which exemplars are exposed.
 *
 * @module
 */

import type { MetricType } from "../model/metric_type.ts";
import type { Sample, SampleExemplar } from "../model/sample.ts";
import { parseBound } from "../model/numbers.ts";

/**
 * Returns the exemplar to expose with a sample, in formats that have exemplars. Counters can have exemplars, and buckets of
 * histograms can have exemplars that lie within the bucket.
 */
export function exposedExemplar(sample: Sample, type: MetricType): SampleExemplar | undefined {
  const { exemplar } = sample;
  // Prometheus 2 rejects a whole OpenMetrics scrape for this character in an exemplar, though not in other labels.
  if (exemplar === undefined || exemplar.labels.some((text) => text.includes("\0"))) {
    return undefined;
  }
  if (type === "counter") return exemplar;
  if (type !== "histogram" && type !== "gaugehistogram") return undefined;
  const bound = sample.label("le");
  return bound !== undefined && exemplar.value <= parseBound(bound)! ? exemplar : undefined;
}
