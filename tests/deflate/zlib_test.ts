import { assert, assertEquals } from "@std/assert";
import { gunzipSync } from "node:zlib";
import { deflatePiece, loadZlib } from "../../deflate/zlib.ts";
import { gzipMember } from "../../encode/gzip.ts";

await loadZlib();

const encoder = new TextEncoder();

const TEXT = encoder.encode(
  Array.from({ length: 500 }, (_, i) => `jobs_total{queue="${i}"} ${i * i}\n`).join(""),
);

function concat(chunks: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.length;
  }
  return bytes;
}

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
    const member = concat(gzipMember([deflatePiece(TEXT, level), deflatePiece(TEXT, level)]));
    assertEquals(new Uint8Array(gunzipSync(member)), concat([TEXT, TEXT]));
  }
  assert(deflatePiece(TEXT, 6).bytes.length < deflatePiece(TEXT, 1).bytes.length);
});
