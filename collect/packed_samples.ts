/**
 * Samples in columns, as they cross from a worker: a tenth of the objects to copy, and most bytes are handed over instead.
 *
 * @module
 */

import { type MetricFamily, restoreFamily, takeFamily } from "../family.ts";
import { type Metric, takeMetric } from "../metric.ts";
import { describe } from "../model/describe.ts";
import { type Family, familyOf, PARTS } from "../model/family.ts";
import { isReservedLabelName, isUtf8Name } from "../model/names.ts";
import { labelIn, Sample, type SampleExemplar } from "../model/sample.ts";
import type { SampleInit } from "../model/sample_table.ts";

/** What a family has besides its samples. */
type Head = Pick<Family, "name" | "type" | "help" | "unit">;

/** Samples with their families. */
export interface PackedSamples {
  /** The families, with the number of samples that each has here. */
  readonly families: readonly (Head & { readonly count: number })[];
  /** All different names and values of labels, joined. */
  readonly text: string;
  /** The lengths of the strings in `text`, in UTF-16 code units. */
  readonly lengths: Uint32Array<ArrayBuffer>;
  /** For each sample: its name, the number of its labels, their names and values. Strings are numbers of `lengths`. */
  readonly cells: Uint32Array<ArrayBuffer>;
  /** The value of each sample. */
  readonly values: Float64Array<ArrayBuffer>;
  /** The timestamp of each sample, NaN for those that have none. Empty if none has. */
  readonly timestamps: Float64Array<ArrayBuffer>;
  /** The exemplars, with the numbers of their samples. */
  readonly exemplars: readonly (readonly [sample: number, exemplar: SampleExemplar])[];
}

/** The samples per batch: few enough to take a millisecond or less, enough to make the message around them cheap. */
export const BATCH_SAMPLES = 2048;

/** Packs what a collector returns, batch by batch. */
export class Packer {
  #families: (Head & { count: number })[] = [];
  #strings = new Map<string, number>();
  #cells: number[] = [];
  #values: number[] = [];
  #timestamps: number[] = [];
  #hasTimestamps = false;
  #exemplars: [number, SampleExemplar][] = [];

  /** Whether there is enough for a batch. */
  get isFull(): boolean {
    return this.#values.length >= BATCH_SAMPLES || this.#families.length >= BATCH_SAMPLES;
  }

  /** Whether there is nothing. */
  get isEmpty(): boolean {
    return this.#families.length === 0;
  }

  /** Adds a metric, in the family that it belongs to. */
  addMetric(metric: Metric): void {
    const taken = takeMetric(metric);
    const { type: claimed, help, unit } = taken;
    const { name, type } = familyOf(taken.name, claimed, (label) => labelIn(taken.labels, label));
    this.#add({ name, type, help, unit }, [taken]);
  }

  /** Adds a family piece by piece, and stops after each piece that makes a full batch. */
  *addFamily(family: MetricFamily): Generator<void> {
    const { table: { samples }, ...head } = takeFamily(family);
    let from = 0;
    do {
      const room = BATCH_SAMPLES - this.#values.length;
      this.#add(head, samples.slice(from, from + room));
      from += room;
      if (this.isFull) yield;
    } while (from < samples.length);
  }

