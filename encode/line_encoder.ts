/**
 * Writes families line by line, keeping what it wrote of those that may come again.
 *
 * @module
 */

import type { ExpositionBuilder } from "./exposition_builder.ts";
import { Chunk } from "./chunk.ts";
import { BlockFamily, sizeOf } from "../series/block_family.ts";
import { ByteWriter } from "./byte_writer.ts";
import { shouldYield, yieldToEventLoop } from "../model/event_loop.ts";
import type { ByteBudget, FamilyEncoder } from "./family_encoder.ts";
import { KeptFamilies } from "./kept_families.ts";
import { KeptLines } from "./kept_lines.ts";
import type { LineBlocks, LineFamily, LineFormat } from "./line_format.ts";
import { portions } from "../model/points.ts";
import type { Family } from "../model/family.ts";
import type { Sample } from "../model/sample.ts";
import type { SeriesBlock } from "../series/block.ts";

/** Blocks of fewer samples are kept as text, which is joined to what is around it. So are those whose samples share lines. */
const SMALL = 64;

/** Families of no more samples are kept only when they have stayed the same once. */
const TINY = 16;

const SPACE = 32;
const LINE_FEED = 10;

/** Where small texts are written, each in one go. */
const line = new ByteWriter();

/** The text of a block. */
interface KeptText {
  readonly chunk: Chunk;
  /** Where the lines of each series end. */
  readonly ends: readonly number[];
  readonly version: number;
  readonly shape: number;
}

/** The text of a tiny family, or just which one it was. */
interface TinyText {
  readonly block: SeriesBlock;
  readonly version: number;
  readonly shape: number;
  readonly text: Uint8Array | undefined;
}

/** What is kept of a family in blocks. */
interface KeptBlocks {
  readonly hasNameConflict: boolean;
  readonly blocks: LineBlocks | undefined;
  readonly header: Chunk;
  readonly kept: WeakMap<SeriesBlock, KeptLines | KeptText>;
  tiny: TinyText | undefined;
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

  /** Writes families, and keeps for the next time as much as there is budget for. */
  async write(
    families: readonly Family[],
    builder: ExpositionBuilder,
    budget: ByteBudget,
  ): Promise<void> {
    const filled = families.filter((family) => sizeOf(family) > 0);
    const clashing = this.#format.findNameConflicts(filled);
    for (const family of filled) {
      const hasNameConflict = clashing.has(family);
      if (family instanceof BlockFamily) {
        await this.#writeBlocks(family, hasNameConflict, builder, budget);
      } else {
        await this.#families.add(
          family,
          String(hasNameConflict),
          builder,
          budget,
          (to) => this.#writeFamily(family, hasNameConflict, to),
        );
      }
      if (shouldYield()) await yieldToEventLoop();
    }
    builder.addText(this.#format.end);
  }

