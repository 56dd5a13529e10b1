/**
 * Samples as encoders read them: validated and immutable.
 *
 * @module
 */

import { escapeLabelValue } from "./escape.ts";
import { isMetricName, quoteName, writeLabelName } from "./names.ts";

/** An exemplar as encoders read it: validated and immutable. */
export interface SampleExemplar {
  /** Alternating label names and values, as in {@linkcode Sample.labels}. */
  readonly labels: readonly string[];
  /** The observed value. */
  readonly value: number;
  /** The time of the observation, in milliseconds since the epoch, if known. */
  readonly timestamp: number | undefined;
}

/**
 * The buckets of a native histogram. Its count and sum are samples of the family.
 *
 * Each side of zero has its buckets as in protobuf. `spans` are runs of consecutive buckets; the `offset` of a span is the distance
 * from the end of the previous span, or from bucket 0 for the first one. `deltas` has one number per bucket: the difference between
 * its count and that of the bucket before.
 *
 * @see {@link https://prometheus.io/docs/specs/native_histograms/}
 */
export interface NativeHistogram {
  /** The resolution, from -4 to 8: neighboring bucket bounds differ by a factor of 2^(2^-schema). */
  readonly schema: number;
  /** The upper bound of the zero bucket, which counts observations with at most this absolute value. */
  readonly zeroThreshold: number;
  /** The count of the zero bucket. */
  readonly zeroCount: number;
  /** The buckets of positive observations. */
  readonly positive: {
    readonly spans: readonly { readonly offset: number; readonly length: number }[];
    readonly deltas: readonly number[];
  };
  /** The buckets of negative observations, by absolute value. */
  readonly negative: NativeHistogram["positive"];
}

/** The populated buckets of a native histogram on one side of zero. */
export type NativeBuckets = NativeHistogram["positive"];

/** Properties that only some samples have. */
export interface SampleDetails {
  /** The exemplar. Formats without exemplars ignore it. */
  readonly exemplar?: SampleExemplar | undefined;
  /** The creation time of the series, in milliseconds since the epoch. For a histogram or a summary, it is set on the count. */
  readonly created?: number | undefined;
  /** The native histogram. It is set on the count of the histogram. */
  readonly native?: NativeHistogram | undefined;
}

/** One sample: the value of a series. */
export class Sample {
  /** The sample name: the name of the family, plus a suffix for the parts of histograms and summaries. */
  readonly name: string;
  /** Alternating label names and values: name, value, name, value. Names are unique. */
  readonly labels: readonly string[];
  /** The value, which can be NaN or infinite. */
  readonly value: number;
  /** The time of the measurement, in milliseconds since the epoch. Undefined: the time of the scrape. */
  readonly timestamp: number | undefined;
  /** Properties that only some samples have. */
  readonly details: SampleDetails | undefined;
  #series: string | undefined;

  /** Creates a sample from valid values. Nothing is checked. */
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

  /** The exemplar, if any. */
  get exemplar(): SampleExemplar | undefined {
    return this.details?.exemplar;
  }

  /** The series in text format: `name{a="1",b="2"}`. Different series never have the same text. */
  get series(): string {
    return this.#series ??= formatSeries(this.name, this.labels);
  }

  /** Returns the value of a label; undefined if the sample does not have it. */
  label(name: string): string | undefined {
    return labelIn(this.labels, name);
  }

  /** Returns a copy with other labels. */
  withLabels(labels: readonly string[]): Sample {
    return new Sample(this.name, labels, this.value, this.timestamp, this.details);
  }

  /** Returns a sample of the same series with another value, and without a timestamp. */
  withValue(value: number, exemplar?: SampleExemplar): Sample {
    const details = exemplar && { exemplar };
    const sample = new Sample(this.name, this.labels, value, undefined, details);
    sample.#series = this.series;
    return sample;
  }
}

/** Returns the value of a label in names and values in turn. */
export function labelIn(labels: readonly string[], name: string): string | undefined {
  for (let i = 0; i < labels.length; i += 2) {
    if (labels[i] === name) return labels[i + 1];
  }
  return undefined;
}

/** Returns the labels of a row, from the values of all rows: names and values in turn, without empty values. */
export function labelsOfRow(
  labelNames: readonly string[],
  labelValues: readonly string[],
  row: number,
): string[] {
  const labels: string[] = [];
  const from = row * labelNames.length;
  for (let i = 0; i < labelNames.length; i++) {
    const value = labelValues[from + i]!;
    if (value !== "") labels.push(labelNames[i]!, value);
  }
  return labels;
}

/** The last name written without quotes: the next one is usually the same. */
let lastPlainName: string | undefined;

/**
 * Formats a series for the text formats, from a name and alternating label names and values. A name that is not a legacy name is
 * quoted, and moves into the braces.
 */
export function formatSeries(name: string, labels: readonly string[]): string {
  if (name !== lastPlainName) {
    if (!isMetricName(name)) return `{${quoteName(name)}${formatPairs(labels, ",")}}`;
    lastPlainName = name;
  }
  return labels.length === 0 ? name : name + formatLabels(labels);
}

/** Formats alternating label names and values for the text formats, in braces even if there are none. */
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
