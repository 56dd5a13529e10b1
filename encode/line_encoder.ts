/**
 * Encodes families line by line, in any line format, and keeps the encoded lines of those that may be unchanged in the next
 * exposition.
 *
 * What is kept depends on the form and the size of a family:
 *
 * - A block of {@linkcode SMALL_BLOCK} samples or more keeps its lines, and updates values in place ({@linkcode KeptLines}).
 * - A smaller block, or one whose samples share lines, keeps its text, and replaces the series that changed ({@linkcode KeptText}).
 *   Small texts are joined with the text around them.
 * - A family of at most {@linkcode TINY_FAMILY} samples in blocks keeps its text only after it did not change between two
 *   expositions ({@linkcode TinyText}): writing it takes less time than keeping it.
 * - Of the series that a collector returned, nothing is kept until they are written for the second time, because they may never
 *   occur again.
 * - A family of single samples is kept in chunks if it recurs ({@linkcode KeptFamilies}). It is encoded once.
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
import { KeptText } from "./kept_text.ts";
import type { LineFamily, LineFormat, LineView } from "./line_format.ts";
import { sampleBatches } from "../model/points.ts";
import type { Family } from "../model/family.ts";
import type { Block } from "../series/layout.ts";
import type { SeriesView } from "../series/view.ts";
import { areValid, writeLine, writeRow } from "./write_lines.ts";

/** The minimum number of samples in a block that keeps its lines in place. */
const SMALL_BLOCK = 64;

/** The maximum number of samples in a tiny family. */
const TINY_FAMILY = 16;

/** The writer for headers. */
const headerWriter = new ByteWriter();

/** The state of a tiny family at the last exposition, with its encoded lines if they were kept. */
interface TinyText {
  readonly identity: object;
  readonly version: number;
  readonly shape: number;
  readonly text: Uint8Array | undefined;
}

/** Stands for the lines of series that were written once. */
const WRITTEN_ONCE = "written once";

/** What is kept for a block. */
type Encoded = KeptLines | KeptText | typeof WRITTEN_ONCE;

/** What is kept for a view of series in blocks. */
interface KeptView {
  readonly hasNameConflict: boolean;
  /** The converted view. Undefined if the format cannot represent it as one family. */
  readonly converted: LineView | undefined;
  readonly header: Chunk;
  /** By the identity of the block. */
  readonly encoded: WeakMap<object, Encoded>;
  tiny: TinyText | undefined;
}

