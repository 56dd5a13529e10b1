/**
 * How the series of a family are exposed. A view is the same object at each scrape, so that what was derived from it can be kept.
 *
 * @module
 */

import type { Family } from "../model/family.ts";
import type { MetricType } from "../model/metric_type.ts";
import type { Sample } from "../model/sample.ts";
import type { Block, SeriesLayout } from "./layout.ts";

/** The metadata of a family. */
export type FamilyHead = Omit<Family, "samples">;

/** How a view changes samples. */
interface ViewMapping {
  /** Replaces the name and labels of a sample; it must not change anything else. */
  readonly map: (sample: Sample) => Sample;
  /** The names of all labels that samples may have after that. */
  readonly labelNames: readonly string[];
}

/** The metadata of a family, and the names and labels of its samples. */
export class SeriesView {
  /** The name of the metric. */
  readonly name: string;
  /** The type of all samples. */
  readonly type: MetricType;
  /** The help text. */
  readonly help: string | undefined;
  /** The base unit of the values. */
  readonly unit: string | undefined;
  /** What all series have in common. */
  readonly layout: SeriesLayout;
  /** The names of all labels that samples may have. */
  readonly labelNames: readonly string[];
  readonly #map: ((sample: Sample) => Sample) | undefined;

  /** Creates a view of series as they are, or of changed ones. */
  constructor({ name, type, help, unit }: FamilyHead, layout: SeriesLayout, mapping?: ViewMapping) {
    this.name = name;
    this.type = type;
    this.help = help;
    this.unit = unit;
    this.layout = layout;
    this.labelNames = mapping?.labelNames ?? namesIn(layout);
    this.#map = mapping?.map;
  }

  /** Returns the current samples of one series, part by part. */
  samplesOf(block: Block, row: number): readonly Sample[] {
    const samples = block.samplesOf(row);
    return this.#map ? samples.map(this.#map) : samples;
  }

  /** Creates a view of what this one shows, with other metadata or labels. `labelNames` are the labels that `map` adds. */
  mapped(
    head: Partial<FamilyHead>,
    map: (sample: Sample) => Sample,
    labelNames: readonly string[] = [],
  ): SeriesView {
    const inner = this.#map;
    const { name, type, help, unit } = this;
    return new SeriesView({ name, type, help, unit, ...head }, this.layout, {
      map: inner ? (sample) => map(inner(sample)) : map,
      labelNames: [...this.labelNames, ...labelNames],
    });
  }
}

function namesIn({ labelNames, parts }: SeriesLayout): string[] {
  return [...labelNames, ...parts.flatMap(({ label }) => label ? [label[0]] : [])];
}
