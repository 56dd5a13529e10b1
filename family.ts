/**
 * Metric families: the samples of a collector that share a name, a type and a help text.
 *
 * @module
 */

import type { Exemplar } from "./exemplar.ts";
import type { LabelsInit } from "./labels.ts";
import { Metric, type MetricOptions } from "./metric.ts";
import { checkNames } from "./model/options.ts";
import type { MetricType } from "./model/metric_type.ts";
import { type Family, familyOf } from "./model/family.ts";
import type { Sample } from "./model/sample.ts";

/** Options of {@linkcode MetricFamily}. */
export type MetricFamilyOptions = Pick<MetricOptions, "type" | "help" | "unit" | "utf8Names">;

/** Options of {@linkcode MetricFamily.add}. */
export interface SampleOptions {
  /** The suffix of the sample name, for the samples of histograms and summaries. */
  suffix?: "_bucket" | "_sum" | "_count" | "_gsum" | "_gcount";
  /** When the value was measured. Omit it for current values. */
  timestamp?: Date;
  /** An exemplar, for counters and histogram buckets. Formats without exemplars leave it out. */
  exemplar?: Exemplar;
}

const OPTIONS: readonly (keyof MetricFamilyOptions)[] = ["type", "help", "unit", "utf8Names"];

/** The names of the options of a sample; a set, because collectors add samples by the hundred thousand. */
const SAMPLE_OPTIONS: ReadonlySet<string> = new Set<keyof SampleOptions>([
  "suffix",
  "timestamp",
  "exemplar",
]);

/**
 * Takes a family as a collector returned it, whatever properties a program has added to or replaced in the object. The samples are
 * not copied.
 */
export let takeFamily: (family: MetricFamily) => Family;

/**
 * Makes a family of samples that are known to be valid, and to belong to it. Throws what the constructor does for an invalid name,
 * type, help text or unit.
 */
export let restoreFamily: (
  head: Pick<Family, "name" | "type" | "help" | "unit">,
  samples: readonly Sample[],
) => MetricFamily;

/**
 * A metric family, for collectors that return many samples with the same name.
 *
 * ```ts
 * import { MetricFamily } from "@exporter/prometheus";
 *
 * const load = new MetricFamily("node_load", { type: "gauge", help: "Load average." });
 * load.add(0.5, { period: "1m" }).add(0.25, { period: "5m" });
 * console.log(load.samples.length); // 2
 * ```
 */
export class MetricFamily implements Family {
  /** Has the properties of the family, without a sample of its own. */
  readonly #head: Metric;
  readonly #utf8Names: boolean;
  readonly #samples: Sample[] = [];

  static {
    takeFamily = (family) => ({
      name: family.#head.name,
      type: family.#head.type,
      help: family.#head.help,
      unit: family.#head.unit,
      samples: family.#samples,
    });
    restoreFamily = ({ name, type, help, unit }, samples) => {
      const family = new MetricFamily(name, {
        type,
        utf8Names: true,
        ...(help !== undefined && { help }),
        ...(unit !== undefined && { unit }),
      });
      for (const sample of samples) family.#samples.push(sample);
      return family;
    };
  }

  /**
   * Creates a family without samples. Without `utf8Names`, spaces in its name are replaced by underscores.
   *
   * @throws {TypeError} If an argument has the wrong type, or an option is unknown.
   * @throws {RangeError} If the name is not a metric name, or the type is unknown.
   */
  constructor(name: string, options: MetricFamilyOptions = {}) {
    checkNames(`Cannot create metric family "${name}"`, options, OPTIONS);
    this.#head = new Metric(name, options);
    this.#utf8Names = options.utf8Names ?? false;
  }

  /** The name. */
  get name(): string {
    return this.#head.name;
  }

  /** The type. */
  get type(): MetricType {
    return this.#head.type;
  }

  /** The help text. */
  get help(): string | undefined {
    return this.#head.help;
  }

  /** The base unit. */
  get unit(): string | undefined {
    return this.#head.unit;
  }

  /** Copies of the samples added so far. */
  get samples(): readonly Sample[] {
    return this.#samples.map((sample) => sample.withLabels(sample.labels.slice()));
  }

  /**
   * Adds a sample.
   *
   * A histogram consists of `_bucket` samples with the label `le`, and `_sum` and `_count`; a gauge histogram has `_gsum` and
   * `_gcount` instead. A summary consists of samples with the label `quantile`, and `_sum` and `_count`. Other types have no
   * suffixes. `le` and `quantile` are decimal numbers or `+Inf`.
   *
   * @throws {TypeError} If the value is not a number, a label is not a string, or an option has the wrong type or is
   *   unknown.
   * @throws {RangeError} If a label is invalid, an option has an invalid value, or the type has no such samples.
   */
  add(value: number, labels: LabelsInit = {}, options: SampleOptions = {}): this {
    for (const option in options) {
      if (SAMPLE_OPTIONS.has(option)) continue;
      checkNames(`Cannot add sample to metric family "${this.name}"`, options, [...SAMPLE_OPTIONS]);
    }
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
