import { assertEquals } from "@std/assert";
import { inflateRawSync } from "node:zlib";
import { BitWriter } from "../../deflate/bit_writer.ts";
import { writeBlockHeader } from "../../deflate/block_header.ts";
import { canonicalCodes } from "../../deflate/canonical_codes.ts";
import { codeLengths } from "../../deflate/code_lengths.ts";
import { Dice } from "../support/dice.ts";

/** Writes a block of all literals that have a code. */
function blockOf(literals: Uint8Array, distances: Uint8Array): Uint8Array<ArrayBuffer> {
  const writer = new BitWriter();
  writeBlockHeader(writer, literals, distances);
  for (const code of canonicalCodes(literals).subarray(0, 257)) writer.putCode(code);
  writer.put(0b011, 3); // An empty last block with fixed codes.
  writer.put(0, 7);
  writer.align();
  return new Uint8Array(writer.words.buffer, 0, writer.position >>> 3);
}

function literalsOf(lengths: Uint8Array): number[] {
  return [...lengths.subarray(0, 256).keys()].filter((byte) => lengths[byte]! > 0);
}

/** Lengths for some symbols at random, among them the end of the block. */
function randomLengths(dice: Dice, symbols: number, density: number): Uint8Array {
  const used = Array.from({ length: symbols }, (_, symbol) => symbol)
    .filter((symbol) => symbol === 256 || symbol === 10 || dice.below(100) < density);
  const lengths = new Uint8Array(symbols);
  const weights = used.map(() => 2 ** dice.below(20));
  for (const [i, length] of codeLengths(weights, 15).entries()) lengths[used[i]!] = length;
  return lengths;
}

Deno.test("writeBlockHeader() writes lengths that are read as given", () => {
  const dice = new Dice(1);
  for (let round = 0; round < 500; round++) {
    const literals = randomLengths(dice, 286, 1 + dice.below(100));
    const distances = randomLengths(dice, 30, 100);
    const bytes = inflateRawSync(blockOf(literals, distances));
    assertEquals([...bytes], literalsOf(literals));
  }
});

Deno.test("writeBlockHeader() writes runs of every length", () => {
  for (let gap = 0; gap < 245; gap++) {
    // Two literals with zeros between them, and as many equal lengths as fit.
    const literals = new Uint8Array(286);
    const used = [0, gap + 1, 256];
    const lengths = codeLengths(used.map(() => 1), 15);
    for (const [i, length] of lengths.entries()) literals[used[i]!] = length;
    const bytes = inflateRawSync(blockOf(literals, codeLengths(Array(30).fill(1), 9)));
    assertEquals([...bytes], literalsOf(literals));
  }
});
