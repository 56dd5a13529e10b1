/**
 * Converts families to what OpenMetrics 1.0 allows. Its rules are stricter than those of the text format, and a family that breaks
 * one of them makes the whole exposition invalid.
 *
 * A family loses its type, but no samples, in three cases:
 *
 * - It breaks a rule of its type, such as a counter with a negative value ({@linkcode RULES}).
 * - It lacks the suffix that its type requires: `_total` or `_info`.
 * - Its type reserves a name that another family has: a counter `foo_total` is the family `foo` in OpenMetrics, and `foo_created`
 *   is its creation time ({@linkcode findNameConflicts}).
 *
 * Each of its sample names then becomes a family of its own, of type unknown, or gauge for infos and state sets. Samples keep their
 * names, labels and values. Families of instruments obey most rules by construction; `convertView()` checks the remaining ones.
 *
 * OpenMetrics 2.0 has other rules, but checks and converts families with the same functions.
 *
 * @see {@link https://prometheus.io/docs/specs/om/open_metrics_spec/}
 *
 * @module
 */

import { shouldYield, yieldToEventLoop } from "../model/event_loop.ts";
import { parseBound } from "../model/numbers.ts";
import type { LineFamily, LineView } from "./line_format.ts";
import type { MetricType } from "../model/metric_type.ts";
import {
  hasValidBuckets,
  isCount,
  isStrictlyIncreasing,
  type Point,
  readPoint,
  sampleBatches,
} from "../model/points.ts";
import { type Family, PARTS, sampleNames, splitBySampleName } from "../model/family.ts";
import type { SeriesView } from "../series/view.ts";

/** The suffixes that samples append to the family name in OpenMetrics. {@linkcode Family.name} includes them. */
const SUFFIXES: Readonly<Partial<Record<MetricType, string>>> = {
  counter: "_total",
  info: "_info",
};

/** The types of families that lose their type, if not untyped. They are the same as in the text format. */
const FALLBACKS: Readonly<Partial<Record<MetricType, MetricType>>> = {
  info: "gauge",
  stateset: "gauge",
};

/** The types that reserve names besides their sample names. If they conflict, types with more to lose come first. */
const CLAIMING_TYPES = ["histogram", "summary", "counter", "info"] as const;

/**
 * Converts a family to one family of the same type, or to several without the type if it breaks a rule.
 *
 * @param hasNameConflict Whether the family must lose its type in any case.
 */
export async function convertFamily(
  family: Family,
  hasNameConflict: boolean,
): Promise<LineFamily[]> {
  const { isValid, boundLabel } = await inspect(family, RULES[family.type]);
  if (!isValid || hasNameConflict || !hasSuffix(family)) return withoutType(family, boundLabel);
  const { type, help, unit, samples } = family;
  return [{ name: familyName(family), type, help, unit, samples, boundLabel }];
}

/** Splits a family into families without its type, one per sample name. */
export function withoutType(family: Family, boundLabel: string | undefined): LineFamily[] {
  const parts = splitBySampleName(family, FALLBACKS[family.type] ?? "untyped");
  return parts.map((part) => ({ ...part, boundLabel }));
}

/** Converts a view of series in blocks. Returns undefined if it must lose its type. */
export function convertView(view: SeriesView, hasNameConflict: boolean): LineView | undefined {
  if (hasNameConflict || !hasSuffix(view)) return undefined;
  const { type, help, unit, layout: { parts } } = view;
  const boundLabel = PARTS[type]?.label;
  const metadata = { name: familyName(view), type, help, unit, samples: [], boundLabel };
  const sum = parts.findIndex(({ suffix }) => suffix === "_sum");
  switch (type) {
    case "histogram":
      if (parseBound(parts[0]!.label![1])! < 0) return undefined;
      return { metadata, view, isValid: (values) => isTotal(values[sum]!) };
    case "summary":
      return {
        metadata,
        view,
        isValid: (values) => isTotal(values[sum]!) && !values.some((value) => value < 0),
      };
    default:
      return { metadata, view, isValid: collectedValueRule(view) };
  }
}

/** Returns the rule for the values of a collector's series, one a row. Instruments count by the rules of their types. */
export function collectedValueRule({ type, layout }: SeriesView): LineView["isValid"] {
  const rule = layout.isCollected ? VALUE_RULES[type] : undefined;
  return rule && ((values) => rule(values[0]!));
}

/** Returns the name of a family in OpenMetrics: without the suffix of its samples. */
function familyName({ name, type }: Pick<Family, "name" | "type">): string {
  return name.slice(0, name.length - (SUFFIXES[type]?.length ?? 0));
}

