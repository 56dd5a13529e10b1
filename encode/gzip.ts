/**
 * One gzip member (RFC 1952) made of pieces that were deflated (RFC 1951) on their own, so that a
 * piece can be kept and used again in the next response.
 *
 * Everything here is synchronous. Who has many pieces to deflate lets the event loop run between
 * them.
 *
 * @module
 */

import { constants, crc32, deflateRawSync } from "node:zlib";

/** A part of a gzip member. Its bytes are shared by all members made of it: never write to them. */
export interface DeflatedPiece {
  /** Deflate blocks, none of them the last one, that end at a byte boundary. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** CRC-32 of the plain bytes. */
  readonly crc: number;
  /** Number of the plain bytes. */
  readonly length: number;
}

/** The polynomial of RFC 1952, section 8, with the lowest power in the highest bit. */
const POLYNOMIAL = 0xedb88320;

/**
 * Operators that carry a CRC over 2^i zero bytes, 4 KiB each, made when first needed. Such an
 * operator is a matrix over GF(2), kept as what becomes of each value of each of a CRC's four bytes.
 */
const operators: Uint32Array[] = [];

/**
 * Deflates bytes so that other pieces can precede and follow them in one member.
 *
 * @param plain The bytes to deflate.
 * @param level From 0 (none) to 9 (smallest).
 * @returns The piece, which does not refer to `plain`.
 */
export function deflatePiece(plain: Uint8Array, level = 1): DeflatedPiece {
  // A full flush ends at a byte boundary and makes what follows independent of what came before. A window of 16 KiB is
  // enough for lines that are like those around them, and with less memory to prepare a piece takes four fifths of the time.
  const deflated = deflateRawSync(plain, {
    level,
    finishFlush: constants.Z_FULL_FLUSH,
    windowBits: 14,
    memLevel: 7,
  });
  return {
    // Copied because the result may be the beginning of a much larger buffer.
    bytes: new Uint8Array(deflated),
    crc: crc32(plain),
    length: plain.byteLength,
  };
}

/**
 * Computes the CRC-32 of two sequences of bytes, one after the other, from theirs.
 *
 * The CRC of `a` is carried over as many zero bytes as `b` has; since a CRC is linear, adding that
 * of `b` gives the CRC of both. Carrying over n bytes takes one operator for each bit set in n.
 *
 * @param a CRC-32 of the first sequence.
 * @param b CRC-32 of the second sequence.
 * @param lengthOfB Number of bytes of the second sequence.
 * @returns CRC-32 of both, from 0 to 2^32 - 1.
 */
export function combineCrc32(a: number, b: number, lengthOfB: number): number {
  let crc = a;
  // The polynomial is primitive: 2^32 - 1 zero bytes bring a CRC back to itself.
  let rest = lengthOfB % (2 ** 32 - 1);
  for (let i = 0; rest !== 0; i++) {
    if (rest & 1) crc = apply(operator(i), crc);
    rest >>>= 1;
  }
  return (crc ^ b) >>> 0;
}

/**
 * Makes one gzip member of pieces.
 *
 * @param pieces The pieces, in order.
 * @returns Its bytes in chunks: a header, those of the pieces, not copied, and a trailer.
 */
export function gzipMember(pieces: readonly DeflatedPiece[]): Uint8Array<ArrayBuffer>[] {
  let crc = 0;
  let length = 0;
  for (const piece of pieces) {
    crc = combineCrc32(crc, piece.crc, piece.length);
    length += piece.length;
  }
  return [header(), ...pieces.map((piece) => piece.bytes), trailer(crc, length)];
}

/** RFC 1952, section 2.3: deflate, no flags, no time, nothing said about level and system. */
function header(): Uint8Array<ArrayBuffer> {
  return Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff);
}

/** An empty last deflate block, the CRC, and the length modulo 2^32 (RFC 1952, section 2.3.1). */
function trailer(crc: number, length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(10);
  bytes[0] = 0x03;
  const view = new DataView(bytes.buffer);
  view.setUint32(2, crc, true);
  view.setUint32(6, length, true);
  return bytes;
}

function operator(index: number): Uint32Array {
  const known = operators[index];
  if (known) return known;
  const made = new Uint32Array(4 * 256);
  const half = index > 0 ? operator(index - 1) : undefined;
  for (let i = 0; i < made.length; i++) {
    made[i] = half ? apply(half, half[i]!) : carryOverZeroByte((i % 256) << (8 * (i >>> 8)));
  }
  operators[index] = made;
  return made;
}

function apply(operator: Uint32Array, crc: number): number {
  return operator[crc & 0xff]! ^ operator[0x100 | ((crc >>> 8) & 0xff)]! ^
    operator[0x200 | ((crc >>> 16) & 0xff)]! ^ operator[0x300 | (crc >>> 24)]!;
}

function carryOverZeroByte(crc: number): number {
  let carried = crc;
  for (let bit = 0; bit < 8; bit++) carried = (carried >>> 1) ^ (carried & 1 ? POLYNOMIAL : 0);
  return carried;
}
