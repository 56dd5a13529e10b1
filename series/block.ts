/**
 * Blocks of series: children of an instrument with marks on those that have changed, so that a scrape reads no others.
 *
 * @module
 */

import {
  labelsOfRow,
  type NativeHistogram,
  Sample,
  type SampleDetails,
  type SampleExemplar,
} from "../model/sample.ts";
import { type Block, BLOCK_CAPACITY, type SeriesLayout } from "./layout.ts";

/** The bits of a mark: the row has changed, and it was used. */
const CHANGED = 1;
const USED = 2;

/** Counts uses, to order them. */
let uses = 0;

/** The values of the child being read. */
let values = new Float64Array(16);

/** The state of an instrument for one combination of label values. */
export abstract class Child {
  /** The block that it is in. */
  protected block!: SeriesBlock;
  /** Its row in the block. */
  protected row = 0;
  /** Whether it is marked already, so that another change needs no mark. */
  protected isMarked = false;

  /** Moves a child to a row of a block. */
  static place(child: Child, block: SeriesBlock, row: number): void {
    child.block = block;
    child.row = row;
  }

  /** Returns the block and the row of a child. */
  static placeOf({ block, row }: Child): { block: SeriesBlock; row: number } {
    return { block, row };
  }

  /** Makes the next change mark a child again. */
  static unmark(child: Child): void {
    child.isMarked = false;
  }

  /** Writes the values of its parts, in order. */
  abstract read(into: Float64Array, at: number): void;

  /** Returns the exemplar of a part. */
  exemplar?(part: number): SampleExemplar | undefined;

  /** Returns the native histogram, if it is one. */
  native?(): NativeHistogram | undefined;

  /** Marks the child if time has changed its values. */
  elapse?(): void;

  /** Starts from zero, if the values only grow. */
  reset?(): void;

  /** Whether it was used since this was last set to false. */
  get wasUsed(): boolean {
    return (this.block.marks[this.row]! & USED) !== 0;
  }

  set wasUsed(wasUsed: boolean) {
    if (wasUsed) {
      this.block.marks[this.row]! |= USED;
      this.block.use(this.row, this);
    } else {
      this.block.marks[this.row]! &= ~USED;
      this.isMarked = false;
    }
  }

  /** The position of its last use in the order of all uses; 0 if that is not recorded. */
  get lastUse(): number {
    return this.block.lastUses?.[this.row] ?? 0;
  }

  /** Marks a change. Not needed while {@linkcode Child.isMarked}. */
  protected mark(): void {
    const { block, row } = this;
    this.isMarked = block.lastUses === undefined;
    block.marks[row] = CHANGED | USED;
    block.isMarked = true;
    block.use(row, this);
  }

  /** Marks a change by time, which is no use. */
  protected markElapsed(): void {
    this.block.marks[this.row]! |= CHANGED;
    this.block.isMarked = true;
  }

  /**
   * Resets the time of creation.
   *
   * @param created The time, in milliseconds since the epoch.
   */
  protected restart(created: number): void {
    this.block.restart(this.row, created);
  }
}

/** Some of the children of an instrument, in rows. */
export class SeriesBlock implements Block {
  /** What all children have in common. */
  readonly layout: SeriesLayout;
  /** The marks of the rows. */
  marks: Uint8Array = new Uint8Array(1);
  /** Whether any row was marked since {@linkcode SeriesBlock.sync}. */
  isMarked = false;
  /** Increases when {@linkcode SeriesBlock.sync} finds changes. */
  version = 0;
  /** Increases when children are added, removed or reset. */
  shape = 0;
  /** The version of the last change of each row. */
  changedAt: Uint32Array = new Uint32Array(1);
  /** The position of each row's last use in the order of all uses, if that is recorded. */
  lastUses: Float64Array | undefined;
  readonly #maxRows: number;
  readonly #children: Child[] = [];
  readonly #labelValues: string[] = [];
  #created: Float64Array = new Float64Array(1);

  /** Starts empty. */
  constructor(layout: SeriesLayout) {
    this.layout = layout;
    if (layout.tracksUse) this.lastUses = new Float64Array(1);
    this.#maxRows = Math.max(1, Math.floor(BLOCK_CAPACITY / layout.parts.length));
  }

