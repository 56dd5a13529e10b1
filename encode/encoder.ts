/**
 * Encodes families as an exposition in any format and content coding, and keeps encoded parts for the next scrape.
 *
 * @module
 */

import { EncodedExposition } from "./encoded_exposition.ts";
import { ExpositionBuilder } from "./exposition_builder.ts";
import type { Chunk } from "./chunk.ts";
import type { Escaping } from "../model/names.ts";
import { contentType, type FormatVariant, OPENMETRICS_2 } from "./format.ts";
import type { Encoding, Exposition, Format } from "../exposition.ts";
import { ByteBudget, type FamilyEncoder } from "./family_encoder.ts";
import { loadZstd } from "./zstd.ts";
import { loadPatching } from "../deflate/patching.ts";
import { loadZlib } from "../deflate/zlib.ts";
import { LineEncoder } from "./line_encoder.ts";
import type { Family } from "../model/family.ts";
import { TEXT } from "./text.ts";

/** Options of {@linkcode Encoder}. */
export interface EncoderOptions {
  /** The maximum number of bytes to keep. */
  readonly maxKeptBytes: number;
  /** Whether families may have UTF-8 names. */
  readonly utf8Names: boolean;
  /** Whether to write `_created` samples in OpenMetrics 1.0. */
  readonly createdSamples: boolean;
  /** The clock, in seconds. */
  readonly now: () => number;
}

/** How to encode. */
export interface EncodeRequest {
  /** The format, its version and the escaping scheme. */
  readonly variant: FormatVariant;
  /** The content coding. */
  readonly encoding: Encoding;
  /**
   * Whether these are only some of the families. What is kept for the others then stays.
   *
   * @default {false}
   */
  readonly isPartial?: boolean;
}

/** The time, in seconds, after which kept bytes of an unused variant are dropped. */
const MAX_IDLE = 600;

/** A distinct syntax. Versions of a format only differ in their content type, except OpenMetrics 2.0. */
type Syntax = Format | "openmetrics2";

/** Creates an encoder. All but the first are loaded when they are first used. */
const ENCODERS: Readonly<
  Record<Syntax, (options: EncoderOptions) => FamilyEncoder | Promise<FamilyEncoder>>
> = {
  text: () => new LineEncoder(TEXT),
  openmetrics: async (options) =>
    new LineEncoder((await import("./openmetrics.ts")).openMetrics(options)),
  openmetrics2: async () => new LineEncoder((await import("./openmetrics2.ts")).openMetrics2()),
  protobuf: async () => new (await import("./protobuf.ts")).ProtobufEncoder(),
};

/** What is kept for one syntax and escaping scheme. */
interface Kept {
  /** The encoder, which keeps what it writes. */
  readonly encoder: FamilyEncoder | Promise<FamilyEncoder>;
  /** The compressed text of the last exposition that the encoder itself does not keep. */
  reusable: readonly Chunk[];
  bytes: number;
  usedAt: number;
  /** When it was used the time before; never if that was not the case. */
  usedBefore: number;
}

/** Encodes families, and keeps the encoded form of those that may be unchanged in the next exposition. */
export class Encoder {
  readonly #options: EncoderOptions;
  /** By variant, the least recently used first. */
  readonly #kept = new Map<string, Kept>();

  /** Creates an encoder that keeps nothing yet. */
  constructor(options: EncoderOptions) {
    this.#options = options;
  }

  /** The number of bytes that are kept. */
  get keptBytes(): number {
    return [...this.#kept.values()].reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** Encodes families. */
  async encode(
    families: readonly Family[],
    { variant, encoding, isPartial = false }: EncodeRequest,
  ): Promise<Exposition> {
    if (encoding === "gzip") await Promise.all([loadZlib(), loadPatching()]);
    if (encoding === "zstd" && !await loadZstd()) {
      throw new RangeError("Cannot encode exposition with zstd: this runtime does not have it");
    }
    const kept = this.#keptFor(variant);
    const encoder = await kept.encoder;
    const renamed = await this.#rename(families, variant.escaping);
    const builder = new ExpositionBuilder(encoding, kept.reusable);
    const budget = new ByteBudget(this.#budgetFor(kept));
    await encoder.write(renamed, builder, budget);
    const chunks = builder.end();
    if (isPartial) {
      kept.bytes = Math.max(kept.bytes, budget.taken);
    } else {
      if (encoding !== "identity") {
        kept.reusable = builder.reusable.filter(({ keptBytes }) => budget.take(keptBytes));
      }
      kept.bytes = budget.taken;
    }
    this.#makeRoomFor(kept);
    return new EncodedExposition({
      contentType: contentType(variant),
      encoding,
      chunks,
      leases: builder.leases,
    });
  }

  /** Escapes names. Of the schemes, only `dots` changes legacy names. */
  async #rename(families: readonly Family[], escaping: Escaping): Promise<readonly Family[]> {
    if (!this.#options.utf8Names && escaping !== "dots") return families;
    const { renameFamilies } = await import("./rename.ts");
    return renameFamilies(families, escaping);
  }

  /** Returns what is kept for a variant, and drops what is kept for variants that are no longer used. */
  #keptFor({ format, version, escaping }: FormatVariant): Kept {
    const now = this.#options.now();
    for (const [key, { usedAt }] of this.#kept) {
      if (now - usedAt > MAX_IDLE) this.#kept.delete(key);
    }
    const syntax = version === OPENMETRICS_2 ? "openmetrics2" : format;
    const key = `${syntax} ${escaping}`;
    const kept = this.#kept.get(key) ?? {
      encoder: ENCODERS[syntax](this.#options),
      reusable: [],
      bytes: 0,
      usedAt: -Infinity,
      usedBefore: -Infinity,
    };
    kept.usedBefore = kept.usedAt;
    kept.usedAt = now;
    this.#kept.delete(key);
    this.#kept.set(key, kept);
    return kept;
  }

  /**
   * Returns how much may be kept for a variant: what those leave that were used since its last use, and at least an equal share. That
   * way, variants that are asked for once give way, and those that are asked for in turns do not displace each other.
   */
  #budgetFor(kept: Kept): number {
    const { maxKeptBytes } = this.#options;
    let left = maxKeptBytes;
    for (const other of this.#kept.values()) {
      if (other !== kept && other.usedAt >= kept.usedBefore) left -= other.bytes;
    }
    return Math.max(left, maxKeptBytes / this.#kept.size);
  }

  /** Drops what is kept for other variants, the least recently used first, until everything is within the limit. */
  #makeRoomFor(kept: Kept): void {
    let excess = this.keptBytes - this.#options.maxKeptBytes;
    for (const [key, other] of this.#kept) {
      if (excess <= 0) return;
      if (other === kept || other.bytes === 0) continue;
      this.#kept.delete(key);
      excess -= other.bytes;
    }
  }
}
