/**
 * Families with common labels, each series once, its labels in one order.
 *
 * @module
 */

import { BlockFamily } from "../series/block_family.ts";
import { shouldYield, yieldToEventLoop } from "../model/event_loop.ts";
import { haveSameNames } from "../series/family_names.ts";
import { WeakCache } from "../model/weak_cache.ts";
import { orderSamples } from "./order.ts";
import type { Family } from "../model/family.ts";
import type { Sample } from "../model/sample.ts";
import { SeriesIndex } from "./series_index.ts";

/** The samples of a family with what it takes to add others to them. */
export interface SampleSet {
  readonly samples: Sample[];
  readonly series: SeriesIndex;
  readonly order: LabelOrder;
}

/** A family on its own, with common labels and without duplicates. */
export interface NormalizedFamily {
  readonly family: Family;
  readonly duplicates: Duplicates;
}

/** What was left out because it was there already. */
export interface Duplicates {
  /** How many samples. */
  readonly count: number;
  /** One of the series that were there already. */
  readonly what: string;
}

const NO_DUPLICATES: Duplicates = { count: 0, what: "" };

/** Collectors with a cache give the same families again, and instruments always do. */
const normalizedFamilies = new WeakCache<Family, NormalizedFamily>();

/** How many samples go by between two looks at the clock. */
const STRIDE = 128;

/** Makes a family one that needs nothing but to be written, whatever else there is. */
export function normalize(
  family: Family,
  labels: ReadonlyMap<string, string>,
): NormalizedFamily | Promise<NormalizedFamily> {
  const isView = family instanceof BlockFamily && !mayMerge(family, labels);
  if (!family.recurs && !isView) return normalizeSamples(family, labels);
  const key = labels.size === 0 ? "" : JSON.stringify([...labels]);
  const known = normalizedFamilies.get(family, key);
  if (known !== undefined) return known;
  if (isView) return normalizedFamilies.set(family, key, normalizeBlocks(family, labels));
  return normalizeSamples(family, labels)
    .then((normalized) => normalizedFamilies.set(family, key, normalized));
}

/** Tells whether labels that some series of an instrument lack could make them the same as others. */
function mayMerge({ layout }: BlockFamily, labels: ReadonlyMap<string, string>): boolean {
  return layout.labelNames.some((name) => labels.has(name));
}

/** The series of an instrument are different and in order. */
function normalizeBlocks(
  family: BlockFamily,
  labels: ReadonlyMap<string, string>,
): NormalizedFamily {
  if (labels.size === 0) return { family, duplicates: NO_DUPLICATES };
  const labelledFamily = family.mapped({}, (sample) => labelled(sample, labels), [
    ...labels.keys(),
  ]);
  return { family: labelledFamily, duplicates: NO_DUPLICATES };
}

async function normalizeSamples(
  family: Family,
  labels: ReadonlyMap<string, string>,
): Promise<NormalizedFamily> {
  const { name, type, help, unit, recurs } = family;
  const set = emptySampleSet();
  const duplicates = await addSamples(set, await samplesOf(family), labels);
  const samples = await orderSamples(name, type, set.samples);
  return { family: { name, type, help, unit, samples, recurs }, duplicates };
}

function emptySampleSet(): SampleSet {
  return { samples: [], series: new SeriesIndex(), order: new LabelOrder() };
}

/** Takes a normalized family apart. */
export async function toSampleSet(family: Family | undefined): Promise<SampleSet> {
  const set = emptySampleSet();
  if (family) await addSamples(set, await samplesOf(family), new Map());
  return set;
}

/** Adds samples with common labels, and tells which were left out because their series was there. */
export async function addSamples(
  { samples: added, series, order }: SampleSet,
  samples: readonly Sample[],
  labels: ReadonlyMap<string, string>,
  isWanted?: (sample: Sample) => boolean,
): Promise<Duplicates> {
  let count = 0;
  let what = "";
  for (let i = 0; i < samples.length; i++) {
    if (i % STRIDE === 0 && shouldYield()) await yieldToEventLoop();
    let sample = labelled(samples[i]!, labels);
    if (isWanted?.(sample) === false) continue;
    sample = order.apply(sample);
    if (!series.add(sample)) {
      if (count++ === 0) what = sample.series;
      continue;
    }
    added.push(sample);
  }
  return { count, what };
}

/** All samples of a family as they are now. */
export function samplesOf(family: Family): readonly Sample[] | Promise<readonly Sample[]> {
  return family instanceof BlockFamily ? family.snapshot() : family.samples;
}

function labelled(sample: Sample, common: ReadonlyMap<string, string>): Sample {
  if (common.size === 0) return sample;
  const labels: string[] = [];
  for (const [name, value] of common) labels.push(name, sample.label(name) ?? value);
  for (let i = 0; i < sample.labels.length; i += 2) {
    const name = sample.labels[i]!;
    if (!common.has(name)) labels.push(name, sample.labels[i + 1]!);
  }
  return sample.withLabels(labels);
}

/**
 * The order of label names in a family: that in which each set of names was first seen. So the same labels are the same
 * series, whatever order they come in.
 */
class LabelOrder {
  readonly #orders = new Map<string, readonly string[]>();
  #last: readonly string[] | undefined;

  apply(sample: Sample): Sample {
    const { labels } = sample;
    if (this.#last && haveSameNames(labels, this.#last)) return sample;
    const key = JSON.stringify(labels.filter((_, i) => i % 2 === 0).sort());
    const order = this.#orders.get(key);
    if (order === undefined) this.#orders.set(key, labels);
    this.#last = order ?? labels;
    if (haveSameNames(labels, this.#last)) return sample;
    const ordered = this.#last.map((name, i) =>
      i % 2 === 0 ? name : sample.label(this.#last![i - 1]!)!
    );
    return sample.withLabels(ordered);
  }
}
