/**
 * Metrics as collectors return them: one sample each.
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
 * @module
 */

import { checkMetricName, expectedName, isMetricName, isUtf8Name } from "./model/names.ts";
import { describe } from "./model/describe.ts";
import { checkExemplar, type Exemplar } from "./exemplar.ts";
import { flatLabels, labelEntries, Labels, type LabelsInit } from "./labels.ts";
import { type MetricType, parseMetricType } from "./model/metric_type.ts";
import { familyOf } from "./model/family.ts";
import { Sample, type SampleExemplar } from "./model/sample.ts";
import { textFamilies, textHeader, textSample } from "./model/text.ts";

/** Options of {@linkcode Metric}. */
export interface MetricOptions {
  /**
   * The type, in lower or upper case.
   *
   * @default {"untyped"}
   */
  type?: MetricType | Uppercase<MetricType>;
  /** What is measured, in a sentence. */
  help?: string;
  /** The base unit, such as `seconds` or `bytes`; exposed by formats that have units. */
  unit?: string;
  /**
   * Whether the names of the metric and of its labels can be any text, such as `http.requests`. Only registries with the same
   * option expose it.
   *
   * @default {false}
   */
  utf8Names?: boolean;
  /** The labels of the sample. They are copied. */
  labels?: LabelsInit;
  /**
   * The value. NaN and infinities are values, too.
   *
   * @default {0}
   */
  value?: number;
  /** When the value was measured. Leave it out for values measured now, as nearly all are. */
  timestamp?: Date;
  /** An exemplar. Formats that have them expose those of counters and of the buckets of histograms. */
  exemplar?: Exemplar;
}

/**
 * One sample that a collector returns, with what there is to say of its family.
 *
 * A histogram or a summary is several samples: give each as a metric of that type with the name that it has in the text
 * format, such as `x_bucket` with the label `le`, `x_sum` and `x_count`. A single value that claims to be a histogram
 * or a summary is exposed as untyped, and so is an info whose name does not end in `_info`, and a state set without a label
 * of its own name.
 *
 * A subclass may compute its value: `override get value() { return … }`. It is read once in each run of its collector.
 */
export class Metric {
  readonly #name: string;
  #value: number;
  /** The type, in lower case. */
  readonly type: MetricType;
  /** What is measured, in a sentence. */
  readonly help: string | undefined;
  /** The base unit of the value. */
  readonly unit: string | undefined;
  readonly #utf8Names: boolean;
  /** The labels, names and values in turn, as they were given. */
  readonly #given: readonly string[];
  /** The labels as soon as somebody looks at them. */
  #labels: Labels | undefined;
  /** When the value was measured; undefined: at the scrape. */
  readonly timestamp: Date | undefined;
  /** The exemplar, if any, as it was given. */
  readonly exemplar: SampleExemplar | undefined;

  /**
   * Makes a metric. Spaces in its name become underscores, unless any name is allowed.
   *
   * @throws {TypeError} If an option is of the wrong kind.
   * @throws {RangeError} If the name is not a metric name, or an option has a value that it cannot have.
   */
  constructor(name: string, options: MetricOptions = {}) {
    const { utf8Names = false } = options;
    this.#name = checkMetricName(name, utf8Names);
    this.type = options.type === undefined ? "untyped" : parseMetricType(options.type);
    this.help = this.#checkText("help", options.help);
    this.unit = this.#checkText("unit", options.unit);
    this.#utf8Names = utf8Names;
    this.#given = options.labels === undefined ? [] : flatLabels(options.labels, utf8Names);
    this.#value = options.value === undefined ? 0 : this.#checkValue(options.value);
    this.timestamp = this.#checkTimestamp(options.timestamp);
    this.exemplar = options.exemplar === undefined
      ? undefined
      : checkExemplar(options.exemplar, `metric "${this.#name}"`);
  }

  /** The name, which stays as it is. */
  get name(): string {
    return this.#name;
  }

  /** The labels of the sample, which may be changed until the collector returns it. */
  get labels(): Labels {
    return this.#labels ??= new Labels(pairs(this.#given), { utf8Names: this.#utf8Names });
  }

  /** The value. */
  get value(): number {
    return this.#value;
  }

  /** @throws {TypeError} If it is not a number. A boolean is not. */
  set value(value: number) {
    this.#value = this.#checkValue(value);
  }

  /** Tells whether every given label is there with the given value. */
  checkFilter(filter: LabelsInit): boolean {
    for (const [name, value] of labelEntries(filter)) {
      if (this.labels.get(name) !== value) return false;
    }
    return true;
  }

  /**
   * Takes the sample as it is now.
   *
   * @throws {TypeError} If a subclass computes a value that is not a number.
   * @throws {RangeError} If the timestamp was made invalid.
   */
  sample(): Sample {
    const labels = this.#labels ? [...this.#labels].flat() : this.#given;
    const timestamp = this.#checkTimestamp(this.timestamp)?.getTime();
    return new Sample(
      this.#name,
      labels,
      this.#checkValue(this.value),
      timestamp,
      this.exemplar && { exemplar: this.exemplar },
    );
  }

  /** Writes the metric in the text format: `# HELP` if there is a help text, `# TYPE`, and the sample. */
  toString(): string {
    const sample = this.sample();
    const { name, type } = familyOf(this.#name, this.type, (label) => sample.label(label));
    return textFamilies({ name, type, help: this.help, samples: [sample] })
      .map((family) => textHeader(family.name, family.type, family.help))
      .join("") + textSample(sample);
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

  #checkTimestamp(timestamp: unknown): Date | undefined {
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
    return timestamp;
  }
}

function* pairs(flat: readonly string[]): Generator<[string, string]> {
  for (let i = 0; i < flat.length; i += 2) yield [flat[i]!, flat[i + 1]!];
}
