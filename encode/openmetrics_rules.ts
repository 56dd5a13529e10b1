/**
 * What families can be in OpenMetrics, whose rules are stricter than those of the text format.
 *
 * A family that breaks a rule of its type is exposed without its type rather than not at all, and so is one whose type brings
 * names along that others have. No sample is lost by that, and none gets another name.
 *
 * @see {@link https://prometheus.io/docs/specs/om/open_metrics_spec/}
 *
 * @module
 */

import type { BlockFamily } from "../series/block_family.ts";
import { shouldYield, yieldToEventLoop } from "../model/event_loop.ts";
import { parseBound } from "../model/numbers.ts";
import type { LineBlocks, LineFamily } from "./line_format.ts";
import type { MetricType } from "../model/metric_type.ts";
import {
  hasBuckets,
  isCount,
  isStrictlyRising,
  type Point,
  portions,
  readPoint,
} from "../model/points.ts";
import { type Family, PARTS, sampleNames, separate } from "../model/family.ts";

/** What samples of these types append to the name of their family. The name of a metric has it already. */
const SUFFIXES: Readonly<Partial<Record<MetricType, string>>> = {
  counter: "_total",
  info: "_info",
};

/** What families are without these types, as in the text format. Without the others they are untyped. */
const FALLBACKS: Readonly<Partial<Record<MetricType, MetricType>>> = {
  info: "gauge",
  stateset: "gauge",
};

/** The types that bring names along besides those of their samples; those with most to lose choose first. */
const CLAIMANTS = ["histogram", "summary", "counter", "info"] as const;

/**
 * What a family is in OpenMetrics: one family, or several without its type if it breaks a rule of it.
 *
 * @param hasNameConflict Whether it must do without its type in any case.
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

/** The families that one is without its type: one for each name of its samples. */
export function withoutType(family: Family, boundLabel: string | undefined): LineFamily[] {
  const parts = separate(family, FALLBACKS[family.type] ?? "untyped");
  return parts.map((part) => ({ ...part, boundLabel }));
}

/** The same for a family in blocks, whose samples were made to obey most of the rules. */
export function convertBlocks(
  family: BlockFamily,
  hasNameConflict: boolean,
): LineBlocks | undefined {
  if (hasNameConflict || !hasSuffix(family)) return undefined;
  const { type, help, unit, layout: { parts } } = family;
  const boundLabel = PARTS[type]?.label;
  const head = { name: familyName(family), type, help, unit, samples: [], boundLabel };
  const sum = parts.findIndex(({ suffix }) => suffix === "_sum");
  switch (type) {
    case "histogram":
      if (parseBound(parts[0]!.label![1])! < 0) return undefined;
      return { head, family, isValid: (values) => isTotal(values[sum]!) };
    case "summary":
      return {
        head,
        family,
        isValid: (values) => isTotal(values[sum]!) && !values.some((value) => value < 0),
      };
    default:
      return { head, family };
  }
}

/** The name that OpenMetrics has for a family: without what the type appends to it. */
function familyName({ name, type }: Family): string {
  return name.slice(0, name.length - (SUFFIXES[type]?.length ?? 0));
}

/** Tells whether the name of a family ends in what its type demands, and in more than that. */
function hasSuffix({ name, type }: Family): boolean {
  const suffix = SUFFIXES[type];
  return suffix === undefined || name.endsWith(suffix) && name !== suffix;
}

/**
 * The families that must do without their type because a name that comes with it is taken: those of samples belong to
 * whoever has the samples, of others the first one gets them.
 *
 * @see {@link https://prometheus.io/docs/specs/om/open_metrics_spec/#suffixes}
 */
export function findNameConflicts(families: readonly Family[]): Set<Family> {
  const taken = new Set(families.flatMap(({ name, type }) => sampleNames(name, type)));
  const clashing = new Set<Family>();
  for (const type of CLAIMANTS) {
    for (const family of families) {
      if (family.type !== type) continue;
      const claims = claimedNames(family);
      if (claims.some((name) => taken.has(name))) clashing.add(family);
      else for (const name of claims) taken.add(name);
    }
  }
  return clashing;
}

/** The names that a type brings along: that of the family if no sample has it, and that of the time of creation. */
function claimedNames(family: Family): string[] {
  const name = familyName(family);
  return [
    ...(family.type in SUFFIXES ? [name] : []),
    ...(family.type === "info" ? [] : [`${name}_created`]),
  ];
}

/** Tells whether the values of a metric point are such as its type can have. */
export type PointRule = (point: Point) => boolean;

/** What the samples of a family are like. */
export interface Inspection {
  /** Whether all points obey the rule, and their bounds rise. */
  readonly isValid: boolean;
  /**
   * The label whose values can be canonical numbers; absent also if two buckets or quantiles that belong together would be the
   * same then.
   */
  readonly boundLabel: string | undefined;
}

/** Tells whether the samples of a family, in the order that the formats demand, obey the rule of its type. */
export async function obeysType(family: Family): Promise<boolean> {
  return (await inspect(family, RULES[family.type])).isValid;
}

/** Looks at all samples of a family, if its type has a rule. */
export async function inspect(family: Family, rule: PointRule | undefined): Promise<Inspection> {
  const boundLabel = PARTS[family.type]?.label;
  if (rule === undefined) return { isValid: true, boundLabel };
  let isValid = true;
  let hasDistinctBounds = true;
  for (const samples of portions(family)) {
    if (shouldYield()) await yieldToEventLoop();
    const point = readPoint(family, samples);
    const isRising = isStrictlyRising(point.bounds);
    hasDistinctBounds &&= isRising;
    isValid &&= isRising && rule(point);
  }
  return { isValid, boundLabel: hasDistinctBounds ? boundLabel : undefined };
}

/**
 * The rules of the types for the values of a metric point. Neither gauges nor untyped metrics have any.
 *
 * @see {@link https://prometheus.io/docs/specs/om/open_metrics_spec/#metric-types}
 */
const RULES: Readonly<Partial<Record<MetricType, PointRule>>> = {
  counter: ({ values }) => values.every(isTotal),
  info: ({ values, isOneTime }) => isOneTime && values.every((value) => value === 1),
  stateset: ({ values, isOneTime }) =>
    isOneTime && values.every((value) => value === 0 || value === 1),
  summary: ({ bounds, values, sum = 0, count = 0, isOneTime }) =>
    isOneTime && bounds.every((quantile) => quantile >= 0 && quantile <= 1) &&
    // NaN is the value of a quantile of nothing.
    !values.some((value) => value < 0) && isTotal(sum) && isCount(count),
  // With negative bounds a sum could fall, which no counter may.
  histogram: (point) =>
    hasBuckets(point) && (point.sum === undefined || point.bounds[0]! >= 0 && isTotal(point.sum)),
  gaugehistogram: (point) =>
    hasBuckets(point) && !Number.isNaN(point.sum) &&
    (point.bounds[0]! < 0 || isTotal(point.sum ?? 0)),
};

function isTotal(value: number): boolean {
  return value >= 0;
}
