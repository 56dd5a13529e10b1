/**
 * Merges the families of all collectors into one list that makes a valid exposition: unique names, one type per name, no series
 * twice.
 *
 * A family that only one collector contributes is normalized as a whole, which can be cached. Once a second collector contributes,
 * or the filter selects individual samples, the family is rebuilt sample by sample.
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

/** Samples that were left out because they duplicate or contradict others. The first ones were exposed. */
export interface Clash {
  /** The name of the collector whose samples were left out, if it has one. */
  readonly collector: string | undefined;
  /** `duplicate`: a series that exists already. `conflict`: a family whose name or type conflicts with another family. */
  readonly kind: "duplicate" | "conflict";
  /** The series (the first one, if there are several) or the family that was left out. */
  readonly what: string;
  /** The number of samples that were left out. */
  readonly samples: number;
}

/** A family of the result. Either `family` or `sampleSet` is set once samples were added. */
interface MergedFamily {
  readonly name: string;
  readonly type: MetricType;
  help: string | undefined;
  unit: string | undefined;
  /** The normalized family of the only collector that contributed so far. */
  family: Family | undefined;
  /** The samples, once there are several contributions or only some samples are selected. */
  sampleSet: SampleSet | undefined;
}

/** Merges families. If families or series conflict, the first one wins. */
export class Merger {
  readonly #labels: ReadonlyMap<string, string>;
  readonly #filter: Pick<ScrapeFilter, "labels" | "names"> | undefined;
  readonly #utf8Names: boolean;
  readonly #merged = new Map<string, MergedFamily>();
  /** The sample names of the families so far. */
  readonly #taken = new Set<string>();
  #reserved: ReadonlySet<string> = new Set();
  readonly #clashes: Clash[] = [];
  #samples = 0;
  #duplicates = 0;
  /** The largest index of a label of the filter that a sample lacked while it had those before; -1 if none lacked one. */
  #lacking = -1;

  /**
   * Creates a merger without families.
   *
   * @param labels Common labels. A sample's own labels win. Histograms do not get `le` and summaries do not get `quantile`, which
   * would turn their sums and counts into buckets or quantiles.
   * @param filter Selects families and samples. Labels are compared after the common labels have been added.
   * @param utf8Names Whether to allow UTF-8 names. Otherwise, families with other names than legacy names are left out.
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

  /** The number of merged samples. */
  get samples(): number {
    return this.#samples;
  }

  /** The first label of the filter that no sample has together with those before it; undefined if one matched, or there was none. */
  get unmatched(): readonly [name: string, value: string] | undefined {
    return this.#samples === 0 ? [...this.#filter?.labels ?? []][this.#lacking] : undefined;
  }

  /** The number of samples that were left out as duplicates. */
  get duplicates(): number {
    return this.#duplicates;
  }

  /** What was left out: one entry per conflict, and one per family of a collector with duplicates. */
  get clashes(): readonly Clash[] {
    return this.#clashes;
  }

  /** Rejects families with these names until {@linkcode Merger.release} is called. */
  reserve(names: ReadonlySet<string>): void {
    this.#reserved = names;
  }

  /** Accepts the reserved names again. */
  release(): void {
    this.#reserved = new Set();
  }

