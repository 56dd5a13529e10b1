/**
 * Blocks of an instrument's series: the rows that encoders read, over the slots that hold their state.
 *
 * @module
 */

import { labelsOfRow, Sample, type SampleDetails, type SampleExemplar } from "../model/sample.ts";
import { Child, grown, Slots } from "./child.ts";
import { type Block, BLOCK_CAPACITY, type SeriesLayout } from "./layout.ts";
import type { SeriesKeys } from "./series_keys.ts";

/** The values of the series being read. */
let values = new Float64Array(16);

/** Options of {@linkcode SeriesBlock}. */
export interface SeriesBlockOptions {
  /** The label values of all series of the instrument. */
  readonly keys: SeriesKeys;
  /** The place in `keys` of the first slot; those of the others follow. */
  readonly place: number;
  /** Whether each series has one child, which is kept. */
  readonly keepsChildren: boolean;
  /** Called when a child of a removed series is used. */
  readonly onUse: ((child: Child) => void) | undefined;
}

/** Returns how many series of a layout are in a block. */
export function rowsIn({ parts }: SeriesLayout): number {
  return Math.max(1, Math.floor(BLOCK_CAPACITY / parts.length));
}

/** Some of the series of an instrument. Rows follow the order of creation, and slots too, but only rows close up after a removal. */
export class SeriesBlock extends Slots implements Block {
  /** The place of the first slot. */
  readonly place: number;
  /** Increases when {@linkcode SeriesBlock.sync} finds changes. */
  version = 0;
  /** Increases when series are added, removed or reset. */
  shape = 0;
  /** The version of the last change of each row. */
  changedAt: Uint32Array = new Uint32Array(1);
  /** The number of series. */
  rows = 0;
  readonly #keys: SeriesKeys;
  readonly #capacity: number;
  /** The children that are kept, by their slots. Absent if there are none. */
  readonly #children: (Child | undefined)[] | undefined;
  /** The number of slots in use, those of removed series included. */
  #used = 0;
  /** The slot of each row. Absent as long as no series was removed. */
  #slotOfRow: Uint16Array | undefined;

  /** Starts empty. */
  constructor(layout: SeriesLayout, options: SeriesBlockOptions) {
    const { keys, place, keepsChildren, onUse } = options;
    super(layout, onUse);
    this.place = place;
    this.#keys = keys;
    this.#capacity = rowsIn(layout);
    this.#children = keepsChildren ? [] : undefined;
  }

  /** The block itself: its shape tells when the series are others. */
  get identity(): object {
    return this;
  }

  /** The number of samples. */
  get size(): number {
    return this.rows * this.layout.parts.length;
  }

  /** Whether there is no room for another series. */
  get isFull(): boolean {
    return this.#used === this.#capacity;
  }

  /** Whether so few series are left that another block may have room for them. */
  get isSparse(): boolean {
    return 4 * this.rows <= this.#capacity;
  }

  /** Whether this block and another one fill at most half of a block. */
  canJoin(other: SeriesBlock): boolean {
    return 2 * (this.rows + other.rows) <= this.#capacity;
  }

  /**
   * Adds a series, and returns its slot.
   *
   * @param labelValues Its label values, for which there is no series.
   * @param created The time of its creation, in milliseconds since the epoch.
   */
  add(labelValues: readonly string[], created: number = Date.now()): number {
    const slot = this.#extend();
    this.#keys.add(labelValues, this.place + slot);
    this.restart(slot, created);
    this.recordUse(slot);
    return slot;
  }

  /** Keeps the child of the series in a slot, if children are kept. */
  keep(slot: number, child: Child): void {
    if (this.#children !== undefined) this.#children[slot] = child;
  }

  /** Removes the series in a slot. Its children can still be used. */
  remove(slot: number): void {
    this.#keys.delete(this.place + slot);
    const row = this.#slotOfRow?.indexOf(slot) ?? slot;
    this.#slotOfRow ??= Uint16Array.from({ length: this.#capacity }, (_, row) => row);
    for (const array of [this.#slotOfRow, this.changedAt]) {
      array.copyWithin(row, row + 1, this.rows);
    }
    this.rows--;
    this.markRemoved(slot);
    if (this.#children !== undefined) this.#children[slot] = undefined;
    this.shape++;
  }

  /** Moves all series of another block to the end of this one. */
  takeAll(other: SeriesBlock): void {
    const slots = new Uint16Array(other.#used);
    for (let row = 0; row < other.rows; row++) {
      const from = other.slotOf(row);
      const slot = slots[from] = this.#extend();
      this.#keys.move(other.place + from, this.place + slot);
      this.copy(other, from, slot);
      const child = other.#children?.[from];
      if (child === undefined) continue;
      this.#children![slot] = child;
      Child.place(child, this, slot);
    }
    other.sendTo(this, slots);
  }

  /** Returns the slot of a row. */
  slotOf(row: number): number {
    return this.#slotOfRow?.[row] ?? row;
  }

  /** Returns the child in a slot, if it is kept. */
  childAt(slot: number): Child | undefined {
    return this.#children?.[slot];
  }

  /** Gives the rows that changed since the last call a new version. */
  sync(): void {
    if (this.layout.isTimed) {
      for (const child of this.#children!) child?.elapse?.();
    }
    if (!this.isMarked) return;
    this.isMarked = false;
    const version = ++this.version;
    for (let row = 0; row < this.rows; row++) {
      if (this.takeChange(this.slotOf(row))) this.changedAt[row] = version;
    }
  }

  /** Sets the time of creation of a series. */
  override restart(slot: number, created: number): void {
    super.restart(slot, created);
    this.shape++;
  }

  /** Writes the current values of a series. */
  read(row: number, into: Float64Array): void {
    const slot = this.slotOf(row);
    if (this.layout.isNumber) into[0] = this.numbers[slot]!;
    else this.#children![slot]!.read!(into, 0);
  }

  /** Returns the exemplar of a part of a series. */
  exemplar(row: number, part: number): SampleExemplar | undefined {
    const slot = this.slotOf(row);
    return this.layout.isNumber
      ? this.exemplars?.get(slot)
      : this.#children![slot]!.exemplar?.(part);
  }

  /** Returns the current samples of one series, part by part. */
  samplesOf(row: number): Sample[] {
    const { name, labelNames, parts } = this.layout;
    const labelValues = labelNames.map((_, label) => this.labelValue(row, label));
    const labels = labelsOfRow(labelNames, labelValues, 0);
    if (values.length < parts.length) values = new Float64Array(parts.length);
    this.read(row, values);
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
    const exemplar = this.exemplar(row, part);
    if (part !== this.layout.createdPart) return exemplar && { exemplar };
    const slot = this.slotOf(row);
    const native = this.childAt(slot)?.native?.();
    return { exemplar, created: this.createdAt(slot), native };
  }

  /** Returns the value of a label in a row; empty if the series has no such label. */
  labelValue(row: number, label: number): string {
    return this.#keys.valueAt(this.place + this.slotOf(row), label);
  }

  /** Adds a row, and returns its slot. */
  #extend(): number {
    const slot = this.#used++;
    if (slot === this.marks.length) {
      this.grow(Math.min(4 * this.marks.length, this.#capacity));
    }
    const row = this.rows++;
    if (this.#slotOfRow !== undefined) this.#slotOfRow[row] = slot;
    this.changedAt[row] = this.version;
    this.shape++;
    return slot;
  }

  protected override grow(count: number): void {
    super.grow(count);
    this.changedAt = grown(this.changedAt, new Uint32Array(count));
  }
}
