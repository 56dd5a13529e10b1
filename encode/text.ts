/**
 * The text format: version 0.0.4, which every version of Prometheus reads, and 1.0.0, which adds quoted names.
 *
 * A histogram whose last bucket differs from its count, and one or a summary that has a bound twice, become untyped.
 *
 * @see {@link https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format}
 *
 * @module
 */

import { type Family, splitBySampleName } from "../model/family.ts";
import type { MetricType } from "../model/metric_type.ts";
import { inspect, type PointRule } from "./openmetrics_rules.ts";
import { areDifferent } from "../model/points.ts";
import { textFamilies, textHeader, textTimestamp, textType } from "../model/text.ts";
import type { LineFormat } from "./line_format.ts";

const NO_CONFLICTS: ReadonlySet<Family> = new Set();

/** The rules of types that consist of several samples, besides that no bound occurs twice. */
const RULES: Readonly<Partial<Record<MetricType, PointRule>>> = {
  histogram: ({ bounds, values, count }) =>
    bounds.at(-1) !== Infinity || !areDifferent(count, values.at(-1)!),
  summary: () => true,
};

/** The text format. */
export const TEXT: LineFormat = {
  end: "",
  hasExemplars: false,
  findNameConflicts: () => NO_CONFLICTS,
  async convert(family) {
    const { isValid } = await inspect(family, RULES[family.type]);
    return isValid ? textFamilies(family) : splitBySampleName(family, "untyped");
  },
  convertView(view) {
    const { name, type, help } = view;
    return { metadata: { name, type: textType(type), help, samples: [] }, view };
  },
  exposedSamples: (samples) => samples,
  header: ({ name, type, help }) => textHeader(name, type, help),
  labels: ({ labels }) => labels,
  tail: textTimestamp,
};
