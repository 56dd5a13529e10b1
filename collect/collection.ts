/**
 * Groups what one run of a collector returns into families.
 *
 * @module
 */

import { ignoreRejections } from "./rejections.ts";
import { shouldYield, yieldToEventLoop } from "../model/event_loop.ts";
import type { CollectResult } from "../collector.ts";
import { describe } from "../model/describe.ts";
import { MetricFamily, takeFamily } from "../family.ts";
import { Metric, takeMetric, type TakenMetric } from "../metric.ts";
import type { MetricType } from "../model/metric_type.ts";
import { type Family, familyOf, PARTS } from "../model/family.ts";
import { labelIn } from "../model/sample.ts";
import { sizeOf } from "../model/sample_table.ts";
import type { SeriesList } from "../series/series_list.ts";
import { FamilyDraft } from "./family_draft.ts";

/** The series that a collector returned the last time, by the key of the family. */
export type KnownSeries = ReadonlyMap<string, SeriesList>;

/** How much a collector may return. */
export interface CollectionBounds {
  /** The maximum number of samples, and of families, which can be empty. */
  readonly maxSamples: number;
  /**
   * The maximum size. It is an estimate, see {@linkcode sizeOf}, of about the size in the text format.
   */
  readonly maxBytes: number;
}

/** What a collector has returned. */
export interface CollectionResult {
  /** The families. */
  readonly families: readonly Family[];
  /** Their series, of those that may return. */
  readonly series: KnownSeries;
}

/** The families that a collector has returned so far. */
export class Collection {
  readonly #families = new Map<string, FamilyDraft>();
  readonly #known: KnownSeries;
  readonly #maxSamples: number;
  readonly #maxBytes: number;
  /** The family of the last item: the next one usually belongs to it, too. */
  #last: FamilyDraft | undefined;
  #samples = 0;
  #bytes = 0;

  /** Creates an empty collection for a collector that returned these series the last time. */
  constructor({ maxSamples, maxBytes }: CollectionBounds, known: KnownSeries = new Map()) {
    this.#maxSamples = maxSamples;
    this.#maxBytes = maxBytes;
    this.#known = known;
  }

  /** The number of samples. */
  get samples(): number {
    return this.#samples;
  }

  /** The estimated size, see {@linkcode CollectionBounds.maxBytes}; 0 if it is not limited. */
  get bytes(): number {
    return this.#bytes;
  }

  /**
   * Returns a snapshot of the families, and their series for the next collection. Yields to the event loop in between.
   *
   * @param recurs Whether later scrapes may return the same families: {@linkcode Family.recurs}.
   */
  async end(recurs: boolean = false): Promise<CollectionResult> {
    const families: Family[] = [];
    const known = new Map<string, SeriesList>();
    for (const [key, draft] of this.#families) {
      if (shouldYield()) await yieldToEventLoop();
      const { family, series } = draft.end(recurs);
      families.push(family);
      if (series !== undefined) known.set(key, series);
    }
    return { families, series: known };
  }

  /**
   * Adds everything that a collector returned, until `isStopped()`. Yields to the event loop in between.
   *
   * @throws {TypeError} If the result is not iterable, or an item is neither a metric nor a family. Earlier items are kept.
   * @throws {RangeError} If there are too many samples, families or bytes. None of them are kept.
   */
  async drain(result: CollectResult, isStopped: () => boolean): Promise<void> {
    ignoreRejections(result);
    if (isAsyncIterable(result)) {
      for await (const item of result) {
        if (isStopped()) return;
        this.#add(item);
        if (shouldYield()) await yieldToEventLoop();
      }
    } else if (isIterable(result)) {
      for (const item of result) {
        this.#add(item);
        if (!shouldYield()) continue;
        await yieldToEventLoop();
        if (isStopped()) return;
      }
    } else {
      throw new TypeError(
        `Cannot use the result of the collector: expected an iterable of metrics, got ${
          describe(result)
        }`,
      );
    }
  }

  #add(item: unknown): void {
    if (item instanceof Metric) {
      const taken = takeMetric(item);
      this.#draftFor(taken).add(taken);
      this.#count(1);
      if (this.#maxBytes < Infinity) this.#countBytes(sizeOf(taken));
    } else if (item instanceof MetricFamily) {
      const taken = takeFamily(item);
      const { name, type, table } = taken;
      this.#draft(name, type, taken).addAll(table);
      this.#count(table.length);
      if (this.#maxBytes < Infinity) this.#countBytes(table.size);
    } else {
      ignoreRejections(item);
      throw new TypeError(
        `Cannot use the result of the collector: expected a Metric or a MetricFamily, got ${
          item instanceof Promise ? "a promise: is an await missing" : describe(item)
        }`,
      );
    }
  }

  /** Returns the family of a metric. */
  #draftFor(metric: TakenMetric): FamilyDraft {
    const last = this.#last;
    const { type: claimed, name: sampleName, labels } = metric;
    const isLikeLast = last !== undefined && last.name === sampleName && last.type === claimed;
    // A shortcut. For other types, the family also depends on the labels.
    if (isLikeLast && PARTS[claimed] === undefined && claimed !== "stateset") {
      return this.#draft(sampleName, claimed, metric);
    }
    const { name, type } = familyOf(sampleName, claimed, (label) => labelIn(labels, label));
    return this.#draft(name, type, metric);
  }

  #draft(
    name: string,
    type: MetricType,
    { help, unit }: Pick<Family, "help" | "unit">,
  ): FamilyDraft {
    const last = this.#last;
    if (last?.name === name && last.type === type && last.help === help && last.unit === unit) {
      return last;
    }
    const key = `${type} ${name}`;
    let family = this.#families.get(key);
    if (family === undefined) {
      family = new FamilyDraft({ name, type, help, unit }, this.#known.get(key));
      this.#families.set(key, family);
      if (this.#families.size > this.#maxSamples) this.#reject(`${this.#maxSamples} families`);
      this.#countBytes(name.length + (help?.length ?? 0) + (unit?.length ?? 0));
    }
    family.help ??= help;
    family.unit ??= unit;
    return this.#last = family;
  }

  #count(samples: number): void {
    this.#samples += samples;
    if (this.#samples > this.#maxSamples) this.#reject(`${this.#maxSamples} samples`);
  }

  #countBytes(bytes: number): void {
    this.#bytes += bytes;
    if (this.#bytes > this.#maxBytes) this.#reject(`${this.#maxBytes} bytes`);
  }

  #reject(limit: string): never {
    this.#families.clear();
    this.#last = undefined;
    this.#samples = 0;
    this.#bytes = 0;
    throw new RangeError(`Cannot use the result of the collector: more than ${limit}`);
  }
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === "object" && value !== null && Symbol.asyncIterator in value;
}

function isIterable(value: unknown): value is Iterable<unknown> {
  return typeof value === "object" && value !== null && Symbol.iterator in value;
}
