/**
 * Brings the families of all collectors together into one exposition that Prometheus accepts.
 *
 * @module
 */

import {
  addSamples,
  type Duplicates,
  normalize,
  type NormalizedFamily,
  type SampleSet,
  samplesOf,
  toSampleSet,
} from "./normalize.ts";
import { BlockFamily, sizeOf } from "../series/block_family.ts";
import type { ScrapeFilter } from "./filter.ts";
import type { Labels } from "../labels.ts";
import { hasLegacyNames } from "../series/family_names.ts";
import type { MetricType } from "../model/metric_type.ts";
import { orderSamples } from "./order.ts";
import { type Family, PARTS, sampleNames } from "../model/family.ts";
import type { Sample } from "../model/sample.ts";

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

/** A family as it is merged. */
interface Slot {
  readonly name: string;
  readonly type: MetricType;
  help: string | undefined;
  unit: string | undefined;
  /** What it is as long as nothing else belongs to it. */
  whole: Family | undefined;
  /** What it is made of, if that is known. */
  sampleSet: SampleSet | undefined;
}

/** Merges families, those added first having the right of way. */
export class Merger {
  readonly #labels: ReadonlyMap<string, string>;
  readonly #filter: Pick<ScrapeFilter, "labels" | "names"> | undefined;
  readonly #utf8Names: boolean;
  readonly #slots = new Map<string, Slot>();
  /** The names of samples that families have taken. */
  readonly #taken = new Set<string>();
  #reserved: ReadonlySet<string> = new Set();
  readonly #clashes: Clash[] = [];
  #samples = 0;
  #duplicates = 0;

  /**
   * Starts with labels that every sample gets unless it has them itself, and with what is asked for. Histograms do not
   * get `le` and summaries do not get `quantile`, where it would make nonsense of their sums and counts.
   *
   * @param utf8Names Whether names can be any text. Otherwise a family with other names than legacy names is left out.
   */
  constructor(
    labels: Labels,
    filter?: Pick<ScrapeFilter, "labels" | "names">,
    utf8Names: boolean = false,
  ) {
    this.#labels = labels;
    this.#filter = filter;
    this.#utf8Names = utf8Names;
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
      const slot = this.#utf8Names || hasLegacyNames(family) ? this.#accept(family) : undefined;
      if (slot === undefined) {
        const { name: what } = family;
        this.#clashes.push({ collector, kind: "conflict", what, samples: sizeOf(family) });
        continue;
      }
      const added = this.#addTo(slot, family, labelsFor(family, all));
      this.#record(added instanceof Promise ? await added : added, collector);
    }
  }

  /** The families, sorted by name, without those that have no samples. */
  async families(): Promise<Family[]> {
    const slots = [...this.#slots.values()].sort((a, b) => a.name < b.name ? -1 : 1);
    const families: Family[] = [];
    for (const { name, type, help, unit, whole, sampleSet } of slots) {
      const family = whole ??
        { name, type, help, unit, samples: await orderSamples(name, type, sampleSet!.samples) };
      if (sizeOf(family) > 0) families.push(family);
    }
    return families;
  }

  /** There is nothing to wait for where a family is known already. */
  #addTo(
    slot: Slot,
    family: Family,
    labels: ReadonlyMap<string, string>,
  ): Duplicates | Promise<Duplicates> {
    const isFirst = slot.whole === undefined && slot.sampleSet === undefined;
    if (!isFirst || !this.#selectsAll(family, labels)) {
      return this.#addSamplesTo(slot, family, labels);
    }
    const normalized = normalize(family, labels);
    return normalized instanceof Promise
      ? normalized.then((normalized) => this.#fill(slot, normalized))
      : this.#fill(slot, normalized);
  }

  #fill(slot: Slot, { family, duplicates }: NormalizedFamily): Duplicates {
    slot.whole = family;
    this.#samples += sizeOf(family);
    return duplicates;
  }

  async #addSamplesTo(
    slot: Slot,
    family: Family,
    labels: ReadonlyMap<string, string>,
  ): Promise<Duplicates> {
    const sampleSet = slot.sampleSet ??= await toSampleSet(slot.whole);
    slot.whole = undefined;
    const before = sampleSet.samples.length;
    const duplicates = await addSamples(
      sampleSet,
      await samplesOf(family),
      labels,
      (sample) => this.#selects(sample),
    );
    this.#samples += sampleSet.samples.length - before;
    return duplicates;
  }

  #record({ count, what }: Duplicates, collector: string | undefined): void {
    if (count === 0) return;
    this.#duplicates += count;
    this.#clashes.push({ collector, kind: "duplicate", what, samples: count });
  }

  /** The family to add to, or undefined if the name or the type clashes with what is there. */
  #accept(family: Family): Slot | undefined {
    const { name, type, help, unit } = family;
    const existing = this.#slots.get(name);
    if (existing) {
      if (existing.type !== type) return undefined;
      existing.help ??= help;
      existing.unit ??= unit;
      return existing;
    }
    const names = sampleNames(name, type);
    if (names.some((name) => this.#taken.has(name) || this.#reserved.has(name))) return undefined;
    const slot = { name, type, help, unit, whole: undefined, sampleSet: undefined };
    this.#slots.set(name, slot);
    for (const name of names) this.#taken.add(name);
    return slot;
  }

  /** Tells whether a family that gets these labels is asked for with all that it has. */
  #selectsAll(family: Family, labels: ReadonlyMap<string, string>): boolean {
    if (!this.#filter?.labels.size) return true;
    const mayDiffer = family instanceof BlockFamily ? family.layout.labelNames : undefined;
    if (mayDiffer === undefined) return false;
    return [...this.#filter.labels].every(([name, value]) =>
      labels.get(name) === value && !mayDiffer.includes(name)
    );
  }

  #selects(sample: Sample): boolean {
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
