/**
 * The samples that OpenMetrics 1.0 allows for each metric type, with their values, labels and exemplars.
 *
 * @see {@link https://github.com/prometheus/OpenMetrics/blob/main/specification/OpenMetrics.md#metric-types}
 *
 * @module
 */

import type { MetricType } from "../model/metric_type.ts";

/** A set of allowed sample values. */
interface ValueRange {
  /** A phrase for error messages. */
  readonly name: string;
  includes(value: number): boolean;
}

/** The kind of label that distinguishes the samples of a point. That of a state set is named after its family. */
export type LabelKind = "le" | "quantile" | "state";

/** A kind of sample that a point of a metric consists of. */
export interface Part {
  /** The suffix of the sample name after the family name. */
  readonly suffix: string;
  readonly values: ValueRange;
  /** The label that distinguishes several such samples in a point. */
  readonly label?: LabelKind;
  readonly canHaveExemplar?: true;
}

/** A metric type of OpenMetrics. */
export interface OpenMetricsType {
  readonly type: MetricType;
  /** The suffix that the family name has in the text format. */
  readonly textSuffix: string;
  readonly canHaveUnit: boolean;
  readonly parts: readonly Part[];
}

const ANY: ValueRange = { name: "a value", includes: () => true };
const NOT_NAN: ValueRange = { name: "a value that is not NaN", includes: (value) => !isNaN(value) };
const TOTAL: ValueRange = { name: "a value of at least 0", includes: (value) => value >= 0 };
const COUNT: ValueRange = {
  name: "an integer of at least 0",
  includes: (value) => Number.isInteger(value) && value >= 0,
};
const QUANTILE: ValueRange = {
  name: "NaN or a value of at least 0",
  includes: (value) => !(value < 0),
};
const ONE: ValueRange = { name: "1", includes: (value) => value === 1 };
const BOOLEAN: ValueRange = { name: "0 or 1", includes: (value) => value === 0 || value === 1 };
const TIME: ValueRange = { name: "a time in seconds", includes: Number.isFinite };

const CREATED: Part = { suffix: "_created", values: TIME };
const SINGLE: Part = { suffix: "", values: ANY };
const BUCKET: Part = { suffix: "_bucket", values: COUNT, label: "le", canHaveExemplar: true };

function define(
  type: MetricType,
  parts: readonly Part[],
  { textSuffix = "", canHaveUnit = true } = {},
): OpenMetricsType {
  return { type, textSuffix, canHaveUnit, parts };
}

/** The type of families without `# TYPE`. */
export const UNKNOWN: OpenMetricsType = define("untyped", [SINGLE]);

/** All types by their names in `# TYPE` lines. */
export const OPENMETRICS_TYPES: ReadonlyMap<string, OpenMetricsType> = new Map([
  [
    "counter",
    define("counter", [{ suffix: "_total", values: TOTAL, canHaveExemplar: true }, CREATED], {
      textSuffix: "_total",
    }),
  ],
  ["gauge", define("gauge", [SINGLE])],
  [
    "histogram",
    define("histogram", [
      BUCKET,
      { suffix: "_count", values: COUNT },
      { suffix: "_sum", values: TOTAL },
      CREATED,
    ]),
  ],
  [
    "gaugehistogram",
    define("gaugehistogram", [
      BUCKET,
      { suffix: "_gcount", values: COUNT },
      { suffix: "_gsum", values: NOT_NAN },
    ]),
  ],
  [
    "summary",
    define("summary", [
      { suffix: "", values: QUANTILE, label: "quantile" },
      { suffix: "_count", values: COUNT },
      { suffix: "_sum", values: TOTAL },
      CREATED,
    ]),
  ],
  [
    "info",
    define("info", [{ suffix: "_info", values: ONE }], { textSuffix: "_info", canHaveUnit: false }),
  ],
  [
    "stateset",
    define("stateset", [{ suffix: "", values: BOOLEAN, label: "state" }], { canHaveUnit: false }),
  ],
  ["unknown", UNKNOWN],
]);
