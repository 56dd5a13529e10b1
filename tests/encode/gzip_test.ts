import { assert, assertEquals, assertNotStrictEquals, assertStrictEquals } from "@std/assert";
import { crc32, gunzipSync } from "node:zlib";
import { combineCrc32, deflatePiece, gzipMember, loadZlib } from "../../encode/gzip.ts";

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

/** Returns a generator of the same random numbers, from 0 to below 1, on each run (mulberry32). */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function randomBytes(random: () => number, length: number): Uint8Array {
  return Uint8Array.from({ length }, () => random() * 256);
}

const CASES: Record<string, readonly Uint8Array[]> = {
  "no pieces": [],
  "one empty piece": [new Uint8Array()],
  "empty pieces between others": [new Uint8Array(), TEXT, new Uint8Array(), TEXT],
  "text": [TEXT],
  "a thousand pieces": Array.from({ length: 1000 }, (_, i) => encoder.encode(`up ${i}\n`)),
  "random bytes": [1, 100, 70_000, 300_000].map((length, i) => randomBytes(generator(i), length)),
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

Deno.test("combineCrc32() agrees with crc32 of the whole", () => {
  const random = generator(2);
  for (let round = 0; round < 500; round++) {
    const a = randomBytes(random, Math.floor(2 ** (random() * 12)) - 1);
    const b = randomBytes(random, Math.floor(2 ** (random() * 14)) - 1);
    assertEquals(combineCrc32(crc32(a), crc32(b), b.length), crc32(b, crc32(a)));
  }
});

Deno.test("combineCrc32() is correct for every short length and around powers of two", () => {
  const zeros = new Uint8Array(2 ** 20 + 1);
  const lengths = new Set(Array.from({ length: 300 }, (_, i) => i));
  for (let power = 8; power <= 20; power++) {
    for (const offset of [-1, 0, 1]) lengths.add(2 ** power + offset);
  }
  for (const length of lengths) {
    const b = zeros.subarray(0, length);
    assertEquals(combineCrc32(0xffffffff, crc32(b), length), crc32(b, 0xffffffff));
  }
});

Deno.test("combineCrc32() is associative beyond 2^32 bytes", () => {
  const half = 3 * 2 ** 31 + 5;
  const atOnce = combineCrc32(0x12345678, 0, 2 * half);
  assertEquals(combineCrc32(combineCrc32(0x12345678, 0, half), 0, half), atOnce);
});

Deno.test("combineCrc32() with an empty sequence returns the other CRC", () => {
  assertEquals(combineCrc32(0xfedcba98, 0, 0), 0xfedcba98);
  assertEquals(combineCrc32(0, 0xfedcba98, 12), 0xfedcba98);
});