/** Encodes families in one line format. */
export class LineEncoder implements FamilyEncoder {
  readonly #format: LineFormat;
  readonly #views = new WeakMap<SeriesView, KeptView>();
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
      const converted = this.#format.convertView(family.view, hasNameConflict);
      return converted !== undefined && await this.#addSelection(family, converted, builder);
    }
    const kept = this.#keptView(family.view, hasNameConflict);
    return kept.converted !== undefined &&
      await this.#addBlocks(family, kept, kept.converted, builder, budget);
  }

  /** Adds the selected rows of all blocks. Returns false like {@linkcode #addBlocks}. */
  async #addSelection(
    family: BlockFamily,
    converted: LineView,
    builder: ExpositionBuilder,
  ): Promise<boolean> {
    const { removals } = family;
    const rollBack = builder.checkpoint();
    builder.addText(this.#format.header(converted.metadata));
    for (const block of family.blocks) {
      if (shouldYield()) await yieldToEventLoop();
      const rows = family.rowsOf(block);
      if (family.removals === removals && areValid(block, converted, rows)) {
        this.#addRows(block, rows, converted, builder);
        continue;
      }
      rollBack();
      return false;
    }
    return true;
  }

  #addRows(
    block: Block,
    rows: Iterable<number>,
    converted: LineView,
    builder: ExpositionBuilder,
  ): void {
    for (const row of rows) {
      writeRow(builder.writer, block, row, converted, this.#format);
      builder.endLine();
    }
  }

  #keptView(view: SeriesView, hasNameConflict: boolean): KeptView {
    const existing = this.#views.get(view);
    if (existing?.hasNameConflict === hasNameConflict) return existing;
    const converted = this.#format.convertView(view, hasNameConflict);
    headerWriter.clear();
    if (converted !== undefined) headerWriter.text(this.#format.header(converted.metadata));
    const header = new Chunk(headerWriter.take());
    const encoded: KeptView["encoded"] = new WeakMap();
    const created: KeptView = { hasNameConflict, converted, header, encoded, tiny: undefined };
    this.#views.set(view, created);
    return created;
  }

  /** Adds all blocks. Returns false, and adds nothing, if a value is invalid or series were removed in the meantime. */
  async #addBlocks(
    family: BlockFamily,
    kept: KeptView,
    converted: LineView,
    builder: ExpositionBuilder,
    budget: ByteBudget,
  ): Promise<boolean> {
    const { removals, blocks } = family;
    if (blocks.length === 1 && family.size <= TINY_FAMILY) {
      return this.#addTiny(blocks[0]!, kept, converted, builder, budget);
    }
    const rollBack = blocks.length > 1 ? builder.checkpoint() : undefined;
    for (const [i, block] of blocks.entries()) {
      const previous = kept.encoded.get(block.identity);
      // Checking the clock takes longer than adding a block that is ready.
      if (!(previous instanceof KeptLines && previous.isReady(block, builder.encoding))) {
        if (shouldYield()) await yieldToEventLoop();
      }
      const current = family.removals === removals
        ? this.#update(block, converted, previous)
        : undefined;
      if (current === undefined) {
        rollBack?.();
        return false;
      }
      if (i === 0) builder.addChunk(kept.header);
      if (current instanceof KeptLines) builder.addKept(current);
      else if (current instanceof KeptText) builder.addChunk(current.chunk);
      else this.#addRows(block, Array(block.rows).keys(), converted, builder);
      const mayKeep = current === WRITTEN_ONCE || budget.take(current.keptBytes);
      if (!mayKeep) kept.encoded.delete(block.identity);
      else if (current !== previous) kept.encoded.set(block.identity, current);
    }
    return true;
  }

  /** Adds a family of one tiny block. Returns false, and adds nothing, if a value is invalid. */
  #addTiny(
    block: Block,
    kept: KeptView,
    converted: LineView,
    builder: ExpositionBuilder,
    budget: ByteBudget,
  ): boolean {
    block.sync();
    const { identity, version, shape } = block;
    const { tiny } = kept;
    const isSame = tiny?.identity === identity && tiny.version === version && tiny.shape === shape;
    if (!isSame && !areValid(block, converted)) return false;
    const { writer } = builder;
    writer.bytes(kept.header.plain);
    const { length } = writer;
    if (isSame && tiny.text !== undefined) {
      writer.bytes(tiny.text);
    } else {
      for (let row = 0; row < block.rows; row++) {
        writeRow(writer, block, row, converted, this.#format);
      }
    }
    const size = writer.length - length;
    const text = isSame && budget.take(size)
      ? tiny.text ?? writer.buffer.slice(length, writer.length)
      : undefined;
    if (!isSame || text !== tiny.text) kept.tiny = { identity, version, shape, text };
    builder.endLine();
    return true;
  }

  /**
   * Brings the encoded lines of a block up to date, or returns {@linkcode WRITTEN_ONCE} if they need not be kept. Returns undefined
   * if a value is invalid.
   */
  #update(
    block: Block,
    converted: LineView,
    previous: Encoded | undefined,
  ): Encoded | undefined {
    if (previous === undefined && block.layout.isCollected) {
      return areValid(block, converted) ? WRITTEN_ONCE : undefined;
    }
    const isSmall = block.size < SMALL_BLOCK || converted.metadata.writePoint !== undefined;
    const Kept = isSmall ? KeptText : KeptLines;
    const lines = previous instanceof Kept ? previous : new Kept(converted, this.#format);
    return lines.update(block) ? lines : undefined;
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
      writeLine(writer, sample, family, this.#format);
      if (builder.endLine() && shouldYield()) await yieldToEventLoop();
    }
  }
}
