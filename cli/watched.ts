/**
 * What the command `watch` reads, again and again.
 *
 * @module
 */

import type { Family } from "../model/family.ts";
import { parseOpenMetrics } from "../parse/openmetrics.ts";
import { parseText } from "../parse/text.ts";
import { type SeriesChange, SeriesChanges, sortByChange } from "./series_changes.ts";
import type { SeriesFilter } from "./series_filter.ts";
import { type ReadOptions, readSource, shownTarget } from "./source.ts";

/** The orders in which series are shown. */
export const SORTS = ["change", "value", "name", "none"] as const;

/** `change` puts those first that changed the most in relation to their values, `none` keeps the order of the exposition. */
export type Sort = typeof SORTS[number];

/** What the command prints if it ends by itself. */
export const WATCH_FORMATS = ["table", "json"] as const;

/** Options of the command. */
export interface WatchOptions {
  /** A URL, a file, or `-` for standard input, which is read once. */
  readonly target: string;
  /** Seconds between two readings. */
  readonly interval: number;
  /** How often to read before printing and ending; absent to go on. */
  readonly readings?: number;
  /** What to print after that many readings. */
  readonly format: typeof WATCH_FORMATS[number];
  /** The order. */
  readonly sort: Sort;
  /** The series to show. */
  readonly filter: SeriesFilter;
}

/** One reading of a target. */
export interface Reading {
  /** The selected series. */
  readonly changes: readonly SeriesChange[];
  /** The number of all series. */
  readonly total: number;
  /** How many lines, or groups of them, could not be parsed. */
  readonly problems: number;
  /** When it began. */
  readonly time: Date;
  /** How long it took, in milliseconds. */
  readonly milliseconds: number;
  /** The length of the text in characters. */
  readonly length: number;
}

/** Seconds after which a reading fails. */
const READ_TIMEOUT = 30;

/** Reads a target again and again. */
export class Watched {
  readonly #options: WatchOptions;
  readonly #changes = new SeriesChanges();

  /** Prepares the first reading. */
  constructor(options: WatchOptions) {
    this.#options = options;
  }

  /**
   * Reads the target.
   *
   * @throws {Error} If it cannot be read.
   */
  async read({ signal, onProgress }: ReadOptions = {}): Promise<Reading> {
    const { target, filter } = this.#options;
    const timeout = AbortSignal.timeout(READ_TIMEOUT * 1000);
    const time = new Date();
    const begin = performance.now();
    const source = await readSource(target, {
      signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
      ...(onProgress && { onProgress }),
    });
    let problems = 0;
    const input = { text: source.text, source: shownTarget(target), onError: () => problems++ };
    const families: readonly Family[] = source.format === "text"
      ? parseText(input)
      : parseOpenMetrics(input);
    const changes = this.#changes.next(families, begin / 1000);
    return {
      changes: changes.filter(({ sample }) => filter(sample)),
      total: changes.length,
      problems,
      time,
      milliseconds: performance.now() - begin,
      length: source.text.length,
    };
  }
}

/** Sorts series. */
export function sorted(changes: readonly SeriesChange[], sort: Sort): readonly SeriesChange[] {
  switch (sort) {
    case "change":
      return sortByChange(changes);
    case "value":
      return changes.toSorted((a, b) => orderOf(b) - orderOf(a));
    case "name":
      return changes.toSorted((a, b) => a.sample.series < b.sample.series ? -1 : 1);
    case "none":
      return changes;
  }
}

function orderOf({ sample: { value } }: SeriesChange): number {
  return Number.isNaN(value) ? -Infinity : value;
}
