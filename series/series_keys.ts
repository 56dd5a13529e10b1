/**
 * The label values of all series of an instrument, and the places of the series by them.
 *
 * A place is a number that the owner of the series gives them. For each place, there are the numbers of the label values; a hash
 * table finds places by these.
 *
 * @module
 */

import { LabelValues } from "./label_values.ts";

/** Unpredictable, so that nobody can choose label values whose numbers collide. */
const SEED = crypto.getRandomValues(new Uint32Array(1))[0]!;

/** An odd constant whose multiples are spread over all bits: 2³² divided by the golden ratio. */
const MULTIPLIER = 0x9E3779B1;

/** The part of the table that may be in use. */
const MAX_LOAD = 3 / 4;

/** The numbers of the values that are looked up. */
let sought = new Uint32Array(8);

/** The places of series by their label values: a hash table with open addressing and linear probing. */
export class SeriesKeys {
  readonly #labels: readonly LabelValues[];
  /** The numbers of the label values of each place. */
  #numbers: Uint32Array;
  /** One more than the place in each cell; 0 if there is none. */
  #cells = new Int32Array(4);
  #size = 0;

  /**
   * Starts empty.
   *
   * @param width The number of labels.
   */
  constructor(width: number) {
    this.#labels = Array.from({ length: width }, () => new LabelValues());
    this.#numbers = new Uint32Array(width);
    if (sought.length < width) sought = new Uint32Array(width);
  }

  /** Returns the place of the series with these label values; -1 if there is none. Values that are not strings have none. */
  find(values: readonly unknown[]): number {
    const labels = this.#labels;
    for (let i = 0; i < labels.length; i++) {
      const number = labels[i]!.find(values[i]);
      if (number === 0) return -1;
      sought[i] = number;
    }
    return this.#cells[this.#cellOf(sought, 0)]! - 1;
  }

  /** Returns the value of a label at a place. */
  valueAt(place: number, label: number): string {
    const labels = this.#labels;
    return labels[label]!.get(this.#numbers[place * labels.length + label]!);
  }

  /** Adds a series for label values without one, at a place without one. */
  add(values: readonly string[], place: number): void {
    const labels = this.#labels;
    const from = place * labels.length;
    this.#makeRoom(from + labels.length);
    for (let i = 0; i < labels.length; i++) {
      this.#numbers[from + i] = labels[i]!.acquire(values[i]!);
    }
    this.#cells[this.#cellOf(this.#numbers, from)] = place + 1;
    this.#size++;
    if (this.#size > MAX_LOAD * this.#cells.length) this.#resize();
  }

  /** Removes the series at a place. */
  delete(place: number): void {
    const labels = this.#labels;
    const from = place * labels.length;
    this.#empty(this.#cellOf(this.#numbers, from));
    for (let i = 0; i < labels.length; i++) labels[i]!.release(this.#numbers[from + i]!);
    this.#size--;
  }

  /** Moves a series to a place without one. */
  move(place: number, to: number): void {
    const width = this.#labels.length;
    this.#makeRoom((to + 1) * width);
    this.#numbers.copyWithin(to * width, place * width, (place + 1) * width);
    this.#cells[this.#cellOf(this.#numbers, place * width)] = to + 1;
  }

  /** Returns the cell of a series, or the free one where it would be. Its numbers begin at an index of an array. */
  #cellOf(numbers: Uint32Array, from: number): number {
    const cells = this.#cells;
    const mask = cells.length - 1;
    let cell = this.#hash(numbers, from) & mask;
    while (cells[cell] !== 0 && !this.#hasAt(cells[cell]! - 1, numbers, from)) {
      cell = (cell + 1) & mask;
    }
    return cell;
  }

  /** Returns whether the series at a place has these numbers. */
  #hasAt(place: number, numbers: Uint32Array, from: number): boolean {
    const width = this.#labels.length;
    const own = this.#numbers;
    for (let i = 0, at = place * width; i < width; i++, at++) {
      if (own[at] !== numbers[from + i]) return false;
    }
    return true;
  }

  #hash(numbers: Uint32Array, from: number): number {
    let hash = SEED;
    for (let i = 0; i < this.#labels.length; i++) {
      hash = Math.imul(hash ^ numbers[from + i]!, MULTIPLIER);
      hash ^= hash >>> 15;
    }
    return hash;
  }

  /** Empties a cell. Every later series that it would hide moves into it. */
  #empty(hole: number): void {
    const cells = this.#cells;
    const mask = cells.length - 1;
    for (let cell = (hole + 1) & mask; cells[cell] !== 0; cell = (cell + 1) & mask) {
      const from = (cells[cell]! - 1) * this.#labels.length;
      const home = this.#hash(this.#numbers, from) & mask;
      if (((cell - home) & mask) < ((cell - hole) & mask)) continue;
      cells[hole] = cells[cell]!;
      hole = cell;
    }
    cells[hole] = 0;
  }

  #makeRoom(length: number): void {
    if (length <= this.#numbers.length) return;
    const numbers = new Uint32Array(Math.max(length, 2 * this.#numbers.length));
    numbers.set(this.#numbers);
    this.#numbers = numbers;
  }

  #resize(): void {
    const places = this.#cells.filter((place) => place !== 0);
    this.#cells = new Int32Array(2 * this.#cells.length);
    for (const place of places) {
      this.#cells[this.#cellOf(this.#numbers, (place - 1) * this.#labels.length)] = place;
    }
  }
}
