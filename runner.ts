/**
 * Runs one collector: its deadline, its cache, and its isolation from everybody else.
 *
 * @module
 */

import { breathe, overdue } from "./breath.ts";
import { TtlCache } from "./cache.ts";
import { Collection } from "./collection.ts";
import type { CollectContext, Collector, CollectorOptions } from "./collector.ts";
import { deadlineIn, roundSeconds, settles } from "./deadline.ts";
import { Labels } from "./labels.ts";
import { checkNames, checkOption } from "./options.ts";
import type { Family } from "./sample.ts";

/** What a scrape hands to the collectors that it runs. */
export type RunContext = Omit<CollectContext, "signal">;

/** How a scrape wants collectors to be run. */
export interface RunRequest {
  /** What the collectors are told. */
  readonly context: RunContext;
  /** Ends all waiting before the deadline. */
  readonly hurry?: AbortSignal | undefined;
}

/** What went wrong, which can be anything that can be thrown. */
export interface Failure {
  /** What was thrown. */
  readonly error: unknown;
}

/** What one collector contributes to a scrape. */
export interface Outcome {
  /** The name of the collector, if it has one. */
  readonly collector: string | undefined;
  /** What it gave: everything, what was there at the deadline, or its last good result. */
  readonly families: readonly Family[];
  /** Why its last run failed; absent if it did not. */
  readonly failure?: Failure;
  /** How long its last run took, in seconds. */
  readonly duration: number;
  /** How old `families` are, in seconds; absent without a cache and without a result in it. */
  readonly age?: number | undefined;
}

const OPTIONS: readonly (keyof CollectorOptions)[] = [
  "name",
  "ttl",
  "timeout",
  "maxStale",
  "maxSamples",
];
const DEFAULT_MAX_SAMPLES = 1_000_000;
/** A run that still has not ended is written off after so many times the longest that its collector asks for or is given. */
const WRITE_OFF_FACTOR = 10;
/** And not before so many seconds, however little time a scraper gives. */
const WRITE_OFF_LEAST = 60;

/** A cache of one entry: what the last good run brought. */
type Cache = TtlCache<"", readonly Family[]>;

interface RunOptions {
  readonly maxSamples: number;
  /** Seconds after which to stop hoping that it ends. */
  readonly writeOffAfter: number;
  /** Whether it may go on when nobody waits for it any more, because a cache takes what it brings. */
  readonly keepsLateResult: boolean;
  readonly now: () => number;
}

const LATE = timeout("The collector was not done at the deadline");
const STILL_RUNNING = timeout("An earlier run of the collector has not ended");

/** One call of a collector, which several scrapes may wait for. */
class Run {
  readonly collection: Collection;
  readonly started: number;
  readonly #writeOffAt: number;
  /** Resolves when the call has ended well or badly, or was written off. */
  readonly ended: Promise<void>;
  failure: Failure | undefined;
  #duration: number | undefined;
  #waiting = 0;
  #patience = 0;
  #writtenOff = false;
  #resolveWrittenOff!: () => void;
  readonly #now: () => number;
  readonly #controller = new AbortController();

