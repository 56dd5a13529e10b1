/**
 * From families to an exposition, in the format and the content coding that are asked for.
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
import { LineEncoder } from "./line_encoder.ts";
import { openMetrics } from "./openmetrics.ts";
import { openMetrics2 } from "./openmetrics2.ts";
import { ProtobufEncoder } from "./protobuf.ts";
import { renameFamilies } from "./rename.ts";
import type { Family } from "../model/family.ts";
import { TEXT } from "./text.ts";

/** Options of {@linkcode Encoder}. */
export interface EncoderOptions {
  /** How many bytes to keep at the most. */
  readonly maxKeptBytes: number;
  /** Whether names can be any text. */
  readonly utf8Names: boolean;
  /** Whether OpenMetrics 1.0 has `_created` samples. */
  readonly createdSamples: boolean;
  /** The clock, in seconds. */
  readonly now: () => number;
}

/** What is written, and how. */
export interface EncodeRequest {
  /** The format. */
  readonly variant: FormatVariant;
  /** The content coding. */
  readonly encoding: Encoding;
  /**
   * Whether these are some of the families only. What is kept of others is none the worse for it.
   *
   * @default {false}
   */
  readonly isPartial?: boolean;
}

/** Seconds for which what was written in one variant is kept although nobody asks for it. */
const KEPT_FOR = 600;

/** What differs in more than its content type, as no version of a format does but OpenMetrics 2.0. */
type Syntax = Format | "openmetrics2";

const ENCODERS: Readonly<Record<Syntax, (options: EncoderOptions) => FamilyEncoder>> = {
  text: () => new LineEncoder(TEXT),
  openmetrics: (options) => new LineEncoder(openMetrics(options)),
  openmetrics2: () => new LineEncoder(openMetrics2()),
  protobuf: () => new ProtobufEncoder(),
};

/** What is kept of the expositions in one syntax with one way to write names. */
interface Kept {
  readonly encoder: FamilyEncoder;
  /** The text between what the encoder keeps, of the last exposition that was compressed. */
  reusable: readonly Chunk[];
  bytes: number;
  usedAt: number;
}

/** Writes families, and keeps what it wrote of those that have not changed by the next time. */
export class Encoder {
  readonly #options: EncoderOptions;
  readonly #kept = new Map<string, Kept>();

  /** Has kept nothing yet. */
  constructor(options: EncoderOptions) {
    this.#options = options;
  }

  /** How many bytes are kept. */
  get keptBytes(): number {
    return [...this.#kept.values()].reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** Writes families in a format and a content coding. */
  async encode(
    families: readonly Family[],
    { variant, encoding, isPartial = false }: EncodeRequest,
  ): Promise<Exposition> {
    const kept = this.#keptFor(variant);
    const builder = new ExpositionBuilder(encoding, kept.reusable);
    const budget = new ByteBudget(this.#options.maxKeptBytes - (this.keptBytes - kept.bytes));
    await kept.encoder.write(await this.#named(families, variant.escaping), builder, budget);
    const chunks = builder.end();
    if (isPartial) {
      kept.bytes = Math.max(kept.bytes, budget.taken);
    } else {
      if (encoding === "gzip") {
        kept.reusable = builder.reusable.filter(({ heldBytes }) => budget.take(heldBytes));
      }
      kept.bytes = budget.taken;
    }
    return new EncodedExposition({
      contentType: contentType(variant),
      encoding,
      chunks,
      leases: builder.leases,
    });
  }

  /** Of legacy names `dots` changes something, and no other scheme. */
  #named(
    families: readonly Family[],
    escaping: Escaping,
  ): readonly Family[] | Promise<readonly Family[]> {
    if (!this.#options.utf8Names && escaping !== "dots") return families;
    return renameFamilies(families, escaping);
  }

  /** What is kept for a variant; what was not used for long is dropped. */
  #keptFor({ format, version, escaping }: FormatVariant): Kept {
    const now = this.#options.now();
    for (const [key, { usedAt }] of this.#kept) {
      if (now - usedAt > KEPT_FOR) this.#kept.delete(key);
    }
    const syntax = version === OPENMETRICS_2 ? "openmetrics2" : format;
    const key = `${syntax} ${escaping}`;
    let kept = this.#kept.get(key);
    if (kept === undefined) {
      kept = { encoder: ENCODERS[syntax](this.#options), reusable: [], bytes: 0, usedAt: now };
      this.#kept.set(key, kept);
    }
    kept.usedAt = now;
    return kept;
  }
}
