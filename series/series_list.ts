/**
 * The series that a collector returned, in columns. A collector nearly always returns the same series in the same order with other
 * values, so that the list stays, and only values are compared.
 *
 * @module
 */

import { shouldYield, yieldToEventLoop } from "../model/event_loop.ts";
import { labelsOfRow, Sample } from "../model/sample.ts";
import { areEqualLists, type SampleColumns, type SampleInit } from "../model/sample_table.ts";
import { BlockFamily, type BlockSource } from "./block_family.ts";
import { type Block, BLOCK_CAPACITY, type SeriesLayout } from "./layout.ts";
import { ValueTree } from "./value_tree.ts";
import { type FamilyHead, SeriesView } from "./view.ts";

/** The number of series between two checks of the clock. */
const STRIDE = 128;

/** The series of one family in order, which never change. */
export class SeriesList {
  /** How they are exposed. */
  readonly view: SeriesView;
  /** How many there are. */
  readonly length: number;
  /** The values of their labels, series by series. */
  readonly #labelValues: readonly string[];
  /** The blocks with the last values. */
  #latest: readonly ColumnBlock[];
  #isUnique: boolean | undefined;

  /**
   * Creates a list of series whose values are all 0.
   *
   * @param columns Label values may have lone surrogates, which are replaced.
   */
  constructor(head: FamilyHead, { labelNames, labelValues, values }: SampleColumns) {
    const layout = { name: head.name, labelNames, parts: [{ suffix: "" }], isCollected: true };
    this.view = new SeriesView(head, layout);
    this.#labelValues = labelValues.map((value) => value.toWellFormed());
    this.length = values.length;
    const blocks: ColumnBlock[] = [];
    for (let from = 0; from < this.length; from += BLOCK_CAPACITY) {
      const rows = Math.min(BLOCK_CAPACITY, this.length - from);
      blocks.push(ColumnBlock.empty(this, from, rows));
    }
    this.#latest = blocks;
  }

  /** Returns whether the family with this metadata and this number of series is this one. */
  isFor({ help, unit }: FamilyHead, length: number): boolean {
    return length === this.length && help === this.view.help && unit === this.view.unit;
  }

  /** Returns whether a sample is of the series at an index, and has nothing but a value. */
  hasAt(index: number, { name, labels, timestamp, exemplar }: SampleInit): boolean {
    if (timestamp !== undefined || exemplar !== undefined || index >= this.length) return false;
    const { name: ownName, layout: { labelNames } } = this.view;
    const width = labelNames.length;
    if (name !== ownName || labels.length !== 2 * width) return false;
    const from = index * width;
    for (let i = 0; i < width; i++) {
      if (labels[2 * i + 1] !== this.#labelValues[from + i]) return false;
      if (labels[2 * i] !== labelNames[i]) return false;
    }
    return true;
  }

  /** Returns how many series in columns, from the first one on, are those of the list from an index on. */
  countFrom(index: number, { labelNames, labelValues, values }: SampleColumns): number {
    if (!areEqualLists(labelNames, this.view.layout.labelNames)) return 0;
    const width = labelNames.length;
    const count = Math.min(values.length, this.length - index);
    const from = index * width;
    const own = this.#labelValues;
    for (let i = 0; i < count * width; i++) {
      if (labelValues[i] !== own[from + i]) return Math.floor(i / width);
    }
    return count;
  }

  /** Returns the first series with these values. */
  columns(values: readonly number[]): SampleColumns {
    const { labelNames } = this.view.layout;
    const labelValues = this.#labelValues.slice(0, values.length * labelNames.length);
    return { labelNames, labelValues, values };
  }

  /** Returns the value of a label of the series at an index. */
  labelValue(index: number, label: number): string {
    return this.#labelValues[index * this.view.layout.labelNames.length + label]!;
  }

  /** Returns the sample of the series at an index. */
  sample(index: number, value: number): Sample {
    const { name, labelNames } = this.view.layout;
    return new Sample(name, labelsOfRow(labelNames, this.#labelValues, index), value);
  }

  /** Returns a family of these series with other values. What is equal to the last values counts as unchanged. */
  withValues(values: readonly number[]): BlockFamily {
    this.#latest = this.#latest.map((block) => block.withValues(values));
    return new BlockFamily(this.view, new ListedSeries(this, this.#latest));
  }

  /** Returns whether no series occurs twice. It is found out once. */
  isUnique(): boolean | Promise<boolean> {
    return this.#isUnique ?? this.#findDuplicate();
  }

  async #findDuplicate(): Promise<boolean> {
    const { length: width } = this.view.layout.labelNames;
    const tree = new ValueTree<object>({ first: 0, step: 1, count: width });
    for (let row = 0; row < this.length; row++) {
      if (row % STRIDE === 0 && shouldYield()) await yieldToEventLoop();
      const values = this.#labelValues.slice(row * width, (row + 1) * width);
      if (tree.get(values) !== undefined) return this.#isUnique = false;
      tree.set(values, this);
    }
    return this.#isUnique = true;
  }
}

/** The blocks of a list with the values of one run. */
class ListedSeries implements BlockSource {
  readonly blocks: readonly Block[];
  readonly removals = 0;
  readonly #list: SeriesList;

  constructor(list: SeriesList, blocks: readonly Block[]) {
    this.#list = list;
    this.blocks = blocks;
  }

  isUnique(): boolean | Promise<boolean> {
    return this.#list.isUnique();
  }
}

/** Some of the series of a list, with values that never change. */
class ColumnBlock implements Block {
  readonly identity: object;
  readonly rows: number;
  readonly shape = 0;
  readonly version: number;
  readonly changedAt: Uint32Array;
  readonly isMarked = false;
  readonly #list: SeriesList;
  /** The index of the first series in the list. */
  readonly #from: number;
  readonly #values: Float64Array;

  private constructor(
    list: SeriesList,
    { identity, from, rows }: { identity: object; from: number; rows: number },
    { version, changedAt, values }: {
      version: number;
      changedAt: Uint32Array;
      values: Float64Array;
    },
  ) {
    this.#list = list;
    this.#from = from;
    this.identity = identity;
    this.rows = rows;
    this.version = version;
    this.changedAt = changedAt;
    this.#values = values;
  }

  static empty(list: SeriesList, from: number, rows: number): ColumnBlock {
    const changedAt = new Uint32Array(rows);
    const values = new Float64Array(rows);
    return new ColumnBlock(list, { identity: {}, from, rows }, { version: 0, changedAt, values });
  }

  get layout(): SeriesLayout {
    return this.#list.view.layout;
  }

  get size(): number {
    return this.rows;
  }

  /** Returns a block of the same series with the values of the list; the same block if none of them is different. */
  withValues(all: readonly number[]): ColumnBlock {
    const { identity, rows } = this;
    const from = this.#from;
    let changedAt: Uint32Array | undefined;
    const version = this.version + 1;
    for (let row = 0; row < rows; row++) {
      if (Object.is(all[from + row], this.#values[row])) continue;
      changedAt ??= this.changedAt.slice();
      changedAt[row] = version;
    }
    if (changedAt === undefined) return this;
    const values = Float64Array.from(all.slice(from, from + rows));
    return new ColumnBlock(this.#list, { identity, from, rows }, { version, changedAt, values });
  }

  sync(): void {}

  read(row: number, into: Float64Array): void {
    into[0] = this.#values[row]!;
  }

  exemplar(): undefined {}

  labelValue(row: number, label: number): string {
    return this.#list.labelValue(this.#from + row, label);
  }

  samplesOf(row: number): Sample[] {
    return [this.#list.sample(this.#from + row, this.#values[row]!)];
  }
}
