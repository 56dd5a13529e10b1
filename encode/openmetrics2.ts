/**
 * The OpenMetrics format, version 2.0.0, as of its release candidate 2.0.0-rc0.
 *
 * Unlike in 1.0, each histogram or summary is one line, and the start timestamp of a series is part of its line. The format derives
 * no names from others, so there are no name conflicts.
 *
 * @see {@link https://prometheus.io/docs/specs/om/open_metrics_spec_2_0/}
 *
 * @module
 */

import { Bounds } from "./bounds.ts";
import { writeComposite, writeStart, writeTimedExemplar } from "./composite_values.ts";
import { collectedValueRule, inspect, type PointRule, withoutType } from "./openmetrics_rules.ts";
import type { LineFamily, LineFormat, LineView } from "./line_format.ts";
import type { MetricType } from "../model/metric_type.ts";
import { writeMetadata, writeTimestamp } from "./openmetrics.ts";
import { hasValidBuckets, isCount, type Point } from "../model/points.ts";
import { type Family, PARTS } from "../model/family.ts";
import type { SeriesView } from "../series/view.ts";

const UNIT = /^[a-zA-Z0-9_:]+$/;

/** Creates the format. */
export function openMetrics2(): LineFormat {
  const bounds = new Bounds();
  return {
    end: "# EOF\n",
    hasExemplars: true,
    findNameConflicts: () => new Set(),
    convert: (family) => convertFamily(family, bounds),
    convertView: (view) => convertView(view, bounds),
    exposedSamples: (samples) => samples,
    header: writeHeader,
    labels: (sample, { boundLabel }) => bounds.labels(sample, boundLabel),
    tail: (sample, { type }) =>
      writeTimestamp(sample.timestamp) +
      (type === "counter" ? writeStart(sample.details?.created) : "") +
      writeTimedExemplar(sample, type),
  };
}

async function convertFamily(family: Family, bounds: Bounds): Promise<LineFamily[]> {
  const { isValid, boundLabel } = await inspect(family, RULES[family.type]);
  const { name, type, help, unit, samples } = family;
  if (isValid && hasValidName(family)) {
    return [withWriter({ name, type, help, unit, samples }, bounds)];
  }
  // The unit of a histogram or a summary is that of the observations, which does not apply to counts.
  const ownUnit = type === "counter" ? unit : undefined;
  return withoutType({ name, type, help, unit: ownUnit, samples }, boundLabel);
}

/** Converts a view of series in blocks. Of instruments, only the values of summaries can break a rule. */
function convertView(view: SeriesView, bounds: Bounds): LineView | undefined {
  if (!hasValidName(view)) return undefined;
  const { name, type, help, unit, layout: { parts } } = view;
  const metadata = withWriter({ name, type, help, unit, samples: [] }, bounds);
  if (type !== "summary") return { metadata, view, isValid: collectedValueRule(view) };
  const sum = parts.findIndex(({ suffix }) => suffix === "_sum");
  const isValid = (values: Float64Array) => values[sum]! >= 0 && !values.some((value) => value < 0);
  return { metadata, view, isValid };
}

function withWriter(family: Family, bounds: Bounds): LineFamily {
  if (PARTS[family.type] === undefined) return family;
  return { ...family, writePoint: (samples) => writeComposite(family, samples, bounds) };
}

function hasValidName({ name, type }: Pick<Family, "name" | "type">): boolean {
  return type !== "info" || name.endsWith("_info");
}

/** Returns the metadata of a family. Unlike in 1.0, the name need not end in the unit. */
function writeHeader(family: LineFamily): string {
  const { type, unit } = family;
  const hasUnit = unit && UNIT.test(unit) && type !== "info" && type !== "stateset";
  return writeMetadata(family, hasUnit ? unit : undefined);
}

/**
 * The rules of each type. Gauges and untyped metrics have none.
 *
 * @see {@link https://prometheus.io/docs/specs/om/open_metrics_spec_2_0/#metricfamily-types}
 */
const RULES: Readonly<Partial<Record<MetricType, PointRule>>> = {
  counter: ({ values }) => values.every((value) => value >= 0),
  info: ({ values }) => values.every((value) => value === 1),
  stateset: ({ values }) => values.every((value) => value === 0 || value === 1),
  summary: ({ bounds, values, sum = NaN, count = NaN, hasOneTimestamp }) =>
    hasOneTimestamp && bounds.every((quantile) => quantile >= 0 && quantile <= 1) &&
    // Without observations, quantiles are NaN.
    !values.some((value) => value < 0) && sum >= 0 && isCount(count),
  histogram: (point) => hasComposite(point) && point.values[0]! >= 0,
  gaugehistogram: hasComposite,
};

/** Unlike in 1.0, counts may be fractions, and sums can have any value. */
function hasComposite(point: Point): boolean {
  return hasValidBuckets(point, Number.isFinite) && point.sum !== undefined &&
    // The specification allows a bucket that ends at -Inf, but Prometheus rejects the whole scrape.
    point.bounds[0]! > -Infinity;
}
