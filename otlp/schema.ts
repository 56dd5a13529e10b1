/**
 * The messages of OTLP metrics: the fields that are read, by their numbers in protobuf and their names in JSON.
 *
 * @see {@link https://opentelemetry.io/docs/specs/otlp/}
 *
 * @module
 */

/** How the value of a field is encoded in protobuf. */
export type FieldKind =
  | "string"
  | "bytes"
  | "bool"
  | "double"
  | "fixed64"
  | "sfixed64"
  | NumberKind;

/** Numbers of variable length. */
type NumberKind = "int" | "uint" | "sint";

/** A field of a message. */
export interface Field {
  /** Its name in JSON. */
  readonly name: string;
  /** The encoding, or what the fields of the message are. */
  readonly kind: FieldKind | (() => Schema);
  /** Whether the field can have several values. */
  readonly isRepeated: boolean;
}

/** The fields of a message by their numbers. */
export type Schema = Readonly<Record<number, Field>>;

function one(name: string, kind: Field["kind"]): Field {
  return { name, kind, isRepeated: false };
}

function many(name: string, kind: Field["kind"]): Field {
  return { name, kind, isRepeated: true };
}

const ANY_VALUE: Schema = {
  1: one("stringValue", "string"),
  2: one("boolValue", "bool"),
  3: one("intValue", "int"),
  4: one("doubleValue", "double"),
  5: one("arrayValue", () => ({ 1: many("values", () => ANY_VALUE) })),
  6: one("kvlistValue", () => ({ 1: many("values", () => KEY_VALUE) })),
  7: one("bytesValue", "bytes"),
};

const KEY_VALUE: Schema = { 1: one("key", "string"), 2: one("value", () => ANY_VALUE) };

const EXEMPLAR: Schema = {
  2: one("timeUnixNano", "fixed64"),
  3: one("asDouble", "double"),
  4: one("spanId", "bytes"),
  5: one("traceId", "bytes"),
  6: one("asInt", "sfixed64"),
  7: many("filteredAttributes", () => KEY_VALUE),
};

const TIMES: Schema = {
  2: one("startTimeUnixNano", "fixed64"),
  3: one("timeUnixNano", "fixed64"),
};

const NUMBER_POINT: Schema = {
  ...TIMES,
  4: one("asDouble", "double"),
  5: many("exemplars", () => EXEMPLAR),
  6: one("asInt", "sfixed64"),
  7: many("attributes", () => KEY_VALUE),
  8: one("flags", "uint"),
};

const HISTOGRAM_POINT: Schema = {
  ...TIMES,
  4: one("count", "fixed64"),
  5: one("sum", "double"),
  6: many("bucketCounts", "fixed64"),
  7: many("explicitBounds", "double"),
  8: many("exemplars", () => EXEMPLAR),
  9: many("attributes", () => KEY_VALUE),
  10: one("flags", "uint"),
};

const BUCKETS: Schema = { 1: one("offset", "sint"), 2: many("bucketCounts", "uint") };

const EXPONENTIAL_POINT: Schema = {
  ...TIMES,
  1: many("attributes", () => KEY_VALUE),
  4: one("count", "fixed64"),
  5: one("sum", "double"),
  6: one("scale", "sint"),
  7: one("zeroCount", "fixed64"),
  8: one("positive", () => BUCKETS),
  9: one("negative", () => BUCKETS),
  10: one("flags", "uint"),
  11: many("exemplars", () => EXEMPLAR),
  14: one("zeroThreshold", "double"),
};

const SUMMARY_POINT: Schema = {
  ...TIMES,
  4: one("count", "fixed64"),
  5: one("sum", "double"),
  6: many("quantileValues", () => ({ 1: one("quantile", "double"), 2: one("value", "double") })),
  7: many("attributes", () => KEY_VALUE),
  8: one("flags", "uint"),
};

function points(schema: Schema): Schema {
  return {
    1: many("dataPoints", () => schema),
    2: one("aggregationTemporality", "int"),
    3: one("isMonotonic", "bool"),
  };
}

const METRIC: Schema = {
  1: one("name", "string"),
  2: one("description", "string"),
  3: one("unit", "string"),
  5: one("gauge", () => points(NUMBER_POINT)),
  7: one("sum", () => points(NUMBER_POINT)),
  9: one("histogram", () => points(HISTOGRAM_POINT)),
  10: one("exponentialHistogram", () => points(EXPONENTIAL_POINT)),
  11: one("summary", () => points(SUMMARY_POINT)),
};

const SCOPE: Schema = {
  1: one("name", "string"),
  2: one("version", "string"),
  3: many("attributes", () => KEY_VALUE),
};

const SCOPE_METRICS: Schema = {
  1: one("scope", () => SCOPE),
  2: many("metrics", () => METRIC),
};

const RESOURCE_METRICS: Schema = {
  1: one("resource", () => ({ 1: many("attributes", () => KEY_VALUE) })),
  2: many("scopeMetrics", () => SCOPE_METRICS),
};

/** The fields of `ExportMetricsServiceRequest`. */
export const EXPORT_REQUEST: Schema = { 1: many("resourceMetrics", () => RESOURCE_METRICS) };
