/**
 * Tells whether a series of a family was there before.
 *
 * @module
 */

import { haveSameNames } from "../series/family_names.ts";
import type { Sample } from "../model/sample.ts";
import { ValueTree } from "../series/value_tree.ts";

/** The series of a family. As long as all of them have the same labels, their values are all that has to be compared. */
export class SeriesIndex {
  readonly #samples: Sample[] = [];
  #tree: ValueTree<Sample> | undefined;
  /** The series as text, as soon as there are different labels. */
  #series: Set<string> | undefined;

  /** Adds a series, and tells whether it was not there yet. */
  add(sample: Sample): boolean {
    const isNew = this.#series === undefined && this.#isAlike(sample)
      ? this.#addValues(sample)
      : this.#addText(sample);
    if (isNew) this.#samples.push(sample);
    return isNew;
  }

  #isAlike({ name, labels }: Sample): boolean {
    const [first] = this.#samples;
    return first === undefined || name === first.name && haveSameNames(labels, first.labels);
  }

  #addValues(sample: Sample): boolean {
    const [first] = this.#samples;
    if (first === undefined) return true;
    const { labels } = sample;
    if (this.#tree === undefined) {
      this.#tree = new ValueTree({ first: 1, step: 2, count: labels.length / 2 });
      this.#tree.set(first.labels, first);
    }
    if (this.#tree.get(labels) !== undefined) return false;
    this.#tree.set(labels, sample);
    return true;
  }

  #addText(sample: Sample): boolean {
    this.#series ??= new Set(this.#samples.map(({ series }) => series));
    const { size } = this.#series;
    return this.#series.add(sample.series).size > size;
  }
}
