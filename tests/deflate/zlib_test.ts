import { assert, assertEquals } from "@std/assert";
import { gunzipSync } from "node:zlib";
import { deflatePiece, loadZlib } from "../../deflate/zlib.ts";
import { gzipMember } from "../../encode/gzip.ts";
import { join } from "../../model/bytes.ts";

await loadZlib();

const encoder = new TextEncoder();

const TEXT = encoder.encode(
  Array.from({ length: 500 }, (_, i) => `jobs_total{queue="${i}"} ${i * i}\n`).join(""),
);

Deno.test("deflatePiece() returns CRC and length of the plain bytes", () => {
  const { crc, length } = deflatePiece(encoder.encode("123456789"));
  assertEquals({ crc, length }, { crc: 0xcbf43926, length: 9 });
});

Deno.test("deflatePiece() returns bytes in a buffer of their own size", () => {
  const { bytes } = deflatePiece(TEXT);
  assertEquals(bytes.buffer.byteLength, bytes.byteLength);
});

Deno.test("deflatePiece() works at every level", () => {
  for (let level = 0; level <= 9; level++) {
    const piece = deflatePiece(TEXT, level);
    const chunks = gzipMember([piece, piece]);
    const member = join(chunks, chunks.reduce((sum, { length }) => sum + length, 0));
    assertEquals(new Uint8Array(gunzipSync(member)), join([TEXT, TEXT], 2 * TEXT.length));
  }
  assert(deflatePiece(TEXT, 6).bytes.length < deflatePiece(TEXT, 1).bytes.length);
});
