/**
 * Looks at the metrics for those who watch the status: at most one at a time and one in a few seconds, however many watch.
 *
 * @module
 */

import type { Gathering } from "../collect/gather.ts";
import { roundSeconds, settlesWithin } from "../model/deadline.ts";
import { allFamilies, type FamilySizes, familySizes, lintFindings, offenders } from "./families.ts";
import type { FamilyStatus, MetricsStatus } from "./document.ts";

/** The least number of seconds between two looks. */
const INTERVAL = 5;

/** The time between two looks is at least this many times as long as a look takes. */
const SPACING = 2;

/** Seconds for which a viewer waits for a look that takes long. */
const PATIENCE = 1;

/** Seconds without viewers after which nothing is remembered any more. */
const MEMORY = 60;

/** Seconds after which growth is counted from a later look. */
const GROWTH_WINDOW = 600;

/** Options of {@linkcode Lookout}. */
export interface LookoutOptions {
  /** Looks at all metrics. */
  readonly gather: () => Promise<Gathering>;
  /**
   * The clock, in seconds.
   *
   * @default {() => performance.now() / 1000}
   */
  readonly now?: () => number;
}

/** What a look saw. */
export interface Look extends Pick<MetricsStatus, "largest" | "growing" | "lint" | "lintCount"> {
  /** When it ended, in seconds since the epoch. */
  readonly time: number;
  /** How long it took, in seconds. */
  readonly duration: number;
  /** What it saw. */
  readonly gathering: Gathering;
  /** All families, by name. */
  readonly families: readonly FamilyStatus[];
  /** Since when growth is counted, in seconds since the epoch; null for the first look. */
  readonly growthSince: number | null;
}

/** Looks at metrics, and remembers the last look as long as somebody watches. */
export class Lookout {
  readonly #gather: () => Promise<Gathering>;
  readonly #now: () => number;
  #latest: { readonly look: Look; readonly at: number } | undefined;
  #looking: Promise<void> | undefined;
  /** The sizes that growth is counted from, and those that will take their place. */
  #before: FamilySizes | undefined;
  #next: FamilySizes | undefined;
  #watchedAt = -Infinity;

  /** Creates a lookout that has not looked yet. */
  constructor({ gather, now = () => performance.now() / 1000 }: LookoutOptions) {
    this.#gather = gather;
    this.#now = now;
  }

  /** Seconds after which a viewer should ask again. */
  get interval(): number {
    return Math.max(INTERVAL, SPACING * Math.ceil(this.#latest?.look.duration ?? 0));
  }

  /**
   * Returns a look that is not older than {@linkcode Lookout.interval}. If one takes longer than a second, returns the one before, or
   * undefined if there is none.
   */
  async look(): Promise<Look | undefined> {
    this.forgetIfUnwatched();
    this.#watchedAt = this.#now();
    const isFresh = this.#latest !== undefined &&
      this.#now() - this.#latest.at < this.interval - 0.5;
    if (!isFresh) {
      const looking = this.#looking ??= this.#lookNow().finally(() => this.#looking = undefined);
      looking.catch(() => {});
      if (await settlesWithin(looking, PATIENCE)) await looking;
    }
    return this.#latest?.look;
  }

  /** Frees what was remembered if nobody has watched for a minute. There is no timer: scrapes call this. */
  forgetIfUnwatched(): void {
    if (this.#now() - this.#watchedAt < MEMORY) return;
    this.#latest = undefined;
    this.#before = undefined;
    this.#next = undefined;
  }

  async #lookNow(): Promise<void> {
    const began = this.#now();
    const gathering = await this.#gather();
    const time = Date.now() / 1000;
    const sizes = await familySizes(gathering, time);
    const families = allFamilies(gathering, sizes, this.#before);
    const growthSince = this.#before?.time ?? null;
    const lint = await lintFindings(gathering.families);
    const duration = roundSeconds(this.#now() - began);
    const look = { time, duration, gathering, families, growthSince };
    this.#latest = { look: { ...look, ...offenders(families), ...lint }, at: this.#now() };
    this.#remember(sizes);
  }

  #remember(sizes: FamilySizes): void {
    this.#before ??= sizes;
    this.#next ??= sizes;
    if (sizes.time - this.#next.time < GROWTH_WINDOW) return;
    this.#before = this.#next;
    this.#next = sizes;
  }
}
