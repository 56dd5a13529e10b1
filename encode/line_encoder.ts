/**
 * Encodes families line by line, in any line format, and keeps the encoded lines of those that may be unchanged in the next
 * exposition.
 *
 * What is kept depends on the origin and the size of a family:
 *
 * - A family of a collector is kept in chunks if it recurs ({@linkcode KeptFamilies}). It is encoded once.
 * - A block of an instrument with {@linkcode SMALL_BLOCK} samples or more keeps its lines, and updates values in place
 *   ({@linkcode KeptLines}).
 * - A smaller block, or one whose samples share lines, keeps its text, and replaces the series that changed ({@linkcode KeptText}).
 *   Small texts are joined with the text around them.
 * - An instrument of at most {@linkcode TINY_FAMILY} samples keeps its text only after it did not change between two expositions
 *   ({@linkcode TinyText}): writing it takes less time than keeping it.
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
import { sampleBatches } from "../model/points.ts";
import type { Family } from "../model/family.ts";
import type { Sample } from "../model/sample.ts";
import type { SeriesBlock } from "../series/block.ts";

/** The minimum number of samples in a block that keeps its lines in place. */
const SMALL_BLOCK = 64;

/** The maximum number of samples in a tiny family. */
const TINY_FAMILY = 16;

const SPACE = 32;
const LINE_FEED = 10;

/** The writer for texts that become a chunk. */
const chunkWriter = new ByteWriter();

/** The encoded lines of a small block. */
interface KeptText {
  readonly chunk: Chunk;
  /** The offset of the end of each series. */
  readonly ends: readonly number[];
  readonly version: number;
  readonly shape: number;
}

/** The state of a tiny family at the last exposition, with its encoded lines if they were kept. */
interface TinyText {
  readonly block: SeriesBlock;
  readonly version: number;
  readonly shape: number;
  readonly text: Uint8Array | undefined;
}

/** What is kept for a family of an instrument. */
interface KeptBlocks {
  readonly hasNameConflict: boolean;
  /** The converted family. Undefined if the format cannot represent it as one family. */
  readonly blocks: LineBlocks | undefined;
  readonly header: Chunk;
  readonly encoded: WeakMap<SeriesBlock, KeptLines | KeptText>;
  tiny: TinyText | undefined;
}

/** Encodes families in one line format. */
export class LineEncoder implements FamilyEncoder {
  readonly #format: LineFormat;
  readonly #blocks = new WeakMap<BlockFamily, KeptBlocks>();
  readonly #families = new KeptFamilies();

  /** Creates an encoder that keeps nothing yet. */
  constructor(format: LineFormat) {
    this.#format = format;
  }

  /** Encodes families that have samples, and keeps as much for the next exposition as the budget allows. */
  async write(
    families: readonly Family[],
    builder: ExpositionBuilder,
    budget: ByteBudget,
  ): Promise<void> {
    const filled = families.filter((family) => sizeOf(family) > 0);
    const conflicting = this.#format.findNameConflicts(filled);
    for (const family of filled) {
      const hasNameConflict = conflicting.has(family);
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
    if (await this.#writeAsBlocks(family, hasNameConflict, builder, budget)) return;
    const { name, type, help, unit } = family;
    const samples = await family.snapshot();
    await this.#writeFamily({ name, type, help, unit, samples }, hasNameConflict, builder);
  }

  /** Adds a family block by block. Returns false, and adds nothing, if it must be converted as a whole. */
  async #writeAsBlocks(
    family: BlockFamily,
    hasNameConflict: boolean,
    builder: ExpositionBuilder,
    budget: ByteBudget,
  ): Promise<boolean> {
    if (family.isSelection) {
      const blocks = this.#format.convertBlocks(family, hasNameConflict);
      return blocks !== undefined && await this.#addSelection(blocks, builder);
    }
    const kept = this.#keptBlocks(family, hasNameConflict);
    return kept.blocks !== undefined &&
      await this.#addBlocks(kept, kept.blocks, builder, budget);
  }

  /** Adds the selected rows of all blocks. Returns false like {@linkcode #addBlocks}. */
  async #addSelection(blocks: LineBlocks, builder: ExpositionBuilder): Promise<boolean> {
    const { family, metadata } = blocks;
    const { removals } = family;
    const rollBack = builder.checkpoint();
    builder.addText(this.#format.header(metadata));
    for (const block of family.blocks) {
      if (shouldYield()) await yieldToEventLoop();
      const isAdded = family.removals === removals && this.#addRows(block, blocks, builder);
      if (isAdded) continue;
      rollBack();
      return false;
    }
    return true;
  }

  #addRows(
    block: SeriesBlock,
    { family, metadata, isValid }: LineBlocks,
    builder: ExpositionBuilder,
  ): boolean {
    const values = new Float64Array(block.layout.parts.length);
    for (const row of family.rowsOf(block)) {
      if (isValid !== undefined) {
        block.children[row]!.read(values, 0);
        if (!isValid(values)) return false;
      }
      this.#writePoint(builder.writer, family.seriesOf(block, row), metadata);
      builder.endLine();
    }
    return true;
  }

