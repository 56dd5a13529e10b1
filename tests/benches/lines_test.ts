import { assertEquals } from "@std/assert";
import { lines } from "../../benches/compare/lines.ts";

Deno.test("lines() puts together what arrives in pieces", async () => {
  const pieces = ["a", "b\nc", "", "\n\nd\ne"].map((text) => new TextEncoder().encode(text));
  assertEquals(await Array.fromAsync(lines(ReadableStream.from(pieces))), ["ab", "c", "", "d"]);
});
