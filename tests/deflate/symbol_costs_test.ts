import { assertEquals } from "@std/assert";
import { CodeTable } from "../../deflate/code_table.ts";
import { symbolCosts } from "../../deflate/symbol_costs.ts";
import { DISTANCE_SYMBOLS, LITERAL_SYMBOLS } from "../../deflate/symbols.ts";

Deno.test("symbolCosts() expects digits to be cheap", () => {
  const { literals, lengths, distances } = symbolCosts();
  assertEquals([literals[48], literals[57], literals[97]], [4, 4, 7]);
  assertEquals([lengths[3], lengths[258], lengths[200]], [5, 5, 10]);
  assertEquals([distances[0], distances[29]], [3, 16]);
});

Deno.test("symbolCosts() takes lengths from a table, and a high cost where it has no code", () => {
  const literals = new Float64Array(LITERAL_SYMBOLS);
  literals.fill(100, 48, 58);
  literals[97] = 1000;
  literals[257] = 50;
  const table = new CodeTable({ literals, distances: new Float64Array(DISTANCE_SYMBOLS) });
  const costs = symbolCosts(table);
  assertEquals(costs.literals[97], table.literals[97]! >>> 16);
  assertEquals(costs.literals[98], 11);
  assertEquals(costs.lengths[3], table.literals[257]! >>> 16);
  assertEquals(costs.lengths[20], 11 + 2);
});
