/**
 * The options of registries and of what they are asked for.
 *
 * @module
 */

import { type Escaping, ESCAPINGS } from "./model/names.ts";
import type { ScrapeFilter } from "./collect/filter.ts";
import {
  type Encoding,
  ENCODINGS,
  type Format,
  FORMATS,
  type FormatVersion,
} from "./exposition.ts";
import { Labels, type LabelsInit } from "./labels.ts";
import { checkNames, checkOption } from "./model/options.ts";

/** Options of {@linkcode Registry}. */
export interface RegistryOptions {
  /**
   * Whether names can be any text, such as `http.requests`: those of instruments, of what collectors return, and of labels, each
   * made with the same option. Otherwise such instruments cannot be registered, and what collectors return is left out.
   *
   * @default {false}
   */
  utf8Names?: boolean;
  /** Labels for every sample of what is registered that does not have them itself. */
  labels?: LabelsInit;
  /**
   * The clock of caches and durations, in seconds. Only differences count.
   *
   * @default {() => performance.now() / 1000}
   */
  now?: () => number;
  /**
   * Whether expositions in OpenMetrics 1.0 have a `_created` sample for each series that counts, which says when it began. In
   * protobuf and in OpenMetrics 2.0 it is said in any case, and the text format has no place for it.
   *
   * @default {false}
   */
  createdSamples?: boolean;
  /**
   * Whether those who ask for OpenMetrics 2.0.0 get it, as of its release candidate, which may still change. Who asks for no
   * version of OpenMetrics, or for another one, never gets it.
   *
   * @see {@link https://prometheus.io/docs/specs/om/open_metrics_spec_2_0/}
   *
   * @default {false}
   */
  openMetrics2?: boolean;
  /**
   * How many bytes of expositions to keep at the most, so that what does not change is not written again. What is beyond that
   * is written anew at each scrape.
   *
   * @default {268_435_456}
   */
  maxKeptBytes?: number;
}

/** Options of {@linkcode Registry.gather}. */
export interface GatherOptions {
  /** Labels for every sample that does not have them itself. */
  labels?: LabelsInit;
  /** What is asked for. What is empty or left out restricts nothing. */
  filter?: {
    /** Labels that a sample must have, with these values. */
    labels?: LabelsInit;
    /** Names of families. */
    names?: Iterable<string>;
    /** Names of collectors to run, and no others. */
    collect?: Iterable<string>;
    /** Names of collectors not to run. */
    exclude?: Iterable<string>;
  };
  /**
   * When the answer has to be there.
   *
   * @default ten seconds from now
   */
  deadline?: Date;
  /** The request that asks, for collectors that want to see it. */
  request?: Request;
  /** Answers with what is there as soon as it aborts, as if the deadline had come. */
  signal?: AbortSignal;
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
   * @default the newest one that every reader of the format understands
   */
  version?: FormatVersion;
  /**
   * The scheme by which names are written.
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

/** What options that are one of a few can be. */
const CHOICES = [["format", FORMATS], ["escaping", ESCAPINGS], ["encoding", ENCODINGS]] as const;

/** Enough for two million series in one format. */
const DEFAULT_MAX_KEPT_BYTES = 256 * 1024 * 1024;

/**
 * Checks what types do not at run time, and completes options.
 *
 * @throws {TypeError} If an option is of the wrong kind, or there is no such option.
 * @throws {RangeError} If an option has a value that it cannot have.
 */
export function resolveRegistryOptions(options: RegistryOptions): Required<RegistryOptions> {
  const action = "Cannot create registry";
  checkNames(action, options, NAMES);
  const {
    utf8Names = false,
    labels = {},
    now = () => performance.now() / 1000,
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
  return { utf8Names, labels, now, createdSamples, openMetrics2, maxKeptBytes };
}

const NO_NAMES: ReadonlySet<string> = new Set();

/**
 * Reads a filter.
 *
 * @throws {TypeError} If a part of it is of the wrong kind, or there is no such part.
 * @throws {RangeError} If a label cannot be one.
 */
export function resolveFilter(
  filter: NonNullable<GatherOptions["filter"]>,
  utf8Names: boolean,
): ScrapeFilter {
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
 * Checks what types do not at run time.
 *
 * @throws {TypeError} If an option is of the wrong kind, or there is no such option.
 * @throws {RangeError} If an option has a value that it cannot have.
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