  /**
   * Adds the families of one collector.
   *
   * @param labels Labels of the collector, which win over the common labels.
   */
  async add(
    families: Iterable<Family>,
    collector?: string,
    labels: ReadonlyMap<string, string> = new Map(),
  ): Promise<void> {
    const all = labels.size === 0 ? this.#labels : new Map([...this.#labels, ...labels]);
    for (const family of families) {
      if (this.#filter?.names.size && !this.#filter.names.has(family.name)) continue;
      const merged = this.#utf8Names || hasLegacyNames(family) ? this.#accept(family) : undefined;
      if (merged === undefined) {
        const { name: what } = family;
        this.#clashes.push({ collector, kind: "conflict", what, samples: sizeOf(family) });
        continue;
      }
      const added = this.#addTo(merged, family, labelsFor(family, all));
      this.#record(added instanceof Promise ? await added : added, collector);
    }
  }

  /** Returns the families, sorted by name. Families without samples are left out. */
  async families(): Promise<Family[]> {
    const sorted = [...this.#merged.values()].sort((a, b) => a.name < b.name ? -1 : 1);
    const families: Family[] = [];
    for (const { name, type, help, unit, family, sampleSet } of sorted) {
      const merged = family ??
        { name, type, help, unit, samples: await orderSamples(name, type, sampleSet!.samples) };
      if (sizeOf(merged) > 0) families.push(merged);
    }
    return families;
  }

  /** Adds a family. Synchronous if its normalized form is cached, to save a promise per family. */
  #addTo(
    merged: MergedFamily,
    family: Family,
    labels: ReadonlyMap<string, string>,
  ): Duplicates | Promise<Duplicates> {
    const isFirst = merged.family === undefined && merged.sampleSet === undefined;
    const selection = isFirst ? this.#wholeSelection(family, labels) : undefined;
    if (selection === undefined) return this.#addSamplesTo(merged, family, labels);
    const normalized = normalize(selection, labels);
    return normalized instanceof Promise
      ? normalized.then((normalized) => this.#addWhole(merged, normalized))
      : this.#addWhole(merged, normalized);
  }

  #addWhole(merged: MergedFamily, { family, duplicates }: NormalizedFamily): Duplicates {
    merged.family = family;
    this.#samples += sizeOf(family);
    return duplicates;
  }

  async #addSamplesTo(
    merged: MergedFamily,
    family: Family,
    labels: ReadonlyMap<string, string>,
  ): Promise<Duplicates> {
    const sampleSet = merged.sampleSet ??= await toSampleSet(merged.family);
    merged.family = undefined;
    const before = sampleSet.samples.length;
    const samples = await samplesOf(this.#candidatesOf(family, labels));
    const duplicates = await addSamples(
      sampleSet,
      samples,
      labels,
      (sample) => this.#selects(sample),
    );
    this.#samples += sampleSet.samples.length - before;
    return duplicates;
  }

  /** Returns what the filter selects of a family, if that can be told without looking at each sample. */
  #wholeSelection(family: Family, labels: ReadonlyMap<string, string>): Family | undefined {
    if (this.#selectsAll(family, labels)) return family;
    if (!(family instanceof BlockFamily)) return undefined;
    const isOfParts = family.layout.parts.some(({ label }) => {
      return label && this.#filter!.labels.has(label[0]);
    });
    return isOfParts ? undefined : this.#candidatesOf(family, labels);
  }

  /** Returns the series that the filter may select. Of series in blocks, no samples are created for others. */
  #candidatesOf(family: Family, labels: ReadonlyMap<string, string>): Family {
    if (!this.#filter?.labels.size || !(family instanceof BlockFamily)) return family;
    const { labelNames, parts } = family.layout;
    const conditions = [...this.#filter.labels].map(([name, value]) => ({
      column: labelNames.indexOf(name),
      value,
      /** What a series without a value of its own has; undefined if it depends on the part, such as a bucket. */
      isCommon: parts.some(({ label }) => label?.[0] === name)
        ? undefined
        : labels.get(name) === value,
    }));
    const impossible = conditions.findIndex(({ column, isCommon }) => {
      return column === -1 && isCommon === false;
    });
    return family.selected((block, row) => {
      // Once some series has all labels before one that no series has, there is nothing left to find out.
      if (impossible !== -1 && this.#lacking >= impossible) return false;
      for (let i = 0; i < conditions.length; i++) {
        const { column, value, isCommon } = conditions[i]!;
        const own = column === -1 ? "" : block.labelValue(row, column);
        if (own === "" ? isCommon !== false : own === value) continue;
        if (i > this.#lacking) this.#lacking = i;
        return false;
      }
      return true;
    });
  }

  #record({ count, what }: Duplicates, collector: string | undefined): void {
    if (count === 0) return;
    this.#duplicates += count;
    this.#clashes.push({ collector, kind: "duplicate", what, samples: count });
  }

  /** Returns the merged family to add to; undefined if the name or the type conflicts with an earlier family. */
  #accept(family: Family): MergedFamily | undefined {
    const { name, type, help, unit } = family;
    const existing = this.#merged.get(name);
    if (existing) {
      if (existing.type !== type) return undefined;
      existing.help ??= help;
      existing.unit ??= unit;
      return existing;
    }
    const names = sampleNames(name, type);
    if (names.some((name) => this.#taken.has(name) || this.#reserved.has(name))) return undefined;
    const merged = { name, type, help, unit, family: undefined, sampleSet: undefined };
    this.#merged.set(name, merged);
    for (const name of names) this.#taken.add(name);
    return merged;
  }

  /** Returns whether the filter certainly selects all samples of a family with these common labels. */
  #selectsAll(family: Family, labels: ReadonlyMap<string, string>): boolean {
    if (!this.#filter?.labels.size) return true;
    const ownNames = family instanceof BlockFamily ? family.layout.labelNames : undefined;
    if (ownNames === undefined) return false;
    return [...this.#filter.labels].every(([name, value]) =>
      labels.get(name) === value && !ownNames.includes(name)
    );
  }

  #selects(sample: Sample): boolean {
    if (!this.#filter?.labels.size) return true;
    let index = 0;
    for (const [name, value] of this.#filter.labels) {
      if (sample.label(name) !== value) {
        if (index > this.#lacking) this.#lacking = index;
        return false;
      }
      index++;
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
