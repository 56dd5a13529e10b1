/**
 * Metrics of collectors, with one sample each.
 *
 * @module
 */

import { checkMetricName } from "./model/names.ts";
import { describe } from "./model/describe.ts";
import { checkNames } from "./model/options.ts";
import { checkExemplar, type Exemplar } from "./exemplar.ts";
import { flatLabels, labelEntries, Labels, type LabelsInit } from "./labels.ts";
import { type MetricType, parseMetricType } from "./model/metric_type.ts";
import { familyOf } from "./model/family.ts";
import { Sample, type SampleExemplar } from "./model/sample.ts";
import type { SampleInit } from "./model/sample_table.ts";
import { textFamilies, textHeader, textSample } from "./model/text.ts";

/** Options of {@linkcode Metric}. */
export interface MetricOptions {
  /**
   * The type, in lower or upper case.
   *
   * @default {"untyped"}
   */
  type?: MetricType | Uppercase<MetricType>;
  /** The help text, one sentence. */
  help?: string;
  /** The base unit, such as `seconds` or `bytes`. Formats without units leave it out. */
  unit?: string;
  /**
   * Whether the names of the metric and its labels can be any text, such as `http.requests`. Such metrics need a registry with the
   * same option.
   *
   * @default {false}
   */
  utf8Names?: boolean;
  /** The labels, which are copied. */
  labels?: LabelsInit;
  /**
   * The value, including NaN and infinities.
   *
   * @default {0}
   */
  value?: number;
  /** When the value was measured. Omit it for current values. */
  timestamp?: Date;
  /** An exemplar, for counters and histogram buckets. Formats without exemplars leave it out. */
  exemplar?: Exemplar;
}

/** A metric as a collector returned it, whatever properties a program has added to or replaced in the object. */
export interface TakenMetric extends SampleInit {
  /** The type. */
  readonly type: MetricType;
  /** The help text. */
  readonly help: string | undefined;
  /** The base unit. */
  readonly unit: string | undefined;
}

/** Takes a metric as it is now. Throws what {@linkcode Metric.sample} does. */
export let takeMetric: (metric: Metric) => TakenMetric;

/** The names of the options; a set, because collectors create metrics by the hundred thousand. */
const OPTIONS: ReadonlySet<string> = new Set<keyof MetricOptions>([
  "type",
  "help",
  "unit",
  "utf8Names",
  "labels",
  "value",
  "timestamp",
  "exemplar",
]);

/**
 * A metric with one sample, for collectors.
 *
 * ```ts
 * import { Metric } from "@exporter/prometheus";
 *
 * const metric = new Metric("doors_open", { type: "gauge", help: "Doors open now.", value: 2 });
 * console.log(`${metric}`);
 * // # HELP doors_open Doors open now.
 * // # TYPE doors_open gauge
 * // doors_open 2
 * ```
 *
 * A histogram or a summary has several samples. Return a metric of that type for each of them, named as in the text format:
 * `x_bucket` with the label `le`, `x_sum` and `x_count`. Other samples of these types are exposed as untyped, and so are infos
 * whose name does not end in `_info`, and state sets without a label of their own name.
 *
 * A subclass may compute its value with `override get value() { return … }`. It is read once per run of the collector.
 */
export class Metric {
  readonly #name: string;
  readonly #type: MetricType;
  readonly #help: string | undefined;
  readonly #unit: string | undefined;
  #value: number;
  readonly #utf8Names: boolean;
  /** The initial labels, as alternating names and values. */
  readonly #initialLabels: readonly string[];
  /** The labels, created on first access. */
  #labels: Labels | undefined;
  readonly #timestamp: number | undefined;
  readonly #exemplar: SampleExemplar | undefined;

  static {
    takeMetric = (metric) => ({
      type: metric.#type,
      help: metric.#help,
      unit: metric.#unit,
      name: metric.#name,
      labels: metric.#currentLabels,
      value: metric.#checkValue(metric.value),
      timestamp: metric.#timestamp,
      exemplar: metric.#exemplar,
    });
  }

