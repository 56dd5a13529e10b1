/**
 * Which series of an instrument are kept when there are too many of them, or when nobody has touched them for long.
 *
 * @module
 */

import { type InstrumentOptions, OVERFLOW_POLICIES, type OverflowPolicy } from "./options.ts";
import { Heap } from "../model/heap.ts";
import { checkOption } from "../model/options.ts";

/** The options that bound the series of an instrument. */
export type RetentionOptions = Pick<InstrumentOptions, "maxSeries" | "whenFull" | "maxAge">;

/** What can tell whether it was touched since it was last asked. */
export interface Touchable {
  /** Set by every change, and taken back by whoever has noticed. */
  isTouched: boolean;
  /** When it was last touched, as a number that rises with each touch of any. */
  readonly usedAt: number;
}

interface Entry<C> {
  readonly child: C;
  readonly values: readonly string[];
  touchedAt: number;
  usedAt: number;
  isGone: boolean;
}

/** Keeps account of children, and tells which of them have to go. */
export class Retention<C extends Touchable> {
  /** What happens to a series for which there is no room. */
  readonly whenFull: OverflowPolicy;
  readonly #maxSeries: number;
  readonly #maxAge: number;
  readonly #now: () => number;
  /** In the order in which they were last known to be touched. */
  readonly #entries = new Map<C, Entry<C>>();
  /** The one whose last known use was the earliest comes first, if that matters. Those that are gone stay until they do. */
  readonly #byUse = new Heap<Entry<Touchable>>((a, b) => a.usedAt < b.usedAt);

  /**
   * Reads the options.
   *
   * @param owner What error messages call the instrument.
   * @param now The clock, in seconds.
   * @throws {TypeError} If one is of the wrong kind.
   * @throws {RangeError} If one is out of its range.
   */
  constructor(
    owner: string,
    options: RetentionOptions,
    now: () => number = () => performance.now() / 1000,
  ) {
    const { maxSeries = Infinity, whenFull = "overflow", maxAge = Infinity } = options;
    const action = `Cannot create ${owner}`;
    checkOption(action, ["maxSeries", maxSeries], "number", "an integer of 1 or more", isCount);
    checkOption(action, ["maxAge", maxAge], "number", "seconds above 0", (age) => age > 0);
    checkOption(
      action,
      ["whenFull", whenFull],
      "string",
      `one of ${OVERFLOW_POLICIES.join(", ")}`,
      (policy) => OVERFLOW_POLICIES.includes(policy),
    );
    this.#maxSeries = maxSeries;
    this.#maxAge = maxAge;
    this.whenFull = whenFull;
    this.#now = now;
  }

  /** Whether any of the options is given. */
  static isWanted({ maxSeries, whenFull, maxAge }: RetentionOptions): boolean {
    return maxSeries !== undefined || whenFull !== undefined || maxAge !== undefined;
  }

  /** Whether it matters in which order children were used. */
  get tracksUse(): boolean {
    return this.whenFull === "lru" && this.#maxSeries < Infinity;
  }

  /**
   * Checks that there is room for what is there from the start.
   *
   * @throws {RangeError} If there is not.
   */
  assertRoomFor(owner: string, count: number): void {
    if (count <= this.#maxSeries) return;
    throw new RangeError(
      `Cannot create ${owner}: its labels have ${count} combinations of values, more than maxSeries`,
    );
  }

  /** Whether there is no room for another child. */
  get isFull(): boolean {
    return this.#entries.size >= this.#maxSeries;
  }

  /** Begins to keep account of a child. */
  add(child: C, values: readonly string[]): void {
    const entry = { child, values, touchedAt: this.#now(), usedAt: child.usedAt, isGone: false };
    this.#entries.set(child, entry);
    if (this.tracksUse) this.#byUse.push(entry);
  }

  /** Ceases to keep account of a child. */
  delete(child: C): void {
    const entry = this.#entries.get(child);
    if (entry !== undefined) entry.isGone = true;
    this.#entries.delete(child);
  }

  /** Ceases to keep account of all children. */
  clear(): void {
    this.#entries.clear();
    this.#byUse.clear();
  }

  /** Gives up the child that was not touched for longest, and returns its label values. */
  takeOldest(): readonly string[] | undefined {
    for (let entry = this.#byUse.pop(); entry !== undefined; entry = this.#byUse.pop()) {
      if (entry.isGone) continue;
      if (entry.child.usedAt === entry.usedAt) {
        this.delete(entry.child as C);
        return entry.values;
      }
      entry.usedAt = entry.child.usedAt;
      this.#byUse.push(entry);
    }
    return undefined;
  }

  /** Gives up the children that were not touched for too long, and returns their label values. */
  takeOutdated(): (readonly string[])[] {
    if (this.#maxAge === Infinity) return [];
    this.#notice();
    const outdated = this.#now() - this.#maxAge;
    const all: (readonly string[])[] = [];
    for (const [child, { values, touchedAt }] of this.#entries) {
      if (touchedAt > outdated) continue;
      this.delete(child);
      all.push(values);
    }
    return all;
  }

  #notice(): void {
    for (const [child, entry] of this.#entries) {
      if (!child.isTouched) continue;
      this.#entries.delete(child);
      this.#refresh(child, entry);
    }
  }

  #refresh(child: C, entry: Entry<C>): void {
    child.isTouched = false;
    entry.touchedAt = this.#now();
    this.#entries.set(child, entry);
  }
}

function isCount(value: number): boolean {
  return value >= 1 && (Number.isInteger(value) || value === Infinity);
}
