import { assertEquals } from "@std/assert";
import {
  DISTANCE_BASES,
  DISTANCE_EXTRA_BITS,
  DISTANCE_SYMBOL_OF,
  LENGTH_BASES,
  LENGTH_EXTRA_BITS,
  LENGTH_SYMBOL_OF,
  MAX_DISTANCE,
  MAX_MATCH,
  MIN_MATCH,
} from "../../deflate/symbols.ts";

/** Rows of the tables in RFC 1951, section 3.2.5: symbol, extra bits, least value. */
const LENGTHS = [[257, 0, 3], [264, 0, 10], [265, 1, 11], [276, 3, 59], [284, 5, 227], [
  285,
  0,
  258,
]];
const DISTANCES = [[0, 0, 1], [3, 0, 4], [4, 1, 5], [13, 5, 97], [28, 13, 16385], [29, 13, 24577]];

Deno.test("LENGTH_BASES are those of RFC 1951", () => {
  for (const [symbol, bits, base] of LENGTHS) {
    assertEquals([LENGTH_EXTRA_BITS[symbol! - 257], LENGTH_BASES[symbol! - 257]], [bits!, base!]);
  }
  assertEquals(LENGTH_BASES.length, 29);
});

Deno.test("DISTANCE_BASES are those of RFC 1951", () => {
  for (const [symbol, bits, base] of DISTANCES) {
    assertEquals([DISTANCE_EXTRA_BITS[symbol!], DISTANCE_BASES[symbol!]], [bits!, base!]);
  }
  assertEquals(DISTANCE_BASES.length, 30);
});

Deno.test("LENGTH_SYMBOL_OF has a symbol for each length, whose extra bits suffice", () => {
  for (let length = MIN_MATCH; length <= MAX_MATCH; length++) {
    const symbol = LENGTH_SYMBOL_OF[length]!;
    const extra = length - LENGTH_BASES[symbol]!;
    assertEquals(extra >= 0 && extra < 1 << LENGTH_EXTRA_BITS[symbol]!, true, `length ${length}`);
  }
  assertEquals(LENGTH_SYMBOL_OF[258], 28);
});

Deno.test("DISTANCE_SYMBOL_OF has a symbol for each distance, whose extra bits suffice", () => {
  for (let distance = 1; distance <= MAX_DISTANCE; distance++) {
    const symbol = DISTANCE_SYMBOL_OF[distance]!;
    const extra = distance - DISTANCE_BASES[symbol]!;
    if (!(extra >= 0 && extra < 1 << DISTANCE_EXTRA_BITS[symbol]!)) {
      throw new Error(`distance ${distance}`);
    }
  }
});
