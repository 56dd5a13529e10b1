/**
 * The encoded chunks of families that recur: a collector with a cache returns the same objects until it runs again.
 *
 * @module
 */

import { ExpositionBuilder } from "./exposition_builder.ts";
import { Chunk } from "./chunk.ts";
import { WeakCache } from "../model/weak_cache.ts";
import type { ByteBudget } from "./family_encoder.ts";
import type { Family } from "../model/family.ts";

/** Writes a family. */
type Write = (builder: ExpositionBuilder) => Promise<void>;

/** Keeps the encoded chunks of families that recur. */
export class KeptFamilies {
  readonly #known = new WeakCache<Family, readonly Chunk[]>();

  /**
   * Adds a family to an exposition.
   *
   * @param key Everything that the bytes depend on besides the family.
   * @param write Encodes the family, unless its chunks are kept.
   */
  async add(
    family: Family,
    key: string,
    builder: ExpositionBuilder,
    budget: ByteBudget,
    write: Write,
  ): Promise<void> {
    if (!family.recurs) return await write(builder);
    const known = this.#known.get(family, key);
    const chunks = known ?? await encodeChunks(write);
    const isKept = budget.take(chunks.reduce((sum, chunk) => sum + chunk.heldBytes, 0));
    if (!isKept) this.#known.delete(family, key);
    else if (known === undefined) this.#known.set(family, key, chunks);
    for (const chunk of chunks) builder.addChunk(chunk);
  }
}

async function encodeChunks(write: Write): Promise<readonly Chunk[]> {
  const builder = new ExpositionBuilder("identity");
  await write(builder);
  return builder.end().map((bytes) => new Chunk(bytes));
}
