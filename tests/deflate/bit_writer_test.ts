import { assertEquals } from "@std/assert";
import { bitsAt, BitWriter, flipBits } from "../../deflate/bit_writer.ts";
import { Dice } from "../support/dice.ts";

/** The first bits of words, the first of them first. */
function print(words: Int32Array, count: number): string {
  return Array.from({ length: count }, (_, i) => (words[i >>> 5]! >>> (i & 31)) & 1).join("");
}

/** The lowest bits of a number, the lowest first. */
function printBits(bits: number, count: number): string {
  return Array.from({ length: count }, (_, i) => (bits >>> i) & 1).join("");
}

function randomBits(dice: Dice, count: number): number {
  const bits = dice.below(2 ** 16) | (dice.below(2 ** 16) << 16);
  return count === 32 ? bits : bits & ((1 << count) - 1);
}

Deno.test("BitWriter.put() writes bits from the lowest to the highest", () => {
  const writer = new BitWriter();
  const dice = new Dice(1);
  let expected = "";
  writer.words.fill(-1);
  for (let i = 0; i < 500; i++) {
    const count = dice.below(33);
    const bits = randomBits(dice, count);
    writer.put(bits, count);
    expected += printBits(bits, count);
    assertEquals(writer.position, expected.length);
  }
  assertEquals(print(writer.words, writer.position), expected);
});

Deno.test("BitWriter.copy() copies any bits to any position", () => {
  const dice = new Dice(2);
  const from = Int32Array.from({ length: 20 }, () => randomBits(dice, 32));
  const all = print(from, 32 * 19);
  for (let round = 0; round < 3000; round++) {
    const writer = new BitWriter();
    writer.words.fill(-1);
    const before = dice.below(70);
    for (let i = 0; i < before; i++) writer.put(0, 1);
    const start = dice.below(32 * 19);
    const end = start + dice.below(32 * 19 - start + 1);
    writer.copy(from, start, end);
    writer.put(0b101, 3);
    assertEquals(
      print(writer.words, writer.position),
      "0".repeat(before) + all.slice(start, end) + "101",
    );
  }
});

Deno.test("BitWriter.start() continues after the bits of other words", () => {
  const writer = new BitWriter();
  writer.start(37, Int32Array.of(-1, 0b10101, 0));
  writer.put(0b11, 2);
  assertEquals(print(writer.words.subarray(1), 7), "1010111");
});

Deno.test("BitWriter.align() writes zeros up to a byte boundary", () => {
  const writer = new BitWriter();
  writer.words.fill(-1);
  writer.align();
  assertEquals(writer.position, 0);
  writer.put(1, 1);
  writer.align();
  writer.align();
  assertEquals([writer.position, print(writer.words, 8)], [8, "10000000"]);
});

Deno.test("BitWriter.reserve() keeps what was written", () => {
  const writer = new BitWriter();
  writer.put(0x1234, 16);
  writer.reserve(1e6);
  assertEquals([writer.words[0], writer.words.length > 1e6 / 32], [0x1234, true]);
});

Deno.test("bitsAt() and flipBits() read and change bits across words", () => {
  const dice = new Dice(3);
  const words = Int32Array.from({ length: 5 }, () => randomBits(dice, 32));
  for (let position = 0; position < 128; position++) {
    const before = print(words, 160);
    assertEquals(printBits(bitsAt(words, position), 32), before.slice(position, position + 32));
    const count = 1 + dice.below(32);
    flipBits(words, position, randomBits(dice, count), count);
    const after = print(words, 160);
    assertEquals(after.slice(0, position), before.slice(0, position));
    assertEquals(after.slice(position + count), before.slice(position + count));
    const flipped = bitsAt(words, position);
    flipBits(words, position, flipped, 32);
    assertEquals(bitsAt(words, position), 0);
    flipBits(words, position, flipped, 32);
  }
});
