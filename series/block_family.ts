/**
 * Families whose samples are in blocks, so that encoders can keep what they wrote of those that have not changed.
 *
 * @module
 */

import { shouldYield, yieldToEventLoop } from "../model/event_loop.ts";
import type { MetricType } from "../model/metric_type.ts";
import type { Family } from "../model/family.ts";
import type { Sample } from "../model/sample.ts";
import type { SeriesBlock, SeriesLayout } from "./block.ts";

/** What a family is called, and what is said about it. */
export type FamilyHead = Omit<Family, "samples">;

/** Where the blocks of a family are. */
export interface BlockSource {
  /** The blocks as they are now. */
  readonly blocks: readonly SeriesBlock[];
  /** How often series were removed, after which others may be in their place or they may be elsewhere. */
  readonly removals: number;
}

/** A view of the series of an instrument: what is exposed of them changes as they do. */
export class BlockFamily implements Family {
  /** The name of the metric. */
  readonly name: string;
  /** The type of all its samples. */
  readonly type: MetricType;
  /** What it measures, in a sentence. */
  readonly help: string | undefined;
  /** The base unit of its values. */
  readonly unit: string | undefined;
  /** The names of all labels that its samples may have. */
  readonly labelNames: readonly string[];
  /** What all its series have in common. */
  readonly layout: SeriesLayout;
  readonly #series: BlockSource;
  readonly #map: ((sample: Sample) => Sample) | undefined;

  /**
   * Makes a view.
   *
   * @param map What becomes of each sample. It may give it another name and other labels, and nothing else.
   * @param labelNames The names of all labels that this gives.
   */
  constructor(
    { name, type, help, unit }: FamilyHead,
    layout: SeriesLayout,
    series: BlockSource,
    map?: (sample: Sample) => Sample,
    labelNames: readonly string[] = namesIn(layout),
  ) {
    this.name = name;
    this.type = type;
    this.help = help;
    this.unit = unit;
    this.layout = layout;
    this.labelNames = labelNames;
    this.#series = series;
    this.#map = map;
  }

  /** The blocks as they are now. */
  get blocks(): readonly SeriesBlock[] {
    return this.#series.blocks;
  }

  /** How often series were removed. Who reads block by block begins again when that happens. */
  get removals(): number {
    return this.#series.removals;
  }

  /** How many samples there are now. */
  get size(): number {
    return this.blocks.reduce((sum, { size }) => sum + size, 0);
  }

  /** All samples as they are now. */
  get samples(): readonly Sample[] {
    return this.blocks.flatMap((block) => this.samplesOf(block));
  }

  /** All samples, taken block by block with the event loop free in between. */
  async snapshot(): Promise<readonly Sample[]> {
    const { removals } = this;
    const samples: Sample[] = [];
    for (const block of this.blocks) {
      if (shouldYield()) await yieldToEventLoop();
      if (this.removals !== removals) return this.samples;
      for (const sample of this.samplesOf(block)) samples.push(sample);
    }
    return samples;
  }

  /** The samples of one block as they are now. */
  samplesOf(block: SeriesBlock): readonly Sample[] {
    const samples = block.samples();
    return this.#map ? samples.map(this.#map) : samples;
  }

  /** The samples of one series as they are now. */
  seriesOf(block: SeriesBlock, row: number): readonly Sample[] {
    const samples = block.samplesOf(row);
    return this.#map ? samples.map(this.#map) : samples;
  }

  /** Another view of the same series, under another name or with other labels, of which these names are new. */
  mapped(
    head: Partial<FamilyHead>,
    map: (sample: Sample) => Sample,
    labelNames: readonly string[] = [],
  ): BlockFamily {
    const inner = this.#map;
    const { name, type, help, unit } = this;
    return new BlockFamily(
      { name, type, help, unit, ...head },
      this.layout,
      this.#series,
      inner ? (sample) => map(inner(sample)) : map,
      [...this.labelNames, ...labelNames],
    );
  }
}

function namesIn({ labelNames, parts }: SeriesLayout): string[] {
  return [...labelNames, ...parts.flatMap(({ label }) => label ? [label[0]] : [])];
}

/** How many samples a family has. */
export function sizeOf(family: Family): number {
  return family instanceof BlockFamily ? family.size : family.samples.length;
}
