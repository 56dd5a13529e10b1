/**
 * Requests of Remote-Write 2.0 (`io.prometheus.write.v2.Request`) and 1.0 (`prometheus.WriteRequest`).
 *
 * @see {@link https://prometheus.io/docs/specs/prw/remote_write_spec_2_0/}
 *
 * @module
 */

import { WireWriter } from "../encode/protobuf_wire.ts";
import type { MetricType } from "../model/metric_type.ts";
import type { NativeBuckets, SampleExemplar } from "../model/sample.ts";
import type { WriteHistogram, WriteSeries } from "./write_series.ts";

/** A version of the protocol. */
export type WriteVersion = 1 | 2;

/** The numbers of the types, which both versions have in common. */
const TYPES: Readonly<Record<MetricType, number>> = {
  untyped: 0,
  counter: 1,
  gauge: 2,
  histogram: 3,
  gaugehistogram: 4,
  summary: 5,
  info: 6,
  stateset: 7,
};

/** The field `value` with the NaN that marks a series as stale, which a number cannot hold reliably. */
const STALE_VALUE = new Uint8Array([1 << 3 | 1, 2, 0, 0, 0, 0, 0, 0xf0, 0x7f]);

/** Encodes a request, without compression. */
export function encodeRequest(
  series: readonly WriteSeries[],
  version: WriteVersion,
): Uint8Array<ArrayBuffer> {
  return version === 2 ? encodeVersion2(series) : encodeVersion1(series);
}

function encodeVersion2(all: readonly WriteSeries[]): Uint8Array<ArrayBuffer> {
  const symbols = new Map([["", 0]]);
  const refer = (text: string): number => {
    let index = symbols.get(text);
    if (index === undefined) symbols.set(text, index = symbols.size);
    return index;
  };
  const writer = new WireWriter();
  const writeLabels = (labels: readonly string[]) => {
    const start = writer.begin(1);
    for (const text of labels) writer.varint(refer(text));
    writer.end(start);
  };
  for (const series of all) {
    const { labels, family, exemplars, created } = series;
    const start = writer.begin(5);
    writeLabels(labels);
    writeValue(writer, series, 3);
    for (const exemplar of exemplars) writeExemplar(writer, 4, exemplar, writeLabels);
    const metadata = writer.begin(5);
    writer.uint(1, TYPES[family.type]);
    if (family.help) writer.uint(3, refer(family.help));
    if (family.unit) writer.uint(4, refer(family.unit));
    writer.end(metadata);
    if (created !== undefined) writer.int(6, Math.trunc(created));
    writer.end(start);
  }
  const body = writer.take();
  for (const symbol of symbols.keys()) writer.string(4, symbol);
  writer.append(body);
  return writer.take();
}

function encodeVersion1(all: readonly WriteSeries[]): Uint8Array<ArrayBuffer> {
  const writer = new WireWriter();
  const writeLabels = (labels: readonly string[]) => {
    for (let i = 0; i < labels.length; i += 2) {
      const start = writer.begin(1);
      writer.string(1, labels[i]!);
      writer.string(2, labels[i + 1]!);
      writer.end(start);
    }
  };
  const families = new Map<string, WriteSeries["family"]>();
  for (const series of all) {
    families.set(series.family.name, series.family);
    const start = writer.begin(1);
    writeLabels(series.labels);
    writeValue(writer, series, 4);
    for (const exemplar of series.exemplars) writeExemplar(writer, 3, exemplar, writeLabels);
    writer.end(start);
  }
  for (const { name, type, help, unit } of families.values()) {
    const start = writer.begin(3);
    writer.uint(1, TYPES[type]);
    writer.string(2, name);
    if (help) writer.string(4, help);
    if (unit) writer.string(5, unit);
    writer.end(start);
  }
  return writer.take();
}

function writeValue(
  writer: WireWriter,
  { value, timestamp }: WriteSeries,
  histogramField: number,
): void {
  if (typeof value === "object") {
    const start = writer.begin(histogramField);
    writeHistogram(writer, value);
    writer.int(15, timestamp);
    writer.end(start);
    return;
  }
  const start = writer.begin(2);
  if (value === undefined) writer.append(STALE_VALUE);
  else writer.double(1, value);
  writer.int(2, timestamp);
  writer.end(start);
}

function writeExemplar(
  writer: WireWriter,
  field: number,
  { labels, value, timestamp }: SampleExemplar,
  writeLabels: (labels: readonly string[]) => void,
): void {
  const start = writer.begin(field);
  writeLabels(labels);
  writer.double(2, value);
  writer.int(3, Math.trunc(timestamp!));
  writer.end(start);
}

function writeHistogram(writer: WireWriter, histogram: WriteHistogram): void {
  writer.uint(1, histogram.count);
  writer.double(3, histogram.sum);
  writer.sint(4, histogram.schema);
  writer.double(5, histogram.zeroThreshold);
  writer.uint(6, histogram.zeroCount);
  writeBuckets(writer, 8, histogram.negative);
  writeBuckets(writer, 11, histogram.positive);
}

/** Writes spans and, with the next field number, the deltas of their buckets. */
function writeBuckets(writer: WireWriter, field: number, { spans, deltas }: NativeBuckets): void {
  for (const { offset, length } of spans) {
    const start = writer.begin(field);
    writer.sint(1, offset);
    writer.uint(2, length);
    writer.end(start);
  }
  for (const delta of deltas) writer.sint(field + 1, delta);
}
