/**
 * What was written of families that come again: those of collectors with a cache are the same objects each time.
 *
 * @module
 */

import { Assembly, Run } from "./assembly.ts";
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

/** Keeps families that are seen for a second time, for most are never seen again. */
export class KeptFamilies {
  readonly #known = new WeakMap<Family, Map<string, readonly Run[] | undefined>>();

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
    const known = this.#known.get(family);
    if (!known?.has(key)) {
      this.#known.set(family, new Map([[key, undefined]]));
      return await write(assembly);
    }
    const runs = known.get(key) ?? await runsOf(write);
    const held = runs.reduce((sum, run) => sum + run.held, 0);
    known.set(key, room.take(held) ? runs : undefined);
    for (const run of runs) assembly.addRun(run);
  }
}

async function runsOf(write: Write): Promise<readonly Run[]> {
  const assembly = new Assembly("identity");
  await write(assembly);
  return assembly.end().map((bytes) => new Run(bytes));
}
