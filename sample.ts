/**
 * Samples and their families in the form that encoders read: checked, grouped, and never changed again.
 *
 * @module
 */

import { escapeLabelValue } from "./escape.ts";
import type { MetricType } from "./metric_type.ts";

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
  #series: string | undefined;

  /** Makes a sample of parts that were checked before. */
  constructor(name: string, labels: readonly string[], value: number, timestamp?: number) {
    this.name = name;
    this.labels = labels;
    this.value = value;
    this.timestamp = timestamp;
  }

  /** The series as the text formats write it, `name{a="1",b="2"}`: equal for two samples only if the series are. */
  get series(): string {
    return this.#series ??= this.#writeSeries();
  }

  /** The value of one label, or undefined. */
  label(name: string): string | undefined {
    for (let i = 0; i < this.labels.length; i += 2) {
      if (this.labels[i] === name) return this.labels[i + 1];
    }
    return undefined;
  }

  #writeSeries(): string {
    const { labels } = this;
    if (labels.length === 0) return this.name;
    let series = `${this.name}{${labels[0]}="${escapeLabelValue(labels[1]!)}"`;
    for (let i = 2; i < labels.length; i += 2) {
      series += `,${labels[i]}="${escapeLabelValue(labels[i + 1]!)}"`;
    }
    return series + "}";
  }
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
}

const SUFFIXES: Readonly<Partial<Record<MetricType, readonly string[]>>> = {
  histogram: ["_bucket", "_sum", "_count"],
  summary: ["_sum", "_count"],
};

/** The names of the samples that a family of this name and type can have, its own first. */
export function sampleNames(family: string, type: MetricType): string[] {
  return [family, ...(SUFFIXES[type] ?? []).map((suffix) => family + suffix)];
}

/**
 * The family that a sample belongs to by its own name, its type and its labels.
 *
 * A histogram consists of `_bucket` samples with `le`, `_sum` and `_count`; a summary of samples with `quantile`,
 * `_sum` and `_count`. A sample that claims such a type and is none of these would be lost on its way
 * through Prometheus, so its family is untyped.
 */
export function familyOf(
  name: string,
  type: MetricType,
  hasLabel: (label: string) => boolean,
): Pick<Family, "name" | "type"> {
  const suffix = SUFFIXES[type]?.find((suffix) => name.endsWith(suffix));
  switch (type) {
    case "histogram":
      if (suffix === undefined || (suffix === "_bucket" && !hasLabel("le"))) break;
      return { name: name.slice(0, -suffix.length), type };
    case "summary":
      if (suffix !== undefined) return { name: name.slice(0, -suffix.length), type };
      if (hasLabel("quantile")) return { name, type };
      break;
    default:
      return { name, type };
  }
  return { name, type: "untyped" };
}
