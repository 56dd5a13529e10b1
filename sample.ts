/**
 * Samples and their families in the form that encoders read: checked, grouped, and never changed again.
 *
 * @module
 */

import { escapeLabelValue, isMetricName, parseBound, quoteName, writeLabelName } from "./escape.ts";
import type { MetricType } from "./metric_type.ts";

/** An exemplar as encoders read it: checked, and never changed again. */
export interface SampleExemplar {
  /** Label names and values in turn, as in {@linkcode Sample.labels}. */
  readonly labels: readonly string[];
  /** The observed value. */
  readonly value: number;
  /** When it was observed, in milliseconds since the epoch; undefined: nothing is said about it. */
  readonly timestamp: number | undefined;
}

/** The populated buckets of a native histogram on one side of zero, as protobuf has them. */
export interface NativeBuckets {
  /** Runs of buckets one after the other: how many indices lie before each, counted from the end of the one before or from 0. */
  readonly spans: readonly { readonly offset: number; readonly length: number }[];
  /** How much more each bucket counts than the one before it, the first one than 0. */
  readonly deltas: readonly number[];
}

/**
 * A native histogram as encoders read it, without its count and its sum.
 *
 * @see {@link https://prometheus.io/docs/specs/native_histograms/}
 */
export interface NativeHistogram {
  /** The resolution, from -4 to 8: each bucket reaches 2^(2^-schema) times as far as the one before. */
  readonly schema: number;
  /** What is no farther from 0 counts as 0. */
  readonly zeroThreshold: number;
  /** How many observations count as 0. */
  readonly zeroCount: number;
  /** The buckets above 0. */
  readonly positive: NativeBuckets;
  /** The buckets below 0, by their absolute values. */
  readonly negative: NativeBuckets;
}

/** What only some samples have. */
export interface SampleDetails {
  /** The exemplar, exposed by formats that have them. */
  readonly exemplar?: SampleExemplar | undefined;
  /** When its series began, in milliseconds since the epoch; of a histogram or a summary the sample of the count has it. */
  readonly created?: number | undefined;
  /** The native histogram, which the sample of the count of a histogram has. */
  readonly native?: NativeHistogram | undefined;
}

/** One exposed value with the series that it belongs to. */
export class Sample {
  /** The name of the sample, which a histogram or a summary makes from its family's by a suffix. */
  readonly name: string;
  /** Label names and values in turn: name, value, name, value. No name occurs twice. */
  readonly labels: readonly string[];
  /** The value, NaN and infinities included. */
  readonly value: number;
  /** When the value was measured, in milliseconds since the epoch; absent: at the scrape. */
  readonly timestamp: number | undefined;
  /** What only some samples have. */
  readonly details: SampleDetails | undefined;
  #series: string | undefined;

  /** Makes a sample of parts that were checked before. */
  constructor(
    name: string,
    labels: readonly string[],
    value: number,
    timestamp?: number,
    details?: SampleDetails,
  ) {
    this.name = name;
    this.labels = labels;
    this.value = value;
    this.timestamp = timestamp;
    this.details = details;
  }

  /** The exemplar, if any; exposed by formats that have them. */
  get exemplar(): SampleExemplar | undefined {
    return this.details?.exemplar;
  }

  /** The series as the text formats write it, `name{a="1",b="2"}`: equal for two samples only if the series are. */
  get series(): string {
    return this.#series ??= formatSeries(this.name, this.labels);
  }

  /** The value of one label, or undefined. */
  label(name: string): string | undefined {
    for (let i = 0; i < this.labels.length; i += 2) {
      if (this.labels[i] === name) return this.labels[i + 1];
    }
    return undefined;
  }

  /** The same with other labels. */
  withLabels(labels: readonly string[]): Sample {
    return new Sample(this.name, labels, this.value, this.timestamp, this.details);
  }

  /** The same series with another value, measured at the scrape. */
  withValue(value: number, exemplar?: SampleExemplar): Sample {
    const details = exemplar && { exemplar };
    const sample = new Sample(this.name, this.labels, value, undefined, details);
    sample.#series = this.series;
    return sample;
  }
}

/** The name of the last series that was written without quotes, which is mostly that of the next one. */
let lastPlainName: string | undefined;

/**
 * Writes a series as the text formats do. Labels are names and values in turn. A name that is no legacy name stands in quotes
 * within the braces.
 */
export function formatSeries(name: string, labels: readonly string[]): string {
  if (name !== lastPlainName) {
    if (!isMetricName(name)) return `{${quoteName(name)}${formatPairs(labels, ",")}}`;
    lastPlainName = name;
  }
  return labels.length === 0 ? name : name + formatLabels(labels);
}

/** Writes labels, names and values in turn, as the text formats do, in braces even if there are none. */
export function formatLabels(labels: readonly string[]): string {
  return `{${formatPairs(labels, "")}}`;
}

function formatPairs(labels: readonly string[], separator: string): string {
  let text = "";
  for (let i = 0; i < labels.length; i += 2) {
    text += `${separator}${writeLabelName(labels[i]!)}="${escapeLabelValue(labels[i + 1]!)}"`;
    separator = ",";
  }
  return text;
}

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
