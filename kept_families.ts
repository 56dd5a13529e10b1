/**
 * What was written of families that come again: those of collectors with a cache are the same objects each time.
 *
 * @module
 */

import { Assembly, Run } from "./assembly.ts";
import { Memo } from "./memo.ts";
import type { Family } from "./sample.ts";

/** What bounds the bytes that are kept. */
export interface Room {
  /** Tells whether there is room for so many more bytes, which are taken then. */
  take(bytes: number): boolean;
}

/** Writes families in a format. */
export interface FamilyEncoder {
  /** Writes families, and keeps for the next time as much as there is room for. */
  write(families: readonly Family[], assembly: Assembly, room: Room): Promise<void>;
}

/** Writes a family. */
type Write = (assembly: Assembly) => Promise<void>;

/** Keeps what was written of families that come again. */
export class KeptFamilies {
  readonly #known = new Memo<Family, readonly Run[]>();

  /**
   * Adds a family to an assembly.
   *
   * @param key What the bytes depend on besides the family.
   * @param write Writes it if there is nothing to be used again.
   */
  async add(
    family: Family,
    key: string,
    assembly: Assembly,
    room: Room,
    write: Write,
  ): Promise<void> {
    if (!family.recurs) return await write(assembly);
    const known = this.#known.get(family, key);
    const runs = known ?? await runsOf(write);
    const isKept = room.take(runs.reduce((sum, run) => sum + run.held, 0));
    if (!isKept) this.#known.delete(family, key);
    else if (known === undefined) this.#known.set(family, key, runs);
    for (const run of runs) assembly.addRun(run);
  }
}

async function runsOf(write: Write): Promise<readonly Run[]> {
  const assembly = new Assembly("identity");
  await write(assembly);
  return assembly.end().map((bytes) => new Run(bytes));
}
