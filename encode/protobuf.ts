/**
 * The protobuf format: length-delimited `io.prometheus.client.MetricFamily` messages. Apart from OpenMetrics 2.0, it is the only
 * format with native histograms.
 *
 * A message begins with its length, so the metrics of a family are encoded first, in pieces, and then its header, which precedes
 * them. Blocks of instruments fit the schema as they are; their encoded metrics are kept ({@linkcode KeptMessages}). Families of
 * collectors are converted first ({@linkcode protobufFamilies}), and kept if they recur.
 *
 * @see {@link https://prometheus.io/docs/instrumenting/exposition_formats/#protobuf-format}
 *
 * @module
 */

import type { ExpositionBuilder } from "./exposition_builder.ts";
import { Chunk } from "./chunk.ts";
import { BlockFamily } from "../series/block_family.ts";
import { shouldYield, yieldToEventLoop } from "../model/event_loop.ts";
import type { ByteBudget, FamilyEncoder } from "./family_encoder.ts";
import { KeptFamilies } from "./kept_families.ts";
import type { MetricType } from "../model/metric_type.ts";
import {
  hasValidBuckets,
  isStrictlyIncreasing,
  type Point,
  readPoint,
  sampleBatches,
} from "../model/points.ts";
import { KeptMessages } from "./kept_messages.ts";
import { KINDS, pointDetails, writeMetrics } from "./protobuf_metric.ts";
import { type Family, splitBySampleName } from "../model/family.ts";
import { Sample } from "../model/sample.ts";
import type { Block } from "../series/layout.ts";
import type { SeriesView } from "../series/view.ts";
import { WireWriter } from "./protobuf_wire.ts";

/** The minimum size of a piece, except for the last one, in bytes. */
const PIECE_SIZE = 1 << 16;

/** The minimum size of the metrics of a block that expositions lease instead of copying them, in bytes. */
const MIN_LEASED = 1 << 13;

/** The substitutes for types that protobuf lacks. */
const FALLBACKS: Readonly<Partial<Record<MetricType, MetricType>>> = {
  info: "gauge",
  stateset: "gauge",
};

/**
 * Converts a family to one or more families that protobuf can represent.
 *
 * Infos and state sets become gauges. A histogram or a summary is one message, with integer counts and numeric bounds; if one of
 * them does not fit, the whole family is split into untyped families, one per sample name, so that no sample is lost, changed or
 * invented.
 */