  #keptBlocks(family: BlockFamily, hasNameConflict: boolean): KeptBlocks {
    const existing = this.#blocks.get(family);
    if (existing?.hasNameConflict === hasNameConflict) return existing;
    const blocks = this.#format.convertBlocks(family, hasNameConflict);
    chunkWriter.clear();
    if (blocks !== undefined) chunkWriter.text(this.#format.header(blocks.metadata));
    const header = new Chunk(chunkWriter.take());
    const encoded = new WeakMap<SeriesBlock, KeptLines | KeptText>();
    const created: KeptBlocks = { hasNameConflict, blocks, header, encoded, tiny: undefined };
    this.#blocks.set(family, created);
    return created;
  }

  /** Adds all blocks. Returns false, and adds nothing, if a value is invalid or series were removed in the meantime. */
  async #addBlocks(
    kept: KeptBlocks,
    blocks: LineBlocks,
    builder: ExpositionBuilder,
    budget: ByteBudget,
  ): Promise<boolean> {
    const { header, encoded } = kept;
    const { family } = blocks;
    if (family.blocks.length === 1 && family.size <= TINY_FAMILY) {
      return this.#addTiny(kept, blocks, builder, budget);
    }
    const { removals } = family;
    const rollBack = family.blocks.length > 1 ? builder.checkpoint() : undefined;
    for (const [i, block] of family.blocks.entries()) {
      const previous = encoded.get(block);
      // Checking the clock takes longer than adding a block that is ready.
      if (!(previous instanceof KeptLines && previous.isReady(builder.encoding)) && shouldYield()) {
        await yieldToEventLoop();
      }
      const current = family.removals === removals
        ? this.#update(block, blocks, previous)
        : undefined;
      if (current === undefined) {
        rollBack?.();
        return false;
      }
      if (i === 0) builder.addChunk(header);
      if (current instanceof KeptLines) builder.addKept(current);
      else builder.addChunk(current.chunk);
      const { keptBytes } = current instanceof KeptLines ? current : current.chunk;
      if (!budget.take(keptBytes)) encoded.delete(block);
      else if (current !== previous) encoded.set(block, current);
    }
    return true;
  }

  /** Adds a family of one tiny block. Returns false, and adds nothing, if a value is invalid. */
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

  #writeBlock(writer: ByteWriter, block: SeriesBlock, { metadata, family }: LineBlocks): void {
    for (let row = 0; row < block.children.length; row++) {
      this.#writePoint(writer, family.seriesOf(block, row), metadata);
    }
  }

  /** Brings the encoded lines of a block up to date. Returns undefined if a value is invalid. */
  #update(
    block: SeriesBlock,
    blocks: LineBlocks,
    previous: KeptLines | KeptText | undefined,
  ): KeptLines | KeptText | undefined {
    if (block.size < SMALL_BLOCK || blocks.metadata.writePoint !== undefined) {
      return this.#updateText(block, blocks, previous instanceof KeptLines ? undefined : previous);
    }
    const lines = previous instanceof KeptLines
      ? previous
      : new KeptLines(block, blocks, this.#format);
    return lines.update() ? lines : undefined;
  }

  #updateText(
    block: SeriesBlock,
    { metadata, family, isValid }: LineBlocks,
    previous: KeptText | undefined,
  ): KeptText | undefined {
    block.sync();
    const { version, shape } = block;
    if (previous?.version === version && previous.shape === shape) return previous;
    const values = new Float64Array(block.layout.parts.length);
    const old = previous?.shape === shape ? previous : undefined;
    const ends: number[] = [];
    chunkWriter.clear();
    for (const [row, child] of block.children.entries()) {
      if (old !== undefined && block.changedAt[row]! <= old.version) {
        chunkWriter.bytes(old.chunk.plain.subarray(old.ends[row - 1] ?? 0, old.ends[row]));
      } else {
        child.read(values, 0);
        if (isValid?.(values) === false) return undefined;
        this.#writePoint(chunkWriter, family.seriesOf(block, row), metadata);
      }
      ends.push(chunkWriter.length);
    }
    return { chunk: new Chunk(chunkWriter.take()), ends, version, shape };
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
      for (const samples of sampleBatches(family)) {
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

  /** Writes the lines of one series of an instrument. */
  #writePoint(writer: ByteWriter, samples: readonly Sample[], family: LineFamily): void {
    if (family.writePoint !== undefined) return writer.text(family.writePoint(samples));
    for (const sample of this.#format.exposedSamples(samples, family)) {
      this.#writeLine(writer, sample, family);
    }
  }

  #writeLine(writer: ByteWriter, sample: Sample, family: LineFamily): void {
    writer.series(sample.name, this.#format.labels(sample, family));
    writer.byte(SPACE);
    writer.value(sample.value);
    writer.text(this.#format.tail(sample, family));
    writer.byte(LINE_FEED);
  }
}
