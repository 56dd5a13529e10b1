/**
 * A family of OpenMetrics while it is read: whether its samples make up metrics and points as they should.
 *
 * A metric is all samples with the same labels, a point all those of a metric with the same timestamp. Neither may be interleaved.
 *
 * @module
 */

import type { Cursor } from "./cursor.ts";
import { parseBound } from "../model/numbers.ts";
import { Keys } from "./keys.ts";
import { isEqualWithout, type LabelSet, labelsKey, labelsKeyWithout } from "./labels.ts";
import { Buckets } from "./openmetrics_buckets.ts";
import { type LabelKind, type OpenMetricsType, type Part, UNKNOWN } from "./openmetrics_type.ts";
import type { Family } from "../model/family.ts";
import { Sample, type SampleExemplar } from "../model/sample.ts";

/** A sample as its line has it. */
export interface Line {
  /** Where it begins. */
  readonly from: number;
  readonly name: string;
  readonly labels: LabelSet;
  /** Where its value begins. */
  readonly valueFrom: number;
  readonly value: number;
  /** The timestamp in milliseconds, not rounded. */
  readonly time: number | undefined;
  readonly exemplar: SampleExemplar | undefined;
}

/** A family whose lines are being read. */
export class OpenMetricsFamily {
  /** The name as OpenMetrics has it: without what the type appends. */
  readonly name: string;
  /** Where its first line begins. */
  readonly from: number;
  /** What `# UNIT` says; undefined: no such line was there. */
  unit: string | undefined;
  /** What `# HELP` says; undefined: no such line was there. */
  help: string | undefined;
  readonly #cursor: Cursor;
  readonly #keys = new Keys();
  readonly #samples: Sample[] = [];
  #type: OpenMetricsType | undefined;
  /** What its metrics consist of. */
  #parts = UNKNOWN.parts;
  /** What tells the samples of a point apart, and the name of that label; no label has an empty name. */
  #kind: LabelKind | undefined;
  #label = "";
  /** The metrics that were there, by their labels. */
  readonly #metrics = new Set<string>();
  /** The labels of the metric that is being read, and their key. */
  #labels: readonly string[] | undefined;
  #key = "";
  /** The timestamp of the point that is being read, and where that begins. */
  #time: number | undefined;
  #pointFrom = 0;
  /** Which of the parts without a label the point has, a bit for each. */
  #seen = 0;
  /** The quantiles or the states that it has. */
  readonly #values = new Set<number | string>();
  #buckets: Buckets | undefined;

  /** Begins with a name and the place of the first line. */
  constructor(name: string, from: number, cursor: Cursor) {
    this.name = name;
    this.from = from;
    this.#cursor = cursor;
  }

  /** The type; undefined: no `# TYPE` was there. */
  get type(): OpenMetricsType | undefined {
    return this.#type;
  }

  set type(type: OpenMetricsType | undefined) {
    this.#type = type;
    this.#parts = (type ?? UNKNOWN).parts;
    this.#kind = this.#parts.find(({ label }) => label !== undefined)?.label;
    this.#label = this.#kind === "state" ? this.name : this.#kind ?? "";
  }

  /** Whether a sample was there, even if it is not kept. */
  get hasSamples(): boolean {
    return this.#labels !== undefined;
  }

  /** The names of the samples that it can have. */
  get sampleNames(): string[] {
    return this.#parts.map(({ suffix }) => this.name + suffix);
  }

  /** The part of its metrics that a sample of this name is, if any. */
  partOf(name: string): Part | undefined {
    return this.#parts.find(({ suffix }) => name === this.name + suffix);
  }

