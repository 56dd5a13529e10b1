/**
 * The samples of a family in the making: in columns for as long as they differ in nothing but values, which takes a fraction of the
 * time and memory of an object for each of them.
 *
 * @module
 */

import { type Family, PARTS } from "./family.ts";
import { labelsOfRow, Sample, type SampleExemplar } from "./sample.ts";

/** Samples with the same name and the same label names, in columns. */
export interface SampleColumns {
  /** The names of the labels. */
  readonly labelNames: readonly string[];
  /** The values of the labels, sample by sample; an empty one means that the sample has no such label. */
  readonly labelValues: readonly string[];
  /** The values of the samples. */
  readonly values: readonly number[];
}

/** A sample to add. */
export interface SampleInit {
  /** The name. */
  readonly name: string;
  /** Names and values of labels in turn. */
  readonly labels: readonly string[];
  /** The value. */
  readonly value: number;
  /** The time of the measurement, in milliseconds since the epoch. */
  readonly timestamp?: number | undefined;
  /** The exemplar. */
  readonly exemplar?: SampleExemplar | undefined;
}

/** The estimated size of a sample besides its texts, for its value and punctuation. */
const BYTES_PER_SAMPLE = 16;

/**
 * Estimates the size of a sample in the text format: one byte for each UTF-16 code unit of its name, labels and exemplar, and
 * {@linkcode BYTES_PER_SAMPLE}.
 */
export function sizeOf({ name, labels, exemplar }: SampleInit): number {
  let size = name.length + BYTES_PER_SAMPLE;
  for (const text of labels) size += text.length;
  for (const text of exemplar?.labels ?? []) size += text.length;
  return size;
}

/** The samples of one family. */
export class SampleTable {
  readonly #name: string;
  #labelNames: readonly string[] | undefined;
  #labelValues: string[] = [];
  #values: number[] = [];
  /** The samples, if they are not in columns. */
  #samples: Sample[] | undefined;

  /**
   * Starts empty.
   *
   * @param labelNames The labels of all samples, if they are known.
   */
  constructor({ name, type }: Pick<Family, "name" | "type">, labelNames?: readonly string[]) {
    this.#name = name;
    this.#labelNames = labelNames;
    // The samples of these types have several names, or an order that depends on their labels.
    if (PARTS[type] !== undefined || type === "stateset") this.#samples = [];
  }

  /** The number of samples. */
  get length(): number {
    return this.#samples?.length ?? this.#values.length;
  }

  /** The samples in columns; undefined if they have differences for which there is no column. */
  get columns(): SampleColumns | undefined {
    if (this.#samples !== undefined) return undefined;
    const labelNames = this.#labelNames ?? [];
    return { labelNames, labelValues: this.#labelValues, values: this.#values };
  }

  /** The samples one by one. */
  get samples(): readonly Sample[] {
    return this.#samples ?? samplesIn(this.#name, this.columns!);
  }

  /** The estimated size: the sum of {@linkcode sizeOf}. */
  get size(): number {
    if (this.#samples !== undefined) {
      return this.#samples.reduce((sum, sample) => sum + sizeOf(sample), 0);
    }
    const names = [this.#name, ...this.#labelNames ?? []];
    let size = this.length * (names.reduce((sum, { length }) => sum + length, BYTES_PER_SAMPLE));
    for (const value of this.#labelValues) size += value.length;
    return size;
  }

  /** Adds a sample with a value for each label of the table, in order. Nothing is checked. */
  addRow(labelValues: readonly string[], value: number): void {
    if (this.#samples !== undefined) {
      const labels = labelsOfRow(this.#labelNames!, labelValues, 0);
      this.#samples.push(new Sample(this.#name, labels, value));
      return;
    }
    for (let i = 0; i < labelValues.length; i++) this.#labelValues.push(labelValues[i]!);
    this.#values.push(value);
  }

  /** Adds a sample. Nothing is checked. */
  add(sample: SampleInit): void {
    if (this.#samples === undefined) {
      if (this.#fits(sample)) {
        for (let i = 1; i < sample.labels.length; i += 2) this.#labelValues.push(sample.labels[i]!);
        this.#values.push(sample.value);
        return;
      }
      this.#leaveColumns();
    }
    const { name, labels, value, timestamp, exemplar } = sample;
    const kept = sample instanceof Sample
      ? sample
      : new Sample(name, labels, value, timestamp, exemplar && { exemplar });
    this.#samples!.push(kept);
  }

  /** Adds the samples in columns from one index on, up to another one. */
  addColumns(columns: SampleColumns, from: number = 0, to: number = columns.values.length): void {
    const { labelNames, labelValues, values } = columns;
    if (this.#samples === undefined) {
      this.#labelNames ??= labelNames;
      if (areEqualLists(labelNames, this.#labelNames)) {
        const width = labelNames.length;
        for (let i = from * width; i < to * width; i++) this.#labelValues.push(labelValues[i]!);
        for (let i = from; i < to; i++) this.#values.push(values[i]!);
        return;
      }
      this.#leaveColumns();
    }
    for (const sample of samplesIn(this.#name, columns, from, to)) this.#samples!.push(sample);
  }

  #fits({ name, labels, timestamp, exemplar }: SampleInit): boolean {
    if (timestamp !== undefined || exemplar !== undefined || name !== this.#name) return false;
    this.#labelNames ??= labels.filter((_, i) => i % 2 === 0);
    return hasNames(labels, this.#labelNames);
  }

  #leaveColumns(): void {
    this.#samples = samplesIn(this.#name, this.columns!);
    this.#labelValues = [];
    this.#values = [];
  }
}

/** Returns whether labels, as names and values in turn, have these names in this order. */
export function hasNames(labels: readonly string[], names: readonly string[]): boolean {
  if (labels.length !== 2 * names.length) return false;
  for (let i = 0; i < names.length; i++) {
    if (labels[2 * i] !== names[i]) return false;
  }
  return true;
}

/** Returns whether two lists have the same items. */
export function areEqualLists(a: readonly string[], b: readonly string[]): boolean {
  if (a === b) return true;
  return a.length === b.length && a.every((item, i) => item === b[i]);
}

function samplesIn(
  name: string,
  { labelNames, labelValues, values }: SampleColumns,
  from: number = 0,
  to: number = values.length,
): Sample[] {
  const samples: Sample[] = [];
  for (let row = from; row < to; row++) {
    samples.push(new Sample(name, labelsOfRow(labelNames, labelValues, row), values[row]!));
  }
  return samples;
}
