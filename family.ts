/**
 * Metric families as collectors return them: samples that share a name, a type and a help text.
 *
 * ```ts
 * import { MetricFamily } from "@exporter/prometheus";
 *
 * const load = new MetricFamily("node_load", { type: "gauge", help: "Load average." });
 * load.add(0.5, { period: "1m" }).add(0.25, { period: "5m" });
 * ```
 *
 * @module
 */

import type { Exemplar } from "./exemplar.ts";
import type { LabelsInit } from "./labels.ts";
import { Metric, type MetricOptions } from "./metric.ts";
import type { MetricType } from "./model/metric_type.ts";
import { type Family, familyOf } from "./model/family.ts";
import type { Sample } from "./model/sample.ts";

/** Options of {@linkcode MetricFamily}. */
export type MetricFamilyOptions = Pick<MetricOptions, "type" | "help" | "unit" | "utf8Names">;

/** Options of {@linkcode MetricFamily.add}. */
export interface SampleOptions {
  /** What a histogram or a summary appends to its name for this sample. */
  suffix?: "_bucket" | "_sum" | "_count" | "_gsum" | "_gcount";
  /** When the value was measured. Leave it out for values measured now, as nearly all are. */
  timestamp?: Date;
  /** An exemplar. Formats that have them expose those of counters and of the buckets of histograms. */
  exemplar?: Exemplar;
}

/** A family to which samples are added, for collectors with many samples under one name. */
export class MetricFamily implements Family {
  readonly #head: Metric;
  readonly #utf8Names: boolean;
  readonly #samples: Sample[] = [];

  /**
   * Makes a family without samples. Spaces in its name become underscores, unless any name is allowed.
   *
   * @throws {TypeError} If an option is of the wrong kind.
   * @throws {RangeError} If the name is not a metric name, or there is no such type.
   */
  constructor(name: string, options: MetricFamilyOptions = {}) {
    this.#head = new Metric(name, options);
    this.#utf8Names = options.utf8Names ?? false;
  }

  /** The name of the metric. */
  get name(): string {
    return this.#head.name;
  }

  /** The type of all its samples. */
  get type(): MetricType {
    return this.#head.type;
  }

  /** What is measured, in a sentence. */
  get help(): string | undefined {
    return this.#head.help;
  }

  /** The base unit of its values. */
  get unit(): string | undefined {
    return this.#head.unit;
  }

  /** The samples added so far. */
  get samples(): readonly Sample[] {
    return this.#samples;
  }

  /**
   * Adds one sample.
   *
   * @throws {TypeError} If the value is not a number, a label is not a string, or an option is of the wrong kind.
   * @throws {RangeError} If a label cannot be one, an option has a value that it cannot have, or a sample of this suffix and these labels cannot belong to
   *   a family of this type: a histogram has `_bucket` with the label `le`, `_sum` and `_count`; a
   *   summary samples with the label `quantile`, `_sum` and `_count`; others have no suffixes. `le` and `quantile` are
   *   decimal numbers or `+Inf`.
   */
  add(value: number, labels: LabelsInit = {}, options: SampleOptions = {}): this {
    const name = this.name + (options.suffix ?? "");
    const { timestamp, exemplar } = options;
    const metric = new Metric(name, {
      value,
      labels,
      utf8Names: this.#utf8Names,
      ...(timestamp !== undefined && { timestamp }),
      ...(exemplar !== undefined && { exemplar }),
    });
    const sample = metric.sample();
    const family = familyOf(name, this.type, (label) => sample.label(label));
    if (family.name !== this.name || family.type !== this.type) {
      throw new RangeError(
        `Cannot add sample "${name}{${metric.labels}}": ${this.type} "${this.name}" has no such sample`,
      );
    }
    this.#samples.push(sample);
    return this;
  }
}
