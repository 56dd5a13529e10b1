/**
 * Hashes, and their comparison in constant time.
 *
 * @module
 */

/** Returns the SHA-256 hash of bytes. */
export async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
}

/** Returns whether one of these hashes is equal to another. The time that takes does not depend on their contents. */
export function includesHash(hashes: readonly Uint8Array[], hash: Uint8Array): boolean {
  let found = 0;
  for (const candidate of hashes) {
    let difference = candidate.length ^ hash.length;
    for (let i = 0; i < hash.length; i++) difference |= candidate[i]! ^ hash[i]!;
    found |= difference === 0 ? 1 : 0;
  }
  return found === 1;
}
