/**
 * Canonical Huffman codes (RFC 1951, section 3.2.2): codes that follow from their lengths.
 *
 * @module
 */

/** The maximum length of a code in bits. */
export const MAX_CODE_LENGTH = 15;

/**
 * Returns the codes of symbols with these lengths. The lowest 16 bits are a code as it is written, its first bit lowest; the others
 * are its length. A symbol of length 0 has no code: 0.
 */
export function canonicalCodes(lengths: Uint8Array): Int32Array {
  const counts = new Uint16Array(MAX_CODE_LENGTH + 1);
  for (const length of lengths) counts[length]!++;
  const next = new Uint16Array(MAX_CODE_LENGTH + 2);
  for (let length = 1; length <= MAX_CODE_LENGTH; length++) {
    next[length + 1] = (next[length]! + counts[length]!) << 1;
  }
  const codes = new Int32Array(lengths.length);
  for (const [symbol, length] of lengths.entries()) {
    if (length > 0) codes[symbol] = reversed(next[length]!++, length) | (length << 16);
  }
  return codes;
}

function reversed(bits: number, count: number): number {
  let result = 0;
  for (let i = 0; i < count; i++) result |= ((bits >>> i) & 1) << (count - 1 - i);
  return result;
}
