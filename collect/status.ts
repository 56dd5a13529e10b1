/**
 * The metrics that a registry exposes about its collectors and itself.
 *
 * @module
 */

import { MetricFamily } from "../family.ts";
import type { CollectorOutcome } from "../collector.ts";
import type { Family } from "../model/family.ts";

const SUCCESS = "exporter_collector_success";
const DURATION = "exporter_collector_duration_seconds";
const CACHE_AGE = "exporter_collector_cache_age_seconds";
const DUPLICATES = "exporter_duplicate_samples_total";
const CONFLICTS = "exporter_conflicting_families_total";
const DROPPED = "exporter_series_dropped_total";
const SHORTENED = "exporter_label_values_shortened_total";

/** The names of the families that {@linkcode statusFamilies} returns. They are reserved. */
export const STATUS_NAMES: ReadonlySet<string> = new Set([
  SUCCESS,
  DURATION,
  CACHE_AGE,
  DUPLICATES,
  CONFLICTS,
  DROPPED,
  SHORTENED,
]);

/** Totals of what has been left out since the registry was created. */
export interface LeftOut {
  /** The number of duplicate samples. */
  readonly duplicates: number;
  /** The number of conflicting families. */
  readonly conflicts: number;
  /** The instruments. Of two with the same name, the last one counts. */
  readonly instruments: readonly InstrumentTotals[];
}

/** Totals of an instrument. */
export interface InstrumentTotals {
  /** The name of the metric. */
  readonly name: string;
  /** The number of refused or dropped series; undefined if there is no limit for them. */
  readonly dropped: number | undefined;
  /** The number of shortened label values. */
  readonly shortenedValues: number;
}

/** Returns the outcomes of all collectors that have a name, and the totals of what was left out. */
export function statusFamilies(outcomes: readonly CollectorOutcome[], leftOut: LeftOut): Family[] {
  const success = new MetricFamily(SUCCESS, {
    type: "gauge",
    help: "Whether the last run of the collector succeeded.",
  });
  const duration = new MetricFamily(DURATION, {
    type: "gauge",
    help: "How long the last run of the collector took.",
    unit: "seconds",
  });
  const age = new MetricFamily(CACHE_AGE, {
    type: "gauge",
    help: "How old the cached result of the collector is.",
    unit: "seconds",
  });
  for (const outcome of outcomes) {
    if (outcome.collector === undefined) continue;
    const labels = { collector: outcome.collector };
    success.add(outcome.failure ? 0 : 1, labels);
    duration.add(outcome.duration, labels);
    if (outcome.age !== undefined) age.add(outcome.age, labels);
  }
  const duplicates = new MetricFamily(DUPLICATES, {
    type: "counter",
    help: "Samples left out because their series was there already.",
  }).add(leftOut.duplicates);
  const conflicts = new MetricFamily(CONFLICTS, {
    type: "counter",
    help: "Families left out because their name or type clashed with another one.",
  }).add(leftOut.conflicts);
  const dropped = new MetricFamily(DROPPED, {
    type: "counter",
    help:
      "How often a series of an instrument was refused because there were too many, or dropped.",
  });
  const shortened = new MetricFamily(SHORTENED, {
    type: "counter",
    help: "How often a label value of an instrument was too long and has been shortened.",
  });
  const instruments = new Map(leftOut.instruments.map((totals) => [totals.name, totals]));
  for (const [metric, totals] of instruments) {
    if (totals.dropped !== undefined) dropped.add(totals.dropped, { metric });
    if (totals.shortenedValues > 0) shortened.add(totals.shortenedValues, { metric });
  }
  return [success, duration, age, duplicates, conflicts, dropped, shortened];
}
