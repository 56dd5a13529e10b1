/**
 * Metric families: the samples of a collector that share a name, a type and a help text.
 *
 * @module
 */

import type { Exemplar } from "./exemplar.ts";
import type { LabelsInit } from "./labels.ts";
import { Metric, type MetricOptions } from "./metric.ts";
import { describe } from "./model/describe.ts";
import { type Family, familyOf } from "./model/family.ts";
import {
  type LabelArguments,
  type LabelName,
  LabelSchema,
  type LabelSpec,
  type LabelValues,
} from "./model/label_schema.ts";
import type { MetricType } from "./model/metric_type.ts";
import { checkNames } from "./model/options.ts";
import { Sample } from "./model/sample.ts";
import { SampleTable } from "./model/sample_table.ts";

/** Options of {@linkcode MetricFamily}. */
export interface MetricFamilyOptions<S extends LabelSpec = LabelSpec>
  extends Pick<MetricOptions, "type" | "help" | "unit" | "utf8Names"> {
  /**
   * The labels of all samples: a list of names, or an object from each name to its allowed values, or to `String` for any value. The
   * values of a list can be passed in its order, which is the fastest way to add samples. Unless this is given, each sample can have
   * labels of its own.
   */
  labels?: S;
}

/** Options of {@linkcode MetricFamily.add}. */
export interface SampleOptions {
  /** The suffix of the sample name, for the samples of histograms and summaries. */
  suffix?: "_bucket" | "_sum" | "_count" | "_gsum" | "_gcount";
  /** When the value was measured. Omit it for current values. */
  timestamp?: Date;
  /** An exemplar, for counters and histogram buckets. Formats without exemplars leave it out. */
  exemplar?: Exemplar;
}

/**
 * The arguments of {@linkcode MetricFamily.add} after the value: the labels, as an object and as declared, or as the values of a
 * declared list in its order.
 */
export type SampleArguments<S extends LabelSpec> = string extends LabelName<S>
  ? [labels?: LabelsInit | undefined, options?: SampleOptions | undefined] | readonly string[]
  : LabelArguments<S> | [labels: LabelValues<S>, options: SampleOptions];

const OPTIONS: readonly (keyof MetricFamilyOptions)[] = [
  "type",
  "help",
  "unit",
  "utf8Names",
  "labels",
];

/** The names of the options of a sample; a set, because collectors add samples by the hundred thousand. */
const SAMPLE_OPTIONS: ReadonlySet<string> = new Set<keyof SampleOptions>([
  "suffix",
  "timestamp",
  "exemplar",
]);

/** A family as a collector returned it, whatever properties a program has added to or replaced in the object. */
export interface TakenFamily extends Pick<Family, "name" | "type" | "help" | "unit"> {
  /** The samples, which are not copied. */
  readonly table: SampleTable;
}

/** Takes a family as it is now. */
export let takeFamily: (family: MetricFamily) => TakenFamily;

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
 *
 * If all samples have the same labels, declare them: samples are then checked by the compiler, and take a fraction of the time.
 *
 * ```ts
 * import { MetricFamily } from "@exporter/prometheus";
 *
 * const read = new MetricFamily("disk_read_bytes_total", { type: "counter", labels: ["device"] });
 * read.add(4096, "sda").add(512, { device: "sdb" });
 * ```
 *
 * @typeParam S The labels.
 */
export class MetricFamily<const S extends LabelSpec = LabelSpec> implements Family {
  /** Has the properties of the family, without a sample of its own. */
  readonly #head: Metric;
  readonly #utf8Names: boolean;
  /** The declared labels. */
  readonly #schema: LabelSchema | undefined;
  readonly #table: SampleTable;
  /** The number of label values with which a sample can be added as it is; -1 if all have to be looked at. */
  readonly #plainWidth: number;

