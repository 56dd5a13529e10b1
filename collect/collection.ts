/**
 * What one run of a collector has brought so far, grouped into families.
 *
 * @module
 */

import { shouldYield, yieldToEventLoop } from "../model/event_loop.ts";
import type { CollectResult } from "../collector.ts";
import { describe } from "../model/describe.ts";
import { MetricFamily } from "../family.ts";
import { Metric } from "../metric.ts";
import { type Family, familyOf, PARTS } from "../model/family.ts";
import type { Sample } from "../model/sample.ts";

interface OpenFamily extends Family {
  help: string | undefined;
  unit: string | undefined;
  readonly samples: Sample[];
}

/** Takes in what a collector returns, one item after the other. */
export class Collection {
  readonly #families = new Map<string, OpenFamily>();
  readonly #maxSamples: number;
  /** The family of the item before, which is mostly that of the next one. */
  #last: OpenFamily | undefined;
  #samples = 0;

  /** Starts empty, and takes in at most so many samples. */
  constructor(maxSamples: number) {
    this.#maxSamples = maxSamples;
  }

  /** How many samples are there. */
  get samples(): number {
    return this.#samples;
  }

  /**
   * The families as they are now. They do not change when more is taken in.
   *
   * @param recurs Whether they will be given again.
   */
  families(recurs: boolean = false): Family[] {
    return [...this.#families.values()].map((family) => ({
      ...family,
      samples: family.samples.slice(),
      recurs,
    }));
  }

  /**
   * Takes in everything that a collector returned, until `stopped()`; lets other work of the program run in between.
   *
   * @throws {TypeError} If it is not iterable, or an item is neither a metric nor a family. What came before it stays.
   * @throws {RangeError} If there are too many samples. None of them stays.
   */
  async drain(result: CollectResult, stopped: () => boolean): Promise<void> {
    if (isAsyncIterable(result)) {
      for await (const item of result) {
        if (stopped()) return;
        this.#add(item);
        if (shouldYield()) await yieldToEventLoop();
      }
    } else if (isIterable(result)) {
      if (Array.isArray(result)) disarm(result);
      for (const item of result) {
        this.#add(item);
        if (!shouldYield()) continue;
        await yieldToEventLoop();
        if (stopped()) return;
      }
    } else {
      throw new TypeError(
        `Cannot use what the collector returned: expected an iterable of metrics, got ${
          describe(result)
        }`,
      );
    }
  }

  #add(item: unknown): void {
    if (item instanceof Metric) {
      const sample = item.sample();
      this.#familyFor(sample, item).samples.push(sample);
      this.#count(1);
    } else if (item instanceof MetricFamily) {
      const { samples } = this.#family(item.name, item.type, item);
      for (const sample of item.samples) samples.push(sample);
      this.#count(item.samples.length);
    } else {
      disarm([item]);
      throw new TypeError(
        `Cannot use what the collector returned: expected a Metric or a MetricFamily, got ${
          item instanceof Promise ? "a promise: is an await missing" : describe(item)
        }`,
      );
    }
  }

  /** The family of a metric, which is the last one if that has the same name and a type without parts. */
  #familyFor(sample: Sample, { type: claimed, help, unit }: Metric): OpenFamily {
    const last = this.#last;
    const isLikeLast = last !== undefined && last.name === sample.name && last.type === claimed;
    // Of other types the labels tell to which family a sample belongs.
    if (isLikeLast && PARTS[claimed] === undefined && claimed !== "stateset") {
      return this.#family(sample.name, claimed, { help, unit });
    }
    const { name, type } = familyOf(sample.name, claimed, (label) => sample.label(label));
    return this.#family(name, type, { help, unit });
  }

  #family(
    name: string,
    type: Family["type"],
    { help, unit }: Pick<Family, "help" | "unit">,
  ): OpenFamily {
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
      `Cannot use what the collector returned: more than ${this.#maxSamples} samples`,
    );
  }
}

/** A promise in a list is a mistake, and must not end the program if it rejects as well. */
function disarm(items: readonly unknown[]): void {
  for (const item of items) {
    if (item instanceof Promise) item.catch(() => {});
  }
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === "object" && value !== null && Symbol.asyncIterator in value;
}

function isIterable(value: unknown): value is Iterable<unknown> {
  return typeof value === "object" && value !== null && Symbol.iterator in value;
}