  /** The children, row by row. */
  get children(): readonly Child[] {
    return this.#children;
  }

  /** The block itself: its shape tells when the series are others. */
  get identity(): object {
    return this;
  }

  /** The number of series. */
  get rows(): number {
    return this.#children.length;
  }

  /** The number of samples. */
  get size(): number {
    return this.#children.length * this.layout.parts.length;
  }

  /** Whether there is no room for another child. */
  get isFull(): boolean {
    return this.#children.length === this.#maxRows;
  }

  /** Whether so few children are left that another block may have room for them. */
  get isSparse(): boolean {
    return 4 * this.#children.length <= this.#maxRows;
  }

  /** Whether another block fits into half of this one. */
  hasRoomFor(other: SeriesBlock): boolean {
    return 2 * (this.#children.length + other.#children.length) <= this.#maxRows;
  }

  /**
   * Adds a child.
   *
   * @param created The time of its creation, in milliseconds since the epoch.
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
    this.use(row, child);
  }

  /** Records a use of a child in a row, if the order of use is recorded. */
  use(row: number, _child: Child): void {
    if (this.lastUses !== undefined) this.lastUses[row] = ++uses;
  }

  /** Removes a child. */
  remove(row: number): void {
    const { length } = this.layout.labelNames;
    this.#children.splice(row, 1);
    this.#labelValues.splice(row * length, length);
    for (const array of [this.marks, this.changedAt, this.#created, this.lastUses]) {
      array?.copyWithin(row, row + 1);
    }
    for (let i = row; i < this.#children.length; i++) Child.place(this.#children[i]!, this, i);
    this.shape++;
  }

  /** Moves all children of another block to the end of this one. */
  takeAll(other: SeriesBlock): void {
    const { length } = this.layout.labelNames;
    for (const [row, child] of other.#children.entries()) {
      const labelValues = other.#labelValues.slice(row * length, (row + 1) * length);
      this.add(child, labelValues, other.#created[row]);
      this.marks[this.#children.length - 1] = other.marks[row]!;
      if (this.lastUses) this.lastUses[this.#children.length - 1] = other.lastUses![row]!;
    }
    this.isMarked ||= other.isMarked;
  }

  /** Gives the rows that changed since the last call a new version. */
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

  /** Resets the time of creation of a child. */
  restart(row: number, created: number): void {
    this.#created[row] = created;
    this.shape++;
  }

  /** Writes the current values of a child. */
  read(row: number, into: Float64Array): void {
    this.#children[row]!.read(into, 0);
  }

  /** Returns the exemplar of a part of a child. */
  exemplar(row: number, part: number): SampleExemplar | undefined {
    return this.#children[row]!.exemplar?.(part);
  }

  /** Returns the current samples of one child, part by part. */
  samplesOf(row: number): Sample[] {
    const { name, parts } = this.layout;
    const labels = labelsOfRow(this.layout.labelNames, this.#labelValues, row);
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

  /** Returns the value of a label in a row; empty if the series has no such label. */
  labelValue(row: number, label: number): string {
    return this.#labelValues[row * this.layout.labelNames.length + label]!;
  }

  #grow(): void {
    const rows = Math.min(4 * this.marks.length, this.#maxRows);
    this.marks = grown(this.marks, new Uint8Array(rows));
    this.changedAt = grown(this.changedAt, new Uint32Array(rows));
    this.#created = grown(this.#created, new Float64Array(rows));
    if (this.lastUses) this.lastUses = grown(this.lastUses, new Float64Array(rows));
  }
}

/** The place of all children whose series were dropped. It reports their next use, which brings a series back. */
export class DroppedBlock extends SeriesBlock {
  readonly #onUse: (child: Child) => void;

  /** Creates a place for children of this layout. */
  constructor(layout: SeriesLayout, onUse: (child: Child) => void) {
    super(layout);
    this.#onUse = onUse;
  }

  /** Reports a use. */
  override use(_row: number, child: Child): void {
    this.#onUse(child);
  }
}

function grown<A extends Float64Array | Uint8Array | Uint32Array>(from: A, to: A): A {
  to.set(from);
  return to;
}
