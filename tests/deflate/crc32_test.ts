import { assertEquals } from "@std/assert";
import { crc32 } from "node:zlib";
import { combineCrc32, crcOfDifference } from "../../deflate/crc32.ts";
import { Dice } from "../support/dice.ts";

function randomBytes(dice: Dice, length: number): Uint8Array {
  return Uint8Array.from({ length }, () => dice.below(256));
}

Deno.test("combineCrc32() agrees with crc32 of the whole", () => {
  const dice = new Dice(2);
  for (let round = 0; round < 500; round++) {
    const a = randomBytes(dice, dice.below(2 ** dice.below(12)));
    const b = randomBytes(dice, dice.below(2 ** dice.below(14)));
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

Deno.test("crcOfDifference() is the XOR of the CRCs of two texts that differ in one byte", () => {
  const dice = new Dice(3);
  for (const length of [1, 2, 3, 5, 64, 1000, 2 ** 18 - 5, 2 ** 18 - 1, 2 ** 18, 2 ** 18 + 7]) {
    for (let round = 0; round < 20; round++) {
      const bytes = randomBytes(dice, length);
      const old = crc32(bytes);
      const at = round === 0 ? 0 : dice.below(length);
      const difference = dice.below(round % 2 === 0 ? 16 : 256);
      bytes[at]! ^= difference;
      assertEquals(crcOfDifference(difference, length - 1 - at) >>> 0, (old ^ crc32(bytes)) >>> 0);
    }
  }
});