  async #writeBlocks(
    family: BlockFamily,
    hasNameConflict: boolean,
    builder: ExpositionBuilder,
    budget: ByteBudget,
  ): Promise<void> {
    const kept = this.#keptBlocks(family, hasNameConflict);
    if (kept.blocks !== undefined && await this.#addBlocks(kept, kept.blocks, builder, budget)) {
      return;
    }
    const { name, type, help, unit } = family;
    const samples = await family.snapshot();
    await this.#writeFamily({ name, type, help, unit, samples }, hasNameConflict, builder);
  }

  #keptBlocks(family: BlockFamily, hasNameConflict: boolean): KeptBlocks {
    const known = this.#blocks.get(family);
    if (known?.hasNameConflict === hasNameConflict) return known;
    const blocks = this.#format.convertBlocks(family, hasNameConflict);
    line.length = 0;
    if (blocks !== undefined) line.text(this.#format.header(blocks.head));
    const header = new Chunk(line.take());
    const kept = new WeakMap<SeriesBlock, KeptLines | KeptText>();
    const made: KeptBlocks = { hasNameConflict, blocks, header, kept, tiny: undefined };
    this.#blocks.set(family, made);
    return made;
  }

  /** Adds all blocks, or nothing if some value is not allowed, or if series were removed meanwhile; tells which. */
  async #addBlocks(
    whole: KeptBlocks,
    blocks: LineBlocks,
    builder: ExpositionBuilder,
    budget: ByteBudget,
  ): Promise<boolean> {
    const { header, kept } = whole;
    const { family } = blocks;
    if (family.blocks.length === 1 && family.size <= TINY) {
      return this.#addTiny(whole, blocks, builder, budget);
    }
    const { removals } = family;
    const takeBack = family.blocks.length > 1 ? builder.checkpoint() : undefined;
    for (const [i, block] of family.blocks.entries()) {
      const known = kept.get(block);
      // A look at the clock takes longer than a block in which there is nothing to do.
      if (!(known instanceof KeptLines && known.isReady(builder.encoding)) && shouldYield()) {
        await yieldToEventLoop();
      }
      const written = family.removals === removals ? this.#update(block, blocks, known) : undefined;
      if (written === undefined) {
        takeBack?.();
        return false;
      }
      if (i === 0) builder.addChunk(header);
      if (written instanceof KeptLines) builder.addLines(written);
      else builder.addChunk(written.chunk);
      const { heldBytes } = written instanceof KeptLines ? written : written.chunk;
      if (!budget.take(heldBytes)) kept.delete(block);
      else if (written !== known) kept.set(block, written);
    }
    return true;
  }

  /** Adds a family of one tiny block, unless some value is not allowed. Keeping it each time would take longer than writing it. */
  #addTiny(
    kept: KeptBlocks,
    blocks: LineBlocks,
    builder: ExpositionBuilder,
    budget: ByteBudget,
  ): boolean {
    const block = blocks.family.blocks[0]!;
    block.sync();
    const { version, shape } = block;
    const { tiny } = kept;
    const isSame = tiny?.block === block && tiny.version === version && tiny.shape === shape;
    if (!isSame && !this.#isValid(block, blocks)) return false;
    const { writer } = builder;
    writer.bytes(kept.header.plain);
    const { length } = writer;
    if (isSame && tiny.text !== undefined) writer.bytes(tiny.text);
    else this.#writeBlock(writer, block, blocks);
    const size = writer.length - length;
    const text = isSame && budget.take(size)
      ? tiny.text ?? writer.buffer.slice(length, writer.length)
      : undefined;
    if (!isSame || text !== tiny.text) kept.tiny = { block, version, shape, text };
    builder.endLine();
    return true;
  }

  #isValid(block: SeriesBlock, { isValid }: LineBlocks): boolean {
    if (isValid === undefined) return true;
    const values = new Float64Array(block.layout.parts.length);
    return block.children.every((child) => {
      child.read(values, 0);
      return isValid(values);
    });
  }

  #writeBlock(writer: ByteWriter, block: SeriesBlock, { head, family }: LineBlocks): void {
    for (let row = 0; row < block.children.length; row++) {
      this.#writePoint(writer, family.seriesOf(block, row), head);
    }
  }

  /** Writes what has changed of a block; undefined if some value is not allowed. */
  #update(
    block: SeriesBlock,
    blocks: LineBlocks,
    known: KeptLines | KeptText | undefined,
  ): KeptLines | KeptText | undefined {
    if (block.size < SMALL || blocks.head.writePoint !== undefined) {
      return this.#updateText(block, blocks, known instanceof KeptLines ? undefined : known);
    }
    const lines = known instanceof KeptLines ? known : new KeptLines(block, blocks, this.#format);
    return lines.update() ? lines : undefined;
  }

  #updateText(
    block: SeriesBlock,
    { head, family, isValid }: LineBlocks,
    known: KeptText | undefined,
  ): KeptText | undefined {
    block.sync();
    const { version, shape } = block;
    if (known?.version === version && known.shape === shape) return known;
    const values = new Float64Array(block.layout.parts.length);
    const old = known?.shape === shape ? known : undefined;
    const ends: number[] = [];
    line.length = 0;
    for (const [row, child] of block.children.entries()) {
      if (old !== undefined && block.changedAt[row]! <= old.version) {
        line.bytes(old.chunk.plain.subarray(old.ends[row - 1] ?? 0, old.ends[row]));
      } else {
        child.read(values, 0);
        if (isValid?.(values) === false) return undefined;
        this.#writePoint(line, family.seriesOf(block, row), head);
      }
      ends.push(line.length);
    }
    return { chunk: new Chunk(line.take()), ends, version, shape };
  }

  async #writeFamily(
    family: Family,
    hasNameConflict: boolean,
    builder: ExpositionBuilder,
  ): Promise<void> {
    for (const part of await this.#format.convert(family, hasNameConflict)) {
      await this.#addSamples(part, builder);
    }
  }

  async #addSamples(family: LineFamily, builder: ExpositionBuilder): Promise<void> {
    builder.addText(this.#format.header(family));
    const { writePoint } = family;
    if (writePoint !== undefined) {
      for (const samples of portions(family)) {
        if (builder.addText(writePoint(samples)) && shouldYield()) await yieldToEventLoop();
      }
      return;
    }
    const { writer } = builder;
    for (const sample of family.samples) {
      this.#writeLine(writer, sample, family);
      if (builder.endLine() && shouldYield()) await yieldToEventLoop();
    }
  }

  /** Writes the lines of one series in blocks. */
  #writePoint(writer: ByteWriter, samples: readonly Sample[], family: LineFamily): void {
    if (family.writePoint !== undefined) return writer.text(family.writePoint(samples));
    for (const sample of this.#format.expand(samples, family)) {
      this.#writeLine(writer, sample, family);
    }
  }

  #writeLine(writer: ByteWriter, sample: Sample, family: LineFamily): void {
    writer.series(sample.name, this.#format.labels(sample, family));
    writer.byte(SPACE);
    writer.value(sample.value);
    writer.text(this.#format.after(sample, family));
    writer.byte(LINE_FEED);
  }
}
