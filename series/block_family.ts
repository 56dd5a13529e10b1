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

/** Returns whether a row of a block is selected. */
export type RowFilter = (block: SeriesBlock, row: number) => boolean;

/** How a view differs from the series themselves. */
interface ViewInit {
  /** Replaces the name and labels of each sample; it must not change anything else. */
  readonly map?: ((sample: Sample) => Sample) | undefined;
  /** The names of all labels that samples may have after that. */
  readonly labelNames?: readonly string[];
  /** Selects rows; by default, all are selected. */
  readonly selects?: RowFilter | undefined;
}

/** A live view of the series of an instrument, or of those that a filter selects. */
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
  readonly #selects: RowFilter | undefined;

  /** Creates a view. */
  constructor(
    { name, type, help, unit }: FamilyHead,
    layout: SeriesLayout,
    series: BlockSource,
    { map, labelNames = namesIn(layout), selects }: ViewInit = {},
  ) {
    this.name = name;
    this.type = type;
    this.help = help;
    this.unit = unit;
    this.layout = layout;
    this.labelNames = labelNames;
    this.#series = series;
    this.#map = map;
    this.#selects = selects;
  }

  /** Whether only some rows are selected, so that encoded blocks cannot be kept or used. */
  get isSelection(): boolean {
    return this.#selects !== undefined;
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
    if (this.#selects === undefined) return this.blocks.reduce((sum, { size }) => sum + size, 0);
    const rows = this.blocks.reduce((sum, block) => sum + this.rowsOf(block).length, 0);
    return rows * this.layout.parts.length;
  }

  /** All current samples. */
  get samples(): readonly Sample[] {
    return this.blocks.flatMap((block) => this.samplesOf(block));
  }

  /** Returns all current samples. Yields to the event loop between blocks. */
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

  /** Returns the rows of a block that are selected. */
  rowsOf(block: SeriesBlock): readonly number[] {
    const rows: number[] = [];
    for (let row = 0; row < block.children.length; row++) {
      if (this.#selects === undefined || this.#selects(block, row)) rows.push(row);
    }
    return rows;
  }

  /** Returns the current samples of one block. */
  samplesOf(block: SeriesBlock): readonly Sample[] {
    if (this.#selects !== undefined) {
      return this.rowsOf(block).flatMap((row) => this.seriesOf(block, row));
    }
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
      {
        map: inner ? (sample) => map(inner(sample)) : map,
        labelNames: [...this.labelNames, ...labelNames],
        selects: this.#selects,
      },
    );
  }

  /** Creates another view of the same series, of those that a filter selects. */
  selected(selects: RowFilter): BlockFamily {
    const { layout, labelNames } = this;
    return new BlockFamily(this, layout, this.#series, { map: this.#map, labelNames, selects });
  }
}

function namesIn({ labelNames, parts }: SeriesLayout): string[] {
  return [...labelNames, ...parts.flatMap(({ label }) => label ? [label[0]] : [])];
}

/** Returns the number of samples of a family. */
export function sizeOf(family: Family): number {
  return family instanceof BlockFamily ? family.size : family.samples.length;
}
