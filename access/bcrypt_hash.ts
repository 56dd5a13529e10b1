/**
 * Hashes of passwords in the format of bcrypt.
 *
 * @module
 */

/** The highest cost of a hash. Checking it takes about 20 s, and twice as long with each step. */
export const MAX_COST = 18;

/** The cost from which checking takes more than a second. */
export const SLOW_COST = 14;

/** The maximum length of a password, in bytes of UTF-8. bcrypt ignores what follows. */
export const MAX_PASSWORD_BYTES = 72;

/** Returns the cost of a hash, the binary logarithm of its rounds; undefined if the text is not a hash of an accepted cost. */
export function hashCost(text: string): number | undefined {
  const match = /^\$2[aby]?\$(\d\d)\$[./A-Za-z0-9]{53}$/.exec(text);
  const cost = Number(match?.[1]);
  return 4 <= cost && cost <= MAX_COST ? cost : undefined;
}
