import { assertEquals } from "@std/assert";
import { textMatcher } from "../../probes/text_patterns.ts";

const CASES: [pattern: string, text: string, expected: boolean][] = [
  ["a", "a", true],
  ["a", "ab", false],
  ["a*", "ab", true],
  ["*b", "ab", true],
  ["a*b*c", "a1b2c", true],
  ["a*b*c", "a1c2b", false],
  ["ab*ba", "aba", false],
  ["*", "", true],
  ["a.c", "abc", false],
  ["*a*a*", "ba", false],
];

for (const [pattern, text, expected] of CASES) {
  Deno.test(`textMatcher() of "${pattern}" ${expected ? "accepts" : "refuses"} "${text}"`, () => {
    assertEquals(textMatcher([pattern])(text), expected);
  });
}

Deno.test("textMatcher() accepts everything without patterns, and nothing with an empty list", () => {
  assertEquals(textMatcher(undefined)("a"), true);
  assertEquals(textMatcher([])("a"), false);
});

Deno.test("textMatcher() takes a time that grows with the length only", () => {
  assertEquals(textMatcher(["*a".repeat(50) + "*b"])("a".repeat(100_000)), false);
});