  static {
    takeFamily = (family) => ({
      name: family.#head.name,
      type: family.#head.type,
      help: family.#head.help,
      unit: family.#head.unit,
      table: family.#table,
    });
    restoreFamily = ({ name, type, help, unit }, samples) => {
      const family = new MetricFamily(name, {
        type,
        utf8Names: true,
        ...(help !== undefined && { help }),
        ...(unit !== undefined && { unit }),
      });
      for (const sample of samples) family.#table.add(sample);
      return family;
    };
  }

  /**
   * Creates a family without samples. Without `utf8Names`, spaces in its name are replaced by underscores.
   *
   * @throws {TypeError} If an argument has the wrong type, or an option is unknown.
   * @throws {RangeError} If the name is not a metric name, the type is unknown, or a declared label is invalid.
   */
  constructor(name: string, options: MetricFamilyOptions<S> = {}) {
    checkNames(`Cannot create metric family "${name}"`, options, OPTIONS);
    const { labels, utf8Names = false, ...rest } = options;
    this.#head = new Metric(name, { ...rest, utf8Names });
    this.#utf8Names = utf8Names;
    if (labels !== undefined) {
      const owner = `metric family "${name}"`;
      const action = `Cannot add sample to ${owner}`;
      this.#schema = new LabelSchema(owner, labels, [], utf8Names, action);
    }
    this.#table = new SampleTable(this.#head, this.#schema?.names);
    const isPlain = this.#schema?.isOpen && this.#owns(this.name, () => undefined);
    this.#plainWidth = isPlain ? this.#schema!.names.length : -1;
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
    return this.#table.samples.map(({ name, labels, value, timestamp, details }) =>
      new Sample(name, labels.map((text) => text.toWellFormed()), value, timestamp, details)
    );
  }

  /**
   * Adds a sample. Its labels are an object, or the values of the declared list in its order; declared labels can be empty, which is
   * the same as none.
   *
   * A histogram consists of `_bucket` samples with the label `le`, and `_sum` and `_count`; a gauge histogram has `_gsum` and
   * `_gcount` instead. A summary consists of samples with the label `quantile`, and `_sum` and `_count`. Other types have no
   * suffixes. `le` and `quantile` are decimal numbers or `+Inf`.
   *
   * @throws {TypeError} If the value is not a number, a label is not a string or missing, or an option has the wrong type or is
   *   unknown.
   * @throws {RangeError} If a label is invalid, an option has an invalid value, or the type has no such samples.
   */
  add(value: number, ...args: SampleArguments<S>): this {
    if (args.length === this.#plainWidth && typeof value === "number" && areStrings(args)) {
      this.#table.addRow(args, value);
      return this;
    }
    const [labels, options] = this.#read(args);
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
    if (!this.#owns(name, (label) => sample.label(label))) {
      throw new RangeError(
        `Cannot add sample "${name}{${metric.labels}}": ${this.type} "${this.name}" has no such sample`,
      );
    }
    this.#table.add(sample);
    return this;
  }

  /** Returns the labels and the options in the arguments of {@linkcode MetricFamily.add}. */
  #read(args: readonly unknown[]): [LabelsInit, SampleOptions] {
    const [first = {}, options = {}] = args as [LabelsInit?, SampleOptions?];
    if (this.#schema === undefined) {
      if (typeof first !== "string") return [first, options];
      throw new TypeError(
        `Cannot add sample to metric family "${this.name}": expected labels as an object, got ${
          describe(first)
        }, and no labels are declared`,
      );
    }
    const isObject = typeof first === "object";
    const values = this.#schema.values(isObject ? [first] : args);
    const pairs = this.#schema.names.map((name, i) => [name, values[i]!] as const);
    return [pairs.filter(([, value]) => value !== ""), isObject ? options : {}];
  }

  /** Returns whether a sample of this name and these labels belongs to the family. */
  #owns(name: string, labelOf: (label: string) => string | undefined): boolean {
    const family = familyOf(name, this.type, labelOf);
    return family.name === this.name && family.type === this.type;
  }
}

function areStrings(values: readonly unknown[]): values is readonly string[] {
  for (let i = 0; i < values.length; i++) {
    if (typeof values[i] !== "string") return false;
  }
  return true;
}
