import { assertEquals } from "@std/assert";
import { lines } from "../../benches/compare/lines.ts";

Deno.test("lines() joins lines that arrive in chunks", async () => {
  const pieces = ["a", "b\nc", "", "\n\nd\ne"].map((text) => new TextEncoder().encode(text));
  assertEquals(await Array.fromAsync(lines(ReadableStream.from(pieces))), ["ab", "c", "", "d"]);
});
