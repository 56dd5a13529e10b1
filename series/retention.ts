/**
 * Which series of an instrument are dropped when there are too many, or when they were not used for a long time.
 *
 * @module
 */

import { type InstrumentOptions, OVERFLOW_POLICIES, type OverflowPolicy } from "./options.ts";
import { shouldYield, yieldToEventLoop } from "../model/event_loop.ts";
import { Heap } from "../model/heap.ts";
import { checkOption } from "../model/options.ts";

/** The options that bound the series of an instrument. */
export type RetentionOptions = Pick<InstrumentOptions, "maxSeries" | "whenFull" | "maxAge">;

/** A child that records its use. */
export interface Retainable {
  /** Whether it was used since this was last set to false. */
  wasUsed: boolean;
  /** The position of its last use in the order of all uses. */
  readonly lastUse: number;
}

interface Entry<C> {
  readonly child: C;
  readonly values: readonly string[];
  usedAt: number;
  lastUse: number;
  isRemoved: boolean;
}

/** The size up to which the heap may consist of removed entries. */
const MIN_HEAP = 64;

/** The number of entries between two looks at the clock. */
const BATCH = 256;

/** Tracks the use of children, and selects those to drop. */
export class Retention<C extends Retainable> {
  /** What happens to a series beyond the maximum number. */
  readonly whenFull: OverflowPolicy;
  readonly #maxSeries: number;
  readonly #maxAge: number;
  readonly #now: () => number;
  /** In the order of the time at which their use was last noticed. */
  readonly #entries = new Map<C, Entry<C>>();
  /**
   * The entry with the earliest last use comes first. Removed entries stay until they are reached, or until they are the majority.
   * Empty unless the order matters.
   */
  readonly #byUse = new Heap<Entry<Retainable>>((a, b) => a.lastUse < b.lastUse);

  /**
   * Checks the options.
   *
   * @param owner The instrument in error messages.
   * @param now The clock, in seconds.
   * @throws {TypeError} If an option has the wrong type.
   * @throws {RangeError} If an option is out of range.
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

  /** Whether any of the options is set. */
  static isWanted({ maxSeries, whenFull, maxAge }: RetentionOptions): boolean {
    return maxSeries !== undefined || whenFull !== undefined || maxAge !== undefined;
  }

  /** Whether the order of use matters. */
  get tracksUse(): boolean {
    return this.whenFull === "lru" && this.#maxSeries < Infinity;
  }

  /**
   * Checks that there is room for the series that exist from the start.
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

  /** Starts to track a child. */
  add(child: C, values: readonly string[]): void {
    const entry = { child, values, usedAt: this.#now(), lastUse: child.lastUse, isRemoved: false };
    this.#entries.set(child, entry);
    if (this.tracksUse) this.#byUse.push(entry);
  }

  /** Stops tracking a child. */
  delete(child: C): void {
    const entry = this.#entries.get(child);
    if (entry === undefined) return;
    entry.isRemoved = true;
    this.#entries.delete(child);
    if (this.#byUse.size > MIN_HEAP && this.#byUse.size > 2 * this.#entries.size) {
      this.#byUse.retain(({ isRemoved }) => !isRemoved);
    }
  }

  /** Stops tracking all children. */
  clear(): void {
    this.#entries.clear();
    this.#byUse.clear();
  }

  /** Stops tracking the least recently used child, and returns its label values. */
  takeOldest(): readonly string[] | undefined {
    for (let entry = this.#byUse.pop(); entry !== undefined; entry = this.#byUse.pop()) {
      if (entry.isRemoved) continue;
      if (entry.child.lastUse === entry.lastUse) {
        this.delete(entry.child as C);
        return entry.values;
      }
      entry.lastUse = entry.child.lastUse;
      this.#byUse.push(entry);
    }
    return undefined;
  }

  /** Notices which children were used since the last call, if their age matters. Yields to the event loop in between. */
  async noticeUse(): Promise<void> {
    if (this.#maxAge === Infinity) return;
    // Refreshed entries move to the end, where the loop would find those again that are used meanwhile.
    let left = this.#entries.size;
    for (const [child, entry] of this.#entries) {
      if (left-- <= 0) return;
      if (child.wasUsed) this.#refresh(child, entry);
      if (left % BATCH === 0 && shouldYield()) await yieldToEventLoop();
    }
  }

  /** Stops tracking the children that are too old, one by one, and returns their label values. */
  *takeOutdated(): Generator<readonly string[]> {
    if (this.#maxAge === Infinity) return;
    const outdated = this.#now() - this.#maxAge;
    for (const [child, entry] of this.#entries) {
      if (entry.usedAt > outdated) return;
      if (child.wasUsed) {
        this.#refresh(child, entry);
      } else {
        this.delete(child);
        yield entry.values;
      }
    }
  }

  #refresh(child: C, entry: Entry<C>): void {
    child.wasUsed = false;
    this.#entries.delete(child);
    entry.usedAt = this.#now();
    this.#entries.set(child, entry);
  }
}

function isCount(value: number): boolean {
  return value >= 1 && (Number.isInteger(value) || value === Infinity);
}
