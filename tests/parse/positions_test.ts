import { assertEquals } from "@std/assert";
import { Positions } from "../../parse/positions.ts";

Deno.test("Positions.at() counts lines and columns, forwards and backwards", () => {
  const positions = new Positions("ab\n\nc\n");
  const at = (offset: number) => {
    const { line, column } = positions.at(offset);
    return `${line}:${column}`;
  };
  const all = ["1:1", "1:2", "1:3", "2:1", "3:1", "3:2", "4:1"];
  assertEquals(all.map((_, offset) => at(offset)), all);
  assertEquals([4, 3, 0, 6].map(at), ["3:1", "2:1", "1:1", "4:1"]);
});
