import { assertEquals } from "@std/assert";
import { canonicalCodes } from "../../deflate/canonical_codes.ts";

/** A code as RFC 1951 prints it. */
function print(code: number): string {
  const bits = (code & 0xffff).toString(2).padStart(code >>> 16, "0");
  return [...bits].reverse().join("");
}

Deno.test("canonicalCodes() returns the codes of the example in RFC 1951", () => {
  const codes = canonicalCodes(Uint8Array.of(3, 3, 3, 3, 3, 2, 4, 4));
  assertEquals(
    Array.from(codes, print),
    ["010", "011", "100", "101", "110", "00", "1110", "1111"],
  );
});

Deno.test("canonicalCodes() has no code for a symbol of length 0", () => {
  assertEquals(Array.from(canonicalCodes(Uint8Array.of(0, 1, 0, 1))), [0, 0x1_0000, 0, 0x1_0001]);
});
