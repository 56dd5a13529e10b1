/**
 * Tables that blocks share, because making one costs more than encoding a block with it.
 *
 * @module
 */

import { CodeTable, FIRST_DIGIT, LAST_DIGIT, type SymbolCounts } from "./code_table.ts";

/** A table, and how much larger it made the block that it was made for than the ideal size. */
interface RecentTable {
  readonly table: CodeTable;
  readonly excess: number;
}

/** The maximum number of tables to choose from. */
const MAX_RECENT = 8;

/** How much larger than with a table of its own a block may become. */
const TOLERANCE = 1.01;

/** The tables that were made last. */
export class SharedTables {
  readonly #recent: RecentTable[] = [];

  /** The table that was last made. */
  get latest(): CodeTable | undefined {
    return this.#recent[0]?.table;
  }

  /** Returns a recent table that suits these counts about as well as one of their own, or makes one. */
  tableFor(counts: SymbolCounts): CodeTable {
    const ideal = idealCost(counts);
    let best: RecentTable | undefined;
    let leastCost = Infinity;
    for (const recent of this.#recent) {
      const cost = recent.table.costOf(counts);
      if (cost >= leastCost) continue;
      leastCost = cost;
      best = recent;
    }
    if (best !== undefined && leastCost <= TOLERANCE * ideal * best.excess) return best.table;
    const table = new CodeTable(counts);
    this.#recent.unshift({ table, excess: table.costOf(counts) / ideal });
    if (this.#recent.length > MAX_RECENT) this.#recent.pop();
    return table;
  }
}

/** Returns a lower limit for the size in bits of a block with these counts: that of codes with any fraction of a bit. */
export function idealCost({ literals, distances }: SymbolCounts): number {
  const digits = literals.subarray(FIRST_DIGIT, LAST_DIGIT + 1);
  const evened = literals.slice();
  // All digits cost the same.
  evened.fill(digits.reduce((sum, count) => sum + count) / 10, FIRST_DIGIT, LAST_DIGIT + 1);
  return entropyOf(evened) + entropyOf(distances);
}

function entropyOf(counts: Float64Array): number {
  let total = 0;
  let bits = 0;
  for (const count of counts) {
    if (count === 0) continue;
    total += count;
    bits -= count * Math.log2(count);
  }
  return total === 0 ? 0 : bits + total * Math.log2(total);
}
