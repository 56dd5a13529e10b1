/**
 * What OpenMetrics 1.0 allows in families of each type: the samples, their values, their labels and their exemplars.
 *
 * @see {@link https://github.com/prometheus/OpenMetrics/blob/main/specification/OpenMetrics.md#metric-types}
 *
 * @module
 */

import type { MetricType } from "../model/metric_type.ts";

/** The values that a sample can have. */
interface Values {
  /** What they are, as a phrase. */
  readonly name: string;
  includes(value: number): boolean;
}

/** A label that tells the samples of a point apart. That of a state set has the name of its family. */
export type LabelKind = "le" | "quantile" | "state";

/** One of the samples that a point of a metric consists of. */
export interface Part {
  /** What it appends to the name of the family. */
  readonly suffix: string;
  readonly values: Values;
  /** The label that it must have, if a point has several such samples. */
  readonly label?: LabelKind;
  readonly canHaveExemplar?: true;
}

/** A type as OpenMetrics has it. */
export interface OpenMetricsType {
  readonly type: MetricType;
  /** What the text format appends to the name of the family. */
  readonly textSuffix: string;
  readonly canHaveUnit: boolean;
  readonly parts: readonly Part[];
}

const ANY: Values = { name: "a value", includes: () => true };
const NOT_NAN: Values = { name: "a value that is not NaN", includes: (value) => !isNaN(value) };
const TOTAL: Values = { name: "a value of at least 0", includes: (value) => value >= 0 };
const COUNT: Values = {
  name: "an integer of at least 0",
  includes: (value) => Number.isInteger(value) && value >= 0,
};
const QUANTILE: Values = {
  name: "NaN or a value of at least 0",
  includes: (value) => !(value < 0),
};
const ONE: Values = { name: "1", includes: (value) => value === 1 };
const BOOLEAN: Values = { name: "0 or 1", includes: (value) => value === 0 || value === 1 };
const TIME: Values = { name: "a time in seconds", includes: Number.isFinite };

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

/** The types by the names that `# TYPE` gives them. */
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
