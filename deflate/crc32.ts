/**
 * The arithmetic of CRC-32 (RFC 1952, section 8), which tells the CRC of a changed or extended text without reading the text.
 *
 * A CRC is the remainder of a polynomial over GF(2), so it is linear: when bits of a text flip, the CRC changes by the XOR of what
 * each of them is worth, and that depends on nothing but the distance of the bit to the end. Polynomials are in reversed order: the
 * highest bit is the coefficient of x^0.
 *
 * @module
 */

const POLYNOMIAL = 0xedb88320 | 0;

/** The polynomial 1. */
const ONE = 1 << 31;

/** For the lowest four bits, what remains of them after multiplication with x^4. */
const NIBBLE_REMAINDERS = Int32Array.from({ length: 16 }, (_, bits) => timesX(bits, 4));

/** For each byte, its remainder: the CRC that it changes as the last byte of a text. */
const BYTE_REMAINDERS = Int32Array.from({ length: 256 }, (_, byte) => timesX(byte, 8));

/** The maximum number of powers that are kept, 1 MiB. They are as many as the longest text so far needs. */
const MAX_POWERS = 1 << 18;

/** The powers x^(8n): what n zero bytes after a text multiply its CRC with. */
let powers = Int32Array.of(ONE);

/** For each bit of a number of bytes, the power of as many bytes. Filled on first use. */
const powersOfTwo: number[] = [];

/** The multiples of a factor, by four bits of the other one. */
const multiples = new Int32Array(16);

/** Returns the product of two polynomials. */
function multiply(a: number, b: number): number {
  const m = multiples;
  m[8] = b;
  m[4] = timesX(b, 1);
  m[2] = timesX(m[4]!, 1);
  m[1] = timesX(m[2]!, 1);
  m[3] = m[2]! ^ m[1]!;
  for (let bits = 5; bits < 8; bits++) m[bits] = m[4]! ^ m[bits - 4]!;
  for (let bits = 9; bits < 16; bits++) m[bits] = m[8]! ^ m[bits - 8]!;
  // By Horner's rule, from the highest power of x on, which is the lowest bit.
  let product = m[a & 15]!;
  for (let shift = 4; shift < 32; shift += 4) {
    product = (product >>> 4) ^ NIBBLE_REMAINDERS[product & 15]! ^ m[(a >>> shift) & 15]!;
  }
  return product;
}

function timesX(a: number, times: number): number {
  let product = a;
  for (let i = 0; i < times; i++) product = (product >>> 1) ^ (POLYNOMIAL & -(product & 1));
  return product;
}

/** Returns x^(8n). */
function powerOf(bytes: number): number {
  if (bytes < MAX_POWERS) return reservePowers(bytes)[bytes]!;
  // x has the order 2^32 - 1.
  let power = ONE;
  for (let i = 0, rest = bytes % (2 ** 32 - 1); rest !== 0; i++, rest >>>= 1) {
    powersOfTwo[i] ??= i === 0
      ? timesX(ONE, 8)
      : multiply(powersOfTwo[i - 1]!, powersOfTwo[i - 1]!);
    if (rest & 1) power = multiply(power, powersOfTwo[i]!);
  }
  return power;
}

/** Returns powers that reach at least so far. */
function reservePowers(bytes: number): Int32Array {
  if (bytes < powers.length) return powers;
  const larger = new Int32Array(Math.min(MAX_POWERS, 2 ** Math.ceil(Math.log2(bytes + 1))));
  let power = ONE;
  for (let i = 0; i < larger.length; i++) {
    larger[i] = power;
    power = (power >>> 8) ^ BYTE_REMAINDERS[power & 0xff]!;
  }
  return powers = larger;
}

/**
 * Computes the CRC-32 of two concatenated sequences from their CRCs.
 *
 * @param a The CRC-32 of the first sequence.
 * @param b The CRC-32 of the second sequence.
 * @param lengthOfB The number of bytes of the second sequence.
 * @returns The CRC-32 of both, from 0 to 2^32 - 1.
 */
export function combineCrc32(a: number, b: number, lengthOfB: number): number {
  return (multiply(a, powerOf(lengthOfB)) ^ b) >>> 0;
}

/**
 * Returns the XOR of the CRCs of two sequences that differ in one byte.
 *
 * @param difference The XOR of both bytes.
 * @param distance The number of bytes after it.
 */
export function crcOfDifference(difference: number, distance: number): number {
  if (difference >= 16) return multiply(powerOf(distance), BYTE_REMAINDERS[difference]!);
  // Digits differ in their lowest four bits, which are worth x^36 to x^39 at the end of a text.
  const power = powerOf(distance + 4);
  const eight = (power >>> 4) ^ NIBBLE_REMAINDERS[power & 15]!;
  const four = (eight >>> 1) ^ (POLYNOMIAL & -(eight & 1));
  const two = (four >>> 1) ^ (POLYNOMIAL & -(four & 1));
  const one = (two >>> 1) ^ (POLYNOMIAL & -(two & 1));
  return (eight & -(difference >>> 3)) ^ (four & -((difference >>> 2) & 1)) ^
    (two & -((difference >>> 1) & 1)) ^ (one & -(difference & 1));
}
