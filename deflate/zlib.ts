/**
 * Deflates bytes with `node:zlib`, which is loaded when it is first needed.
 *
 * Everything but loading is synchronous. Callers that deflate many pieces should yield to the event loop in between.
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

/** Returns the CRC-32 of bytes, from 0 to 2^32 - 1. */
export function crc32(bytes: Uint8Array): number {
  return zlib!.crc32(bytes);
}

/**
 * Deflates bytes as a piece that can stand anywhere in a member.
 *
 * @param level The compression level, from 0 (none) to 9 (smallest).
 * @returns The piece, which does not reference `plain`.
 */
export function deflatePiece(plain: Uint8Array, level = 1): DeflatedPiece {
  // A full flush ends at a byte boundary, and makes the following data independent of this piece. A window of 16 KiB is enough for
  // lines that resemble their neighbors; the smaller memory to initialize saves a fifth of the time.
  const { constants, deflateRawSync } = zlib!;
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
