import { assert, assertEquals, assertThrows } from "@std/assert";
import { codeLengths } from "../../deflate/code_lengths.ts";
import { Dice } from "../support/dice.ts";

function shareOf(lengths: Uint8Array, maxLength: number): number {
  return lengths.reduce((sum, length) => sum + 2 ** (maxLength - length), 0);
}

function costOf(lengths: Uint8Array, weights: readonly number[]): number {
  return lengths.reduce((sum, length, i) => sum + length * weights[i]!, 0);
}

/** The least cost, found by trying all lengths. */
function leastCost(weights: readonly number[], maxLength: number, share: number): number {
  if (weights.length === 0) return share === 0 ? 0 : Infinity;
  const [weight, ...others] = weights;
  let least = Infinity;
  for (let length = 1; length <= maxLength; length++) {
    const rest = share - 2 ** (maxLength - length);
    if (rest >= 0) least = Math.min(least, length * weight! + leastCost(others, maxLength, rest));
  }
  return least;
}

/** The cost of Huffman's codes, whose lengths are not limited. */
function huffmanCost(weights: readonly number[]): number {
  const trees = [...weights];
  let cost = 0;
  while (trees.length > 1) {
    trees.sort((a, b) => b - a);
    const both = trees.pop()! + trees.pop()!;
    cost += both;
    trees.push(both);
  }
  return cost;
}

const FIBONACCI = [1, 1];
while (FIBONACCI.length < 30) FIBONACCI.push(FIBONACCI.at(-1)! + FIBONACCI.at(-2)!);

Deno.test("codeLengths() returns Huffman's codes if the limit is not reached", () => {
  const dice = new Dice(1);
  for (let round = 0; round < 200; round++) {
    const weights = Array.from({ length: 2 + dice.below(280) }, () => 1 + dice.below(50));
    assertEquals(costOf(codeLengths(weights, 15), weights), huffmanCost(weights));
  }
});

Deno.test("codeLengths() keeps to the maximum length", () => {
  for (const maxLength of [5, 7, 15]) {
    const lengths = codeLengths(FIBONACCI, maxLength);
    assertEquals(Math.max(...lengths), maxLength);
    assertEquals(shareOf(lengths, maxLength), 2 ** maxLength);
  }
  assert(Math.max(...codeLengths(FIBONACCI, 29)) === 29);
});

Deno.test("codeLengths() takes exactly the share that ten digits of four bits leave", () => {
  const dice = new Dice(2);
  const share = 2 ** 15 - 10 * 2 ** 11;
  for (let round = 0; round < 2000; round++) {
    const weights = Array.from(
      { length: 10 + dice.below(260) },
      () => 2 ** dice.below(dice.below(30)) + 1e-3,
    );
    const lengths = codeLengths(weights, 15, share);
    assertEquals(shareOf(lengths, 15), share);
    assertEquals(lengths.every((length) => length > 0 && length <= 15), true);
  }
});

Deno.test("codeLengths() never takes more than the share it is given", () => {
  const dice = new Dice(3);
  for (let round = 0; round < 2000; round++) {
    const weights = Array.from({ length: 2 + dice.below(20) }, () => 1 + dice.below(20));
    const share = weights.length + dice.below(2 ** 5 + 1 - weights.length);
    const lengths = codeLengths(weights, 5, share);
    assertEquals(lengths.every((length) => length > 0 && length <= 5), true);
    assert(shareOf(lengths, 5) <= share);
  }
});

Deno.test("codeLengths() has the least cost of all complete codes", () => {
  const dice = new Dice(4);
  for (let round = 0; round < 200; round++) {
    const weights = Array.from({ length: 2 + dice.below(4) }, () => 1 + dice.below(20));
    for (const maxLength of [3, 4, 5]) {
      assertEquals(
        costOf(codeLengths(weights, maxLength), weights),
        leastCost(weights, maxLength, 2 ** maxLength),
        `${weights} within ${maxLength} bits`,
      );
    }
  }
});

Deno.test("codeLengths() rejects a share that does not suffice", () => {
  for (const share of [0, 1, 2]) {
    assertThrows(
      () => codeLengths([1, 1, 1], 15, share),
      RangeError,
      `Cannot limit 3 codes to 15 bits: expected a share that suffices, got ${share}`,
    );
  }
});
