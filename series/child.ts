/**
 * The children of instruments, and the slots in which their state is.
 *
 * A child is in a slot as long as its series exists. Marks on slots tell a scrape which series have changed. A series that is a mere
 * number is in its slot altogether: its children are created when somebody asks for them, and any number of them stand for the same
 * series.
 *
 * @module
 */

import type { NativeHistogram, SampleExemplar } from "../model/sample.ts";
import type { SeriesLayout } from "./layout.ts";

/** The bits of a mark: the series has changed, and it was used. */
const CHANGED = 1;
const USED = 2;
/** Each use is recorded, so that no mark makes another one unnecessary. */
const ORDERED = 4;
/** The series was removed. Its children can still be used. */
const REMOVED = 8;
/** The series is in another slot now. */
const MOVED = 16;

/** The mark of a slot that needs no other mark for the next change. */
const MARKED = CHANGED | USED;

/** In place of what a layout does not need. */
const NONE = new Float64Array(0);

/** Counts uses, to order them. */
let uses = 0;

/** Where the series of slots went. */
interface Move {
  readonly to: Slots;
  /** The new slot of each slot. */
  readonly slots: Uint16Array;
}

/** The state of an instrument for one combination of label values. */
export abstract class Child {
  // Declared, because fields with initializers would make it three times as slow to create a child.
  /** Where its series is. */
  declare protected slots: Slots;
  /** The slot of its series. */
  declare protected slot: number;

  /** Creates a child of the series in a slot. */
  constructor(slots: Slots, slot: number) {
    this.slots = slots;
    this.slot = slot;
  }

  /** Moves a child to a slot, with its state if that is in the slot. */
  static place(child: Child, slots: Slots, slot: number): void {
    slots.copyNumber(child.slots, child.slot, slot);
    child.slots = slots;
    child.slot = slot;
  }

  /** Writes the values of its parts, in order. Absent if the series is a mere number. */
  read?(into: Float64Array, at: number): void;

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
    return (this.slots.marks[this.slot]! & USED) !== 0;
  }

  set wasUsed(wasUsed: boolean) {
    if (wasUsed) this.slots.use(this.slot);
    else this.slots.marks[this.slot]! &= ~USED;
  }

  /** The position of its last use in the order of all uses; 0 if that is not recorded. */
  get lastUse(): number {
    return this.slots.lastUses?.[this.slot] ?? 0;
  }

  /** Marks a change. Call it before making the change, which may have to be made in another slot. */
  protected mark(): void {
    if (this.slots.marks[this.slot] !== MARKED) this.#markAnew();
  }

  #markAnew(): void {
    this.settle();
    if ((this.slots.marks[this.slot]! & REMOVED) !== 0) this.slots.onUse?.(this);
    this.slots.mark(this.slot);
  }

  /** Marks a change by time, which is no use. */
  protected markElapsed(): void {
    this.slots.marks[this.slot]! |= CHANGED;
    this.slots.isMarked = true;
  }

  /** Finds the slot of a series that was moved. */
  protected settle(): void {
    while ((this.slots.marks[this.slot]! & MOVED) !== 0) {
      const { to, slots } = this.slots.move!;
      this.slot = slots[this.slot]!;
      this.slots = to;
    }
  }

  /**
   * Resets the time of creation.
   *
   * @param created The time, in milliseconds since the epoch.
   */
  protected restart(created: number): void {
    this.slots.restart(this.slot, created);
  }
}

/** A child whose series is a mere number. */
export abstract class NumberChild extends Child {
  /** The current value. */
  get value(): number {
    this.settle();
    return this.slots.numbers[this.slot]!;
  }

  /** Adds to the value. */
  protected add(amount: number): void {
    this.mark();
    this.slots.numbers[this.slot]! += amount;
  }

  /** Replaces the value. */
  protected replace(value: number): void {
    this.mark();
    this.slots.numbers[this.slot] = value;
  }

  /** Keeps the exemplar of a change that was made, if it is valid. */
  protected keepExemplar(exemplar: SampleExemplar | undefined): void {
    if (exemplar === undefined) return;
    (this.slots.exemplars ??= new Map()).set(this.slot, exemplar);
  }

  /** Starts from zero, without an exemplar. */
  protected restartNumber(): void {
    this.slots.numbers[this.slot] = 0;
    this.slots.exemplars?.delete(this.slot);
  }
}

/** Creates a child of the series in a slot. */
export type CreateChild<C extends Child> = (slots: Slots, slot: number) => C;

