import { assertEquals, assertRejects } from "@std/assert";
import { constants, zstdCompressSync } from "node:zlib";
import { decompressZstd } from "../../parse/zstd.ts";

/** Texts of which zstd makes frames of every kind: empty, one byte repeated, incompressible, with several blocks. */
const TEXTS: readonly Uint8Array<ArrayBuffer>[] = [
  new Uint8Array(0),
  new Uint8Array(10_000),
  crypto.getRandomValues(new Uint8Array(300)),
  crypto.getRandomValues(new Uint8Array(60_000)),
  new TextEncoder().encode('a{b="c"} 1\n'.repeat(50_000)),
];

for (const hasChecksum of [0, 1]) {
  for (const hasSize of [0, 1]) {
    Deno.test(`decompressZstd() reads all frames, checksum ${hasChecksum}, content size ${hasSize}`, async () => {
      const params = {
        [constants.ZSTD_c_checksumFlag]: hasChecksum,
        [constants.ZSTD_c_contentSizeFlag]: hasSize,
      };
      const frames = TEXTS.map((text) => new Uint8Array(zstdCompressSync(text, { params })));
      const plain = await decompressZstd(await new Blob(frames).bytes());
      assertEquals(plain, await new Blob([...TEXTS]).bytes());
    });
  }
}

Deno.test("decompressZstd() rejects what is no whole frame", async () => {
  const frame = new Uint8Array(zstdCompressSync(new TextEncoder().encode("abc".repeat(100))));
  await assertRejects(
    () => decompressZstd(new Uint8Array([...frame, 1, 2, 3, 4, 5])),
    RangeError,
    `no frame begins at byte ${frame.length}`,
  );
  for (let length = 1; length < frame.length; length++) {
    await assertRejects(() => decompressZstd(frame.subarray(0, length)), RangeError);
  }
});
