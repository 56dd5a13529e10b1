import { assertEquals, assertNotStrictEquals, assertStrictEquals } from "@std/assert";
import { gunzipSync } from "node:zlib";
import { gzipMember } from "../../encode/gzip.ts";
import { Dice } from "../support/dice.ts";
import { deflatePiece, loadZlib } from "../../deflate/zlib.ts";

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

function randomBytes(dice: Dice, length: number): Uint8Array {
  return Uint8Array.from({ length }, () => dice.below(256));
}

const CASES: Record<string, readonly Uint8Array[]> = {
  "no pieces": [],
  "one empty piece": [new Uint8Array()],
  "empty pieces between others": [new Uint8Array(), TEXT, new Uint8Array(), TEXT],
  "text": [TEXT],
  "a thousand pieces": Array.from({ length: 1000 }, (_, i) => encoder.encode(`up ${i}\n`)),
  "random bytes": [1, 100, 70_000, 300_000].map((length, i) => randomBytes(new Dice(i), length)),
};

for (const [name, plain] of Object.entries(CASES)) {
  const member = () => concat(gzipMember(plain.map((piece) => deflatePiece(piece))));

  Deno.test(`gzipMember() is read by gunzipSync: ${name}`, () => {
    assertEquals(new Uint8Array(gunzipSync(member())), concat(plain));
  });

  Deno.test(`gzipMember() is read by DecompressionStream: ${name}`, async () => {
    const stream = new Blob([member()]).stream().pipeThrough(new DecompressionStream("gzip"));
    assertEquals(await new Response(stream).bytes(), concat(plain));
  });

  Deno.test(`gzipMember() is read by the gzip command: ${name}`, async () => {
    const child = new Deno.Command("gzip", {
      args: ["-dc"],
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const [output] = await Promise.all([
      child.output(),
      new Blob([member()]).stream().pipeTo(child.stdin),
    ]);
    assertEquals(new TextDecoder().decode(output.stderr), "");
    assertEquals(output.code, 0);
    assertEquals(new Uint8Array(output.stdout), concat(plain));
  });
}

Deno.test("gzipMember() returns one member with a neutral header", () => {
  const member = concat(gzipMember([deflatePiece(TEXT), deflatePiece(TEXT)]));
  assertEquals([...member.subarray(0, 10)], [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]);
});

Deno.test("gzipMember() does not copy the pieces", () => {
  const piece = deflatePiece(TEXT);
  const chunks = gzipMember([piece, piece]);
  assertEquals(chunks.length, 4);
  assertStrictEquals(chunks[1], piece.bytes);
  assertStrictEquals(chunks[2], piece.bytes);
});

Deno.test("gzipMember() creates a header for each member", () => {
  assertNotStrictEquals(gzipMember([])[0]!.buffer, gzipMember([])[0]!.buffer);
});

Deno.test("gzipMember() writes the length modulo 2^32", () => {
  const trailer = gzipMember([
    { bytes: new Uint8Array(), crc: 0, length: 2 ** 32 - 1 },
    { bytes: new Uint8Array(), crc: 0, length: 8 },
  ]).at(-1)!;
  assertEquals(new DataView(trailer.buffer).getUint32(6, true), 7);
});