export function protobufFamilies(family: Family): readonly Family[] {
  const steps = convertInSteps(family);
  while (true) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

/** Encodes samples of a converted family as `metric` fields. They may be some of its samples, but only complete points. */
export function protobufMetrics(
  family: Family,
  samples: readonly Sample[],
): Uint8Array<ArrayBuffer> {
  const writer = new WireWriter();
  for (const batch of sampleBatches(family, samples)) writeMetrics(writer, family, batch);
  return writer.take();
}

/** Encodes what precedes the metrics of a family: the length of the message, and its other fields. */
export function protobufHeader(family: Family, metricsLength: number): Uint8Array<ArrayBuffer> {
  const { name, type, help, unit } = family;
  const writer = new WireWriter();
  writer.string(1, name);
  if (help) writer.string(2, help);
  writer.uint(3, KINDS[type].id);
  if (unit && hasUnit(family, unit)) writer.string(5, unit);
  const fields = writer.take();
  writer.varint(fields.length + metricsLength);
  writer.append(fields);
  return writer.take();
}

/** What is kept for a view of series in blocks. */
class KeptView {
  /** The family, of a type that protobuf has. */
  readonly metadata: Family;
  readonly #view: SeriesView;
  /** By the identity of the block. */
  readonly #messages = new WeakMap<object, KeptMessages>();
  #header: Chunk | undefined;
  /** The length of all metrics that the header is for. */
  #length = 0;

  constructor(view: SeriesView) {
    const { name, help, unit } = view;
    const type = FALLBACKS[view.type] ?? view.type;
    this.metadata = { name, type, help, unit, samples: [] };
    this.#view = view;
  }

  /** Returns the current metrics of a block. */
  update(block: Block): KeptMessages {
    let messages = this.#messages.get(block.identity);
    if (messages === undefined) {
      messages = new KeptMessages(this.#view, this.metadata);
      this.#messages.set(block.identity, messages);
    }
    messages.update(block);
    return messages;
  }

  /** Adds the metrics of a block. Few of them are joined with what is around them, like small chunks. Returns their length. */
  add(block: Block, builder: ExpositionBuilder, budget: ByteBudget): number {
    const messages = this.update(block);
    if (messages.bytes.length >= MIN_LEASED) {
      builder.addKept(messages);
    } else {
      builder.writer.bytes(messages.bytes);
      builder.endLine();
    }
    if (!budget.take(messages.keptBytes)) this.#messages.delete(block.identity);
    return messages.bytes.length;
  }

  /** Returns the header, which changes only with the length of all metrics. */
  header(length: number, budget: ByteBudget): Chunk {
    const isSame = this.#header !== undefined && this.#length === length;
    const header = isSame ? this.#header! : new Chunk(protobufHeader(this.metadata, length));
    this.#header = budget.take(header.keptBytes) ? header : undefined;
    this.#length = length;
    return header;
  }
}

/** Encodes families as protobuf, and keeps the encoded form of blocks and of families that recur. */
export class ProtobufEncoder implements FamilyEncoder {
  readonly #views = new WeakMap<SeriesView, KeptView>();
  readonly #families = new KeptFamilies();

  /** Encodes families that have samples, and keeps as much for the next exposition as the budget allows. */
  async write(
    families: readonly Family[],
    builder: ExpositionBuilder,
    budget: ByteBudget,
  ): Promise<void> {
    for (const family of families) {
      if (shouldYield()) await yieldToEventLoop();
      if (family instanceof BlockFamily) await this.#writeBlocks(family, builder, budget);
      else await this.#families.add(family, "", builder, budget, (to) => writeFamily(family, to));
    }
  }

  async #writeBlocks(
    family: BlockFamily,
    builder: ExpositionBuilder,
    budget: ByteBudget,
  ): Promise<void> {
    const { view } = family;
    let kept = this.#views.get(view);
    if (kept === undefined) this.#views.set(view, kept = new KeptView(view));
    if (family.isSelection || !await addBlocks(family, kept, builder, budget)) {
      await writeConverted({ ...kept.metadata, samples: await family.snapshot() }, builder);
    }
  }
}

/** Adds all blocks. Yields to the event loop in between. Returns false, and adds nothing, if series were removed meanwhile. */
async function addBlocks(
  family: BlockFamily,
  kept: KeptView,
  builder: ExpositionBuilder,
  budget: ByteBudget,
): Promise<boolean> {
  const { blocks, removals } = family;
  if (blocks.length === 1) {
    const { length } = kept.update(blocks[0]!).bytes;
    if (length === 0) return true;
    builder.addChunk(kept.header(length, budget));
    kept.add(blocks[0]!, builder, budget);
    return true;
  }
  const rollBack = builder.checkpoint();
  const putHeader = builder.reserve();
  let length = 0;
  for (const block of blocks) {
    if (shouldYield()) await yieldToEventLoop();
    if (family.removals !== removals) {
      rollBack();
      return false;
    }
    length += kept.add(block, builder, budget);
  }
  if (length === 0) rollBack();
  else putHeader(kept.header(length, budget));
  return true;
}

/** Converts and encodes a family of any samples. Yields to the event loop in between. */
async function writeFamily(family: Family, builder: ExpositionBuilder): Promise<void> {
  if (family.samples.length === 0) return;
  for (const part of await convertFamily(family)) await writeConverted(part, builder);
}

/** Encodes a family that protobuf can represent. Yields to the event loop in between. */
async function writeConverted(family: Family, builder: ExpositionBuilder): Promise<void> {
  if (family.samples.length === 0) return;
  const metrics = await encodeMetrics(family);
  const length = metrics.reduce((sum, { length }) => sum + length, 0);
  builder.addChunk(new Chunk(protobufHeader(family, length)));
  for (const bytes of metrics) builder.addChunk(new Chunk(bytes));
}

/** Encodes the metrics of a family in pieces. */
async function encodeMetrics(family: Family): Promise<Uint8Array<ArrayBuffer>[]> {
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  const writer = new WireWriter();
  for (const batch of sampleBatches(family)) {
    writeMetrics(writer, family, batch);
    if (writer.length < PIECE_SIZE) continue;
    pieces.push(writer.take());
    if (shouldYield()) await yieldToEventLoop();
  }
  pieces.push(writer.take());
  return pieces;
}

/** Does the same as {@linkcode protobufFamilies}, and yields to the event loop in between. */
async function convertFamily(family: Family): Promise<readonly Family[]> {
  const steps = convertInSteps(family);
  while (true) {
    const { done, value } = steps.next();
    if (done) return value;
    if (shouldYield()) await yieldToEventLoop();
  }
}

/** Converts a family, and yields after each histogram or summary, where the caller can pause. */
function* convertInSteps(family: Family): Generator<undefined, readonly Family[]> {
  const fallback = FALLBACKS[family.type];
  if (fallback !== undefined) return splitBySampleName(family, fallback);
  const fits = RULES[family.type];
  if (fits === undefined) return [family];
  let points = 0;
  let natives = 0;
  for (const samples of sampleBatches(family)) {
    const point = readPoint(family, samples);
    if (!isStrictlyIncreasing(point.bounds) || !fits(point)) {
      return splitBySampleName(family, "untyped");
    }
    points++;
    if (pointDetails(family, samples)?.native !== undefined) natives++;
    yield;
  }
  if (natives === points) return [family];
  if (family.type === "gaugehistogram") return splitBySampleName(family, "untyped");
  return [natives === 0 ? family : withoutNatives(family)];
}

/** The points that fit into a message. Sum and count must be present, because readers take a missing field for 0. */
const RULES: Readonly<Partial<Record<MetricType, (point: Point) => boolean>>> = {
  summary: (point) => point.hasOneTimestamp && hasTotals(point),
  histogram: (point) => hasValidBuckets(point) && hasTotals(point),
  gaugehistogram: (point) => hasValidBuckets(point) && hasTotals(point),
};

function hasTotals({ sum, count }: Point): boolean {
  return sum !== undefined && count !== undefined && count >= 0 && Number.isSafeInteger(count);
}

/** Removes all native histograms: Prometheus reads all histograms of a family as the first one, native or not. */
function withoutNatives({ name, type, help, unit, samples }: Family): Family {
  const classic = samples.map((sample) => {
    if (sample.details?.native === undefined) return sample;
    const { name, labels, value, timestamp, details } = sample;
    return new Sample(name, labels, value, timestamp, { ...details, native: undefined });
  });
  return { name, type, help, unit, samples: classic };
}

/** Returns whether a name ends in a unit, before the suffix of a counter. Otherwise, Prometheus 3 rejects the whole scrape. */
function hasUnit({ name, type }: Family, unit: string): boolean {
  const base = type === "counter" && name.endsWith("_total") ? name.slice(0, -6) : name;
  return base.endsWith(`_${unit}`);
}