  /** Takes the batch out. */
  take(): PackedSamples {
    const strings = [...this.#strings.keys()];
    const batch: PackedSamples = {
      families: this.#families,
      text: strings.join(""),
      lengths: Uint32Array.from(strings, ({ length }) => length),
      cells: Uint32Array.from(this.#cells),
      values: Float64Array.from(this.#values),
      timestamps: Float64Array.from(this.#hasTimestamps ? this.#timestamps : []),
      exemplars: this.#exemplars,
    };
    this.#families = [];
    this.#strings = new Map();
    this.#cells = [];
    this.#values = [];
    this.#timestamps = [];
    this.#hasTimestamps = false;
    this.#exemplars = [];
    return batch;
  }

  #add({ name, type, help, unit }: Head, samples: readonly SampleInit[]): void {
    const last = this.#families.at(-1);
    const isLast = last !== undefined && last.name === name && last.type === type &&
      last.help === help && last.unit === unit;
    if (isLast) last.count += samples.length;
    else this.#families.push({ name, type, help, unit, count: samples.length });
    for (const sample of samples) this.#addSample(sample);
  }

  #addSample({ name, labels, value, timestamp, exemplar }: SampleInit): void {
    if (exemplar) this.#exemplars.push([this.#values.length, exemplar]);
    this.#values.push(value);
    this.#timestamps.push(timestamp ?? NaN);
    this.#hasTimestamps ||= timestamp !== undefined;
    this.#cells.push(this.#stringOf(name), labels.length / 2);
    for (const text of labels) this.#cells.push(this.#stringOf(text));
  }

  #stringOf(text: string): number {
    let index = this.#strings.get(text);
    if (index === undefined) this.#strings.set(text, index = this.#strings.size);
    return index;
  }
}

/** The buffers of a batch, which are handed over rather than copied. */
export function buffersOf({ lengths, cells, values, timestamps }: PackedSamples): ArrayBuffer[] {
  return [lengths, cells, values, timestamps].map(({ buffer }) => buffer);
}

/**
 * Unpacks families. Everything is checked, because a worker can send anything.
 *
 * @throws {TypeError} If something has the wrong shape.
 * @throws {RangeError} If something has an invalid value.
 */
export function unpackFamilies(packed: PackedSamples): MetricFamily[] {
  const reader = new Reader(packed);
  const families = packed.families.map((head) => restoreFamily(head, reader.samples(head)));
  reader.assertEnd();
  return families;
}

/** The mark of a string that can be the value of a label. */
const CHECKED = 1;

class Reader {
  readonly #packed: PackedSamples;
  readonly #strings: readonly string[];
  /** Which strings were found to be values of labels. */
  readonly #checked: Uint8Array;
  readonly #exemplars: ReadonlyMap<number, SampleExemplar>;
  #cell = 0;
  #sample = 0;
  #lastLabels = 0;
  #lastCount = -1;

