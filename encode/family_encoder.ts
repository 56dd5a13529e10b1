/**
 * What the encoders of all formats have in common.
 *
 * @module
 */

import type { Family } from "../model/family.ts";
import type { ExpositionBuilder } from "./exposition_builder.ts";

/** Writes families in one format. */
export interface FamilyEncoder {
  /** Writes families, and keeps for the next exposition as much as the budget allows. */
  write(
    families: readonly Family[],
    builder: ExpositionBuilder,
    budget: ByteBudget,
  ): Promise<void>;
}

/** A limit for the number of bytes that are kept. */
export class ByteBudget {
  readonly #limit: number;
  #taken = 0;

  /** Starts with nothing taken. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** How many bytes were taken. */
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
