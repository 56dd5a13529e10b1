/**
 * Decompression of expositions.
 *
 * @module
 */

import { gunzipSync } from "node:zlib";
import type { Exposition } from "../../exposition.ts";
import { join } from "../../model/bytes.ts";
import { decompressZstd } from "../../parse/zstd.ts";

/** Reads the chunks of an exposition themselves, of which some are leased, as a string of a character for each byte. */
export async function readBytes({ chunks, byteLength, encoding }: Exposition): Promise<string> {
  const bytes = join(chunks, byteLength);
  const plain = encoding === "zstd"
    ? await decompressZstd(bytes)
    : encoding === "gzip"
    ? gunzipSync(bytes)
    : bytes;
  return new TextDecoder("latin1").decode(plain);
}
