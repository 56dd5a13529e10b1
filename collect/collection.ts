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
import { Metric, takeMetric } from "../metric.ts";
import type { MetricType } from "../model/metric_type.ts";
import { type Family, familyOf, PARTS } from "../model/family.ts";
import type { Sample } from "../model/sample.ts";

type FamilyHead = Pick<Family, "help" | "unit">;

interface MutableFamily extends Family {
  help: string | undefined;
  unit: string | undefined;
  readonly samples: Sample[];
}

/** The families that a collector has returned so far. */
export class Collection {
  readonly #families = new Map<string, MutableFamily>();
  readonly #maxSamples: number;
  /** The family of the last item: the next one usually belongs to it, too. */
  #last: MutableFamily | undefined;
  #samples = 0;

  /** Creates an empty collection with a maximum number of samples. */
  constructor(maxSamples: number) {
    this.#maxSamples = maxSamples;
  }

  /** The number of samples. */
  get samples(): number {
    return this.#samples;
  }

  /**
   * Returns a snapshot of the families.
   *
   * @param recurs Whether later scrapes may return the same families: {@linkcode Family.recurs}.
   */
  families(recurs: boolean = false): Family[] {
    return [...this.#families.values()].map((family) => ({
      ...family,
      samples: family.samples.slice(),
      recurs,
    }));
  }

  /**
   * Adds everything that a collector returned, until `isStopped()`. Yields to the event loop in between.
   *
   * @throws {TypeError} If the result is not iterable, or an item is neither a metric nor a family. Earlier items are kept.
   * @throws {RangeError} If there are too many samples. None of them are kept.
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
      const { type, help, unit, sample } = takeMetric(item);
      this.#familyFor(sample, type, { help, unit }).samples.push(sample);
      this.#count(1);
    } else if (item instanceof MetricFamily) {
      const { name, type, samples: added, ...head } = takeFamily(item);
      const { samples } = this.#family(name, type, head);
      for (const sample of added) samples.push(sample);
      this.#count(Math.max(1, added.length)); // A family without samples takes memory, too.
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
  #familyFor(sample: Sample, claimed: MetricType, head: FamilyHead): MutableFamily {
    const last = this.#last;
    const isLikeLast = last !== undefined && last.name === sample.name && last.type === claimed;
    // A shortcut. For other types, the family also depends on the labels.
    if (isLikeLast && PARTS[claimed] === undefined && claimed !== "stateset") {
      return this.#family(sample.name, claimed, head);
    }
    const { name, type } = familyOf(sample.name, claimed, (label) => sample.label(label));
    return this.#family(name, type, head);
  }

  #family(
    name: string,
    type: MetricType,
    { help, unit }: FamilyHead,
  ): MutableFamily {
    const last = this.#last;
    if (last?.name === name && last.type === type && last.help === help && last.unit === unit) {
      return last;
    }
    const key = `${type} ${name}`;
    let family = this.#families.get(key);
    if (family === undefined) {
      family = { name, type, help, unit, samples: [] };
      this.#families.set(key, family);
    }
    family.help ??= help;
    family.unit ??= unit;
    return this.#last = family;
  }

  #count(samples: number): void {
    this.#samples += samples;
    if (this.#samples <= this.#maxSamples) return;
    this.#families.clear();
    this.#last = undefined;
    this.#samples = 0;
    throw new RangeError(
      `Cannot use the result of the collector: more than ${this.#maxSamples} samples`,
    );
  }
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === "object" && value !== null && Symbol.asyncIterator in value;
}

function isIterable(value: unknown): value is Iterable<unknown> {
  return typeof value === "object" && value !== null && Symbol.iterator in value;
}
