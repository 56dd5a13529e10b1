/**
 * Options of registries and scrapes, and what a scrape gives.
 *
 * @module
 */

import { type Escaping, ESCAPINGS } from "./model/names.ts";
import type { ScrapeFilter } from "./collect/filter.ts";
import type { ScrapedRequest } from "./collect/scope.ts";
import {
  type Encoding,
  ENCODINGS,
  type Format,
  FORMATS,
  type FormatVersion,
} from "./exposition.ts";
import { Labels, type LabelsInit } from "./labels.ts";
import { type Logger, SILENT } from "./model/logger.ts";
import { checkNames, checkOption } from "./model/options.ts";

/** Options of {@linkcode Registry}. */
export interface RegistryOptions {
  /**
   * Whether metric and label names can be any text, such as `http.requests`, if the instruments and metrics have the same option.
   * Otherwise such instruments cannot be registered, and such metrics of collectors are left out.
   *
   * @default {false}
   */
  utf8Names?: boolean;
  /** Labels to add to every sample, unless it has them. */
  labels?: LabelsInit;
  /**
   * The clock for caches and durations, in seconds since any point in time.
   *
   * @default {() => performance.now() / 1000}
   */
  now?: () => number;
  /**
   * The logger that collectors get, see {@linkcode CollectContext.logger}. In a nested registry, that of the one that is scraped
   * applies.
   *
   * @default logs nothing
   */
  logger?: Logger;
  /**
   * Whether expositions in OpenMetrics 1.0 have `_created` samples, which give the creation time of counters, histograms and
   * summaries. Protobuf and OpenMetrics 2.0 always have creation times, the text format never has.
   *
   * @default {false}
   */
  createdSamples?: boolean;
  /**
   * Whether to offer OpenMetrics 2.0, a release candidate that may still change. Only scrapers that ask for version 2.0.0 get it.
   *
   * @see {@link https://prometheus.io/docs/specs/om/open_metrics_spec_2_0/}
   *
   * @default {false}
   */
  openMetrics2?: boolean;
  /**
   * The maximum number of encoded bytes to keep between scrapes, so that unchanged series are not encoded again. Series beyond it
   * are encoded at each scrape.
   *
   * @default {268_435_456}
   */
  maxKeptBytes?: number;
}

/** Options of {@linkcode Registry.gather}. */
export interface GatherOptions {
  /** Labels to add to every sample, unless it has them. */
  labels?: LabelsInit;
  /** Restricts the scrape. Empty and absent properties restrict nothing. */
  filter?: {
    /** Labels that samples must have. */
    labels?: LabelsInit;
    /** Names of the families to return. */
    names?: Iterable<string>;
    /** Names of the only collectors to run. */
    collect?: Iterable<string>;
    /** Names of collectors to skip. */
    exclude?: Iterable<string>;
  };
  /**
   * The time at which the scrape returns with what has been collected by then.
   *
   * @default ten seconds from now
   */
  deadline?: Date;
  /** The HTTP request of the scrape, for collectors that use it. */
  request?: Request;
  /** Ends the scrape when it aborts, as if the deadline had passed. */
  signal?: AbortSignal;
}

/** Options of a scrape whose request becomes a web request when a collector wants it. */
export interface ScrapeOptions extends Omit<GatherOptions, "request"> {
  /** The HTTP request of the scrape. */
  readonly request?: ScrapedRequest;
}

/** Options of {@linkcode Registry.expose}. */
export interface ExposeOptions extends GatherOptions {
  /**
   * The format.
   *
   * @default {"text"}
   */
  format?: Format;
  /**
   * The version of the format. The text format has `1.0.0` and `0.0.4`, OpenMetrics `1.0.0` and `0.0.1`, and `2.0.0` with
   * {@linkcode RegistryOptions.openMetrics2}; protobuf has `delimited`.
   *
   * @default the newest one that all parsers of the format accept
   */
  version?: FormatVersion;
  /**
   * The escaping scheme for names that are not valid in the format or version.
   *
   * @default {"underscores"}
   */
  escaping?: Escaping;
  /**
   * The content coding.
   *
   * @default {"identity"}
   */
  encoding?: Encoding;
}

const NAMES: readonly (keyof RegistryOptions)[] = [
  "utf8Names",
  "labels",
  "now",
  "logger",
  "createdSamples",
  "openMetrics2",
  "maxKeptBytes",
];

const EXPOSE_NAMES: readonly (keyof ExposeOptions)[] = [
  "labels",
  "filter",
  "deadline",
  "request",
  "signal",
  "format",
  "version",
  "escaping",
  "encoding",
];

/** The options with a fixed set of values. */
const CHOICES = [["format", FORMATS], ["escaping", ESCAPINGS], ["encoding", ENCODINGS]] as const;

/** Enough for two million series in one format. */
const DEFAULT_MAX_KEPT_BYTES = 256 * 1024 * 1024;

/**
 * Checks the options of a registry, and adds defaults.
 *
 * @throws {TypeError} If an option has the wrong type, or is unknown.
 * @throws {RangeError} If an option has an invalid value.
 */
export function resolveRegistryOptions(options: RegistryOptions): Required<RegistryOptions> {
  const action = "Cannot create registry";
  checkNames(action, options, NAMES);
  const {
    utf8Names = false,
    labels = {},
    now = () => performance.now() / 1000,
    logger = SILENT,
    createdSamples = false,
    openMetrics2 = false,
    maxKeptBytes = DEFAULT_MAX_KEPT_BYTES,
  } = options;
  for (const flag of Object.entries({ utf8Names, createdSamples, openMetrics2 })) {
    checkOption(action, flag, "boolean", "true or false");
  }
  checkOption(
    action,
    ["maxKeptBytes", maxKeptBytes],
    "number",
    "0 or more",
    (bytes) => bytes >= 0,
  );
  return { utf8Names, labels, now, logger, createdSamples, openMetrics2, maxKeptBytes };
}

const NO_NAMES: ReadonlySet<string> = new Set();

/**
 * Checks the options of a scrape, and returns its filter with defaults. {@linkcode Registry.expose} passes its own options on.
 *
 * @throws {TypeError} If an option or a property of the filter is unknown, or has the wrong type.
 * @throws {RangeError} If a label is invalid.
 */
export function resolveFilter(
  options: ScrapeOptions,
  utf8Names: boolean,
): ScrapeFilter {
  checkNames("Cannot gather", options, EXPOSE_NAMES);
  const { filter = {} } = options;
  checkNames("Cannot filter", filter, ["labels", "names", "collect", "exclude"]);
  const { labels, names, collect, exclude } = filter;
  return {
    labels: new Labels(labels, { utf8Names }),
    names: names ? new Set(names) : NO_NAMES,
    collect: collect ? new Set(collect) : NO_NAMES,
    exclude: exclude ? new Set(exclude) : NO_NAMES,
  };
}

/**
 * Checks the options of an exposition.
 *
 * @throws {TypeError} If an option has the wrong type, or is unknown.
 * @throws {RangeError} If an option has an invalid value.
 */
export function checkExposeOptions(options: ExposeOptions): void {
  const action = "Cannot expose";
  checkNames(action, options, EXPOSE_NAMES);
  for (const [name, allowed] of CHOICES) {
    const value = options[name];
    if (value === undefined || (allowed as readonly string[]).includes(value)) continue;
    checkOption<string>(
      action,
      [name, value],
      "string",
      `one of ${allowed.join(", ")}`,
      () => false,
    );
  }
}
