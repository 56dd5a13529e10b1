/**
 * Tells whether a series of a family was there before.
 *
 * @module
 */

import { haveSameNames } from "./legacy_names.ts";
import type { Sample } from "./sample.ts";

/**
 * The series of a family.
 *
 * As long as all of them have the same labels and differ in the value of one, that value is all that has to be compared. Nothing
 * tells which one that will be but the second series.
 */
export class SeriesIndex {
  readonly #samples: Sample[] = [];
  /** The place of the label in which the first two series differ. */
  #place = -1;
  #values = new Set<string>();
  /** The series as text, as soon as a value came again. */
  #series: Set<string> | undefined;

  /** Adds a series, and tells whether it was not there yet. */
  add(sample: Sample): boolean {
    const isNew = this.#series === undefined && this.#isNewByValue(sample) || this.#addText(sample);
    if (isNew) this.#samples.push(sample);
    return isNew;
  }

  /** Tells whether the value of one label is enough to know that a series is new. */
  #isNewByValue(sample: Sample): boolean {
    const [first] = this.#samples;
    if (first === undefined) return true;
    if (sample.name !== first.name || !haveSameNames(sample.labels, first.labels)) return false;
    if (this.#place < 0) {
      this.#place = differentPlace(first, sample);
      if (this.#place < 0) return false;
      this.#values.add(first.labels[this.#place]!);
    }
    const { size } = this.#values;
    return this.#values.add(sample.labels[this.#place]!).size > size;
  }

  #addText(sample: Sample): boolean {
    this.#series ??= new Set(this.#samples.map(({ series }) => series));
    const { size } = this.#series;
    return this.#series.add(sample.series).size > size;
  }
}

/** The last place at which the labels of two samples have different values; -1 if there is none. */
function differentPlace(a: Sample, b: Sample): number {
  for (let i = a.labels.length - 1; i > 0; i -= 2) {
    if (a.labels[i] !== b.labels[i]) return i;
  }
  return -1;
}
