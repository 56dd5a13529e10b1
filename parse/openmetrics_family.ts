/**
 * Collects the samples of one OpenMetrics family, and checks that they form metrics and points.
 *
 * A metric consists of all samples with the same labels, a point of all samples of a metric with the same timestamp. Neither may be
 * interleaved with another one.
 *
 * @module
 */

import type { Cursor } from "./cursor.ts";
import { parseBound } from "../model/numbers.ts";
import { ShortKeys } from "../model/short_keys.ts";
import { isEqualWithout, type LabelSet } from "./labels.ts";
import { HistogramPoint } from "./openmetrics_buckets.ts";
import { type LabelKind, type OpenMetricsType, type Part, UNKNOWN } from "./openmetrics_type.ts";
import type { Family } from "../model/family.ts";
import { Sample, type SampleExemplar } from "../model/sample.ts";

/** The content of a sample line. */
export interface SampleLine {
  /** The offset of the line. */
  readonly from: number;
  readonly name: string;
  readonly labels: LabelSet;
  /** The offset of the value, which a space precedes. */
  readonly valueFrom: number;
  readonly value: number;
  /** The timestamp in milliseconds, not yet rounded. */
  readonly time: number | undefined;
  readonly exemplar: SampleExemplar | undefined;
}

/** A family that is being read. */
export class OpenMetricsFamily {
  /** The name, without the suffixes of sample names. */
  readonly name: string;
  /** The offset of its first line. */
  readonly from: number;
  /** The unit, or undefined without a `# UNIT` line. */
  unit: string | undefined;
  /** The help text, or undefined without a `# HELP` line. */
  help: string | undefined;
  readonly #cursor: Cursor;
  readonly #keys = new ShortKeys();
  readonly #samples: Sample[] = [];
  #type: OpenMetricsType | undefined;
  #parts = UNKNOWN.parts;
  /** The label that distinguishes the samples of a point, and its name: empty if there is none. */
  #labelKind: LabelKind | undefined;
  #label = "";
  /** The keys of all metrics so far. */
  readonly #metrics = new Set<string>();
  /** The labels of the current metric, and their key. */
  #labels: readonly string[] | undefined;
  #key = "";
  /** The timestamp of the current point, and the offset of its first line. */
  #time: number | undefined;
  #pointFrom = 0;
  /** Bit mask of the unlabeled parts that the current point has. */
  #seen = 0;
  /** The quantiles or states that the current point has. */
  readonly #values = new Set<number | string>();
  #histogram: HistogramPoint | undefined;

  /** Begins a family without samples. */
  constructor(name: string, from: number, cursor: Cursor) {
    this.name = name;
    this.from = from;
    this.#cursor = cursor;
  }

  /** The type, or undefined without a `# TYPE` line. */
  get type(): OpenMetricsType | undefined {
    return this.#type;
  }

  set type(type: OpenMetricsType | undefined) {
    this.#type = type;
    this.#parts = (type ?? UNKNOWN).parts;
    this.#labelKind = this.#parts.find(({ label }) => label !== undefined)?.label;
    this.#label = this.#labelKind === "state" ? this.name : this.#labelKind ?? "";
  }

  /** Whether there was a sample, including `_created` samples, which are dropped. */
  get hasSamples(): boolean {
    return this.#labels !== undefined;
  }

  /** The names that its samples can have. */
  get sampleNames(): string[] {
    return this.#parts.map(({ suffix }) => this.name + suffix);
  }

  /** Returns the part that samples of this name are, or undefined if the family cannot have such samples. */
  partOf(name: string): Part | undefined {
    return this.#parts.find(({ suffix }) => name === this.name + suffix);
  }

  /** Checks and adds a sample. */
  add(part: Part, line: SampleLine): void {
    const { name, value, time } = line;
    if (!part.values.includes(value)) {
      this.#cursor.failWord(`${part.values.name} for ${name}`, line.valueFrom);
    }
    this.#enterPoint(part, line);
    const timestamp = time === undefined ? undefined : Math.round(time) + 0;
    const sample = new Sample(
      name,
      line.labels.labels,
      value,
      timestamp,
      line.exemplar && { exemplar: line.exemplar },
    );
    const isNew = part.label === undefined
      ? this.#addUnlabeled(part, sample, line.from)
      : this.#addLabeled(part.label, sample, line);
    // With timestamps, the samples of different points may collide, because timestamps are rounded.
    if (!isNew && time === undefined) this.#failDuplicate(line);
    if (part.suffix !== "_created") this.#samples.push(sample);
  }

