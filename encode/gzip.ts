/**
 * Joins pieces that were deflated (RFC 1951) independently into one gzip member (RFC 1952), so that a piece can be kept and
 * reused in later responses.
 *
 * Everything is synchronous. Callers that deflate many pieces should yield to the event loop in between.
 *
 * @module
 */

/** `node:zlib`, once it is loaded. */
let zlib: typeof import("node:zlib") | undefined;

/**
 * Loads `node:zlib`, which takes as long as loading all encoders and is useless where nothing is compressed. Await it before
 * deflating anything.
 */
export async function loadZlib(): Promise<void> {
  zlib ??= await import("node:zlib");
}

/** A part of a gzip member. All members that contain it share its bytes, so never write to them. */
export interface DeflatedPiece {
  /** Deflate blocks that end at a byte boundary. None of them is marked as the last one. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The CRC-32 of the plain bytes. */
  readonly crc: number;
  /** The number of plain bytes. */
  readonly length: number;
}

/** The polynomial of RFC 1952, section 8, with bits reversed: the lowest power is the highest bit. */
const POLYNOMIAL = 0xedb88320;

/**
 * Operators that append zero bytes to the data of a CRC: the i-th operator appends 2^i bytes. An operator is a matrix over GF(2),
 * stored as its products with each value of each of the CRC's four bytes: 4 KiB. Created on first use.
 */
const operators: Uint32Array[] = [];

/**
 * Deflates bytes as a piece that can stand anywhere in a member.
 *
 * @param level The compression level, from 0 (none) to 9 (smallest).
 * @returns The piece, which does not reference `plain`.
 */
export function deflatePiece(plain: Uint8Array, level = 1): DeflatedPiece {
  // A full flush ends at a byte boundary, and makes the following data independent of this piece. A window of 16 KiB is enough for
  // lines that resemble their neighbors; the smaller memory to initialize saves a fifth of the time.
  const { constants, crc32, deflateRawSync } = zlib!;
  const deflated = deflateRawSync(plain, {
    level,
    finishFlush: constants.Z_FULL_FLUSH,
    windowBits: 14,
    memLevel: 7,
  });
  return {
    // A copy, because the result may be a view of a much larger buffer.
    bytes: new Uint8Array(deflated),
    crc: crc32(plain),
    length: plain.byteLength,
  };
}

/**
 * Computes the CRC-32 of two concatenated sequences from their CRCs.
 *
 * The first CRC is extended by as many zero bytes as the second sequence has. Because a CRC is linear, XOR with the second CRC
 * then gives the CRC of both. Extending by n bytes takes one operator for each bit set in n.
 *
 * @param a The CRC-32 of the first sequence.
 * @param b The CRC-32 of the second sequence.
 * @param lengthOfB The number of bytes of the second sequence.
 * @returns The CRC-32 of both, from 0 to 2^32 - 1.
 */
export function combineCrc32(a: number, b: number, lengthOfB: number): number {
  let crc = a;
  // The polynomial is primitive: 2^32 - 1 zero bytes do not change a CRC.
  let rest = lengthOfB % (2 ** 32 - 1);
  for (let i = 0; rest !== 0; i++) {
    if (rest & 1) crc = apply(operator(i), crc);
    rest >>>= 1;
  }
  return (crc ^ b) >>> 0;
}

/**
 * Joins pieces into one gzip member.
 *
 * @returns The bytes in chunks: a header, the bytes of each piece, which are not copied, and a trailer.
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

/** Returns the header of RFC 1952, section 2.3: deflate, no flags, no time, level and operating system unknown. */
function header(): Uint8Array<ArrayBuffer> {
  return Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff);
}

/** Returns an empty last deflate block, the CRC, and the length modulo 2^32 (RFC 1952, section 2.3.1). */
function trailer(crc: number, length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(10);
  bytes[0] = 0x03;
  const view = new DataView(bytes.buffer);
  view.setUint32(2, crc, true);
  view.setUint32(6, length, true);
  return bytes;
}

function operator(index: number): Uint32Array {
  const existing = operators[index];
  if (existing) return existing;
  const created = new Uint32Array(4 * 256);
  const half = index > 0 ? operator(index - 1) : undefined;
  for (let i = 0; i < created.length; i++) {
    created[i] = half ? apply(half, half[i]!) : appendZeroByte((i % 256) << (8 * (i >>> 8)));
  }
  operators[index] = created;
  return created;
}

function apply(operator: Uint32Array, crc: number): number {
  return operator[crc & 0xff]! ^ operator[0x100 | ((crc >>> 8) & 0xff)]! ^
    operator[0x200 | ((crc >>> 16) & 0xff)]! ^ operator[0x300 | (crc >>> 24)]!;
}

function appendZeroByte(crc: number): number {
  for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? POLYNOMIAL : 0);
  return crc;
}
