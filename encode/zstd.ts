/**
 * Compresses bytes with zstd (RFC 8878), where `node:zlib` has it. It is loaded when it is first needed.
 *
 * A response is a sequence of independent frames (section 3), one for each piece, so that a piece can be kept and used in other
 * responses.
 *
 * @module
 */

/** Level 1 takes less time than deflate at its fastest, and makes half as much of expositions. */
const LEVEL = 1;

let compress: ((plain: Uint8Array) => Uint8Array) | undefined;

/** Loads zstd, and returns whether this runtime has it. Await it before compressing anything. */
export async function loadZstd(): Promise<boolean> {
  if (compress !== undefined) return true;
  const { constants, zstdCompressSync }: Partial<typeof import("node:zlib")> = await import(
    "node:zlib"
  );
  if (zstdCompressSync === undefined) return false;
  const options = { params: { [constants!.ZSTD_c_compressionLevel]: LEVEL } };
  compress = (plain) => zstdCompressSync(plain, options);
  return true;
}

/** Returns a frame that does not reference the plain bytes. */
export function zstdFrame(plain: Uint8Array): Uint8Array<ArrayBuffer> {
  // A copy, because the result may be a view of a much larger buffer.
  return new Uint8Array(compress!(plain));
}
