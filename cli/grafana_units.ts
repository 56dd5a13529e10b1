/**
 * Units of Grafana for metrics.
 *
 * @see {@link https://github.com/grafana/grafana/blob/main/packages/grafana-data/src/valueFormats/categories.ts}
 *
 * @module
 */

import type { Family } from "../model/family.ts";

/** The base units of Prometheus, as they end metric names, and what Grafana calls them. */
const UNITS: Readonly<Record<string, string>> = {
  seconds: "s",
  bytes: "bytes",
  ratio: "percentunit",
  celsius: "celsius",
  kelvin: "kelvin",
  volts: "volt",
  amperes: "amp",
  watts: "watt",
  joules: "joule",
  hertz: "hertz",
  meters: "lengthm",
  grams: "massg",
  percent: "percent",
};

/** The same for increases per second. Seconds per second are a share of time. */
const RATES: Readonly<Record<string, string>> = {
  seconds: "percentunit",
  bytes: "binBps",
  joules: "watt",
  requests: "reqps",
};

const SUFFIXES = /_(?:total|bucket|count|sum|info)$/;

/** Returns the last word of a name that is a unit, or the unit that is given. */
function unitWord({ name, unit }: Pick<Family, "name" | "unit">): string {
  return unit ?? name.replace(SUFFIXES, "").split("_").at(-1)!;
}

/** Returns the unit of the values of a metric. */
export function unitOf(family: Pick<Family, "name" | "unit">): string {
  if (isTimestamp(family)) return "dateTimeFromNow";
  return UNITS[unitWord(family)] ?? "short";
}

/** Returns the unit of the increase per second of a metric. */
export function rateUnitOf(family: Pick<Family, "name" | "unit">): string {
  return RATES[unitWord(family)] ?? "cps";
}

/** Returns whether the values of a metric are times, in seconds since the epoch. */
export function isTimestamp({ name }: Pick<Family, "name">): boolean {
  return name.endsWith("_timestamp_seconds") || name.endsWith("_time_seconds");
}
