/**
 * One run of a collector, which several scrapes may wait for.
 *
 * @module
 */

import type { Collector } from "../collector.ts";
import { roundSeconds, settlesWithin } from "../model/deadline.ts";
import type { Family } from "../model/family.ts";
import {
  Collection,
  type CollectionBounds,
  type CollectionResult,
  type KnownSeries,
} from "./collection.ts";
import { ignoreRejections } from "./rejections.ts";
import { type ScopedContext, watchScope } from "./scope.ts";

/**
 * Seconds after the deadline in which a collector can still return what it has. A `fetch` that was aborted rejects up to a
 * millisecond later, and twenty of them take their turns.
 */
const GRACE = 0.05;

/** What a scrape hands to the collectors that it runs. */
export type RunContext = Omit<ScopedContext, "signal">;

/** Why a run failed. Anything can be thrown, even `undefined`. */
export interface Failure {
  /** What was thrown. */
  readonly error: unknown;
}

/** Options of {@linkcode CollectorRun}. */
export interface CollectorRunOptions {
  /** How much the collector may return. */
  readonly bounds: CollectionBounds;
  /** The series that the collector returned the last time. */
  readonly known: KnownSeries;
  /** Seconds after which an abandoned run is written off. */
  readonly writeOffAfter: number;
  /** Whether the result goes into a cache, so that the run continues when nobody waits for it any more. */
  readonly isCached: boolean;
  /** What the filter and the request of the scrape say, in one text: the same text means the same run. */
  readonly scope: string;
  /** The clock, in seconds. */
  readonly now: () => number;
}

/** One call of a collector. */
export class CollectorRun {
  /** What the collector returned so far. */
  readonly collection: Collection;
  /** Resolves when the call has succeeded or failed, or was written off. */
  readonly ended: Promise<void>;
  /** Why the run failed; undefined if it did not, or has not ended. */
  failure: Failure | undefined;
  readonly #startedAt: number;
  readonly #writeOffAt: number;
  readonly #now: () => number;
  readonly #controller = new AbortController();
  #duration: number | undefined;
  #waiting = 0;
  #longestWait = 0;
  #isWrittenOff = false;
  /** Whether a scrape waited for it in vain, and the grace after that. */
  #wasMissed = false;
  /** Whether the grace after the deadline is over. */
  #isOver = false;
  readonly #scope: string;
  readonly #isCached: boolean;
  /** Whether the collector has looked at the filter or the request, so that its result may be for them only. */
  #isScoped = false;
  /** Whether the result was not read to its end. */
  #wasStopped = false;
  #result: Promise<CollectionResult> | undefined;
  #resolveWrittenOff!: () => void;

  /** Calls the collector. */
  constructor(collector: Collector, context: RunContext, options: CollectorRunOptions) {
    this.#now = options.now;
    this.collection = new Collection(options.bounds, options.known);
    this.#startedAt = this.#now();
    this.#writeOffAt = this.#startedAt + options.writeOffAfter;
    this.#scope = options.scope;
    this.#isCached = options.isCached;
    const writtenOff = new Promise<void>((resolve) => this.#resolveWrittenOff = resolve);
    this.ended = Promise.race([
      this.#call(collector, context),
      writtenOff,
    ]);
  }

  /** The duration of the run, so far if it has not ended, in seconds. */
  get duration(): number {
    return this.#duration ?? Math.max(0, roundSeconds(this.#now() - this.#startedAt));
  }

  /** Whether the run has succeeded, failed, or was written off. */
  get hasEnded(): boolean {
    return this.#duration !== undefined;
  }

  /** Whether the run is pending although its signal has aborted. */
  get isAbandoned(): boolean {
    return this.#controller.signal.aborted && !this.hasEnded;
  }

  /** Whether the run was not done when the last scrape stopped waiting for it, or failed because of that. */
  get isLate(): boolean {
    return this.#wasMissed || (this.#controller.signal.aborted && this.failure !== undefined);
  }

  /** Whether the run ended as it did because nobody waited for it any more. */
  get isCutShort(): boolean {
    return this.#controller.signal.aborted && (this.#wasStopped || this.failure !== undefined);
  }

  /** Whether the run was abandoned and has been pending for so long that it should be written off. */
  get isOverdue(): boolean {
    return this.isAbandoned && this.#now() >= this.#writeOffAt;
  }

  /** The longest time that a scrape waited in vain, in seconds. */
  get longestWait(): number {
    return this.#longestWait;
  }

  /** Returns whether the result is, as far as is known yet, also for scrapes with this scope. */
  isFor(scope: string): boolean {
    return !this.#isScoped || this.#scope === scope;
  }

  /** Returns the families so far. Once the run has ended, all scrapes get the same array. */
  async families(): Promise<readonly Family[]> {
    return (await this.#end()).families;
  }

  /** Returns the series of the result, for the next run of the collector. */
  async series(): Promise<KnownSeries> {
    return (await this.#end()).series;
  }

  #end(): Promise<CollectionResult> {
    if (!this.hasEnded) return this.collection.end(this.#isCached);
    return this.#result ??= this.collection.end(this.#isCached);
  }

  /**
   * Waits for the end of the run, and returns whether it came in time. When the last waiter gives up, the signal aborts. A collector
   * that then returns what it has within a short grace is still in time.
   */
  async wait(seconds: number, stop?: AbortSignal): Promise<boolean> {
    if (this.hasEnded) return true;
    this.#waiting++;
    this.#isOver = false;
    const isInTime = await settlesWithin(this.ended, seconds, stop);
    this.#waiting--;
    if (isInTime) return true;
    this.#longestWait = Math.max(this.#longestWait, seconds);
    if (this.#waiting > 0) return false;
    this.#controller.abort(new DOMException("The deadline has passed", "TimeoutError"));
    const hasEnded = await settlesWithin(this.ended, Math.min(GRACE, seconds));
    this.#isOver = this.#waiting === 0;
    this.#wasMissed ||= !hasEnded;
    return hasEnded && this.failure === undefined;
  }

  /** Ends the run as failed. A later result is ignored. */
  writeOff(failure: Failure): void {
    this.failure = failure;
    this.#duration = this.duration;
    this.#isWrittenOff = true;
    this.#resolveWrittenOff();
  }

  async #call(collector: Collector, context: RunContext): Promise<void> {
    const { signal } = this.#controller;
    const isStopped = () => {
      return this.#wasStopped ||= this.#isWrittenOff || (this.#isOver && !this.#isCached);
    };
    const watched = watchScope({ ...context, signal }, () => this.#isScoped = true);
    let failure: Failure | undefined;
    try {
      await this.collection.drain(await collector.collect(watched), isStopped);
    } catch (error) {
      ignoreRejections(error);
      failure = { error };
    }
    if (this.#isWrittenOff) return;
    this.failure = failure;
    this.#duration = this.duration;
  }
}
