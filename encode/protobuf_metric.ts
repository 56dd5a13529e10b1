/**
 * Encodes single metrics as `io.prometheus.client.Metric` messages. A metric is one sample, or all samples of one histogram or
 * summary.
 *
 * Like the Go client, which has the same schema, this writes fields with known values even if they are 0.
 *
 * @see {@link https://github.com/prometheus/client_model/blob/master/io/prometheus/client/metrics.proto}
 *
 * @module
 */

import { parseBound } from "../model/numbers.ts";
import { exposedExemplar } from "./exposed_exemplar.ts";
import type { MetricType } from "../model/metric_type.ts";
import { type Family, PARTS } from "../model/family.ts";
import type {
  NativeBuckets,
  NativeHistogram,
  Sample,
  SampleDetails,
  SampleExemplar,
} from "../model/sample.ts";
import type { WireWriter } from "./protobuf_wire.ts";

/** The representation of a metric type in the schema. */
interface Kind {
  /** The number in the enumeration `MetricType`. */
  readonly id: number;
  /** The number of the field in `Metric` that has the value. */
  readonly field: number;
  /** Writes the fields of the value. */
  readonly write: (writer: WireWriter, family: Family, samples: readonly Sample[]) => void;
}

const GAUGE: Kind = { id: 1, field: 2, write: writeValue };

/** The representation of each metric type. */
export const KINDS: Readonly<Record<MetricType, Kind>> = {
  counter: { id: 0, field: 3, write: writeCounter },
  gauge: GAUGE,
  info: GAUGE,
  stateset: GAUGE,
  summary: { id: 2, field: 4, write: writeSummary },
  untyped: { id: 3, field: 5, write: writeValue },
  histogram: { id: 4, field: 7, write: writeHistogram },
  gaugehistogram: { id: 5, field: 7, write: writeHistogram },
};

/** Writes the metrics of samples: of any single ones, or of one histogram or summary. */
export function writeMetrics(
  writer: WireWriter,
  family: Family,
  samples: readonly Sample[],
): void {
  if (PARTS[family.type] !== undefined) writeMetric(writer, family, samples);
  else for (const sample of samples) writeMetric(writer, family, [sample]);
}

/**
 * Writes a metric as a field of its family's message, and marks the values of its samples: those without the label of buckets or
 * quantiles first. Exemplars and native histograms have no marks.
 */
function writeMetric(
  writer: WireWriter,
  family: Family,
  samples: readonly Sample[],
): void {
  const { labels, timestamp } = samples[0]!;
  const { field, write } = KINDS[family.type];
  const metric = writer.begin(4);
  writeLabels(writer, labels, PARTS[family.type]?.label);
  const value = writer.begin(field);
  write(writer, family, samples);
  writer.end(value);
  if (timestamp !== undefined) writer.int(6, timestamp);
  writer.end(metric);
}

/** Returns the details of a histogram or a summary, which are set on its count. */
export function pointDetails(
  { name, type }: Family,
  samples: readonly Sample[],
): SampleDetails | undefined {
  const count = name + PARTS[type]?.totals[1];
  return samples.find((sample) => sample.name === count)?.details;
}

/** Writes labels, which have the same field number in metrics and in exemplars. */
function writeLabels(writer: WireWriter, labels: readonly string[], except?: string): void {
  for (let i = 0; i < labels.length; i += 2) {
    const name = labels[i]!;
    if (name === except) continue;
    const label = writer.begin(1);
    writer.string(1, name);
    writer.string(2, labels[i + 1]!);
    writer.end(label);
  }
}

function writeValue(writer: WireWriter, _: Family, [sample]: readonly Sample[]): void {
  writer.mark();
  writer.double(1, sample!.value);
}

function writeCounter(
  writer: WireWriter,
  { type }: Family,
  [sample]: readonly Sample[],
): void {
  const { value, details } = sample!;
  writer.mark();
  writer.double(1, value);
  writeExemplar(writer, 2, exposedExemplar(sample!, type));
  writeTime(writer, 3, details?.created);
}

