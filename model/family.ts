/**
 * Metric families in the form that encoders read.
 *
 * @module
 */

import type { MetricType } from "./metric_type.ts";
import { Sample } from "./sample.ts";
import { parseBound } from "./numbers.ts";

/** The samples that stand under one `# TYPE` line. */
export interface Family {
  /** The name of the metric. */
  readonly name: string;
  /** The type of all its samples. */
  readonly type: MetricType;
  /** What it measures, in a sentence. */
  readonly help?: string | undefined;
  /** The base unit of its values, such as `seconds` or `bytes`. */
  readonly unit?: string | undefined;
  /** The samples, in the order in which they are exposed. */
  readonly samples: readonly Sample[];
  /** Whether the same object comes again, so that what is made of it is worth keeping. */
  readonly recurs?: boolean | undefined;
}

/** How the samples that make up one histogram or summary are told apart. */
interface Parts {
  /** The label of buckets or quantiles, which nothing else in the family has. */
  readonly label: string;
  /** What they append to the name of the family. */
  readonly suffix: string;
  /** What sum and count append. */
  readonly totals: readonly [sum: string, count: string];
}

/** The types whose families have several samples for each set of labels. */
export const PARTS: Readonly<Partial<Record<MetricType, Parts>>> = {
  histogram: { label: "le", suffix: "_bucket", totals: ["_sum", "_count"] },
  gaugehistogram: { label: "le", suffix: "_bucket", totals: ["_gsum", "_gcount"] },
  summary: { label: "quantile", suffix: "", totals: ["_sum", "_count"] },
};

/** The names of the samples that a family of this name and type can have, its own first. */
export function sampleNames(family: string, type: MetricType): string[] {
  const parts = PARTS[type];
  if (parts === undefined) return [family];
  const names = ["", parts.suffix, ...parts.totals].map((suffix) => family + suffix);
  return [...new Set(names)];
}

/** The label in which samples that belong together differ: `le`, `quantile`, or that of the states of a state set. */
export function partLabel({ name, type }: Pick<Family, "name" | "type">): string | undefined {
  return type === "stateset" ? name : PARTS[type]?.label;
}

/**
 * The samples of a family as families of their own, one for each name that they have, for formats in which they cannot be
 * one.
 */
export function separate({ name, type, help, unit, samples }: Family, as: MetricType): Family[] {
  return sampleNames(name, type).map((name) => ({
    name,
    type: as,
    help,
    unit,
    samples: samples.filter((sample) => sample.name === name),
  })).filter(({ samples }) => samples.length > 0);
}

/**
 * The family that a sample belongs to by its own name, its type and its labels.
 *
 * A histogram consists of `_bucket` samples with `le`, `_sum` and `_count`, a gauge histogram of `_bucket`, `_gsum` and `_gcount`; a
 * summary of samples with `quantile`, `_sum` and `_count`. The name of an info ends in `_info`, and each sample of a
 * state set has a label of the family's name. A sample that claims such a type and is none of these would be lost on its way
 * through Prometheus, and one whose `le` or `quantile` is no number would take all others with it, so its family is untyped.
 */
export function familyOf(
  name: string,
  type: MetricType,
  labelOf: (label: string) => string | undefined,
): Pick<Family, "name" | "type"> {
  const parts = PARTS[type];
  if (parts === undefined) {
    const isRight = type === "info"
      ? name.endsWith("_info")
      : type !== "stateset" || labelOf(name) !== undefined;
    return { name, type: isRight ? type : "untyped" };
  }
  const bound = labelOf(parts.label);
  const suffixes = bound === undefined ? parts.totals : isBound(bound) ? [parts.suffix] : [];
  const suffix = suffixes.find((suffix) => name.endsWith(suffix) && name !== suffix);
  if (suffix === undefined) return { name, type: "untyped" };
  return { name: name.slice(0, name.length - suffix.length), type };
}

function isBound(text: string): boolean {
  return parseBound(text) !== undefined;
}
