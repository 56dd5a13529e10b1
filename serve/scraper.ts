/**
 * Scrapes of a registry, shared between requests that ask for the same.
 *
 * @module
 */

import type { CollectionBounds } from "../collect/collection.ts";
import type { Collected, Gathering } from "../collect/gather.ts";
import { Labels } from "../labels.ts";
import { secondsUntil, settlesWithin } from "../model/deadline.ts";
import { gatheringSteps, type Registry } from "../registry.ts";
import type { ScrapeOptions } from "../registry_options.ts";
import { SeriesStore } from "../series/store.ts";
import { Gate } from "./gate.ts";
import type { ThrottledLog } from "./log_throttle.ts";
import { Scrape, type ScrapeSteps } from "./scrape.ts";

/** How many scrapes with a filter are merged and encoded at the same time. Each may need some hundred bytes for every series. */
const MAX_MERGING = 1;

/** What a scrape asks for, and when it ends. */
export type ScrapeRequest = ScrapeOptions & Required<Pick<ScrapeOptions, "deadline">>;

/** A scrape in flight. */
interface InFlight {
  readonly scrape: Scrape;
  readonly key: string;
  readonly deadline: Date;
}

/** Scrapes a registry, and logs the failures of collectors. */
export class Scraper {
  readonly #registry: Registry;
  readonly #log: ThrottledLog;
  readonly #bounds: () => CollectionBounds;
  readonly #gate = new Gate(MAX_MERGING);
  readonly #inFlight = new Map<InFlight, Promise<unknown>>();
  /** Whether all scrapes end, as if their deadline had passed. */
  #isStopped = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #failed: readonly (string | undefined)[] = [];

  /**
   * Creates a scraper.
   *
   * @param bounds Returns how much each collector may return.
   */
  constructor(registry: Registry, log: ThrottledLog, bounds: () => CollectionBounds) {
    this.#registry = registry;
    this.#log = log;
    this.#bounds = bounds;
  }

  /** The names of the collectors that failed in the last scrape; undefined for one without a name. */
  get failed(): readonly (string | undefined)[] {
    return this.#failed;
  }

  /** Ends all scrapes after some seconds: they return what has been collected by then. */
  abortIn(seconds: number): void {
    this.#timer = setTimeout(() => this.#stop(), seconds * 1000);
  }

  /** Waits for the scrapes in flight, at most the given number of seconds, and ends those that remain. */
  async close(seconds: number): Promise<void> {
    await settlesWithin(Promise.allSettled(this.#inFlight.values()), seconds);
    clearTimeout(this.#timer);
    this.#stop();
  }

  /**
   * Calls a function with a scrape: one in flight that selects the same and leaves at least half of the time for collectors, or a
   * new one. Waits no longer than until the deadline, whatever that of the other scrape is.
   *
   * @param request What to scrape, with a signal that aborts when the caller needs the result no more.
   */
  async scrape<T>(request: ScrapeRequest, use: (scrape: Scrape) => Promise<T>): Promise<T> {
    const { deadline, signal: gone } = request;
    const key = selectionOf(request);
    const left = secondsUntil(deadline);
    const shared = [...this.#inFlight.keys()].find((other) => {
      return other.key === key && other.scrape.isPending &&
        secondsUntil(other.deadline) >= left / 2;
    });
    if (shared !== undefined) {
      const { scrape } = shared;
      const joined = await scrape.use(gone, async () => {
        const isInTime = await scrape.isCollectedWithin(left, gone);
        return isInTime ? { result: await use(scrape) } : undefined;
      });
      if (joined !== undefined) return joined.result;
    }
    return this.#begin(request, key, use);
  }

  async #begin<T>(
    request: ScrapeRequest,
    key: string,
    use: (scrape: Scrape) => Promise<T>,
  ): Promise<T> {
    const { deadline, signal: gone } = request;
    gone?.throwIfAborted();
    const scrape = new Scrape(this.#steps(request));
    const using = scrape.use(gone, () => use(scrape));
    if (this.#isStopped) scrape.stop();
    const inFlight = { scrape, key, deadline };
    this.#inFlight.set(inFlight, using);
    return await using.finally(() => this.#inFlight.delete(inFlight));
  }

  #steps(request: ScrapeRequest): ScrapeSteps {
    const { collect, merge } = gatheringSteps(this.#registry);
    return {
      collect: async (signal) => {
        const collected = await collect({ ...request, signal }, this.#bounds());
        this.#noteFailures(collected);
        return collected;
      },
      merge: async (collected, signal) => {
        const gathering = await merge(collected, signal);
        this.#logClashes(gathering);
        return gathering;
      },
      write: (gathering, options) => this.#registry.write(gathering, options),
      gate: this.#gate,
    };
  }

  #stop(): void {
    this.#isStopped = true;
    for (const { scrape } of this.#inFlight.keys()) scrape.stop();
  }

  #noteFailures({ results }: Collected): void {
    const outcomes = results.flatMap(({ result }) => result instanceof SeriesStore ? [] : [result]);
    this.#failed = outcomes
      .filter(({ failure }) => failure !== undefined)
      .map(({ collector }) => collector);
    for (const { collector = "", failure, duration } of outcomes) {
      const key = `collector ${collector}`;
      if (failure === undefined) {
        this.#log.logRecovery(key, "collector recovered", { collector });
        continue;
      }
      // The logger omits fields that are undefined.
      const error = failure.error === undefined ? "undefined" : failure.error;
      this.#log.logFailure("warn", key, error, "collector failed", { collector, duration, error });
    }
  }

  #logClashes({ clashes }: Gathering): void {
    for (const { collector = "", kind, what, samples } of clashes) {
      const message = kind === "duplicate" ? "duplicate samples left out" : "family left out";
      const fields = { collector, what, samples };
      this.#log.logFailure("warn", `${kind} ${collector}`, what, message, fields);
    }
  }
}

/** Returns what a scrape selects, and the labels that it adds, as one text. */
function selectionOf({ filter = {}, labels = {} }: ScrapeOptions): string {
  const { names = [], collect = [], exclude = [] } = filter;
  const pairs = [filter.labels ?? {}, labels].map((labels) => {
    return [...new Labels(labels, { utf8Names: true })].sort();
  });
  return JSON.stringify([...pairs, ...[names, collect, exclude].map((list) => [...list].sort())]);
}
