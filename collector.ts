/**
 * The contract between registries and collectors.
 *
 * @module
 */

import type { MetricFamily } from "./family.ts";
import type { Labels } from "./labels.ts";
import type { Metric } from "./metric.ts";
import type { Family } from "./model/family.ts";
import type { Logger } from "./model/logger.ts";

/** The scrape that a collector runs for. */
export interface CollectContext {
  /**
   * Aborts at the deadline. Pass it to `fetch` and other asynchronous calls, so that they end when nobody waits for them. What the
   * collector returns or yields within 50 ms after that is still exposed.
   */
  readonly signal: AbortSignal;
  /** When the scrape returns. Results that arrive later are not exposed, but a cache keeps them. */
  readonly deadline: Date;
  /**
   * The HTTP request of the scrape. Absent if there is none, and for collectors with a cache.
   * Concurrent requests with the same query string share a run, so do not return anything that only one client may see.
   */
  readonly request?: Request;
  /**
   * The labels that the scrape selects samples by. Empty without a filter, and for collectors with a cache. The registry leaves out
   * other samples anyway. A collector may use the filter to do less work.
   */
  readonly filter: Labels;
  /**
   * Logs on behalf of the collector: each record has its name in the field `collector`. It is the logger of the
   * {@linkcode Exporter}, or {@linkcode RegistryOptions.logger}. It never throws.
   */
  readonly logger: Logger;
}

/** The result of a collector: metrics and families. */
export type CollectResult =
  | Iterable<Metric | MetricFamily>
  | AsyncIterable<Metric | MetricFamily>;

/** A function that returns metrics. It may be an async function, a generator or an async generator. */
export type Collect = (context: CollectContext) => CollectResult | Promise<CollectResult>;

/**
 * A source of metrics that a registry reads at each scrape.
 *
 * There is one run at a time: scrapes that come meanwhile wait for it, or for their turn if the collector looked at the filter or
 * the request of another scrape. A collector that throws, rejects or takes too long loses only its own metrics. The
 * failure is exposed, and an {@linkcode Exporter} logs it.
 */
export type Collector =
  & {
    /** Returns fresh metrics. */
    readonly collect: Collect;
  }
  & { readonly [Option in keyof CollectorOptions]?: never };

/** Options of a registered collector. Times are in seconds. */
export interface CollectorOptions {
  /**
   * The name by which scrapes select the collector, and with which its success, duration and cache age are exposed. Without a name,
   * a collector cannot be selected, and these metrics are not exposed.
   */
  name?: string;
  /**
   * How long a result is cached. 0 disables the cache.
   *
   * @default {0}
   */
  ttl?: number;
  /**
   * The maximum duration of a run, if the deadline of the scrape is later.
   *
   * @default {Infinity}
   */
  timeout?: number;
  /**
   * How long after `ttl` the last good result is exposed while runs fail, time out or return no samples.
   *
   * @default {10 * ttl}
   */
  maxStale?: number;
  /**
   * The maximum number of samples per run. With more, the run fails, and none of its samples is exposed.
   *
   * @default {1_000_000}
   */
  maxSamples?: number;
  /**
   * The maximum size of a result in bytes, as estimated from its names, label values and help texts. With more, the run fails, and
   * none of its samples is exposed.
   *
   * @default {104_857_600}
   */
  maxBytes?: number;
  /**
   * The permissions that the collector needs. If one is missing, it does not run: it fails with an error that names the flag, instead
   * of asking at the terminal. `/proc` needs `"all"`.
   */
  permissions?: PermissionSet;
}

/**
 * Permissions as Deno has them: all of them, or by kind. `true` is everything of a kind; a list has hosts, paths, programs, or names
 * of variables or system calls as after `--allow-…=`.
 */
export type PermissionSet =
  | "all"
  | {
    readonly [
      Kind in "env" | "ffi" | "import" | "net" | "read" | "run" | "sys" | "write"
    ]?: true | readonly string[];
  };

/** The outcome of one collector in a scrape. */
export interface CollectorOutcome {
  /** The name of the collector, if it has one. */
  readonly collector: string | undefined;
  /** Its families: all of them, those returned by the deadline, or the last good result. */
  readonly families: readonly Family[];
  /** The error of its last run, which can be any value. Absent if the run succeeded. */
  readonly failure?: { readonly error: unknown };
  /** The duration of its last run, in seconds. */
  readonly duration: number;
  /** Whether `families` come from the cache, and not from a run that this scrape waited for. Absent without a cache. */
  readonly isCached?: boolean;
  /** The age of `families` in seconds. Absent without a cache, or if the cache is empty. */
  readonly age?: number | undefined;
}
