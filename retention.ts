/**
 * Which series of an instrument are kept when there are too many of them, or when nobody has touched them for long.
 *
 * @module
 */

import { checkOption } from "./options.ts";

/** What happens to a series for which there is no room. */
export const OVERFLOW_POLICIES = ["reject", "overflow", "lru"] as const;

/** One of {@linkcode OVERFLOW_POLICIES}. */
export type OverflowPolicy = (typeof OVERFLOW_POLICIES)[number];

/** Options that bound the series of an instrument. */
export interface RetentionOptions {
  /**
   * How many series it may have, 1 or more.
   *
   * @default {Infinity}
   */
  maxSeries?: number;
  /**
   * What happens to a series beyond that: `reject` does not expose it; `overflow` counts all such series in one more that has
   * `other` for every label; `lru` drops the series that was not touched for longest in favour of it.
   *
   * @default {"overflow"}
   */
  whenFull?: OverflowPolicy;
  /**
   * Seconds after which a series is dropped that nobody has touched, as seen by the scrapes in between.
   *
   * @default {Infinity}
   */
  maxAge?: number;
}

/** What can tell whether it was touched since it was last asked. */
export interface Touchable {
  /** Set by every change, and taken back by whoever has noticed. */
  isTouched: boolean;
}

interface Entry {
  readonly values: readonly string[];
  touchedAt: number;
}

/** Keeps account of children, and tells which of them have to go. */
export class Retention<C extends Touchable> {
  /** What happens to a series for which there is no room. */
  readonly whenFull: OverflowPolicy;
  readonly #maxSeries: number;
  readonly #maxAge: number;
  readonly #now: () => number;
  /** In the order in which they were last known to be touched. */
  readonly #entries = new Map<C, Entry>();
  /**
   * Goes through the entries from the first to the last. What it has met was given up or went to the end; an iterator from the
   * beginning would go over all that was there before.
   */
  #oldest: MapIterator<[C, Entry]> = this.#entries.entries();

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

  /** Whether there is a bound at all. */
  static isWanted({ maxSeries, maxAge }: RetentionOptions): boolean {
    return maxSeries !== undefined || maxAge !== undefined;
  }

  /** Whether there is no room for another child. */
  get isFull(): boolean {
    return this.#entries.size >= this.#maxSeries;
  }

  /** Begins to keep account of a child. */
  add(child: C, values: readonly string[]): void {
    this.#entries.set(child, { values, touchedAt: this.#now() });
  }

  /** Ceases to keep account of a child. */
  delete(child: C): void {
    this.#entries.delete(child);
  }

  /** Ceases to keep account of all children. */
  clear(): void {
    this.#entries.clear();
  }

  /** Gives up the child that was not touched for longest, and returns its label values. */
  takeOldest(): readonly string[] | undefined {
    while (this.#entries.size > 0) {
      const { value, done } = this.#oldest.next();
      if (done) {
        this.#oldest = this.#entries.entries();
        continue;
      }
      const [child, entry] = value;
      this.#entries.delete(child);
      if (!child.isTouched) return entry.values;
      this.#refresh(child, entry);
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
      this.#entries.delete(child);
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

  #refresh(child: C, entry: Entry): void {
    child.isTouched = false;
    entry.touchedAt = this.#now();
    this.#entries.set(child, entry);
  }
}

function isCount(value: number): boolean {
  return value >= 1 && (Number.isInteger(value) || value === Infinity);
}
