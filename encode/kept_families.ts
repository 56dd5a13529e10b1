/**
 * Keeps the encoded form of families that recur: a collector with a cache returns the same objects until it runs again.
 *
 * @module
 */

import { ExpositionBuilder } from "./exposition_builder.ts";
import { Chunk } from "./chunk.ts";
import { WeakCache } from "../model/weak_cache.ts";
import type { ByteBudget } from "./family_encoder.ts";
import type { Family } from "../model/family.ts";

/** Encodes a family. */
type Write = (builder: ExpositionBuilder) => Promise<void>;

/** Keeps the encoded chunks of families that recur. */
export class KeptFamilies {
  readonly #chunks = new WeakCache<Family, readonly Chunk[]>();

  /**
   * Adds a family to an exposition.
   *
   * @param key A key of everything else that the bytes depend on.
   * @param write Encodes the family. It is not called if the chunks are kept.
   */
  async add(
    family: Family,
    key: string,
    builder: ExpositionBuilder,
    budget: ByteBudget,
    write: Write,
  ): Promise<void> {
    if (!family.recurs) return await write(builder);
    const kept = this.#chunks.get(family, key);
    const chunks = kept ?? await encodeChunks(write);
    const mayKeep = budget.take(chunks.reduce((sum, chunk) => sum + chunk.keptBytes, 0));
    if (!mayKeep) this.#chunks.delete(family, key);
    else if (kept === undefined) this.#chunks.set(family, key, chunks);
    for (const chunk of chunks) builder.addChunk(chunk);
  }
}

async function encodeChunks(write: Write): Promise<readonly Chunk[]> {
  const builder = new ExpositionBuilder("identity");
  await write(builder);
  return builder.end().map((bytes) => new Chunk(bytes));
}