  /** Checks the last point and returns the family. */
  finish(): Family {
    if (this.hasSamples) this.#checkPoint();
    const { type, textSuffix } = this.#type ?? UNKNOWN;
    return {
      name: this.name + textSuffix,
      type,
      ...(this.help && { help: this.help }),
      ...(this.unit && { unit: this.unit }),
      samples: this.#samples,
    };
  }

  /** Begins a new point, or a new metric, unless the sample belongs to the current one. */
  #enterPoint(part: Part, line: SampleLine): void {
    const { from, labels, time } = line;
    const cursor = this.#cursor;
    const current = this.#labels;
    const isCurrent = current !== undefined && isEqualWithout(this.#label, current, labels.labels);
    const key = isCurrent ? this.#key : this.#keyOf(labels);
    if (current !== undefined && key === this.#key) {
      if (time === this.#time) return;
      if (time === undefined || this.#time === undefined) {
        return cursor.fail("timestamps on all samples of a metric or on none", from);
      }
      if (time < this.#time) cursor.fail("a timestamp that is not before the last one", from);
    } else {
      const { size } = this.#metrics;
      this.#metrics.add(key);
      if (this.#metrics.size === size && !this.#mayReappear(time)) {
        if (time === undefined && this.#isRequired(part)) this.#failDuplicate(line);
        cursor.fail("all samples of a metric together, and none twice", from);
      }
    }
    if (current !== undefined) this.#checkPoint();
    this.#labels = labels.labels;
    this.#key = key;
    this.#time = time;
    this.#pointFrom = from;
    this.#seen = 0;
    if (this.#values.size > 0) this.#values.clear();
    if (this.#labelKind === "le") {
      this.#histogram = new HistogramPoint(this.name, this.#type?.type === "gaugehistogram");
    }
  }

  #keyOf(labels: LabelSet): string {
    return this.#keys.of(this.#label === "" ? labels.key : labels.keyWithout(this.#label));
  }

  /** The labels of an info metric and those of its points cannot be told apart, so an info with timestamps may reappear. */
  #mayReappear(time: number | undefined): boolean {
    return this.#type?.type === "info" && time !== undefined;
  }

  /** Registers a sample that a point has once, and returns whether it is new. */
  #addUnlabeled(part: Part, sample: Sample, from: number): boolean {
    if (this.#label !== "" && sample.label(this.#label) !== undefined) {
      this.#cursor.fail(`no label "${this.#label}" for ${sample.name}`, from);
    }
    this.#histogram?.setTotal(part.suffix, sample.value);
    const bit = 1 << this.#parts.indexOf(part);
    const isNew = (this.#seen & bit) === 0;
    this.#seen |= bit;
    return isNew;
  }

  /** Registers a sample that a point has once per value of a label, and returns whether it is new. */
  #addLabeled(kind: LabelKind, sample: Sample, line: SampleLine): boolean {
    const cursor = this.#cursor;
    const { from } = line;
    const text = sample.label(this.#label);
    if (text === undefined) {
      return cursor.fail(`a label "${this.#label}" for ${sample.name}`, from);
    }
    if (kind === "state") return this.#addValue(this.#keys.of(text));
    const bound = parseBound(text);
    if (bound === undefined) return cursor.fail(`a number in label "${this.#label}"`, from);
    if (kind === "le") {
      if (this.#histogram?.lastBound === bound) this.#failDuplicate(line);
      const problem = this.#histogram?.addBucket(bound, sample.value, sample.exemplar);
      if (problem !== undefined) cursor.fail(problem, from);
      return true;
    }
    if (!(bound >= 0 && bound <= 1)) cursor.fail("a quantile from 0 to 1", from);
    return this.#addValue(bound);
  }

  #addValue(value: string | number): boolean {
    const { size } = this.#values;
    return this.#values.add(value).size > size;
  }

  #checkPoint(): void {
    const lacksTotal = this.#type?.type === "counter" && (this.#seen & 1) === 0;
    const problem = lacksTotal ? `${this.name}_total in this metric` : this.#histogram?.check();
    if (problem !== undefined) this.#cursor.failEarlier(problem, this.#pointFrom);
  }

  /** Returns whether every metric has this sample, so that a second metric with the same labels would repeat it. */
  #isRequired(part: Part): boolean {
    return part === this.#parts[0] && part.label === undefined;
  }

  #failDuplicate({ from, valueFrom }: SampleLine): never {
    this.#cursor.failDuplicate(from, valueFrom - 1);
  }
}