/** Returns whether a family has the suffix that its type requires, and a name before it. */
function hasSuffix({ name, type }: Pick<Family, "name" | "type">): boolean {
  const suffix = SUFFIXES[type];
  return suffix === undefined || name.endsWith(suffix) && name !== suffix;
}

/**
 * Returns the families that lose their type because it reserves a name that is taken. Sample names always belong to the family of
 * the samples. Other names belong to the first family that claims them, in the order of {@linkcode CLAIMING_TYPES}.
 *
 * @see {@link https://prometheus.io/docs/specs/om/open_metrics_spec/#suffixes}
 */
export function findNameConflicts(families: readonly Family[]): Set<Family> {
  const taken = new Set(families.flatMap(({ name, type }) => sampleNames(name, type)));
  const conflicting = new Set<Family>();
  for (const type of CLAIMING_TYPES) {
    for (const family of families) {
      if (family.type !== type) continue;
      const claims = claimedNames(family);
      if (claims.some((name) => taken.has(name))) conflicting.add(family);
      else for (const name of claims) taken.add(name);
    }
  }
  return conflicting;
}

/** Returns the names that a type reserves: the family name if no sample has it, and the name of `_created` samples. */
function claimedNames(family: Family): string[] {
  const name = familyName(family);
  return [
    ...(family.type in SUFFIXES ? [name] : []),
    ...(family.type === "info" ? [] : [`${name}_created`]),
  ];
}

/** Returns whether a metric point is valid for its type. */
export type PointRule = (point: Point) => boolean;

/** The result of {@linkcode inspect}. */
export interface Inspection {
  /** Whether all points obey the rule, and their bounds are strictly increasing. */
  readonly isValid: boolean;
  /**
   * The label whose values can be written as canonical numbers. Undefined if there is none, or if that would make two bounds of
   * a point equal.
   */
  readonly boundLabel: string | undefined;
}

/** Returns whether a family, whose samples must be in the order of `orderSamples()`, obeys the rule of its type. */
export async function obeysType(family: Family): Promise<boolean> {
  return (await inspect(family, RULES[family.type])).isValid;
}

/** Checks the points of a family with the rule of its type, if there is one. */
export async function inspect(family: Family, rule: PointRule | undefined): Promise<Inspection> {
  const boundLabel = PARTS[family.type]?.label;
  if (rule === undefined) return { isValid: true, boundLabel };
  let isValid = true;
  let hasDistinctBounds = true;
  for (const samples of sampleBatches(family)) {
    if (shouldYield()) await yieldToEventLoop();
    const point = readPoint(family, samples);
    const isIncreasing = isStrictlyIncreasing(point.bounds);
    hasDistinctBounds &&= isIncreasing;
    isValid &&= isIncreasing && rule(point);
  }
  return { isValid, boundLabel: hasDistinctBounds ? boundLabel : undefined };
}

/** The rules for single values, which both versions of OpenMetrics have. */
const VALUE_RULES: Readonly<Partial<Record<MetricType, (value: number) => boolean>>> = {
  counter: isTotal,
  info: (value) => value === 1,
};

/**
 * The rules of each type. Gauges and untyped metrics have none.
 *
 * @see {@link https://prometheus.io/docs/specs/om/open_metrics_spec/#metric-types}
 */
const RULES: Readonly<Partial<Record<MetricType, PointRule>>> = {
  counter: ({ values }) => values.every(isTotal),
  info: ({ values, hasOneTimestamp }) => hasOneTimestamp && values.every((value) => value === 1),
  stateset: ({ values, hasOneTimestamp }) =>
    hasOneTimestamp && values.every((value) => value === 0 || value === 1),
  summary: ({ bounds, values, sum = 0, count = 0, hasOneTimestamp }) =>
    hasOneTimestamp && bounds.every((quantile) => quantile >= 0 && quantile <= 1) &&
    // Without observations, quantiles are NaN.
    !values.some((value) => value < 0) && isTotal(sum) && isCount(count),
  // A sum is only allowed without negative bounds: otherwise it could decrease, and would not be a counter.
  histogram: (point) =>
    hasValidBuckets(point) &&
    (point.sum === undefined || point.bounds[0]! >= 0 && isTotal(point.sum)),
  gaugehistogram: (point) =>
    hasValidBuckets(point) && !Number.isNaN(point.sum) &&
    (point.bounds[0]! < 0 || isTotal(point.sum ?? 0)),
};

function isTotal(value: number): boolean {
  return value >= 0;
}
