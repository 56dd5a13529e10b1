/**
 * The status document of an exporter, which is served as JSON and shown on the status page. `docs/endpoints.md` describes it for
 * those who read it with programs of their own.
 *
 * Durations are in seconds, sizes in bytes, and times in seconds since the epoch.
 *
 * @module
 */

import type { MetricType } from "../model/metric_type.ts";
import type { RunResult } from "../collect/run_history.ts";

/** The status of an exporter. */
export interface StatusDocument {
  /** The version of the document. Fields can be added without a new one. */
  readonly version: 1;
  /** The exporter. */
  readonly exporter: {
    readonly name: string;
    readonly version: string;
    /** The version of the library. */
    readonly library: string;
  };
  /** When the document was made. */
  readonly time: number;
  /** Whether the exporter accepts scrapes. */
  readonly isReady: boolean;
  /** Whether error messages and the configuration are included. */
  readonly isDetailed: boolean;
  /** Seconds after which there may be something new. */
  readonly refresh: number;
  /** The state of everything in one sentence. */
  readonly summary: string;
  /** The collectors, those with problems first. */
  readonly collectors: readonly CollectorStatus[];
  /** What the last look at the metrics saw; null if there was none yet. */
  readonly metrics: MetricsStatus | null;
  /** The settings in effect; empty unless {@linkcode StatusDocument.isDetailed}. */
  readonly configuration: readonly Setting[];
  /** The runtime and the process. */
  readonly runtime: RuntimeStatus;
}

/** The states of collectors, the worst first. */
export type CollectorState = "failing" | "late" | "stale" | "running" | "idle" | "ok";

/** The status of a collector. */
export interface CollectorStatus {
  /** Its name; empty if it has none. */
  readonly name: string;
  /**
   * `failing`: the last run failed. `late`: the last run was not done at the deadline. `stale`: one of these, and an older result is
   * exposed. `running`: the first run is under way. `idle`: it has not run yet. `ok`: the last run succeeded.
   */
  readonly state: CollectorState;
  /** Since when it has been in a bad state; null if it is in none. */
  readonly since: number | null;
  /** The last error, which may be over; null if there was none. */
  readonly error: {
    /** When the run began. */
    readonly time: number;
    /** The class of the error. */
    readonly kind: string;
    /** The message; empty unless {@linkcode StatusDocument.isDetailed}. */
    readonly message: string;
  } | null;
  /** The duration of the last run, or that of the current one so far if that is longer than its deadline; null before the first. */
  readonly duration: number | null;
  /** The longest that a run may take, from the option `timeout` or the deadline of the last scrape. */
  readonly deadline: number;
  /** Seconds for which results are cached; 0 without a cache. */
  readonly ttl: number;
  /** The age of the cached result; null if there is none. */
  readonly age: number | null;
  /** The number of samples in the last run; null before the first. */
  readonly samples: number | null;
  /** The estimated size of the last result; null before the first run. */
  readonly bytes: number | null;
  /** When the last successful run began; null if there was none. */
  readonly lastSuccess: number | null;
  /** The last runs, at most 30, the latest one at the end. */
  readonly runs: readonly {
    readonly time: number;
    readonly duration: number;
    readonly result: RunResult;
    readonly samples: number;
  }[];
}

/** What a look at the metrics saw. */
export interface MetricsStatus {
  /** When it was. */
  readonly time: number;
  /** How long it took to collect and merge everything. */
  readonly duration: number;
  /** The number of series. */
  readonly series: number;
  /** The number of families. */
  readonly familyCount: number;
  /** The number of families that the search has found. */
  readonly found: number;
  /** The families that the search has found, in the order asked for, at most 500. */
  readonly families: readonly FamilyStatus[];
  /** Since when growth is counted; null after the first look. */
  readonly growthSince: number | null;
  /** The families with the most series, at most 5. */
  readonly largest: readonly FamilySize[];
  /** The families that have grown most while somebody looked, at most 5. */
  readonly growing: readonly FamilySize[];
  /** Violations of naming rules, at most 50. */
  readonly lint: readonly { readonly name: string; readonly problem: string }[];
  /** The number of violations. */
  readonly lintCount: number;
  /** What was left out because it duplicates or contradicts something else, at most 50. */
  readonly leftOut: readonly {
    readonly collector: string;
    readonly kind: "duplicate" | "conflict";
    readonly what: string;
    readonly samples: number;
  }[];
}

/** A metric family. */
export interface FamilyStatus {
  readonly name: string;
  readonly type: MetricType;
  /** The help text, at most 300 characters of it; empty if there is none. */
  readonly help: string;
  /** The unit; empty if there is none. */
  readonly unit: string;
  /** The number of series. */
  readonly series: number;
  /** How many series there are more than at {@linkcode MetricsStatus.growthSince}. */
  readonly growth: number;
}

/** How large a family is. */
export type FamilySize = Pick<FamilyStatus, "name" | "series" | "growth">;

/** A setting in effect. */
export interface Setting {
  /** The key of the configuration file, or a few words for what has none. */
  readonly key: string;
  /** The value as text, without secrets. */
  readonly value: string;
  /** Where it comes from. */
  readonly from: "code" | "file" | "default";
}

/** The runtime and the process. */
export interface RuntimeStatus {
  /** The name and the version of the runtime, such as `Deno 2.9.6`. */
  readonly runtime: string;
  /** The version of V8; empty if it is not known. */
  readonly v8: string;
  /** The operating system and the architecture. */
  readonly platform: string;
  /** When the process started. */
  readonly started: number;
  /** The resident memory of the process. */
  readonly memory: number;
  /** The used part of the heap. */
  readonly heap: number;
}

/** Some series of one family, which is served as JSON on request. */
export interface SeriesDocument {
  /** The version of the document. Fields can be added without a new one. */
  readonly version: 1;
  /** When the metrics were looked at. */
  readonly time: number;
  /** Seconds after which there may be something new. */
  readonly refresh: number;
  /** The family; its growth is 0. */
  readonly family: FamilyStatus;
  /** The number of series that match. */
  readonly matched: number;
  /** How many of these were skipped. */
  readonly offset: number;
  /** The series, at most 50. */
  readonly series: readonly {
    /** The series in text format, at most 2,000 characters of it. */
    readonly text: string;
    /** The value in text format: JSON has no `NaN` and no infinity. */
    readonly value: string;
    /** Whether the value only goes up, unless its source restarts, so that its rate says more. */
    readonly isCounter: boolean;
  }[];
  /** The labels, those with the most values first. */
  readonly labels: readonly {
    readonly name: string;
    /** The number of different values among all series of the family, or the first 10,000 series. */
    readonly values: number;
  }[];
}
