/**
 * Metric families as encoders read them, and the rules that assign samples to them.
 *
 * @module
 */

import type { MetricType } from "./metric_type.ts";
import type { Sample } from "./sample.ts";
import { parseBound } from "./numbers.ts";

/** A metric family: the samples of one metric, which share its name, type, help text and unit. */
export interface Family {
  /** The metric name. Unlike in OpenMetrics, it includes the suffix `_total` or `_info`. */
  readonly name: string;
  /** The metric type. */
  readonly type: MetricType;
  /** The help text. */
  readonly help?: string | undefined;
  /** The base unit of the values, such as `seconds` or `bytes`. */
  readonly unit?: string | undefined;
  /** The samples, in the order of the exposition. */
  readonly samples: readonly Sample[];
  /** Whether later scrapes may return the same object. If so, encoders cache its encoded form. */
  readonly recurs?: boolean | undefined;
}

/** The samples that make up one histogram or summary. */
interface Parts {
  /** The label of buckets or quantiles. No other sample of the family has it. */
  readonly label: string;
  /** The name suffix of buckets or quantiles. */
  readonly suffix: string;
  /** The name suffixes of sum and count. */
  readonly totals: readonly [sum: string, count: string];
}

/** The types that have several samples, with different names, per label set. */
export const PARTS: Readonly<Partial<Record<MetricType, Parts>>> = {
  histogram: { label: "le", suffix: "_bucket", totals: ["_sum", "_count"] },
  gaugehistogram: { label: "le", suffix: "_bucket", totals: ["_gsum", "_gcount"] },
  summary: { label: "quantile", suffix: "", totals: ["_sum", "_count"] },
};

/** Returns the sample names that a family of this name and type can have. The family's own name comes first. */
export function sampleNames(family: string, type: MetricType): string[] {
  const parts = PARTS[type];
  if (parts === undefined) return [family];
  const names = ["", parts.suffix, ...parts.totals].map((suffix) => family + suffix);
  return [...new Set(names)];
}

/** Returns the label in which the samples of one histogram, summary or state set differ: `le`, `quantile` or the family's name. */
export function partLabel({ name, type }: Pick<Family, "name" | "type">): string | undefined {
  return type === "stateset" ? name : PARTS[type]?.label;
}

/** Splits a family into one family per sample name, for formats that cannot represent its type. */
export function splitBySampleName(
  { name, type, help, unit, samples }: Family,
  newType: MetricType,
): Family[] {
  return sampleNames(name, type).map((name) => ({
    name,
    type: newType,
    help,
    unit,
    samples: samples.filter((sample) => sample.name === name),
  })).filter(({ samples }) => samples.length > 0);
}

/**
 * Returns the family that a sample belongs to, by the sample's name, type and labels.
 *
 * A histogram consists of `_bucket` samples with `le`, `_sum` and `_count`; a gauge histogram of `_bucket` samples with `le`,
 * `_gsum` and `_gcount`; a summary of samples with `quantile`, `_sum` and `_count`. The name of an info ends in `_info`. Each
 * sample of a state set has a label with the name of the family. A sample that does not fit its type becomes untyped:
 * Prometheus would drop it, or even reject the whole scrape if its `le` or `quantile` is not a number.
 */
export function familyOf(
  name: string,
  type: MetricType,
  labelOf: (label: string) => string | undefined,
): Pick<Family, "name" | "type"> {
  const parts = PARTS[type];
  if (parts === undefined) {
    const fitsType = type === "info"
      ? name.endsWith("_info")
      : type !== "stateset" || labelOf(name) !== undefined;
    return { name, type: fitsType ? type : "untyped" };
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
