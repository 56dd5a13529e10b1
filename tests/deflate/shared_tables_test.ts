import { assert, assertEquals, assertNotStrictEquals, assertStrictEquals } from "@std/assert";
import type { SymbolCounts } from "../../deflate/code_table.ts";
import { idealCost, SharedTables } from "../../deflate/shared_tables.ts";
import { DISTANCE_SYMBOLS, LITERAL_SYMBOLS } from "../../deflate/symbols.ts";

function countsOf(text: string): SymbolCounts {
  const literals = new Float64Array(LITERAL_SYMBOLS);
  for (const byte of new TextEncoder().encode(text)) literals[byte]!++;
  return { literals, distances: new Float64Array(DISTANCE_SYMBOLS) };
}

const TEXT = "jobs_total 12345\n".repeat(100);

Deno.test("SharedTables.tableFor() returns a table again for about the same counts", () => {
  const tables = new SharedTables();
  assertEquals(tables.latest, undefined);
  const table = tables.tableFor(countsOf(TEXT));
  assertStrictEquals(tables.latest, table);
  assertStrictEquals(tables.tableFor(countsOf(TEXT.replaceAll("3", "9"))), table);
});

Deno.test("SharedTables.tableFor() makes a table where others cost more or lack a symbol", () => {
  const tables = new SharedTables();
  const table = tables.tableFor(countsOf(TEXT));
  assertNotStrictEquals(tables.tableFor(countsOf(TEXT.replaceAll("j", "jjjjj"))), table);
  assertNotStrictEquals(tables.tableFor(countsOf(TEXT.replace("j", "z"))), table);
  assertStrictEquals(tables.tableFor(countsOf(TEXT)), table);
});

Deno.test("SharedTables.tableFor() forgets old tables", () => {
  const tables = new SharedTables();
  const table = tables.tableFor(countsOf(TEXT));
  for (const letter of "qrtuvwxyz") tables.tableFor(countsOf(letter.repeat(500)));
  assertNotStrictEquals(tables.tableFor(countsOf(TEXT)), table);
});

Deno.test("idealCost() is the entropy, with all digits alike", () => {
  assertEquals(idealCost(countsOf("abab")), 4);
  assert(Math.abs(idealCost(countsOf("11111111")) - 8 * Math.log2(10)) < 1e-9);
  assertEquals(idealCost(countsOf("")), 0);
});
