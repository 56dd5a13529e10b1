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

import type { BlockFamily } from "./block_family.ts";
import { breathe, overdue } from "./breath.ts";
import { parseBound } from "./escape.ts";
import type { LineBlocks, LineFamily } from "./line_format.ts";
import type { MetricType } from "./metric_type.ts";
import { type Family, partLabel, PARTS, type Sample, sampleNames, separate } from "./sample.ts";

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

/** How many samples go by between two looks at the clock. */
const STRIDE = 128;

/**
 * What a family is in OpenMetrics: one family, or several without its type if it breaks a rule of it.
 *
 * @param isClashing Whether it must do without its type in any case.
 */
export async function conform(family: Family, isClashing: boolean): Promise<LineFamily[]> {
  const { isSound, hasDistinctBounds } = await inspect(family);
  const boundLabel = hasDistinctBounds ? PARTS[family.type]?.label : undefined;
  if (isSound && !isClashing) {
    const { type, help, unit, samples } = family;
    return [{ name: familyName(family), type, help, unit, samples, boundLabel }];
  }
  const parts = separate(family, FALLBACKS[family.type] ?? "untyped");
  return parts.map((part) => ({ ...part, boundLabel }));
}

/** The same for a family in blocks, whose samples were made to obey most of the rules. */
export function conformBlocks(family: BlockFamily, isClashing: boolean): LineBlocks | undefined {
  if (isClashing || !hasSuffix(family)) return undefined;
  const { type, help, unit, layout: { parts } } = family;
  const boundLabel = PARTS[type]?.label;
  const head = { name: familyName(family), type, help, unit, samples: [], boundLabel };
  const sum = parts.findIndex(({ suffix }) => suffix === "_sum");
  switch (type) {
    case "histogram":
      if (parseBound(parts[0]!.label![1])! < 0) return undefined;
      return { head, family, isSound: (values) => isTotal(values[sum]!) };
    case "summary":
      return {
        head,
        family,
        isSound: (values) => isTotal(values[sum]!) && !values.some((value) => value < 0),
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
export function findClashes(families: readonly Family[]): Set<Family> {
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

interface Inspection {
  /** Whether the family obeys the rules of its type. */
  readonly isSound: boolean;
  /** Whether no two buckets or quantiles that belong together would be the same if their bounds were canonical. */
  readonly hasDistinctBounds: boolean;
}

async function inspect(family: Family): Promise<Inspection> {
  const rule = RULES[family.type];
  let isSound = hasSuffix(family);
  let hasDistinctBounds = true;
  if (rule === undefined) return { isSound, hasDistinctBounds };
  for (const samples of portions(family)) {
    if (overdue()) await breathe();
    const point = readPoint(family, samples);
    const isRising = isStrictlyRising(point.bounds);
    hasDistinctBounds &&= isRising;
    isSound &&= isRising && rule(point);
  }
  return { isSound, hasDistinctBounds };
}

/** The samples of a family in portions: each histogram, summary or state set for itself, or else just some at a time. */
function* portions(family: Family): Generator<readonly Sample[]> {
  const { samples } = family;
  const label = partLabel(family);
  let start = 0;
  for (let i = 1; i < samples.length; i++) {
    const isFull = label === undefined
      ? i - start === STRIDE
      : !belongTogether(samples[i - 1]!, samples[i]!, label);
    if (!isFull) continue;
    yield samples.slice(start, i);
    start = i;
  }
  yield samples.slice(start);
}

/** Tells whether two samples have the same labels but for one, in whatever order. */
function belongTogether(a: Sample, b: Sample, label: string): boolean {
  let others = 0;
  for (let i = 0; i < a.labels.length; i += 2) {
    const name = a.labels[i]!;
    if (name === label) continue;
    if (b.label(name) !== a.labels[i + 1]) return false;
    others++;
  }
  return b.labels.length === 2 * (others + (b.label(label) === undefined ? 0 : 1));
}

/** What samples that are judged together say. */
interface Point {
  /** The bounds of buckets or quantiles. */
  readonly bounds: readonly number[];
  /** The values of buckets or quantiles, or those of all samples where there are no such parts. */
  readonly values: readonly number[];
  readonly sum: number | undefined;
  readonly count: number | undefined;
  /** Whether all have the same timestamp or none has one. */
  readonly isOneTime: boolean;
}

function readPoint(family: Family, samples: readonly Sample[]): Point {
  const { label, totals } = PARTS[family.type] ?? {};
  const bounds: number[] = [];
  const values: number[] = [];
  let sum: number | undefined;
  let count: number | undefined;
  for (const sample of samples) {
    const bound = label && sample.label(label);
    if (bound !== undefined) bounds.push(parseBound(bound)!);
    if (bound !== undefined || totals === undefined) values.push(sample.value);
    else if (sample.name === family.name + totals[0]) sum = sample.value;
    else count = sample.value;
  }
  // Nobody can tell which labels of an info are those of one metric, so that all its samples may be points of it.
  const { timestamp } = family.type === "info" ? family.samples[0]! : samples[0]!;
  const isOneTime = samples.every((sample) => sample.timestamp === timestamp);
  return { bounds, values, sum, count, isOneTime };
}

/**
 * The rules of the types for the values of a metric point. Neither gauges nor untyped metrics have any.
 *
 * @see {@link https://prometheus.io/docs/specs/om/open_metrics_spec/#metric-types}
 */
const RULES: Readonly<Partial<Record<MetricType, (point: Point) => boolean>>> = {
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

function hasBuckets({ bounds, values, sum, count, isOneTime }: Point): boolean {
  return isOneTime && bounds.at(-1) === Infinity &&
    values.every((value, i) => isCount(value) && (i === 0 || values[i - 1]! <= value)) &&
    (sum === undefined) === (count === undefined) &&
    (count === undefined || count === values.at(-1));
}

function isTotal(value: number): boolean {
  return value >= 0;
}

function isCount(value: number): boolean {
  return value >= 0 && Number.isInteger(value);
}

function isStrictlyRising(bounds: readonly number[]): boolean {
  return bounds.every((bound, i) => i === 0 || bounds[i - 1]! < bound);
}
