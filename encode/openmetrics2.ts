/**
 * OpenMetrics 2.0.0 as of its release candidate 2.0.0-rc0.
 *
 * Histograms and summaries have one line each there, series say themselves when they began, and names are what they are.
 *
 * @see {@link https://prometheus.io/docs/specs/om/open_metrics_spec_2_0/}
 *
 * @module
 */

import type { BlockFamily } from "../series/block_family.ts";
import { Bounds } from "./bounds.ts";
import { writeComposite, writeStart, writeTimedExemplar } from "./composite_values.ts";
import { inspect, type PointRule, withoutType } from "./openmetrics_rules.ts";
import type { LineBlocks, LineFamily, LineFormat } from "./line_format.ts";
import type { MetricType } from "../model/metric_type.ts";
import { writeMetadata, writeTimestamp } from "./openmetrics.ts";
import { hasBuckets, isCount, type Point } from "../model/points.ts";
import { type Family, PARTS } from "../model/family.ts";

const UNIT = /^[a-zA-Z0-9_:]+$/;

/** OpenMetrics 2.0. */
export function openMetrics2(): LineFormat {
  const bounds = new Bounds();
  return {
    end: "# EOF\n",
    hasExemplars: true,
    // No name is made of another one, so that none can clash.
    findNameConflicts: () => new Set(),
    convert: (family) => convertFamily(family, bounds),
    convertBlocks: (family) => convertBlocks(family, bounds),
    expand: (samples) => samples,
    header: writeHeader,
    labels: (sample, { boundLabel }) => bounds.labels(sample, boundLabel),
    after: (sample, { type }) =>
      writeTimestamp(sample.timestamp) +
      (type === "counter" ? writeStart(sample.details?.created) : "") +
      writeTimedExemplar(sample, type),
  };
}

async function convertFamily(family: Family, bounds: Bounds): Promise<LineFamily[]> {
  const { isValid, boundLabel } = await inspect(family, RULES[family.type]);
  const { name, type, help, unit, samples } = family;
  if (isValid && hasRightName(family)) {
    return [withWriter({ name, type, help, unit, samples }, bounds)];
  }
  // What was observed has the unit, and not how often it was.
  const ownUnit = type === "counter" ? unit : undefined;
  return withoutType({ name, type, help, unit: ownUnit, samples }, boundLabel);
}

/** The same for a family in blocks, whose samples were made to obey most of the rules. */
function convertBlocks(family: BlockFamily, bounds: Bounds): LineBlocks | undefined {
  if (!hasRightName(family)) return undefined;
  const { name, type, help, unit, layout: { parts } } = family;
  const head = withWriter({ name, type, help, unit, samples: [] }, bounds);
  if (type !== "summary") return { head, family };
  const sum = parts.findIndex(({ suffix }) => suffix === "_sum");
  const isValid = (values: Float64Array) => values[sum]! >= 0 && !values.some((value) => value < 0);
  return { head, family, isValid };
}

function withWriter(family: Family, bounds: Bounds): LineFamily {
  if (PARTS[family.type] === undefined) return family;
  return { ...family, writePoint: (samples) => writeComposite(family, samples, bounds) };
}

function hasRightName({ name, type }: Family): boolean {
  return type !== "info" || name.endsWith("_info");
}

/** The metadata of a family. Unlike in 1.0, the name need not end in the unit. */
function writeHeader(family: LineFamily): string {
  const { type, unit } = family;
  const hasUnit = unit && UNIT.test(unit) && type !== "info" && type !== "stateset";
  return writeMetadata(family, hasUnit ? unit : undefined);
}

/**
 * The rules of the types. Neither gauges nor untyped metrics have any.
 *
 * @see {@link https://prometheus.io/docs/specs/om/open_metrics_spec_2_0/#metricfamily-types}
 */
const RULES: Readonly<Partial<Record<MetricType, PointRule>>> = {
  counter: ({ values }) => values.every((value) => value >= 0),
  info: ({ values }) => values.every((value) => value === 1),
  stateset: ({ values }) => values.every((value) => value === 0 || value === 1),
  summary: ({ bounds, values, sum = NaN, count = NaN, isOneTime }) =>
    isOneTime && bounds.every((quantile) => quantile >= 0 && quantile <= 1) &&
    // NaN is the value of a quantile of nothing.
    !values.some((value) => value < 0) && sum >= 0 && isCount(count),
  histogram: (point) => hasComposite(point) && point.values[0]! >= 0,
  gaugehistogram: hasComposite,
};

/** Counts may be fractions here, and sums anything. */
function hasComposite(point: Point): boolean {
  return hasBuckets(point, Number.isFinite) && point.sum !== undefined &&
    // Prometheus refuses a whole scrape for a bucket that ends at -Inf, which the specification has.
    point.bounds[0]! > -Infinity;
}
