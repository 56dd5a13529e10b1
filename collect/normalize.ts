/**
 * Normalizes families: adds common labels, removes duplicate series, and brings labels and samples into one order.
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
import type { SeriesView } from "../series/view.ts";

/** The unique samples of a family, to which others can be added. */
export interface SampleSet {
  readonly samples: Sample[];
  readonly series: SeriesIndex;
  readonly order: LabelOrder;
}

/** A family with common labels and without duplicates. */
export interface NormalizedFamily {
  readonly family: Family;
  readonly duplicates: Duplicates;
}

/** Samples that were left out because their series exists already. */
export interface Duplicates {
  /** The number of samples. */
  readonly count: number;
  /** The series of the first one. */
  readonly what: string;
}

const NO_DUPLICATES: Duplicates = { count: 0, what: "" };

/** Collectors with a cache often return the same family objects. */
const normalizedFamilies = new WeakCache<Family, NormalizedFamily>();

/** Views with common labels. */
const labeledViews = new WeakCache<SeriesView, SeriesView>();

/** The number of samples between two checks of the clock. */
const STRIDE = 128;

/** Normalizes a family on its own. The result is cached if the family recurs. */
export function normalize(
  family: Family,
  labels: ReadonlyMap<string, string>,
): NormalizedFamily | Promise<NormalizedFamily> {
  if (family instanceof BlockFamily) return normalizeBlocks(family, labels);
  if (!family.recurs) return normalizeSamples(family, labels);
  const key = keyOf(labels);
  return normalizedFamilies.get(family, key) ??
    normalizeSamples(family, labels)
      .then((normalized) => normalizedFamilies.set(family, key, normalized));
}

function normalizeBlocks(
  family: BlockFamily,
  labels: ReadonlyMap<string, string>,
): NormalizedFamily | Promise<NormalizedFamily> {
  const { isUnique } = family;
  if (isUnique instanceof Promise) return isUnique.then(() => normalizeBlocks(family, labels));
  return isUnique && !mayMerge(family, labels)
    ? { family: withLabels(family, labels), duplicates: NO_DUPLICATES }
    : normalizeSamples(family, labels);
}

/** Returns whether common labels could make different series in blocks equal: series may lack a declared label. */
function mayMerge({ layout }: BlockFamily, labels: ReadonlyMap<string, string>): boolean {
  return layout.labelNames.some((name) => labels.has(name));
}

function withLabels(family: BlockFamily, labels: ReadonlyMap<string, string>): BlockFamily {
  if (labels.size === 0) return family;
  const { view } = family;
  const key = keyOf(labels);
  return family.in(
    labeledViews.get(view, key) ??
      labeledViews.set(
        view,
        key,
        view.mapped({}, (sample) => withCommonLabels(sample, labels), [...labels.keys()]),
      ),
  );
}

function keyOf(labels: ReadonlyMap<string, string>): string {
  return labels.size === 0 ? "" : JSON.stringify([...labels]);
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

/** Returns the samples of a normalized family, if there is one, as a set. */
export async function toSampleSet(family: Family | undefined): Promise<SampleSet> {
  const set = emptySampleSet();
  if (family) await addSamples(set, await samplesOf(family), new Map());
  return set;
}

/** Adds samples, with common labels, to a set. Returns the duplicates that were left out. */
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
    let sample = withCommonLabels(samples[i]!, labels);
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

/** Returns a snapshot of all samples of a family. */
export function samplesOf(family: Family): readonly Sample[] | Promise<readonly Sample[]> {
  return family instanceof BlockFamily ? family.snapshot() : family.samples;
}

function withCommonLabels(sample: Sample, common: ReadonlyMap<string, string>): Sample {
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
 * The order of label names in a family. For each set of names, the order in which it first occurred is applied to all samples, so
 * that the same labels in another order are the same series.
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
