import { assertEquals } from "@std/assert";
import { Pieces } from "../pieces.ts";

const PIECE = 65536;

function decode(pieces: readonly Uint8Array<ArrayBuffer>[]): string[] {
  return pieces.map((piece) => new TextDecoder().decode(piece));
}

Deno.test("Pieces gives none if nothing was added", () => {
  const pieces = new Pieces();
  pieces.add("");
  assertEquals(pieces.end(), []);
});

Deno.test("Pieces gives what is small in one", () => {
  const pieces = new Pieces();
  assertEquals([pieces.add("a\n"), pieces.add("ü\n")], [false, false]);
  assertEquals(decode(pieces.end()), ["a\nü\n"]);
});

Deno.test("Pieces.add() tells when one is complete, which ends with what was added", () => {
  const pieces = new Pieces();
  const long = "x".repeat(PIECE);
  assertEquals([pieces.add("a"), pieces.add(long), pieces.add("b")], [false, true, false]);
  assertEquals(decode(pieces.end()), [`a${long}`, "b"]);
});
