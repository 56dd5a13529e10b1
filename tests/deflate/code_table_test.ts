import { assert, assertEquals } from "@std/assert";
import { CodeTable, MAX_DISTANCE_LENGTH, type SymbolCounts } from "../../deflate/code_table.ts";
import { DISTANCE_SYMBOLS, LITERAL_SYMBOLS } from "../../deflate/symbols.ts";
import { Dice } from "../support/dice.ts";

function countsOf(text: string): SymbolCounts {
  const literals = new Float64Array(LITERAL_SYMBOLS);
  for (const byte of new TextEncoder().encode(text)) literals[byte]!++;
  return { literals, distances: new Float64Array(DISTANCE_SYMBOLS) };
}

function lengthOf(code: number): number {
  return code >>> 16;
}

function kraftSum(codes: Int32Array): number {
  return codes.reduce((sum, code) => sum + (code === 0 ? 0 : 2 ** -lengthOf(code)), 0);
}

function randomCounts(dice: Dice): SymbolCounts {
  const counts = countsOf("");
  const density = 1 + dice.below(100);
  for (const array of [counts.literals, counts.distances]) {
    for (let i = 0; i < array.length; i++) {
      if (dice.below(100) < density) array[i] = 2 ** dice.below(18) + dice.below(100);
    }
  }
  return counts;
}

Deno.test("CodeTable gives all digits codes of one length", () => {
  const dice = new Dice(1);
  for (let round = 0; round < 100; round++) {
    const { literals } = new CodeTable(randomCounts(dice));
    assertEquals(new Set(literals.subarray(48, 58).map(lengthOf)).size, 1);
  }
});

Deno.test("CodeTable has complete codes within the limits", () => {
  const dice = new Dice(2);
  for (let round = 0; round < 100; round++) {
    const { literals, distances } = new CodeTable(randomCounts(dice));
    assertEquals([kraftSum(literals), kraftSum(distances)], [1, 1]);
    assert(Math.max(...literals.map(lengthOf)) <= 15);
    assert(Math.max(...distances.map(lengthOf)) <= MAX_DISTANCE_LENGTH);
  }
});

Deno.test("CodeTable has codes for all bytes of numbers and all distances", () => {
  const { literals, distances } = new CodeTable(countsOf("xyz"));
  for (const byte of new TextEncoder().encode("0123456789.+-eNaInf")) assert(literals[byte]! > 0);
  assertEquals(distances.every((code) => code > 0), true);
  assertEquals(literals["y".charCodeAt(0)]! > 0, true);
  assertEquals(literals["b".charCodeAt(0)], 0);
});

Deno.test("CodeTable.distanceSymbols has the symbol of each code", () => {
  const { distances, distanceSymbols } = new CodeTable(randomCounts(new Dice(3)));
  for (let bits = 0; bits < distanceSymbols.length; bits++) {
    const code = distances[distanceSymbols[bits]!]!;
    assertEquals(bits & ((1 << lengthOf(code)) - 1), code & 0xffff);
  }
});

Deno.test("CodeTable.costOf() is infinite if a symbol has no code", () => {
  const table = new CodeTable(countsOf("a 1\n"));
  assertEquals(table.costOf(countsOf("b 1\n")), Infinity);
  const longer = table.costOf(countsOf("a 11\n")) - table.costOf(countsOf("a 1\n"));
  assertEquals(longer, lengthOf(table.literals[49]!));
});