/** Room for the state of series. A slot is never given to a second series, as children of the first one may still be in use. */
export class Slots {
  /** What all series have in common. */
  readonly layout: SeriesLayout;
  /** The marks of the slots. */
  marks: Uint8Array = new Uint8Array(1);
  /** Whether any slot was marked since the changes were last taken. */
  isMarked = false;
  /** The values of series that are mere numbers. */
  numbers: Float64Array;
  /** The exemplars of series that are mere numbers, by their slots. */
  exemplars: Map<number, SampleExemplar> | undefined;
  /** The position of each slot's last use in the order of all uses, if that is recorded. */
  lastUses: Float64Array | undefined;
  /** Called when a child of a removed series is used; it may place the child in another slot. */
  readonly onUse: ((child: Child) => void) | undefined;
  /** Where the series are now, if they were moved. */
  move: Move | undefined;
  #created: Float64Array;

  /** Creates room for one series, which {@linkcode Slots.grow} extends. */
  constructor(layout: SeriesLayout, onUse?: (child: Child) => void) {
    this.layout = layout;
    this.onUse = onUse;
    this.numbers = layout.isNumber ? new Float64Array(1) : NONE;
    this.#created = layout.createdPart === undefined ? NONE : new Float64Array(1);
    if (layout.tracksUse) this.lastUses = new Float64Array(1);
  }

  /** Creates a slot for a child whose series is not exposed. */
  static detached(layout: SeriesLayout, onUse?: (child: Child) => void): Slots {
    const slots = new Slots(layout, onUse);
    slots.marks[0] = REMOVED;
    return slots;
  }

  /** Makes room for this number of series. */
  protected grow(count: number): void {
    this.marks = grown(this.marks, new Uint8Array(count));
    if (this.layout.isNumber) this.numbers = grown(this.numbers, new Float64Array(count));
    if (this.layout.createdPart !== undefined) {
      this.#created = grown(this.#created, new Float64Array(count));
    }
    if (this.lastUses) this.lastUses = grown(this.lastUses, new Float64Array(count));
  }

  /** Copies the state of a slot to another one. */
  protected copy(from: Slots, slot: number, to: number): void {
    this.copyNumber(from, slot, to);
    this.marks[to] = from.marks[slot]!;
    this.isMarked ||= from.isMarked;
    if (this.lastUses) this.lastUses[to] = from.lastUses![slot]!;
    if (this.layout.createdPart !== undefined) this.#created[to] = from.#created[slot]!;
  }

  /** Copies the value and the exemplar of a series that is a mere number. */
  copyNumber(from: Slots, slot: number, to: number): void {
    if (!this.layout.isNumber) return;
    this.numbers[to] = from.numbers[slot]!;
    const exemplar = from.exemplars?.get(slot);
    if (exemplar !== undefined) (this.exemplars ??= new Map()).set(to, exemplar);
  }

  /** Sends the children of all series that are left to other slots. */
  protected sendTo(to: Slots, slots: Uint16Array): void {
    this.move = { to, slots };
    for (const [slot, mark] of this.marks.entries()) {
      if ((mark & REMOVED) === 0) this.marks[slot] = MOVED;
    }
  }

  /** Marks a change, unless the series was removed. */
  mark(slot: number): void {
    if ((this.marks[slot]! & REMOVED) !== 0) return;
    this.marks[slot] = this.lastUses === undefined ? MARKED : MARKED | ORDERED;
    this.isMarked = true;
    this.recordUse(slot);
  }

  /** Marks a use. */
  use(slot: number): void {
    this.marks[slot]! |= USED;
    this.recordUse(slot);
  }

  /** Records a use, if their order is recorded. */
  protected recordUse(slot: number): void {
    if (this.lastUses !== undefined) this.lastUses[slot] = ++uses;
  }

  /** Returns whether a series has changed since this was last called. */
  protected takeChange(slot: number): boolean {
    if ((this.marks[slot]! & CHANGED) === 0) return false;
    this.marks[slot]! &= ~CHANGED;
    return true;
  }

  /** Marks a series as removed. */
  protected markRemoved(slot: number): void {
    this.marks[slot] = REMOVED;
  }

  /** Returns the time of creation of a series, in milliseconds since the epoch. */
  protected createdAt(slot: number): number {
    return this.#created[slot]!;
  }

  /** Sets the time of creation of a series, in milliseconds since the epoch. */
  restart(slot: number, created: number): void {
    if (this.layout.createdPart !== undefined) this.#created[slot] = created;
  }
}

/** Copies an array to the beginning of a longer one. */
export function grown<A extends Float64Array | Uint8Array | Uint32Array>(from: A, to: A): A {
  to.set(from);
  return to;
}

/** How often a function runs before V8 keeps a record of the types in it, with room to spare. */
const TRAINING = 100;

/**
 * Adds fractions before anybody counts. V8 compiles an addition for the numbers that it has seen: if all were integers, it converts
 * each value to an integer and back, which takes twice as long as adding, until there is a fraction.
 */
function trainAddition(): void {
  class Trained extends NumberChild {
    train(): void {
      for (let i = 0; i < TRAINING; i++) this.add(0.5);
    }
  }
  const layout = { name: "", labelNames: [], parts: [{ suffix: "" }], isNumber: true };
  new Trained(Slots.detached(layout), 0).train();
}

trainAddition();
