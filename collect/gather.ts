/**
 * The two steps of a scrape before it is encoded: collecting what there is, and merging it.
 *
 * Collecting mostly waits, and costs nothing for instruments. Merging takes processor time and memory if the scrape has a filter, so
 * that servers limit how many merge at the same time.
 *
 * @module
 */

import type { CollectorOutcome } from "../collector.ts";
import type { Labels } from "../labels.ts";
import type { Family } from "../model/family.ts";
import { SeriesStore } from "../series/store.ts";
import type { ScrapeFilter } from "./filter.ts";
import { type Clash, Merger } from "./merge.ts";
import { Runner, type RunRequest } from "./runner.ts";
import { STATUS_NAMES, statusFamilies } from "./status.ts";

/** What a scrape reads: the series of an instrument, or a collector by its runner. */
export type Source = SeriesStore | Runner;

/** A source with the labels of the registries that it is in. */
export interface PlacedSource {
  readonly source: Source;
  readonly labels: ReadonlyMap<string, string>;
}

/** What a source gave, with the labels of the registries that it is in. */
interface PlacedResult {
  readonly result: SeriesStore | CollectorOutcome;
  readonly labels: ReadonlyMap<string, string>;
}

/** What a scrape asks for. */
export interface GatherRequest extends RunRequest {
  /** Selects sources and samples. */
  readonly filter: ScrapeFilter;
  /** Labels to add to every sample, unless it has them. */
  readonly labels: Labels;
}

/** What the sources of a registry gave for a scrape. */
export interface Collected extends Pick<GatherRequest, "filter" | "labels"> {
  /** The results, in the order of the sources. */
  readonly results: readonly PlacedResult[];
}

/** The result of one scrape before it is encoded. */
export interface Gathering {
  /** The families, sorted by name. No name and no series occurs twice. */
  readonly families: readonly Family[];
  /** The number of samples in all families. */
  readonly samples: number;
  /** Whether a filter may have left something out. */
  readonly isPartial: boolean;
  /** If a filter matched nothing: its first label that no sample has together with those before it. */
  readonly unmatched?: readonly [name: string, value: string] | undefined;
  /** How each collector did, in the order of registration. */
  readonly outcomes: readonly CollectorOutcome[];
  /** What was left out because it duplicates or contradicts something else. */
  readonly clashes: readonly Clash[];
}

/** Runs the selected collectors concurrently. Resolves when all have returned, or the deadline has passed. */
export async function collect(
  sources: readonly PlacedSource[],
  { filter, labels, ...request }: GatherRequest,
): Promise<Collected> {
  const selected = sources.filter(({ source }) => isSelected(source, filter));
  const results = await Promise.all(selected.map(async ({ source, labels }) => {
    const result = source instanceof Runner ? await source.run(request) : source;
    return { result, labels };
  }));
  return { filter, labels, results };
}

/** Merges what was collected, and counts what it leaves out from scrape to scrape. */
export class Gatherer {
  readonly #utf8Names: boolean;
  #duplicates = 0;
  #conflicts = 0;

  /** Creates a gatherer for families whose names can be any text, or not. */
  constructor(utf8Names: boolean) {
    this.#utf8Names = utf8Names;
  }

  /**
   * Merges families and samples, and adds the metrics about the collectors.
   *
   * @throws The reason of the signal, if it aborts in the meantime.
   */
  async merge(
    { filter, labels, results }: Collected,
    signal?: AbortSignal,
  ): Promise<Gathering> {
    const merger = new Merger(labels, filter, this.#utf8Names);
    merger.reserve(STATUS_NAMES);
    const outcomes: CollectorOutcome[] = [];
    for (const { result, labels } of results) {
      signal?.throwIfAborted();
      if (result instanceof SeriesStore) {
        await result.dropOutdated();
        await merger.add([result.family()], undefined, labels);
      } else {
        outcomes.push(result);
        await merger.add(result.families, result.collector, labels);
      }
    }
    this.#duplicates += merger.duplicates;
    this.#conflicts += merger.clashes.filter(({ kind }) => kind === "conflict").length;
    merger.release();
    const instruments = results.map(({ result }) => result)
      .filter((result) => result instanceof SeriesStore);
    const leftOut = { duplicates: this.#duplicates, conflicts: this.#conflicts, instruments };
    await merger.add(statusFamilies(outcomes, leftOut));

    const { samples, clashes, unmatched } = merger;
    const families = await merger.families();
    const isPartial = Object.values(filter).some(({ size }) => size > 0);
    return { families, samples, isPartial, unmatched, outcomes, clashes };
  }
}

function isSelected(source: Source, { collect, exclude }: ScrapeFilter): boolean {
  const name = source instanceof Runner ? source.name : undefined;
  if (name === undefined) return collect.size === 0;
  return (collect.size === 0 || collect.has(name)) && !exclude.has(name);
}
