/**
 * Joins pieces that were deflated (RFC 1951) independently into one gzip member (RFC 1952), so that a piece can be kept and
 * reused in later responses.
 *
 * @module
 */

import { combineCrc32 } from "../deflate/crc32.ts";
import type { DeflatedPiece } from "../deflate/zlib.ts";

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
