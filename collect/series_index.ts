/**
 * Detects duplicate series in a family.
 *
 * @module
 */

import { ShortKeys } from "../model/short_keys.ts";
import { haveSameNames } from "../series/family_names.ts";
import type { Sample } from "../model/sample.ts";
import { ValueTree } from "../series/value_tree.ts";

/**
 * The set of series of a family. While all series have the same name and label names, it compares label values only, which is
 * faster than formatting each series as text.
 */
export class SeriesIndex {
  readonly #samples: Sample[] = [];
  #tree: ValueTree<Sample> | undefined;
  /** The series as text, once there are different names. */
  #series: Set<string> | undefined;
  readonly #keys = new ShortKeys();

  /** Adds a series. Returns whether it is new. */
  add(sample: Sample): boolean {
    const isNew = this.#series === undefined && this.#hasSameNames(sample)
      ? this.#addValues(sample)
      : this.#addText(sample);
    if (isNew) this.#samples.push(sample);
    return isNew;
  }

  #hasSameNames({ name, labels }: Sample): boolean {
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
    this.#series ??= new Set(this.#samples.map(({ series }) => this.#keys.of(series)));
    const { size } = this.#series;
    return this.#series.add(this.#keys.of(sample.series)).size > size;
  }
}
