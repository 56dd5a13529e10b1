/**
 * Blocks of series: some children of an instrument, and which of them have changed, so that a scrape looks at no others.
 *
 * @module
 */

import {
  type NativeHistogram,
  Sample,
  type SampleDetails,
  type SampleExemplar,
} from "../model/sample.ts";

/** One of the samples that make up a series of an instrument. */
export interface SeriesPart {
  /** What it appends to the name of the family. */
  readonly suffix: string;
  /** The name and the value of the label that it alone has, such as `le`. */
  readonly label?: readonly [name: string, value: string];
}

/** What the series of an instrument have in common. */
export interface SeriesLayout {
  /** The name of the family. */
  readonly name: string;
  /** The names of the labels. */
  readonly labelNames: readonly string[];
  /** The samples of each series, in the order in which they are exposed. */
  readonly parts: readonly SeriesPart[];
  /** Whether it is known which series was used last, which makes counting a little slower. */
  readonly tracksUse?: boolean;
  /** The part that says when a series began; absent for what only has a present. */
  readonly createdPart?: number;
  /** Whether what is exposed changes as time passes, of which {@linkcode Child.elapse} takes note. */
  readonly isTimed?: boolean;
}

/** How many samples a block has at most, but for series that have more. */
const CAPACITY = 512;

/** What a mark says of a row: that it was changed, and that it was used. */
const CHANGED = 1;
const USED = 2;

/** How often series of which that is tracked were used. */
let uses = 0;

/** The values of the series at hand. */
let values = new Float64Array(16);

/** What an instrument counts with for one combination of label values. */
export abstract class Child {
  /** Where it is. */
  protected block!: SeriesBlock;
  /** Which row of the block it is. */
  protected row = 0;
  /** Whether it is marked, so that there is nothing to do when it changes again. */
  protected isMarked = false;

  /** Gives a child its place. */
  static place(child: Child, block: SeriesBlock, row: number): void {
    child.block = block;
    child.row = row;
  }

  /** Tells where a child is. */
  static placeOf({ block, row }: Child): { block: SeriesBlock; row: number } {
    return { block, row };
  }

  /** Forgets that a child is marked, after which a change marks it again. */
  static unmark(child: Child): void {
    child.isMarked = false;
  }

  /** Writes the values of its parts one after the other. */
  abstract read(into: Float64Array, at: number): void;

  /** The exemplar of a part. */
  exemplar?(part: number): SampleExemplar | undefined;

  /** What it is in a format that has native histograms, if it is one. */
  native?(): NativeHistogram | undefined;

  /** Notes whether it has changed because time has passed; of a layout that is timed. */
  elapse?(): void;

  /** Whether it was used since that was last noticed. */
  get isTouched(): boolean {
    return (this.block.marks[this.row]! & USED) !== 0;
  }

  set isTouched(isTouched: boolean) {
    if (isTouched) {
      this.block.marks[this.row]! |= USED;
      this.block.use(this.row);
    } else {
      this.block.marks[this.row]! &= ~USED;
      this.isMarked = false;
    }
  }

  /** When it was last used, as a number that rises with each use; 0 if that is not tracked. */
  get usedAt(): number {
    return this.block.usedAt?.[this.row] ?? 0;
  }

  /** Notes that it has changed; to be called unless it is marked. */
  protected mark(): void {
    const { block, row } = this;
    this.isMarked = block.usedAt === undefined;
    block.marks[row] = CHANGED | USED;
    block.isMarked = true;
    block.use(row);
  }

  /** Notes that time has changed it, which does not mean that it was used. */
  protected markElapsed(): void {
    this.block.marks[this.row]! |= CHANGED;
    this.block.isMarked = true;
  }

  /**
   * Lets its series begin anew.
   *
   * @param created When, in milliseconds since the epoch.
   */
  protected restart(created: number): void {
    this.block.restart(this.row, created);
  }
}

/** Some of the series of an instrument. */
export class SeriesBlock {
  /** What all series have in common. */
  readonly layout: SeriesLayout;
  /** What happened to each row since somebody looked. */
  marks: Uint8Array = new Uint8Array(1);
  /** Whether any row was changed since {@linkcode SeriesBlock.sync}. */
  isMarked = false;
  /** Grows with every change that {@linkcode SeriesBlock.sync} notices. */
  version = 0;
  /** Grows whenever series come, go or begin anew. */
  shape = 0;
  /** The version in which each row was last changed. */
  changedAt: Uint32Array = new Uint32Array(1);
  /** When each row was last used, if that is tracked. */
  usedAt: Float64Array | undefined;
  readonly #maxRows: number;
  readonly #children: Child[] = [];
  readonly #labelValues: string[] = [];
  #created: Float64Array = new Float64Array(1);

  /** Starts empty. */
  constructor(layout: SeriesLayout) {
    this.layout = layout;
    if (layout.tracksUse) this.usedAt = new Float64Array(1);
    this.#maxRows = Math.max(1, Math.floor(CAPACITY / layout.parts.length));
  }

  /** The children, row by row. */
  get children(): readonly Child[] {
    return this.#children;
  }