  /** Takes in a sample. */
  add(part: Part, line: Line): void {
    const { from, name, value, time } = line;
    if (!part.values.includes(value)) {
      this.#cursor.failWord(`${part.values.name} for ${name}`, line.valueFrom);
    }
    this.#enterPoint(line);
    const timestamp = time === undefined ? undefined : Math.round(time) + 0;
    const sample = new Sample(
      name,
      line.labels.labels,
      value,
      timestamp,
      line.exemplar && { exemplar: line.exemplar },
    );
    const isNew = part.label === undefined
      ? this.#addSingle(part, sample, from)
      : this.#addLabelled(part.label, sample, from);
    // Timestamps are rounded, so two points can have the same one.
    if (!isNew && time === undefined) this.#cursor.fail(`no second ${name} in a metric`, from);
    if (part.suffix !== "_created") this.#samples.push(sample);
  }

  /** The family with all that was taken in. */
  close(): Family {
    if (this.hasSamples) this.#closePoint();
    const { type, textSuffix } = this.#type ?? UNKNOWN;
    return {
      name: this.name + textSuffix,
      type,
      ...(this.help && { help: this.help }),
      ...(this.unit && { unit: this.unit }),
      samples: this.#samples,
    };
  }

  /** Goes on to the next point or the next metric if the sample is not of the one before. */
  #enterPoint({ from, labels, time }: Line): void {
    const cursor = this.#cursor;
    const before = this.#labels;
    const isEqual = before !== undefined && isEqualWithout(this.#label, before, labels.labels);
    const key = isEqual ? this.#key : this.#keyOf(labels);
    if (before !== undefined && key === this.#key) {
      if (time === this.#time) return;
      if (time === undefined || this.#time === undefined) {
        return cursor.fail("timestamps on all samples of a metric or on none", from);
      }
      if (time < this.#time) cursor.fail("a timestamp that is not before the last one", from);
    } else {
      const { size } = this.#metrics;
      this.#metrics.add(key);
      if (this.#metrics.size === size && !this.#mayComeBack(time)) {
        cursor.fail("all samples of a metric together, and none twice", from);
      }
    }
    if (before !== undefined) this.#closePoint();
    this.#labels = labels.labels;
    this.#key = key;
    this.#time = time;
    this.#pointFrom = from;
    this.#seen = 0;
    if (this.#values.size > 0) this.#values.clear();
    if (this.#kind === "le") {
      this.#buckets = new Buckets(this.name, this.#type?.type === "gaugehistogram");
    }
  }

  #keyOf(labels: LabelSet): string {
    const key = this.#label === ""
      ? labelsKey(this.#cursor.text, labels)
      : labelsKeyWithout(this.#label, labels);
    return this.#keys.of(key);
  }

  /** Which labels of an info belong to the metric, and which to the point, cannot be told. */
  #mayComeBack(time: number | undefined): boolean {
    return this.#type?.type === "info" && time !== undefined;
  }

  /** Notes a sample that a point has once, and tells whether it is the first one. */
  #addSingle(part: Part, sample: Sample, from: number): boolean {
    if (this.#label !== "" && sample.label(this.#label) !== undefined) {
      this.#cursor.fail(`no label "${this.#label}" for ${sample.name}`, from);
    }
    this.#buckets?.setTotal(part.suffix, sample.value);
    const bit = 1 << this.#parts.indexOf(part);
    const isNew = (this.#seen & bit) === 0;
    this.#seen |= bit;
    return isNew;
  }

  /** Notes a sample that a point has for each value of a label, and tells whether it is the first one. */
  #addLabelled(kind: LabelKind, sample: Sample, from: number): boolean {
    const cursor = this.#cursor;
    const text = sample.label(this.#label);
    if (text === undefined) {
      return cursor.fail(`a label "${this.#label}" for ${sample.name}`, from);
    }
    if (kind === "state") return this.#addValue(this.#keys.of(text));
    const bound = parseBound(text);
    if (bound === undefined) return cursor.fail(`a number in label "${this.#label}"`, from);
    if (kind === "le") {
      const problem = this.#buckets?.add(bound, sample.value, sample.exemplar);
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

  #closePoint(): void {
    const isWithoutTotal = this.#type?.type === "counter" && (this.#seen & 1) === 0;
    const problem = isWithoutTotal ? `${this.name}_total in this metric` : this.#buckets?.check();
    if (problem !== undefined) this.#cursor.fail(problem, this.#pointFrom);
  }
}
