/**
 * Runs one collector: its deadline, its cache, and its isolation from others.
 *
 * @module
 */

import { TtlCache } from "../cache.ts";
import type { Collector, CollectorOptions, CollectorOutcome, PermissionSet } from "../collector.ts";
import { Labels } from "../labels.ts";
import { deadlineIn, roundSeconds, secondsUntil } from "../model/deadline.ts";
import { describe } from "../model/describe.ts";
import { shouldYield, yieldToEventLoop } from "../model/event_loop.ts";
import type { Family } from "../model/family.ts";
import { DEFAULT_LIMITS } from "../model/limits.ts";
import { guarded } from "../model/logger.ts";
import { checkNames, checkOption } from "../model/options.ts";
import type { CollectionBounds, KnownSeries } from "./collection.ts";
import { checkPermissions, permitted } from "./permissions.ts";
import { RunHistory } from "./run_history.ts";
import { CollectorRun, type CollectorRunOptions, type Failure, type RunContext } from "./run.ts";

/** How a scrape runs collectors. */
export interface RunRequest {
  /** The context that collectors get. */
  readonly context: RunContext;
  /** Stops waiting before the deadline. */
  readonly stop?: AbortSignal | undefined;
  /** How much each collector may return, if its own options allow more. */
  readonly bounds?: CollectionBounds | undefined;
}

const OPTIONS: readonly (keyof CollectorOptions)[] = [
  "name",
  "ttl",
  "timeout",
  "maxStale",
  "maxSamples",
  "maxBytes",
  "permissions",
];
/** An abandoned run is written off after this many times its timeout or its `ttl`, whichever is longer. */
const WRITE_OFF_FACTOR = 10;
/** The earliest time to write a run off, in seconds: a scraper with a tiny timeout must not start runs one after the other. */
const MIN_WRITE_OFF = 60;
/** The latest time, in seconds, for any timeout and `ttl` that are shorter: a scraper's timeout may be nonsense. */
const MAX_WRITE_OFF = 600;

/** What is known about a collector without running it. Times are in seconds. */
export interface RunnerState {
  /** The name of the collector, if it has one. */
  readonly name: string | undefined;
  /** How long a result is cached; 0 without a cache. */
  readonly ttl: number;
  /** The maximum duration of a run, if the deadline of the scrape is later; `Infinity` without one. */
  readonly timeout: number;
  /** The age of the cached result. Absent without a cache, or if it is empty. */
  readonly age: number | undefined;
  /** The run that is under way: its duration so far, and whether it goes on although no scrape waits for it any more. */
  readonly running: { readonly duration: number; readonly isAbandoned: boolean } | undefined;
  /** The last runs. */
  readonly history: RunHistory;
}

/** A cache of one entry: the last complete result. */
type Cache = TtlCache<"", readonly Family[]>;

const STILL_RUNNING = timeoutFailure("An earlier run of the collector has not ended");

/**
 * Checks a collector and its name.
 *
 * @throws {TypeError} If it has no method `collect`, or has options as properties, or its name is not a string.
 * @throws {RangeError} If its name is empty.
 */
