/**
 * Writes families line by line, keeping what it wrote of those that may come again.
 *
 * @module
 */

import { Assembly, Run } from "./assembly.ts";
import { BlockFamily, sizeOf } from "./block_family.ts";
import { breathe, overdue } from "./breath.ts";
import { formatValue } from "./escape.ts";
import { KeptLines } from "./kept_lines.ts";
import type { LineBlocks, LineFamily, LineFormat } from "./line_format.ts";
import type { Family, Sample } from "./sample.ts";
import type { SeriesBlock } from "./series_block.ts";

/** Blocks of fewer samples are kept as text, which is joined to what is around it. */
const SMALL = 64;

/** Fewer bytes are joined to what is around them. */
const ALONE = 1 << 13;

/** What bounds the bytes that are kept. */
export interface Room {
  /** Tells whether there is room for so many more bytes, which are taken then. */
  take(bytes: number): boolean;
}

/** The text of a small block, or of a small family of a collector. */
interface KeptText {
  readonly text: string;
  readonly version: number;
  readonly shape: number;
}

/** What is kept of a family in blocks. */
interface KeptBlocks {
  readonly isClashing: boolean;
  readonly blocks: LineBlocks | undefined;
  readonly kept: WeakMap<SeriesBlock, KeptLines | KeptText>;
}

/** What is kept of a family of a collector: nothing when it is seen for the first time, for most are never seen again. */
interface KeptFamily {
  readonly isClashing: boolean;
  readonly runs?: readonly Run[];
}

/** Writes one format. */
export class LineEncoder {
  readonly #format: LineFormat;
  readonly #blocks = new WeakMap<BlockFamily, KeptBlocks>();
  readonly #families = new WeakMap<Family, KeptFamily>();

  /** Has written nothing yet. */
  constructor(format: LineFormat) {
    this.#format = format;
  }

  /** Writes families, and keeps for the next time as much as there is room for. */
  async write(families: readonly Family[], assembly: Assembly, room: Room): Promise<void> {
    const filled = families.filter((family) => sizeOf(family) > 0);
    const clashing = this.#format.findClashes(filled);
    for (const family of filled) {
      const isClashing = clashing.has(family);
      if (family instanceof BlockFamily) {
        await this.#writeBlocks(family, isClashing, assembly, room);
      } else {
        await this.#writeFamily(family, isClashing, assembly, room);
      }
      if (overdue()) await breathe();
    }
    assembly.addText(this.#format.end);
  }

  async #writeBlocks(
    family: BlockFamily,
    isClashing: boolean,
    assembly: Assembly,
    room: Room,
  ): Promise<void> {
    const kept = this.#keptBlocks(family, isClashing);
    if (kept.blocks !== undefined) {
      const takeBack = assembly.checkpoint();
      assembly.addText(this.#format.header(kept.blocks.head));
      if (await this.#addBlocks(kept.blocks, kept.kept, assembly, room)) return;
      takeBack();
    }
    const { name, type, help, unit } = family;
    const samples = await family.snapshot();
    for (
      const part of await this.#format.conform({ name, type, help, unit, samples }, isClashing)
    ) {
      await this.#addSamples(part, (text) => assembly.addText(text));
    }
  }

  #keptBlocks(family: BlockFamily, isClashing: boolean): KeptBlocks {
    const known = this.#blocks.get(family);
    if (known?.isClashing === isClashing) return known;
    const blocks = this.#format.conformBlocks(family, isClashing);
    const made: KeptBlocks = { isClashing, blocks, kept: new WeakMap() };
    this.#blocks.set(family, made);
    return made;
  }

  /** Tells whether all blocks were added. If not, some value is not allowed, or series were removed meanwhile. */
  async #addBlocks(
    blocks: LineBlocks,
    kept: KeptBlocks["kept"],
    assembly: Assembly,
    room: Room,
  ): Promise<boolean> {
    const { removals } = blocks.family;
    for (const block of blocks.family.blocks) {
      if (overdue()) await breathe();
      if (blocks.family.removals !== removals) return false;
      const known = kept.get(block);
      if (block.size < SMALL) {
        const text = this.#updateText(
          block,
          blocks,
          known instanceof KeptLines ? undefined : known,
        );
        if (text === undefined) return false;
        assembly.addText(text.text);
        if (!room.take(text.text.length)) kept.delete(block);
        else if (text !== known) kept.set(block, text);
      } else {
        const lines = known instanceof KeptLines
          ? known
          : new KeptLines(block, blocks, this.#format);
        if (!lines.update()) return false;
        assembly.addLines(lines);
        if (!room.take(lines.held)) kept.delete(block);
        else if (lines !== known) kept.set(block, lines);
      }
    }
    return true;
  }

  #updateText(
    block: SeriesBlock,
    { head, family, isSound }: LineBlocks,
    known: KeptText | undefined,
  ): KeptText | undefined {
    block.sync();
    const { version, shape } = block;
    if (known?.version === version && known.shape === shape) return known;
    const values = new Float64Array(block.layout.parts.length);
    let text = "";
    for (const [row, child] of block.children.entries()) {
      child.read(values, 0);
      if (isSound?.(values) === false) return undefined;
      for (const sample of family.seriesOf(block, row)) text += this.#line(sample, head);
    }
    return { text, version, shape };
  }

  async #writeFamily(
    family: Family,
    isClashing: boolean,
    assembly: Assembly,
    room: Room,
  ): Promise<void> {
    let known = this.#families.get(family);
    if (known?.isClashing === isClashing) {
      known = known.runs === undefined
        ? { isClashing, runs: await this.#runsOf(family, isClashing) }
        : known;
      const held = known.runs!.reduce((sum, run) => sum + run.held, 0);
      this.#families.set(family, room.take(held) ? known : { isClashing });
      for (const run of known.runs!) {
        if (run.plain.byteLength < ALONE) assembly.addBytes(run.plain);
        else assembly.addRun(run);
      }
      return;
    }
    this.#families.set(family, { isClashing });
    for (const part of await this.#format.conform(family, isClashing)) {
      await this.#addSamples(part, (text) => assembly.addText(text));
    }
  }

  async #runsOf(family: Family, isClashing: boolean): Promise<readonly Run[]> {
    const whole = new Assembly("identity");
    for (const part of await this.#format.conform(family, isClashing)) {
      await this.#addSamples(part, (text) => whole.addText(text));
    }
    return whole.end().map((chunk) => new Run(chunk));
  }

  async #addSamples(family: LineFamily, add: (text: string) => boolean): Promise<void> {
    add(this.#format.header(family));
    for (const sample of family.samples) {
      if (add(this.#line(sample, family)) && overdue()) await breathe();
    }
  }

  #line(sample: Sample, family: LineFamily): string {
    const { series, after } = this.#format;
    return `${series(sample, family)} ${formatValue(sample.value)}${after(sample, family)}\n`;
  }
}
