/**
 * The rules of the text format for the samples that make up a histogram or a summary.
 *
 * @module
 */

import type { Cursor } from "./cursor.ts";
import { ShortKeys } from "../model/short_keys.ts";
import { isEqualWithout, type LabelSet } from "./labels.ts";
import type { PARTS } from "../model/family.ts";
import type { MetricType } from "../model/metric_type.ts";
import { parseBound } from "../model/numbers.ts";
import { areDifferent } from "../model/points.ts";
import type { Sample } from "../model/sample.ts";

type Parts = NonNullable<(typeof PARTS)[MetricType]>;

/** What was read of a histogram or a summary. */
interface Point {
  readonly labels: readonly string[];
  /** The last bound or quantile, and its value. */
  bound: number;
  value: number;
  /** The count, if it was read. */
  count: number | undefined;
}

/** The place of a series in the text. */
export interface SeriesRange {
  readonly from: number;
  readonly to: number;
}

/** Checks the samples of one family. The samples of different histograms and summaries may be interleaved. */
export class TextPoints {
  readonly #cursor: Cursor;
  /** The label of bounds or quantiles. */
  readonly #label: string;
  /** The names of the samples. */
  readonly #bound: string;
  readonly #sum: string;
  readonly #count: string;
  readonly #keys = new ShortKeys();
  /** The histograms or summaries by their labels, and that of the previous sample. */
  readonly #points = new Map<string, Point>();
  #point: Point | undefined;

  /** Creates a check of a family without samples. */
  constructor(cursor: Cursor, family: string, { label, suffix, totals: [sum, count] }: Parts) {
    this.#cursor = cursor;
    this.#label = label;
    this.#bound = family + suffix;
    this.#sum = family + sum;
    this.#count = family + count;
  }

  /** Checks that a sample can be part of a histogram or summary, and that its parts so far agree with each other. */
  check(sample: Sample, set: LabelSet, range: SeriesRange): void {
    const cursor = this.#cursor;
    const text = sample.label(this.#label);
    const isPart = text === undefined
      ? sample.name === this.#sum || sample.name === this.#count
      : sample.name === this.#bound;
    if (!isPart) {
      cursor.fail(
        `${this.#bound} with label "${this.#label}", and ${this.#sum} and ${this.#count} without`,
        range.from,
      );
    }
    const point = this.#pointOf(sample.labels, set);
    if (text !== undefined) this.#addBound(point, text, sample.value, range);
    else if (sample.name === this.#count) point.count = sample.value;
    const hasLast = this.#label === "le" && point.bound === Infinity;
    if (hasLast && areDifferent(point.count, point.value)) {
      cursor.fail(`${this.#count} to equal the last bucket`, range.from);
    }
  }

  #addBound(point: Point, text: string, value: number, { from, to }: SeriesRange): void {
    const cursor = this.#cursor;
    const label = this.#label;
    const bound = parseBound(text);
    if (bound === undefined) return cursor.fail(`a number in label "${label}"`, from);
    if (bound === point.bound) cursor.failDuplicate(from, to);
    if (bound < point.bound) cursor.fail(`a label "${label}" above ${point.bound}`, from);
    point.bound = bound;
    point.value = value;
  }

  /** Returns the histogram or summary that a label set belongs to. */
  #pointOf(labels: readonly string[], set: LabelSet): Point {
    const label = this.#label;
    if (this.#point !== undefined && isEqualWithout(label, this.#point.labels, labels)) {
      return this.#point;
    }
    const key = this.#keys.of(set.keyWithout(label));
    let point = this.#points.get(key);
    if (point === undefined) {
      point = { labels, bound: NaN, value: NaN, count: undefined };
      this.#points.set(key, point);
    }
    return this.#point = point;
  }
}