export function checkCollector(collector: Collector, { name }: CollectorOptions): void {
  const action = `Cannot register collector${typeof name === "string" ? ` "${name}"` : ""}`;
  if (typeof collector?.collect !== "function") {
    throw new TypeError(
      isRecord(collector) && "collect" in collector
        ? `${action}: expected a function, got ${describe(collector.collect)}`
        : `${action}: expected an object with a method collect, got ${describe(collector)}`,
    );
  }
  const property = isPlainObject(collector)
    ? Object.keys(collector).find((key) => key !== "collect")
    : undefined;
  if (property !== undefined) {
    throw new TypeError(
      `${action}: unknown property "${property}", expected options as the second argument`,
    );
  }
  if (name !== undefined && typeof name !== "string") {
    throw new TypeError(`${action}: expected a string as name, got ${describe(name)}`);
  }
  if (name === "") throw new RangeError("Cannot register collector: its name is empty");
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

/** Returns whether an object has no class, whose instances may have properties of their own. */
function isPlainObject(value: object): boolean {
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** A registered collector with its latest run. */
export class Runner {
  /** The name of the collector, if it has one. */
  readonly name: string | undefined;
  /** The permissions that the collector needs. */
  readonly permissions: PermissionSet;
  readonly #collector: Collector;
  readonly #ttl: number;
  readonly #timeout: number;
  readonly #bounds: CollectionBounds;
  readonly #now: () => number;
  readonly #cache: Cache | undefined;
  readonly #history = new RunHistory();
  #latest: CollectorRun | undefined;
  /** The series of the last run that succeeded. */
  #known: KnownSeries = new Map();

  /**
   * Checks the options.
   *
   * @throws {TypeError} If an option has the wrong type, or is unknown.
   * @throws {RangeError} If an option is out of range.
   */
  constructor(collector: Collector, options: CollectorOptions, now: () => number) {
    const { name, ttl = 0, timeout = Infinity, maxStale = 10 * ttl } = options;
    const { maxSamples = DEFAULT_LIMITS.maxSamples, maxBytes = DEFAULT_LIMITS.maxBytes } = options;
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
    for (const bound of Object.entries({ maxSamples, maxBytes })) {
      checkOption(action, bound, "number", "1 or more", (value) => value >= 1);
    }
    checkPermissions(action, options.permissions);
    this.name = name;
    this.permissions = options.permissions ?? {};
    this.#collector = options.permissions ? permitted(collector, options.permissions) : collector;
    this.#ttl = ttl;
    this.#timeout = timeout;
    this.#bounds = { maxSamples, maxBytes };
    this.#now = now;
    if (ttl > 0) this.#cache = new TtlCache({ ttl, maxStale, maxEntries: 1, now });
  }

  /** What is known about the collector now. */
  get state(): RunnerState {
    const run = this.#latest?.hasEnded ? undefined : this.#latest;
    return {
      name: this.name,
      ttl: this.#ttl,
      timeout: this.#timeout,
      age: this.#cache?.age(""),
      running: run && { duration: run.duration, isAbandoned: run.isAbandoned },
      history: this.#history,
    };
  }

  /** Returns what the collector has until the deadline of the scrape. Never rejects. */
  async run({ context, stop, bounds }: RunRequest): Promise<CollectorOutcome> {
    if (shouldYield()) await yieldToEventLoop();
    await this.#writeOffOverdue();
    const untilDeadline = secondsUntil(context.deadline);
    const timeout = Math.min(Math.max(untilDeadline, 0), this.#timeout);
    if (this.#timeout < untilDeadline) context = { ...context, deadline: deadlineIn(timeout) };
    return this.#cache
      ? this.#runCached(this.#cache, { context, stop, bounds }, timeout)
      : this.#runUncached({ context, stop, bounds }, timeout);
  }

  /**
   * Waits for the run that is under way, or starts one. A run whose result is only for another filter or request, or that ended
   * because its scrapes gave up, is waited for as well, so that there is never more than one at a time.
   */
  async #runUncached(
    { context, stop, bounds }: RunRequest,
    timeout: number,
  ): Promise<CollectorOutcome> {
    const scope = scopeOf(context);
    const until = performance.now() / 1000 + timeout;
    for (let left = timeout;; left = Math.max(0, until - performance.now() / 1000)) {
      const pending = this.#latest?.hasEnded ? undefined : this.#latest;
      const run = pending ?? this.#startUncached({ context, bounds }, left, scope);
      const wasAbandoned = run.isAbandoned;
      const isHopeless = wasAbandoned && timeout <= run.longestWait;
      if (isHopeless || !await run.wait(left, stop)) {
        return wasAbandoned || !run.isFor(scope)
          ? this.#outcomeOf(run, [], STILL_RUNNING)
          : this.#outcomeOf(run, await run.families(), late(run, timeout));
      }
      if (pending === undefined || (run.isFor(scope) && !run.isCutShort)) {
        return this.#outcomeOf(run, await run.families(), run.failure);
      }
    }
  }

  async #runCached(
    cache: Cache,
    { context: { deadline, logger }, stop, bounds }: RunRequest,
    timeout: number,
  ): Promise<CollectorOutcome> {
    const context = { deadline, filter: new Labels(), logger };
    const before = this.#latest?.hasEnded ? this.#latest : undefined;
    const cached = cache.get("", () => this.#load(cache, { context, bounds }, timeout));
    const run = this.#latest!;
    // A scrape that can wait longer than those before it may still see the end of an abandoned run.
    const isLeftOver = run.isAbandoned && timeout <= run.longestWait;
    const isInTime = !isLeftOver && await run.wait(timeout, stop);
    const families = isInTime
      ? await cached.catch(() => run.families())
      : cache.peek("") ?? await run.families();
    const failure = isInTime ? run.failure : isLeftOver ? STILL_RUNNING : late(run, timeout);
    const isCached = run === before || (failure !== undefined && cache.peek("") === families);
    return { ...this.#outcomeOf(run, families, failure), isCached, age: roundedAge(cache) };
  }

  async #load(
    cache: Cache,
    request: RunRequest,
    timeout: number,
  ): Promise<readonly Family[]> {
    const run = this.#start(request, timeout, { scope: "", isCached: true });
    await run.ended;
    if (run.failure) throw run.failure.error;
    const keepsLast = run.collection.samples === 0 && cache.age("") !== undefined;
    if (keepsLast) throw new Error("The collector returned nothing");
    return await run.families();
  }

  /** Starts a run, and forgets it when it has ended, so that its samples do not stay in memory. */
  #startUncached(request: RunRequest, timeout: number, scope: string): CollectorRun {
    const run = this.#start(request, timeout, { scope, isCached: false });
    void run.ended.then(() => {
      if (this.#latest === run) this.#latest = undefined;
    });
    return run;
  }

  #start(
    { context, bounds }: RunRequest,
    timeout: number,
    options: Pick<CollectorRunOptions, "scope" | "isCached">,
  ): CollectorRun {
    const longest = Math.max(timeout, this.#ttl);
    const own = this.name === undefined ? undefined : { collector: this.name };
    const logger = guarded(context.logger, own);
    const writeOffAfter = Math.max(MIN_WRITE_OFF, WRITE_OFF_FACTOR * longest);
    const run = new CollectorRun(this.#collector, { ...context, logger }, {
      ...options,
      known: this.#known,
      bounds: {
        maxSamples: Math.min(this.#bounds.maxSamples, bounds?.maxSamples ?? Infinity),
        maxBytes: Math.min(this.#bounds.maxBytes, bounds?.maxBytes ?? Infinity),
      },
      writeOffAfter: Math.min(writeOffAfter, Math.max(MAX_WRITE_OFF, longest)),
      now: this.#now,
    });
    const startedAt = Date.now();
    void run.ended.then(async () => {
      this.#record(run, startedAt);
      if (run.failure === undefined) this.#known = await run.series();
    });
    return this.#latest = run;
  }

  #record(run: CollectorRun, startedAt: number): void {
    const { failure, isLate, duration, collection: { samples, bytes } } = run;
    const result = isLate ? "late" : failure === undefined ? "ok" : "failed";
    this.#history.add({ startedAt, duration, result, samples, bytes }, failure);
  }

  /** A run that never ends must not disable its collector for good. */
  async #writeOffOverdue(): Promise<void> {
    if (!this.#latest?.isOverdue) return;
    this.#latest.writeOff(STILL_RUNNING);
    await yieldToEventLoop();
  }

  #outcomeOf(
    run: CollectorRun,
    families: readonly Family[],
    failure: Failure | undefined,
  ): CollectorOutcome {
    const { duration } = run;
    return { collector: this.name, families, duration, ...(failure && { failure }) };
  }
}

/** Returns what the filter and the request ask for, as one text. */
function scopeOf({ filter, request }: RunContext): string {
  return JSON.stringify([[...filter].sort(), request?.search ?? ""]);
}

function roundedAge(cache: Cache): number | undefined {
  const age = cache.age("");
  return age === undefined ? undefined : roundSeconds(age);
}

/** The failure of a run that was waited for in vain, without the grace after the deadline. */
function late({ duration }: CollectorRun, timeout: number): Failure {
  const waited = Math.min(duration, timeout);
  return timeoutFailure(`The collector was not done at the deadline, after ${waited.toFixed(3)} s`);
}

function timeoutFailure(message: string): Failure {
  return { error: new DOMException(message, "TimeoutError") };
}
