/**
 * Families whose samples are in blocks, so that encoders write only the blocks that changed.
 *
 * @module
 */

import { shouldYield, yieldToEventLoop } from "../model/event_loop.ts";
import type { MetricType } from "../model/metric_type.ts";
import type { Family } from "../model/family.ts";
import type { Sample } from "../model/sample.ts";
import type { SeriesBlock, SeriesLayout } from "./block.ts";

/** The metadata of a family. */
export type FamilyHead = Omit<Family, "samples">;

/** The source of the blocks of a family. */
export interface BlockSource {
  /** The current blocks. */
  readonly blocks: readonly SeriesBlock[];
  /** The number of removals so far. Each may have moved children to other rows and blocks. */
  readonly removals: number;
}

/** A live view of the series of an instrument. */
export class BlockFamily implements Family {
  /** The name of the metric. */
  readonly name: string;
  /** The type of all its samples. */
  readonly type: MetricType;
  /** The help text. */
  readonly help: string | undefined;
  /** The base unit of its values. */
  readonly unit: string | undefined;
  /** The names of all labels that samples may have. */
  readonly labelNames: readonly string[];
  /** What all its series have in common. */
  readonly layout: SeriesLayout;
  readonly #series: BlockSource;
  readonly #map: ((sample: Sample) => Sample) | undefined;

  /**
   * Creates a view.
   *
   * @param map Replaces the name and labels of each sample; it must not change anything else.
   * @param labelNames The names of all labels that samples may have after that.
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

  /** The current blocks. */
  get blocks(): readonly SeriesBlock[] {
    return this.#series.blocks;
  }

  /** The number of removals so far. A reader that yields between blocks has to start again when it changes. */
  get removals(): number {
    return this.#series.removals;
  }

  /** The current number of samples. */
  get size(): number {
    return this.blocks.reduce((sum, { size }) => sum + size, 0);
  }

  /** All current samples. */
  get samples(): readonly Sample[] {
    return this.blocks.flatMap((block) => this.samplesOf(block));
  }

  /**
   * Returns the samples of all selected series. Yields to the event loop between blocks.
   *
   * @param selects Returns whether a row is selected; by default, all are.
   */
  async snapshot(
    selects: (block: SeriesBlock, row: number) => boolean = () => true,
  ): Promise<readonly Sample[]> {
    const { removals } = this;
    const samples: Sample[] = [];
    for (const block of this.blocks) {
      if (shouldYield()) await yieldToEventLoop();
      if (this.removals !== removals) return this.#allSelected(selects);
      this.#addSelected(block, selects, samples);
    }
    return samples;
  }

  #allSelected(selects: (block: SeriesBlock, row: number) => boolean): Sample[] {
    const samples: Sample[] = [];
    for (const block of this.blocks) this.#addSelected(block, selects, samples);
    return samples;
  }

  #addSelected(
    block: SeriesBlock,
    selects: (block: SeriesBlock, row: number) => boolean,
    samples: Sample[],
  ): void {
    for (let row = 0; row < block.children.length; row++) {
      if (!selects(block, row)) continue;
      for (const sample of this.seriesOf(block, row)) samples.push(sample);
    }
  }

  /** Returns the current samples of one block. */
  samplesOf(block: SeriesBlock): readonly Sample[] {
    const samples = block.samples();
    return this.#map ? samples.map(this.#map) : samples;
  }

  /** Returns the current samples of one child. */
  seriesOf(block: SeriesBlock, row: number): readonly Sample[] {
    const samples = block.samplesOf(row);
    return this.#map ? samples.map(this.#map) : samples;
  }

  /** Creates another view of the same series, with other metadata or labels. `labelNames` are the labels that `map` adds. */
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

/** Returns the number of samples of a family. */
export function sizeOf(family: Family): number {
  return family instanceof BlockFamily ? family.size : family.samples.length;
}
