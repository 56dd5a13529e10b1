/**
 * The protobuf format: delimited messages `io.prometheus.client.MetricFamily`. But for OpenMetrics 2.0, it is the only one
 * that has native histograms.
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
import { hasBuckets, isStrictlyRising, type Point, portions, readPoint } from "../model/points.ts";
import { KINDS, pointDetails, writeMetric } from "./protobuf_metric.ts";
import { type Family, PARTS, separate } from "../model/family.ts";
import { Sample } from "../model/sample.ts";
import type { SeriesBlock } from "../series/block.ts";
import { WireWriter } from "./protobuf_wire.ts";

/** How long a piece is at least, but for the last one. */
const PIECE = 1 << 16;

/** What protobuf has instead of the types that it does not have. */
const FALLBACKS: Readonly<Partial<Record<MetricType, MetricType>>> = {
  info: "gauge",
  stateset: "gauge",
};

/**
 * The families that one is in protobuf, which has neither infos nor state sets.
 *
 * A histogram or a summary is one message there, with whole numbers as counts and with bounds that are numbers. A family with
 * one that does not fit into that is exposed as untyped, each name of its samples as a family of its own, so that no sample is
 * lost, changed or made up.
 */
export function protobufFamilies(family: Family): readonly Family[] {
  const steps = divide(family);
  while (true) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

/** The fields of a message that hold samples of a family: all of it, or some that are whole histograms and summaries. */
export function protobufMetrics(
  family: Family,
  samples: readonly Sample[],
): Uint8Array<ArrayBuffer> {
  const writer = new WireWriter();
  for (const portion of portions(family, samples)) writeMetrics(writer, family, portion);
  return writer.take();
}

/** What precedes the metrics of a family: the length of the message, and the fields that are not metrics. */
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

/** What is kept of a block. */
interface KeptMetrics {
  readonly chunk: Chunk;
  readonly version: number;
  readonly shape: number;
}

/** Writes protobuf, and keeps what it wrote of families and of blocks that have not changed by the next time. */
export class ProtobufEncoder implements FamilyEncoder {
  readonly #blocks = new WeakMap<BlockFamily, WeakMap<SeriesBlock, KeptMetrics>>();
  readonly #families = new KeptFamilies();

  /** Writes families. Those without samples are left out. */
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

  /** The series of instruments fit into messages as they are. */
  async #writeBlocks(
    family: BlockFamily,
    builder: ExpositionBuilder,
    budget: ByteBudget,
  ): Promise<void> {
    const { name, help, unit, removals } = family;
    const type = FALLBACKS[family.type] ?? family.type;
    const head = { name, type, help, unit, samples: [] };
    const chunks: Chunk[] = [];
    for (const block of family.blocks) {
      if (shouldYield()) await yieldToEventLoop();
      if (family.removals !== removals) {
        return await writeFamily({ ...head, type: family.type, samples: family.samples }, builder);
      }
      chunks.push(this.#chunkOf(block, family, head, budget));
    }
    const length = chunks.reduce((sum, { plain }) => sum + plain.length, 0);
    if (length === 0) return;
    builder.addChunk(new Chunk(protobufHeader(head, length)));
    for (const chunk of chunks) builder.addChunk(chunk);
  }

  #chunkOf(block: SeriesBlock, family: BlockFamily, head: Family, budget: ByteBudget): Chunk {
    block.sync();
    const { version, shape } = block;
    let blocks = this.#blocks.get(family);
    if (blocks === undefined) this.#blocks.set(family, blocks = new WeakMap());
    let kept = blocks.get(block);
    if (kept?.version !== version || kept.shape !== shape) {
      kept = { chunk: new Chunk(protobufMetrics(head, family.samplesOf(block))), version, shape };
      blocks.set(block, kept);
    }
    if (!budget.take(kept.chunk.heldBytes)) blocks.delete(block);
    return kept.chunk;
  }
}

/** Writes a family of any samples, and lets other work of the program chunk between them. */
async function writeFamily(family: Family, builder: ExpositionBuilder): Promise<void> {
  if (family.samples.length === 0) return;
  for (const part of await divideSlowly(family)) {
    const metrics = await encodeMetrics(part);
    const length = metrics.reduce((sum, { length }) => sum + length, 0);
    builder.addChunk(new Chunk(protobufHeader(part, length)));
    for (const bytes of metrics) builder.addChunk(new Chunk(bytes));
  }
}

/** The metrics of a family in pieces. Their length has to be known before any of them is sent. */
async function encodeMetrics(family: Family): Promise<Uint8Array<ArrayBuffer>[]> {
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  const writer = new WireWriter();
  for (const portion of portions(family)) {
    writeMetrics(writer, family, portion);
    if (writer.length < PIECE) continue;
    pieces.push(writer.take());
    if (shouldYield()) await yieldToEventLoop();
  }
  pieces.push(writer.take());
  return pieces;
}

function writeMetrics(writer: WireWriter, family: Family, portion: readonly Sample[]): void {
  if (PARTS[family.type] === undefined) {
    for (const sample of portion) writeMetric(writer, family, [sample]);
  } else {
    writeMetric(writer, family, portion);
  }
}

async function divideSlowly(family: Family): Promise<readonly Family[]> {
  const steps = divide(family);
  while (true) {
    const { done, value } = steps.next();
    if (done) return value;
    if (shouldYield()) await yieldToEventLoop();
  }
}

/** Finds out what a family is in protobuf, with a pause after each histogram or summary. */
function* divide(family: Family): Generator<undefined, readonly Family[]> {
  const fallback = FALLBACKS[family.type];
  if (fallback !== undefined) return separate(family, fallback);
  const fits = RULES[family.type];
  if (fits === undefined) return [family];
  let points = 0;
  let natives = 0;
  for (const samples of portions(family)) {
    const point = readPoint(family, samples);
    if (!isStrictlyRising(point.bounds) || !fits(point)) return separate(family, "untyped");
    points++;
    if (pointDetails(family, samples)?.native !== undefined) natives++;
    yield;
  }
  if (natives === points) return [family];
  if (family.type === "gaugehistogram") return separate(family, "untyped");
  return [natives === 0 ? family : withoutNatives(family)];
}

/** What fits into a message, whose reader takes a sum or a count that is not there for 0. */
const RULES: Readonly<Partial<Record<MetricType, (point: Point) => boolean>>> = {
  summary: (point) => point.isOneTime && hasTotals(point),
  histogram: (point) => hasBuckets(point) && hasTotals(point),
  gaugehistogram: (point) => hasBuckets(point) && hasTotals(point),
};

function hasTotals({ sum, count }: Point): boolean {
  return sum !== undefined && count !== undefined && count >= 0 && Number.isSafeInteger(count);
}

/** Prometheus takes either all histograms of a family for native ones or none, as the first one is. */
function withoutNatives({ name, type, help, unit, samples }: Family): Family {
  const classic = samples.map((sample) => {
    if (sample.details?.native === undefined) return sample;
    const { name, labels, value, timestamp, details } = sample;
    return new Sample(name, labels, value, timestamp, { ...details, native: undefined });
  });
  return { name, type, help, unit, samples: classic };
}

/** Prometheus 3 refuses a whole scrape for a unit that a name does not end in, before the suffix of a counter. */
function hasUnit({ name, type }: Family, unit: string): boolean {
  const base = type === "counter" && name.endsWith("_total") ? name.slice(0, -6) : name;
  return base.endsWith(`_${unit}`);
}
