/**
 * The contract between a registry and what it collects from.
 *
 * @module
 */

import type { MetricFamily } from "./family.ts";
import type { Labels } from "./labels.ts";
import type { Metric } from "./metric.ts";
import type { Family } from "./model/family.ts";

/** What a collector is told about the scrape that it runs for. */
export interface CollectContext {
  /**
   * Aborts at the deadline. Hand it on to `fetch` and the like, so that work that nobody waits for ends.
   */
  readonly signal: AbortSignal;
  /** When the answer has to be there. What is returned later is only of use to a cache. */
  readonly deadline: Date;
  /**
   * The request that caused the run; absent if there is none, and for collectors with a cache.
   * Equal requests at the same time share a run, so take nothing from it that is for one client only.
   */
  readonly request?: Request;
  /**
   * The labels that are asked for: none for all, and none for collectors with a cache. Samples that lack
   * them are left out in any case; a collector may use them to do less.
   */
  readonly filter: Labels;
}

/** What a collector gives: metrics and families, at once or one after the other. */
export type CollectResult =
  | Iterable<Metric | MetricFamily>
  | AsyncIterable<Metric | MetricFamily>;

/** A function that collects. It may be an async function, a generator or an async generator. */
export type Collect = (context: CollectContext) => CollectResult | Promise<CollectResult>;

/**
 * Something that a registry collects from.
 *
 * A collector reads fresh values in each run, and runs when a scrape asks for it. Its runs may overlap if scrapes that
 * ask for different things do. It may throw, reject, or take too long: that is logged and exposed, and costs nothing
 * but its own metrics.
 */
export interface Collector {
  /** Collects. */
  readonly collect: Collect;
}

/** Options with which a collector is registered. Times are in seconds. */
export interface CollectorOptions {
  /**
   * The name under which the collector is selected and its success, duration and cache age are exposed. Without a name, none of
   * that is.
   */
  name?: string;
  /**
   * How long what it returned may be given again instead of running it; 0: not at all.
   *
   * @default {0}
   */
  ttl?: number;
  /**
   * How long a run may take if the scrape itself allows more.
   *
   * @default {Infinity}
   */
  timeout?: number;
  /**
   * How long after the `ttl` the last good result is still given if running it again fails or brings nothing.
   *
   * @default {10 * ttl}
   */
  maxStale?: number;
  /**
   * How many samples it may return. More is a failure, and none of them is exposed.
   *
   * @default {1_000_000}
   */
  maxSamples?: number;
}

/** What one collector contributed to a scrape. */
export interface CollectorOutcome {
  /** The name of the collector, if it has one. */
  readonly collector: string | undefined;
  /** Its families: all of them, those there were at the deadline, or the last good result. */
  readonly families: readonly Family[];
  /** The error of its last run, which can be any value; absent if the run succeeded. */
  readonly failure?: { readonly error: unknown };
  /** The duration of its last run, in seconds. */
  readonly duration: number;
  /** The age of `families` in seconds; absent without a cache or without a result in it. */
  readonly age?: number | undefined;
}