function writeSummary(writer: WireWriter, family: Family, samples: readonly Sample[]): void {
  writeTotals(writer, family, samples);
  for (const sample of samples) {
    const quantile = sample.label("quantile");
    if (quantile === undefined) continue;
    const start = writer.begin(3);
    writer.double(1, parseBound(quantile)!);
    writer.mark();
    writer.double(2, sample.value);
    writer.end(start);
  }
  writeTime(writer, 4, pointDetails(family, samples)?.created);
}

function writeHistogram(writer: WireWriter, family: Family, samples: readonly Sample[]): void {
  const { native, created } = pointDetails(family, samples) ?? {};
  const buckets = samples.filter((sample) => sample.label("le") !== undefined);
  writeTotals(writer, family, samples);
  // Next to a native histogram, a single classic bucket (+Inf) only repeats the count.
  if (native === undefined || buckets.length > 1) writeBuckets(writer, family, buckets);
  else writeNativeExemplars(writer, family, buckets);
  if (native !== undefined) writeNative(writer, native);
  writeTime(writer, 15, created);
}

function writeTotals(writer: WireWriter, family: Family, samples: readonly Sample[]): void {
  const { name, type } = family;
  const { label, totals } = PARTS[type]!;
  for (const sample of samples) {
    if (sample.label(label) !== undefined) continue;
    writer.mark();
    if (sample.name === name + totals[0]) writer.double(2, sample.value);
    else writer.uint(1, sample.value);
  }
}

function writeBuckets(writer: WireWriter, { type }: Family, buckets: readonly Sample[]): void {
  for (const bucket of buckets) {
    const start = writer.begin(3);
    writer.mark();
    writer.uint(1, bucket.value);
    writer.double(2, parseBound(bucket.label("le")!)!);
    writeExemplar(writer, 3, exposedExemplar(bucket, type));
    writer.end(start);
  }
}

/** Writes exemplars as those of the native histogram. Unlike in buckets, the schema requires timestamps. */
function writeNativeExemplars(
  writer: WireWriter,
  { type }: Family,
  buckets: readonly Sample[],
): void {
  for (const bucket of buckets) {
    const exemplar = exposedExemplar(bucket, type);
    if (exemplar?.timestamp !== undefined) writeExemplar(writer, 16, exemplar);
  }
}

function writeNative(writer: WireWriter, native: NativeHistogram): void {
  const { schema, zeroThreshold, zeroCount, positive, negative } = native;
  writer.sint(5, schema);
  writer.double(6, zeroThreshold);
  writer.uint(7, zeroCount);
  writeSpans(writer, 9, negative);
  // An empty span marks the histogram as native if nothing else does.
  const isEmpty = zeroThreshold === 0 && zeroCount === 0 &&
    positive.spans.length === 0 && negative.spans.length === 0;
  writeSpans(writer, 12, isEmpty ? EMPTY_SPAN : positive);
}

const EMPTY_SPAN: NativeBuckets = { spans: [{ offset: 0, length: 0 }], deltas: [] };

/** Writes spans and, with the next field number, the deltas of their buckets. */
function writeSpans(writer: WireWriter, field: number, { spans, deltas }: NativeBuckets): void {
  for (const { offset, length } of spans) {
    const start = writer.begin(field);
    writer.sint(1, offset);
    writer.uint(2, length);
    writer.end(start);
  }
  for (const delta of deltas) writer.sint(field + 1, delta);
}

function writeExemplar(writer: WireWriter, field: number, exemplar?: SampleExemplar): void {
  if (exemplar === undefined) return;
  const start = writer.begin(field);
  writeLabels(writer, exemplar.labels);
  writer.double(2, exemplar.value);
  writeTime(writer, 3, exemplar.timestamp);
  writer.end(start);
}

/** Writes milliseconds as a `google.protobuf.Timestamp`: whole seconds, and nanoseconds that are never negative. */
function writeTime(writer: WireWriter, field: number, milliseconds: number | undefined): void {
  if (milliseconds === undefined) return;
  const seconds = Math.floor(milliseconds / 1000);
  const start = writer.begin(field);
  writer.int(1, seconds);
  writer.int(2, (milliseconds - seconds * 1000) * 1e6);
  writer.end(start);
}
