/**
 * Reads expositions in protobuf by another implementation of it, to check what the library writes.
 *
 * @module
 */

import protobuf from "protobufjs";

/** An exemplar as it was read. */
export interface ReadExemplar {
  readonly labels: readonly ReadLabel[];
  readonly value: number;
  readonly timestamp?: ReadTime;
}

/** A label as it was read. */
export interface ReadLabel {
  readonly name: string;
  readonly value: string;
}

/** A time as it was read. */
export interface ReadTime {
  readonly seconds: number;
  readonly nanos: number;
}

/** A histogram as it was read, with what is native in it. */
export interface ReadHistogram {
  readonly count: number;
  readonly sum: number;
  readonly buckets: readonly {
    readonly count: number;
    readonly bound: number;
    readonly exemplar?: ReadExemplar;
  }[];
  readonly schema?: number;
  readonly zeroThreshold?: number;
  readonly zeroCount?: number;
  readonly negativeSpans: readonly ReadSpan[];
  readonly negativeDeltas: readonly number[];
  readonly positiveSpans: readonly ReadSpan[];
  readonly positiveDeltas: readonly number[];
  readonly created?: ReadTime;
  readonly exemplars: readonly ReadExemplar[];
}

/** A run of buckets as it was read. */
export interface ReadSpan {
  readonly offset: number;
  readonly length: number;
}

/** A metric as it was read. */
export interface ReadMetric {
  readonly labels: readonly ReadLabel[];
  readonly gauge?: { readonly value: number };
  readonly counter?: {
    readonly value: number;
    readonly exemplar?: ReadExemplar;
    readonly created?: ReadTime;
  };
  readonly summary?: {
    readonly count: number;
    readonly sum: number;
    readonly quantiles: readonly { readonly quantile: number; readonly value: number }[];
    readonly created?: ReadTime;
  };
  readonly untyped?: { readonly value: number };
  readonly histogram?: ReadHistogram;
  readonly timestamp?: number;
}

/** A family as it was read. */
export interface ReadFamily {
  readonly name: string;
  readonly help?: string;
  readonly type: string;
  readonly metrics: readonly ReadMetric[];
  readonly unit?: string;
}

type Field = [id: number, type: string, rule?: "repeated"];

/** The fields of all messages by their numbers, without those for counts that are no integers. */
const MESSAGES: Readonly<Record<string, Readonly<Record<string, Field>>>> = {
  Family: {
    name: [1, "string"],
    help: [2, "string"],
    type: [3, "Type"],
    metrics: [4, "Metric", "repeated"],
    unit: [5, "string"],
  },
  Metric: {
    labels: [1, "Label", "repeated"],
    gauge: [2, "Value"],
    counter: [3, "Counter"],
    summary: [4, "Summary"],
    untyped: [5, "Value"],
    timestamp: [6, "int64"],
    histogram: [7, "Histogram"],
  },
  Label: { name: [1, "string"], value: [2, "string"] },
  Value: { value: [1, "double"] },
  Counter: { value: [1, "double"], exemplar: [2, "Exemplar"], created: [3, "Time"] },
  Summary: {
    count: [1, "uint64"],
    sum: [2, "double"],
    quantiles: [3, "Quantile", "repeated"],
    created: [4, "Time"],
  },
  Quantile: { quantile: [1, "double"], value: [2, "double"] },
  Histogram: {
    count: [1, "uint64"],
    sum: [2, "double"],
    buckets: [3, "Bucket", "repeated"],
    schema: [5, "sint32"],
    zeroThreshold: [6, "double"],
    zeroCount: [7, "uint64"],
    negativeSpans: [9, "Span", "repeated"],
    negativeDeltas: [10, "sint64", "repeated"],
    positiveSpans: [12, "Span", "repeated"],
    positiveDeltas: [13, "sint64", "repeated"],
    created: [15, "Time"],
    exemplars: [16, "Exemplar", "repeated"],
  },
  Bucket: { count: [1, "uint64"], bound: [2, "double"], exemplar: [3, "Exemplar"] },
  Span: { offset: [1, "sint32"], length: [2, "uint32"] },
  Exemplar: { labels: [1, "Label", "repeated"], value: [2, "double"], timestamp: [3, "Time"] },
  Time: { seconds: [1, "int64"], nanos: [2, "int32"] },
};

const TYPES = ["COUNTER", "GAUGE", "SUMMARY", "UNTYPED", "HISTOGRAM", "GAUGE_HISTOGRAM"];

const FAMILY = protobuf.Root.fromJSON({
  nested: {
    Type: { values: Object.fromEntries(TYPES.map((name, i) => [name, i])) },
    ...Object.fromEntries(
      Object.entries(MESSAGES).map((
        [name, fields],
      ) => [name, { edition: "proto2", fields: describe(fields) }]),
    ),
  },
}).lookupType("Family");

function describe(fields: Readonly<Record<string, Field>>): Record<string, protobuf.IField> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, [id, type, rule]]) => [
      name,
      { id, type, ...(rule && { rule }) } as protobuf.IField,
    ]),
  );
}

/**
 * Reads all families. What is not set is not there; what can be repeated is.
 *
 * @throws {Error} If there are fields of which nothing is known, or if anything could have been written in fewer bytes.
 */
export function readProtobuf(bytes: Uint8Array): ReadFamily[] {
  const reader = protobuf.Reader.create(bytes);
  const families: ReadFamily[] = [];
  while (reader.pos < reader.len) {
    const start = reader.pos;
    const message = FAMILY.decodeDelimited(reader);
    const length = FAMILY.encodeDelimited(message).finish().length;
    if (length !== reader.pos - start) {
      throw new Error(`Cannot read message of ${reader.pos - start} bytes: it is one of ${length}`);
    }
    const options = { longs: Number, enums: String, arrays: true };
    families.push(FAMILY.toObject(message, options) as ReadFamily);
  }
  return families;
}