  /** How many samples there are. */
  get size(): number {
    return this.#children.length * this.layout.parts.length;
  }

  /** Whether there is no room for another series. */
  get isFull(): boolean {
    return this.#children.length === this.#maxRows;
  }

  /** Whether so few series are left that another block may have room for them. */
  get isSparse(): boolean {
    return 4 * this.#children.length <= this.#maxRows;
  }

  /** Whether another block fits into half of this one. */
  hasRoomFor(other: SeriesBlock): boolean {
    return 2 * (this.#children.length + other.#children.length) <= this.#maxRows;
  }

  /**
   * Adds a series.
   *
   * @param created When it began, in milliseconds since the epoch.
   */
  add(child: Child, labelValues: readonly string[], created: number = Date.now()): void {
    const row = this.#children.length;
    if (row === this.marks.length) this.#grow();
    this.#children.push(child);
    for (const value of labelValues) this.#labelValues.push(value);
    this.marks[row] = 0;
    this.changedAt[row] = this.version;
    this.#created[row] = created;
    this.shape++;
    Child.place(child, this, row);
    this.use(row);
  }

  /** Notes that a row is used, if that is tracked. */
  use(row: number): void {
    if (this.usedAt !== undefined) this.usedAt[row] = ++uses;
  }

  /** Removes a series. */
  remove(row: number): void {
    const { length } = this.layout.labelNames;
    this.#children.splice(row, 1);
    this.#labelValues.splice(row * length, length);
    for (const array of [this.marks, this.changedAt, this.#created, this.usedAt]) {
      array?.copyWithin(row, row + 1);
    }
    for (let i = row; i < this.#children.length; i++) Child.place(this.#children[i]!, this, i);
    this.shape++;
  }

  /** Takes all series of another block to the end of this one. */
  takeAll(other: SeriesBlock): void {
    const { length } = this.layout.labelNames;
    for (const [row, child] of other.#children.entries()) {
      const labelValues = other.#labelValues.slice(row * length, (row + 1) * length);
      this.add(child, labelValues, other.#created[row]);
      this.marks[this.#children.length - 1] = other.marks[row]!;
      if (this.usedAt) this.usedAt[this.#children.length - 1] = other.usedAt![row]!;
    }
    this.isMarked ||= other.isMarked;
  }

  /** Gives the rows that were changed since the last time, be it by time, a new version. */
  sync(): void {
    if (this.layout.isTimed) {
      for (const child of this.#children) child.elapse?.();
    }
    if (!this.isMarked) return;
    this.isMarked = false;
    const { marks, changedAt } = this;
    const version = ++this.version;
    for (let row = 0; row < this.#children.length; row++) {
      if ((marks[row]! & CHANGED) === 0) continue;
      marks[row]! &= ~CHANGED;
      changedAt[row] = version;
      Child.unmark(this.#children[row]!);
    }
  }

  /** Lets a series begin anew. */
  restart(row: number, created: number): void {
    this.#created[row] = created;
    this.shape++;
  }

  /** All samples as they are now, row by row and part by part. */
  samples(): Sample[] {
    return this.#children.flatMap((_, row) => this.samplesOf(row));
  }

  /** The samples of one series as they are now. */
  samplesOf(row: number): Sample[] {
    const { name, parts } = this.layout;
    const labels = this.#labelsOf(row);
    if (values.length < parts.length) values = new Float64Array(parts.length);
    this.#children[row]!.read(values, 0);
    const samples: Sample[] = [];
    for (let part = 0; part < parts.length; part++) {
      const { suffix, label } = parts[part]!;
      samples.push(
        new Sample(
          suffix === "" ? name : name + suffix,
          label === undefined ? labels : [...labels, ...label],
          values[part]!,
          undefined,
          this.#details(row, part),
        ),
      );
    }
    return samples;
  }

  #details(row: number, part: number): SampleDetails | undefined {
    const child = this.#children[row]!;
    const exemplar = child.exemplar?.(part);
    if (part !== this.layout.createdPart) return exemplar && { exemplar };
    return { exemplar, created: this.#created[row]!, native: child.native?.() };
  }

  /** Names and values in turn, without those that are empty. */
  #labelsOf(row: number): string[] {
    const { labelNames } = this.layout;
    const labels: string[] = [];
    for (let i = 0; i < labelNames.length; i++) {
      const value = this.#labelValues[row * labelNames.length + i]!;
      if (value !== "") labels.push(labelNames[i]!, value);
    }
    return labels;
  }

  #grow(): void {
    const rows = Math.min(4 * this.marks.length, this.#maxRows);
    this.marks = grown(this.marks, new Uint8Array(rows));
    this.changedAt = grown(this.changedAt, new Uint32Array(rows));
    this.#created = grown(this.#created, new Float64Array(rows));
    if (this.usedAt) this.usedAt = grown(this.usedAt, new Float64Array(rows));
  }
}

function grown<A extends Float64Array | Uint8Array | Uint32Array>(from: A, to: A): A {
  to.set(from);
  return to;
}
