/**
 * Families whose samples are in blocks, so that encoders write only what changed.
 *
 * @module
 */

import { shouldYield, yieldToEventLoop } from "../model/event_loop.ts";
import type { MetricType } from "../model/metric_type.ts";
import type { Family } from "../model/family.ts";
import type { Sample } from "../model/sample.ts";
import type { Block, SeriesLayout } from "./layout.ts";
import type { SeriesView } from "./view.ts";

/** The source of the blocks of a family. */
export interface BlockSource {
  /** The current blocks. */
  readonly blocks: readonly Block[];
  /** The number of removals so far. Each may have moved series to other rows and blocks. */
  readonly removals: number;
  /** Returns whether no series occurs twice. Absent if none can. */
  isUnique?(): boolean | Promise<boolean>;
}

/** Returns whether a row of a block is selected. */
export type RowFilter = (block: Block, row: number) => boolean;

/**
 * The series of an instrument or those that a collector returned, or some of them that a filter selects. Those of instruments are
 * live.
 */
export class BlockFamily implements Family {
  /** The name of the metric. */
  readonly name: string;
  /** The type of all its samples. */
  readonly type: MetricType;
  /** The help text. */
  readonly help: string | undefined;
  /** The base unit of its values. */
  readonly unit: string | undefined;
  /** How the series are exposed. */
  readonly view: SeriesView;
  readonly #source: BlockSource;
  readonly #selects: RowFilter | undefined;

  /** Creates a family of all series of a source, or of those that a filter selects. */
  constructor(view: SeriesView, source: BlockSource, selects?: RowFilter) {
    this.name = view.name;
    this.type = view.type;
    this.help = view.help;
    this.unit = view.unit;
    this.view = view;
    this.#source = source;
    this.#selects = selects;
  }

  /** What all its series have in common. */
  get layout(): SeriesLayout {
    return this.view.layout;
  }

  /** Whether only some rows are selected, so that encoded blocks cannot be kept or used. */
  get isSelection(): boolean {
    return this.#selects !== undefined;
  }

  /** The current blocks. */
  get blocks(): readonly Block[] {
    return this.#source.blocks;
  }

  /** The number of removals so far. A reader that yields between blocks has to start again when it changes. */
  get removals(): number {
    return this.#source.removals;
  }

  /** Whether no series occurs twice. */
  get isUnique(): boolean | Promise<boolean> {
    return this.#source.isUnique?.() ?? true;
  }

  /** The current number of samples. */
  get size(): number {
    let rows = 0;
    for (const block of this.blocks) {
      rows += this.#selects === undefined ? block.rows : this.rowsOf(block).length;
    }
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
  rowsOf(block: Block): readonly number[] {
    const rows: number[] = [];
    for (let row = 0; row < block.rows; row++) {
      if (this.#selects === undefined || this.#selects(block, row)) rows.push(row);
    }
    return rows;
  }

  /** Returns the current samples of the selected rows of one block. */
  samplesOf(block: Block): readonly Sample[] {
    return this.rowsOf(block).flatMap((row) => this.view.samplesOf(block, row));
  }

  /** Returns the same series in another view. */
  in(view: SeriesView): BlockFamily {
    return new BlockFamily(view, this.#source, this.#selects);
  }

  /** Returns those series that a filter selects. */
  selected(selects: RowFilter): BlockFamily {
    return new BlockFamily(this.view, this.#source, selects);
  }
}

/** Returns the number of samples of a family. */
export function sizeOf(family: Family): number {
  return family instanceof BlockFamily ? family.size : family.samples.length;
}
