/**
 * The interface of the encoders of all formats.
 *
 * @module
 */

import type { Family } from "../model/family.ts";
import type { ExpositionBuilder } from "./exposition_builder.ts";

/** Encodes families in one format. */
export interface FamilyEncoder {
  /** Encodes families that have samples, and keeps as much for the next exposition as the budget allows. */
  write(
    families: readonly Family[],
    builder: ExpositionBuilder,
    budget: ByteBudget,
  ): Promise<void>;
}

/** A limit for the number of bytes to keep. */
export class ByteBudget {
  readonly #limit: number;
  #taken = 0;

  /** Creates a budget of which nothing is taken. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** The number of bytes taken. */
  get taken(): number {
    return this.#taken;
  }

  /** Takes bytes if they are within the limit, and returns whether they are. */
  take(bytes: number): boolean {
    if (this.#taken + bytes > this.#limit) return false;
    this.#taken += bytes;
    return true;
  }
}