  /**
   * Creates a metric. Without `utf8Names`, spaces in its name are replaced by underscores.
   *
   * @throws {TypeError} If an argument has the wrong type.
   * @throws {RangeError} If the name is not a metric name, or an option has an invalid value.
   */
  constructor(name: string, options: MetricOptions = {}) {
    for (const option in options) {
      if (!OPTIONS.has(option)) checkNames(`Cannot create metric "${name}"`, options, [...OPTIONS]);
    }
    const { utf8Names = false } = options;
    this.#name = checkMetricName(name, utf8Names);
    this.#type = options.type === undefined ? "untyped" : parseMetricType(options.type);
    this.#help = this.#checkText("help", options.help);
    this.#unit = this.#checkText("unit", options.unit);
    this.#utf8Names = utf8Names;
    this.#initialLabels = options.labels === undefined ? [] : flatLabels(options.labels, utf8Names);
    this.#value = options.value === undefined ? 0 : this.#checkValue(options.value);
    this.#timestamp = this.#checkTimestamp(options.timestamp);
    this.#exemplar = options.exemplar === undefined
      ? undefined
      : checkExemplar(options.exemplar, `metric "${this.#name}"`);
  }

  /** The name. */
  get name(): string {
    return this.#name;
  }

  /** The type, in lower case. */
  get type(): MetricType {
    return this.#type;
  }

  /** The help text. */
  get help(): string | undefined {
    return this.#help;
  }

  /** The base unit. */
  get unit(): string | undefined {
    return this.#unit;
  }

  /** When the value was measured, or undefined for current values. */
  get timestamp(): Date | undefined {
    return this.#timestamp === undefined ? undefined : new Date(this.#timestamp);
  }

  /** The exemplar, if there is one. */
  get exemplar(): SampleExemplar | undefined {
    return this.#exemplar;
  }

  /** The labels. They can be changed until the collector returns the metric. */
  get labels(): Labels {
    return this.#labels ??= new Labels(pairs(this.#initialLabels), { utf8Names: this.#utf8Names });
  }

  /** The value. */
  get value(): number {
    return this.#value;
  }

  /** @throws {TypeError} If it is not a number. A boolean is not. */
  set value(value: number) {
    this.#value = this.#checkValue(value);
  }

  /** Returns whether the metric has all given labels with these values. */
  checkFilter(filter: LabelsInit): boolean {
    for (const [name, value] of labelEntries(filter)) {
      if (this.labels.get(name) !== value) return false;
    }
    return true;
  }

  /**
   * Returns the current sample.
   *
   * @throws {TypeError} If a subclass computes a value that is not a number.
   */
  sample(): Sample {
    return this.#takeSample();
  }

  /** Returns the metric in the text format: `# HELP` if there is a help text, `# TYPE` and the sample. */
  toString(): string {
    const sample = this.sample();
    const { name, type } = familyOf(this.#name, this.type, (label) => sample.label(label));
    return textFamilies({ name, type, help: this.help, samples: [sample] })
      .map((family) => textHeader(family.name, family.type, family.help))
      .join("") + textSample(sample);
  }

  get #currentLabels(): readonly string[] {
    return this.#labels ? flatLabels(this.#labels, this.#utf8Names) : this.#initialLabels;
  }

  #takeSample(): Sample {
    return new Sample(
      this.#name,
      this.#currentLabels,
      this.#checkValue(this.value),
      this.#timestamp,
      this.#exemplar && { exemplar: this.#exemplar },
    );
  }

  #checkValue(value: unknown): number {
    if (typeof value === "number") return value;
    throw new TypeError(
      `Cannot use value of metric "${this.#name}": expected a number, got ${describe(value)}`,
    );
  }

  #checkText(option: "help" | "unit", text: unknown): string | undefined {
    if (text === undefined || typeof text === "string") return text;
    throw new TypeError(
      `Cannot use ${option} of metric "${this.#name}": expected a string, got ${describe(text)}`,
    );
  }

  #checkTimestamp(timestamp: unknown): number | undefined {
    if (timestamp === undefined) return undefined;
    if (!(timestamp instanceof Date)) {
      throw new TypeError(
        `Cannot use timestamp of metric "${this.#name}": expected a Date, got ${
          describe(timestamp)
        }`,
      );
    }
    if (Number.isNaN(timestamp.getTime())) {
      throw new RangeError(`Cannot use timestamp of metric "${this.#name}": the Date is invalid`);
    }
    return timestamp.getTime();
  }
}

function* pairs(flat: readonly string[]): Generator<[string, string]> {
  for (let i = 0; i < flat.length; i += 2) yield [flat[i]!, flat[i + 1]!];
}
