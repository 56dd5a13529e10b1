/**
 * Writes families line by line, keeping what it wrote of those that may come again.
 *
 * @module
 */

import { type Assembly, Run } from "./assembly.ts";
import { BlockFamily, sizeOf } from "./block_family.ts";
import { breathe, overdue } from "./breath.ts";
import { formatValue } from "./escape.ts";
import { type FamilyEncoder, KeptFamilies, type Room } from "./kept_families.ts";
import { KeptLines } from "./kept_lines.ts";
import type { LineBlocks, LineFamily, LineFormat } from "./line_format.ts";
import { portions } from "./points.ts";
import type { Family, Sample } from "./sample.ts";
import type { SeriesBlock } from "./series_block.ts";

/** Blocks of fewer samples are kept as text, which is joined to what is around it. So are those whose samples share lines. */
const SMALL = 64;

const encoder = new TextEncoder();

/** The text of a block. */
interface KeptText {
  readonly text: string;
  /** The lines of its series, if they have one each. */
  readonly lines: readonly string[] | undefined;
  readonly version: number;
  readonly shape: number;
}

/** What is kept of a family in blocks. */
interface KeptBlocks {
  readonly isClashing: boolean;
  readonly blocks: LineBlocks | undefined;
  readonly header: Run | undefined;
  readonly kept: WeakMap<SeriesBlock, KeptLines | KeptText>;
}

/** Writes one format. */
export class LineEncoder implements FamilyEncoder {
  readonly #format: LineFormat;
  readonly #blocks = new WeakMap<BlockFamily, KeptBlocks>();
  readonly #families = new KeptFamilies();

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
        await this.#families.add(
          family,
          String(isClashing),
          assembly,
          room,
          (to) => this.#writeFamily(family, isClashing, to),
        );
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
      assembly.addRun(kept.header!);
      if (await this.#addBlocks(kept.blocks, kept.kept, assembly, room)) return;
      takeBack();
    }
    const { name, type, help, unit } = family;
    const samples = await family.snapshot();
    await this.#writeFamily({ name, type, help, unit, samples }, isClashing, assembly);
  }

  #keptBlocks(family: BlockFamily, isClashing: boolean): KeptBlocks {
    const known = this.#blocks.get(family);
    if (known?.isClashing === isClashing) return known;
    const blocks = this.#format.conformBlocks(family, isClashing);
    const header = blocks && new Run(encoder.encode(this.#format.header(blocks.head)));
    const made: KeptBlocks = { isClashing, blocks, header, kept: new WeakMap() };
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
      const known = kept.get(block);
      // A look at the clock takes longer than a block in which there is nothing to do.
      if (!(known instanceof KeptLines && known.isReady(assembly.encoding)) && overdue()) {
        await breathe();
      }
      if (blocks.family.removals !== removals) return false;
      if (block.size < SMALL || blocks.head.writePoint !== undefined) {
        const text = this.#updateText(
          block,
          blocks,
          known instanceof KeptLines ? undefined : known,
        );
        if (text === undefined) return false;
        assembly.addText(text.text);
        const held = text.lines === undefined ? text.text.length : 2 * text.text.length;
        if (!room.take(held)) kept.delete(block);
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
    const old = known?.shape === shape ? known : undefined;
    const lines: string[] = [];
    for (const [row, child] of block.children.entries()) {
      const isOld = old !== undefined && block.changedAt[row]! <= old.version;
      let line = isOld ? old.lines?.[row] : undefined;
      if (line === undefined) {
        child.read(values, 0);
        if (isSound?.(values) === false) return undefined;
        line = this.#point(family.seriesOf(block, row), head);
      }
      lines.push(line);
    }
    const isComposite = head.writePoint !== undefined;
    return { text: lines.join(""), lines: isComposite ? lines : undefined, version, shape };
  }

  async #writeFamily(family: Family, isClashing: boolean, assembly: Assembly): Promise<void> {
    for (const part of await this.#format.conform(family, isClashing)) {
      await this.#addSamples(part, assembly);
    }
  }

  async #addSamples(family: LineFamily, assembly: Assembly): Promise<void> {
    assembly.addText(this.#format.header(family));
    const { writePoint } = family;
    if (writePoint !== undefined) {
      for (const samples of portions(family)) {
        if (assembly.addText(writePoint(samples)) && overdue()) await breathe();
      }
      return;
    }
    for (const sample of family.samples) {
      if (assembly.addText(this.#line(sample, family)) && overdue()) await breathe();
    }
  }

  /** The lines of one series in blocks. */
  #point(samples: readonly Sample[], family: LineFamily): string {
    if (family.writePoint !== undefined) return family.writePoint(samples);
    const expanded = this.#format.expand(samples, family);
    return expanded.map((sample) => this.#line(sample, family)).join("");
  }

  #line(sample: Sample, family: LineFamily): string {
    const { series, after } = this.#format;
    return `${series(sample, family)} ${formatValue(sample.value)}${after(sample, family)}\n`;
  }
}
