/**
 * Decompression of zstd (RFC 8878), of all frames: `node:zlib` ends with the first one.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc8878#section-3.1.1}
 *
 * @module
 */

const MAGIC = 0xfd2fb528;
const CHECKSUM_SIZE = 4;
const BLOCK_HEADER_SIZE = 3;

/** The type of a block that is one byte, repeated. */
const RLE_BLOCK = 1;

/**
 * Decompresses bytes.
 *
 * @throws {RangeError} If they are not whole frames.
 * @throws {Error} If a frame is damaged.
 */
export async function decompressZstd(bytes: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  const { zstdDecompressSync } = await import("node:zlib");
  const frames = framesIn(bytes).map((frame) => new Uint8Array(zstdDecompressSync(frame)));
  return await new Blob(frames).bytes();
}

/** Splits bytes into frames. */
function framesIn(bytes: Uint8Array): Uint8Array[] {
  const frames: Uint8Array[] = [];
  for (let start = 0; start < bytes.length;) {
    const end = endOfFrame(bytes, start);
    frames.push(bytes.subarray(start, end));
    start = end;
  }
  return frames;
}

function endOfFrame(bytes: Uint8Array, start: number): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(start, true) !== MAGIC) {
    throw new RangeError(`Cannot decompress zstd: no frame begins at byte ${start}`);
  }
  const descriptor = view.getUint8(start + 4);
  const isSingleSegment = (descriptor & 0x20) !== 0;
  const windowSize = isSingleSegment ? 0 : 1;
  const dictionarySize = [0, 1, 2, 4][descriptor & 3]!;
  const contentSize = [isSingleSegment ? 1 : 0, 2, 4, 8][descriptor >> 6]!;
  let at = start + 5 + windowSize + dictionarySize + contentSize;
  for (let isLast = false; !isLast; at += BLOCK_HEADER_SIZE) {
    const header = view.getUint8(at) | view.getUint16(at + 1, true) << 8;
    isLast = (header & 1) !== 0;
    at += (header >> 1 & 3) === RLE_BLOCK ? 1 : header >> 3;
  }
  if ((descriptor & 4) !== 0) at += CHECKSUM_SIZE;
  if (at > bytes.length) throw new RangeError("Cannot decompress zstd: the last frame is cut off");
  return at;
}