  constructor(collector: Collector, context: RunContext, options: RunOptions) {
    this.#now = options.now;
    this.collection = new Collection(options.maxSamples);
    this.started = this.#now();
    this.#writeOffAt = this.started + options.writeOffAfter;
    const writtenOff = new Promise<void>((resolve) => this.#resolveWrittenOff = resolve);
    this.ended = Promise.race([
      this.#call(collector, context, options.keepsLateResult),
      writtenOff,
    ]);
  }

  /** How long it took, or has taken so far, in seconds. */
  get duration(): number {
    return this.#duration ?? roundSeconds(this.#now() - this.started);
  }

  /** Whether it goes on although everybody who waited for it has given up. */
  get abandoned(): boolean {
    return this.#controller.signal.aborted && this.#duration === undefined;
  }

  /** Whether it has gone on for so long that it will hardly end any more. */
  get isHopeless(): boolean {
    return this.abandoned && this.#now() >= this.#writeOffAt;
  }

  /** The seconds that those who gave up had waited at most. */
  get patience(): number {
    return this.#patience;
  }

  /**
   * Waits for the end, and tells whether it came in time. When the last one who waits gives up, the signal aborts, and a
   * collector that heeds it gets one turn of the event loop to hand in what it has.
   */
  async wait(seconds: number, hurry?: AbortSignal): Promise<boolean> {
    if (this.#duration !== undefined) return true;
    this.#waiting++;
    const inTime = await settles(this.ended, seconds, hurry);
    this.#waiting--;
    if (!inTime) this.#patience = Math.max(this.#patience, seconds);
    if (!inTime && this.#waiting === 0) {
      this.#controller.abort(new DOMException("The deadline has passed", "TimeoutError"));
      await breathe();
    }
    return inTime;
  }

  /** Ends it as failed. What it still brings is dropped. */
  writeOff(failure: Failure): void {
    this.failure = failure;
    this.#duration = this.duration;
    this.#writtenOff = true;
    this.#resolveWrittenOff();
  }

  async #call(collector: Collector, context: RunContext, keepsLateResult: boolean): Promise<void> {
    const { signal } = this.#controller;
    const stopped = () => this.#writtenOff || (signal.aborted && !keepsLateResult);
    let failure: Failure | undefined;
    try {
      await this.collection.drain(await collector.collect({ ...context, signal }), stopped);
    } catch (error) {
      failure = { error };
    }
    if (this.#writtenOff) return;
    this.failure = failure;
    this.#duration = this.duration;
  }
}

/** A registered collector with what is known of its runs. */
export class Runner {
  /** The name under which the collector is registered. */
  readonly name: string | undefined;
  readonly #collector: Collector;
  readonly #ttl: number;
  readonly #timeout: number;
  readonly #maxSamples: number;
  readonly #now: () => number;
  readonly #cache: Cache | undefined;
  #last: Run | undefined;

  /**
   * Prepares to run a collector.
   *
   * @throws {TypeError} If an option is of the wrong kind, or there is no such option.
   * @throws {RangeError} If an option is out of its range.
   */
  constructor(collector: Collector, options: CollectorOptions, now: () => number) {
    const { name, ttl = 0, timeout = Infinity, maxSamples = DEFAULT_MAX_SAMPLES } = options;
    const { maxStale = 10 * ttl } = options;
    const action = `Cannot register collector${name === undefined ? "" : ` "${name}"`}`;
    checkNames(action, options, OPTIONS);
    checkOption(
      action,
      ["ttl", ttl],
      "number",
      "a number of seconds, 0 or more",
      (ttl) => ttl >= 0 && ttl < Infinity,
    );
    checkOption(
      action,
      ["maxStale", maxStale],
      "number",
      "seconds, 0 or more",
      (value) => value >= 0,
    );
    checkOption(action, ["timeout", timeout], "number", "seconds above 0", (value) => value > 0);
    checkOption(action, ["maxSamples", maxSamples], "number", "1 or more", (value) => value >= 1);
    this.name = name;
    this.#collector = collector;
    this.#ttl = ttl;
    this.#timeout = timeout;
    this.#maxSamples = maxSamples;
    this.#now = now;
    if (ttl > 0) this.#cache = new TtlCache({ ttl, maxStale, maxEntries: 1, now });
  }

  /** Gives what the collector has to give until the deadline of the scrape. Never rejects. */
  async run({ context, hurry }: RunRequest): Promise<Outcome> {
    if (overdue()) await breathe();
    await this.#writeOffHopeless();
    const untilDeadline = (context.deadline.getTime() - Date.now()) / 1000;
    const allotted = Math.min(Math.max(untilDeadline, 0), this.#timeout);
    if (this.#timeout < untilDeadline) context = { ...context, deadline: deadlineIn(allotted) };
    if (this.#cache) return this.#runCached(this.#cache, { context, hurry }, allotted);
    if (this.#last?.abandoned) return this.#outcomeOf(this.#last, [], STILL_RUNNING);

    const run = this.#start(context, allotted, false);
    const inTime = await run.wait(allotted, hurry);
    return this.#outcomeOf(run, run.collection.families(), inTime ? run.failure : LATE);
  }

  async #runCached(
    cache: Cache,
    { context: { deadline }, hurry }: RunRequest,
    allotted: number,
  ): Promise<Outcome> {
    const context = { deadline, filter: new Labels() };
    const cached = cache.get("", () => this.#load(cache, context, allotted));
    const run = this.#last!;
    // Whoever can wait longer than those who gave up may still see the end of it.
    const isLeftOver = run.abandoned && allotted <= run.patience;
    const inTime = !isLeftOver && await run.wait(allotted, hurry);
    const families = inTime
      ? await cached.catch(() => run.collection.families())
      : cache.peek("") ?? run.collection.families();
    const failure = inTime ? run.failure : isLeftOver ? STILL_RUNNING : LATE;
    return { ...this.#outcomeOf(run, families, failure), age: roundedAge(cache) };
  }

  async #load(
    cache: Cache,
    context: RunContext,
    allotted: number,
  ): Promise<readonly Family[]> {
    const run = this.#start(context, allotted, true);
    await run.ended;
    if (run.failure) throw run.failure.error;
    const keepsLast = run.collection.samples === 0 && cache.age("") !== undefined;
    if (keepsLast) throw new Error("The collector returned nothing");
    return run.collection.families(true);
  }

  #start(context: RunContext, allotted: number, keepsLateResult: boolean): Run {
    const longest = Math.max(allotted, this.#ttl);
    return this.#last = new Run(this.#collector, context, {
      maxSamples: this.#maxSamples,
      writeOffAfter: Math.max(WRITE_OFF_LEAST, WRITE_OFF_FACTOR * longest),
      keepsLateResult,
      now: this.#now,
    });
  }

  /** A run that never ends must not keep its collector from ever running again. */
  async #writeOffHopeless(): Promise<void> {
    if (!this.#last?.isHopeless) return;
    this.#last.writeOff(STILL_RUNNING);
    await breathe();
  }

  #outcomeOf(run: Run, families: readonly Family[], failure: Failure | undefined): Outcome {
    const { duration } = run;
    return { collector: this.name, families, duration, ...(failure && { failure }) };
  }
}

function roundedAge(cache: Cache): number | undefined {
  const age = cache.age("");
  return age === undefined ? undefined : roundSeconds(age);
}

function timeout(message: string): Failure {
  return { error: new DOMException(message, "TimeoutError") };
}