  constructor(packed: PackedSamples) {
    assertShape(packed);
    this.#packed = packed;
    this.#strings = splitText(packed.text, packed.lengths);
    this.#checked = new Uint8Array(this.#strings.length);
    this.#exemplars = new Map(packed.exemplars.map(([sample, exemplar]) => [
      sample,
      checkedExemplar(exemplar),
    ]));
  }

  samples({ name, type, count }: PackedSamples["families"][number]): Sample[] {
    const { values, timestamps } = this.#packed;
    const samples: Sample[] = [];
    const isPlain = PARTS[type] === undefined && type !== "stateset" && type !== "info";
    for (let i = 0; i < count; i++) {
      const value = values[this.#sample];
      if (value === undefined) throw mismatch("samples");
      const sampleName = this.#strings[this.#packed.cells[this.#cell++]!];
      if (sampleName === undefined) throw mismatch("strings");
      const labels = this.#labels();
      const timestamp = timestamps[this.#sample];
      const exemplar = this.#exemplars.get(this.#sample++);
      const sample = new Sample(
        sampleName,
        labels,
        value,
        timestamp === undefined || Number.isNaN(timestamp) ? undefined : timestamp,
        exemplar && { exemplar },
      );
      const owner = isPlain
        ? { name: sampleName, type }
        : familyOf(sampleName, type, (label) => sample.label(label));
      if (owner.name !== name || owner.type !== type) {
        throw new RangeError(
          `Cannot read samples of the worker: ${type} "${name}" has no sample "${sample.series}"`,
        );
      }
      samples.push(sample);
    }
    return samples;
  }

  assertEnd(): void {
    const { cells, values } = this.#packed;
    if (this.#cell !== cells.length || this.#sample !== values.length) throw mismatch("samples");
  }

  /** The next labels. Their names are mostly those of the sample before, which have been checked. */
  #labels(): string[] {
    const { cells } = this.#packed;
    const count = cells[this.#cell++] ?? 0;
    const from = this.#cell;
    const to = from + 2 * count;
    if (to > cells.length) throw mismatch("labels");
    const hasLastNames = this.#hasLastNames(from, count);
    const labels: string[] = [];
    for (let cell = from; cell < to; cell += 2) {
      const index = cells[cell]!;
      if (!hasLastNames) this.#checkName(index, labels);
      const value = cells[cell + 1]!;
      if (this.#checked[value] !== CHECKED) this.#checkValue(value);
      labels.push(this.#strings[index]!, this.#strings[value]!);
    }
    this.#lastCount = count;
    this.#lastLabels = from;
    this.#cell = to;
    return labels;
  }

  #hasLastNames(from: number, count: number): boolean {
    if (count !== this.#lastCount) return false;
    const { cells } = this.#packed;
    for (let i = 0; i < 2 * count; i += 2) {
      if (cells[from + i] !== cells[this.#lastLabels + i]) return false;
    }
    return true;
  }

  #checkName(index: number, labels: readonly string[]): void {
    const name = this.#strings[index];
    assertLabelName(name);
    for (let i = 0; i < labels.length; i += 2) {
      if (labels[i] === name) throw invalid("label name", name);
    }
  }

  #checkValue(index: number): void {
    const value = this.#strings[index];
    if (value === undefined) throw mismatch("strings");
    if (value === "" || !value.isWellFormed()) throw invalid("label value", value);
    this.#checked[index] = CHECKED;
  }
}

function splitText(text: string, lengths: Uint32Array): string[] {
  const strings: string[] = [];
  let from = 0;
  for (const length of lengths) strings.push(text.slice(from, from += length));
  if (from !== text.length) throw mismatch("strings");
  return strings;
}

function assertShape(packed: PackedSamples): void {
  const { families, text, lengths, cells, values, timestamps, exemplars } = packed;
  const isGood = Array.isArray(families) && families.length > 0 && Array.isArray(exemplars) &&
    typeof text === "string" && lengths instanceof Uint32Array && cells instanceof Uint32Array &&
    values instanceof Float64Array && timestamps instanceof Float64Array &&
    (timestamps.length === 0 || timestamps.length === values.length) &&
    values.length <= BATCH_SAMPLES && families.length <= BATCH_SAMPLES &&
    families.every((head) => Number.isInteger(head?.count) && head.count >= 0) &&
    exemplars.every((pair) => Array.isArray(pair));
  if (!isGood) throw new TypeError("Cannot read samples of the worker: they have another shape");
}

function checkedExemplar(exemplar: SampleExemplar): SampleExemplar {
  const { labels, value, timestamp } = exemplar ?? {};
  const isGood = Array.isArray(labels) && labels.length % 2 === 0 && typeof value === "number" &&
    (timestamp === undefined || Number.isFinite(timestamp));
  if (!isGood) throw new TypeError("Cannot read samples of the worker: invalid exemplar");
  for (const [i, text] of labels.entries()) {
    if (i % 2 === 0) assertLabelName(text);
    else if (typeof text !== "string" || !text.isWellFormed()) throw invalid("label value", text);
  }
  return { labels: [...labels], value, timestamp };
}

function assertLabelName(name: unknown): void {
  if (typeof name !== "string" || !isUtf8Name(name) || isReservedLabelName(name)) {
    throw invalid("label name", name);
  }
}

function mismatch(what: string): RangeError {
  return new RangeError(`Cannot read samples of the worker: its numbers of ${what} differ`);
}

function invalid(what: string, text: unknown): RangeError {
  return new RangeError(`Cannot read samples of the worker: invalid ${what} ${describe(text)}`);
}
