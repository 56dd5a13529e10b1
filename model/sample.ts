/**
 * Samples and their families in the form that encoders read: checked, grouped, and never changed again.
 *
 * @module
 */

import { escapeLabelValue } from "./escape.ts";
import { isMetricName, quoteName, writeLabelName } from "./names.ts";
import { parseBound } from "./numbers.ts";
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

/**
 * A native histogram, without its count and its sum.
 *
 * The buckets of each side of zero are given as in protobuf: `spans` are runs of consecutive buckets, whose `offset` is counted from
 * the end of the previous one, or from 0; `deltas` has the count of each bucket as the difference to the one before.
 *
 * @see {@link https://prometheus.io/docs/specs/native_histograms/}
 */
export interface NativeHistogram {
  /** The resolution, from -4 to 8: neighboring bucket bounds differ by the factor 2^(2^-schema). */
  readonly schema: number;
  /** Observations with at most this absolute value are in the zero bucket. */
  readonly zeroThreshold: number;
  /** The number of observations in the zero bucket. */
  readonly zeroCount: number;
  /** The buckets of positive observations. */
  readonly positive: {
    readonly spans: readonly { readonly offset: number; readonly length: number }[];
    readonly deltas: readonly number[];
  };
  /** The buckets of negative observations, by their absolute values. */
  readonly negative: NativeHistogram["positive"];
}

/** The populated buckets of a native histogram on one side of zero. */
export type NativeBuckets = NativeHistogram["positive"];

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
