/**
 * Brings the families of all collectors together into one exposition that Prometheus accepts.
 *
 * @module
 */

import { breathe, overdue } from "./breath.ts";
import type { ScrapeFilter } from "./filter.ts";
import type { Labels } from "./labels.ts";
import { orderSamples } from "./order.ts";
import { type Family, PARTS, type Sample, sampleNames } from "./sample.ts";

/** Something that two collectors, or one, gave in two ways that cannot both be exposed. The first one was. */
export interface Clash {
  /** The collector whose samples were left out, if it has a name. */
  readonly collector: string | undefined;
  /** `duplicate`: the same series again. `conflict`: a family whose name or type clashes with another one. */
  readonly kind: "duplicate" | "conflict";
  /** The series or the family that was left out. */
  readonly what: string;
  /** How many of its samples were left out. */
  readonly samples: number;
}

interface MergedFamily extends Family {
  help: string | undefined;
  unit: string | undefined;
  readonly samples: Sample[];
  readonly series: Set<string>;
  readonly order: LabelOrder;
}

/** How many samples go by between two looks at the clock. */
const STRIDE = 128;

/** Merges families, those added first having the right of way. */
export class Merger {
  readonly #labels: ReadonlyMap<string, string>;
  readonly #filter: Pick<ScrapeFilter, "labels" | "names"> | undefined;
  readonly #families = new Map<string, MergedFamily>();
  /** The names of samples that families have taken. */
  readonly #taken = new Set<string>();
  #reserved: ReadonlySet<string> = new Set();
  readonly #clashes: Clash[] = [];
  #samples = 0;
  #duplicates = 0;

  /**
   * Starts with labels that every sample gets unless it has them itself, and with what is asked for. Histograms do not
   * get `le` and summaries do not get `quantile`, where it would make nonsense of their sums and counts.
   */
  constructor(labels: Labels, filter?: Pick<ScrapeFilter, "labels" | "names">) {
    this.#labels = labels;
    this.#filter = filter;
  }

  /** How many samples were merged. */
  get samples(): number {
    return this.#samples;
  }

  /** How many samples were left out because their series was there. */
  get duplicates(): number {
    return this.#duplicates;
  }

  /** What was left out: one entry for each conflict, and one for each family of a collector with duplicates. */
  get clashes(): readonly Clash[] {
    return this.#clashes;
  }

  /** Refuses families of these names until {@linkcode Merger.release}. */
  reserve(names: ReadonlySet<string>): void {
    this.#reserved = names;
  }

  /** Accepts the families whose names were reserved. */
  release(): void {
    this.#reserved = new Set();
  }

  /**
   * Adds the families of one collector.
   *
   * @param labels Labels for its samples, which win over those for all.
   */
  async add(
    families: Iterable<Family>,
    collector?: string,
    labels: ReadonlyMap<string, string> = new Map(),
  ): Promise<void> {
    const all = labels.size === 0 ? this.#labels : new Map([...this.#labels, ...labels]);
    for (const family of families) {
      if (this.#filter?.names.size && !this.#filter.names.has(family.name)) continue;
      const merged = this.#accept(family);
      if (merged === undefined) {
        const { name: what, samples: { length: samples } } = family;
        this.#clashes.push({ collector, kind: "conflict", what, samples });
        continue;
      }
      await this.#addSamples(merged, family.samples, labelsFor(family, all), collector);
    }
  }

  /** The families, sorted by name, without those that have no samples. */
  async families(): Promise<Family[]> {
    const filled = [...this.#families.values()]
      .filter(({ samples }) => samples.length > 0)
      .sort((a, b) => a.name < b.name ? -1 : 1);
    const families: Family[] = [];
    for (const { name, type, help, unit, samples } of filled) {
      families.push({ name, type, help, unit, samples: await orderSamples(name, type, samples) });
    }
    return families;
  }

  async #addSamples(
    family: MergedFamily,
    samples: readonly Sample[],
    labels: ReadonlyMap<string, string>,
    collector: string | undefined,
  ): Promise<void> {
    let duplicates = 0;
    let what = "";
    for (let i = 0; i < samples.length; i++) {
      if (i % STRIDE === 0 && overdue()) await breathe();
      let sample = labelled(samples[i]!, labels);
      if (!this.#asksFor(sample)) continue;
      sample = family.order.apply(sample);
      // One look at the set tells both whether the series is new and keeps it.
      if (family.series.add(sample.series).size === family.samples.length) {
        if (duplicates++ === 0) what = sample.series;
        continue;
      }
      family.samples.push(sample);
      this.#samples++;
    }
    if (duplicates === 0) return;
    this.#duplicates += duplicates;
    this.#clashes.push({ collector, kind: "duplicate", what, samples: duplicates });
  }

  /** The family to add to, or undefined if the name or the type clashes with what is there. */
  #accept(family: Family): MergedFamily | undefined {
    const { name, type, help, unit } = family;
    const existing = this.#families.get(name);
    if (existing) {
      if (existing.type !== type) return undefined;
      existing.help ??= help;
      existing.unit ??= unit;
      return existing;
    }
    const names = sampleNames(name, type);
    if (names.some((name) => this.#taken.has(name) || this.#reserved.has(name))) return undefined;
    const merged: MergedFamily = {
      name,
      type,
      help,
      unit,
      samples: [],
      series: new Set(),
      order: new LabelOrder(),
    };
    this.#families.set(name, merged);
    for (const name of names) this.#taken.add(name);
    return merged;
  }

  #asksFor(sample: Sample): boolean {
    if (!this.#filter?.labels.size) return true;
    for (const [name, value] of this.#filter.labels) {
      if (sample.label(name) !== value) return false;
    }
    return true;
  }
}

function labelsFor(
  family: Family,
  labels: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> {
  const partLabel = PARTS[family.type]?.label;
  if (partLabel === undefined || !labels.has(partLabel)) return labels;
  return new Map([...labels].filter(([name]) => name !== partLabel));
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
    const key = labels.filter((_, i) => i % 2 === 0).sort().join();
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

/** Compares the names of labels, which stand at even places. */
function haveSameNames(a: readonly string[], b: readonly string[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i += 2) {
    if (a[i] !== b[i]) return false;
  }
  return true;
}
