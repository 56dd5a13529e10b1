import { assertEquals } from "@std/assert";
import { collides, ShortKeys } from "../../model/short_keys.ts";

for (
  const [text, expected] of [
    ["", false],
    ["409600", false],
    ["4096000", true],
    ["9007199254740991", true],
    ["12345678901234567", false],
    ["04096000", false],
    ["4096000a", false],
    ["-4096000", false],
    ["/api/users", false],
    ["x".repeat(8192), false],
    ["x".repeat(8193), true],
  ] as const
) {
  Deno.test(`collides() is ${expected} for ${text.slice(0, 20)} (${text.length} characters)`, () => {
    assertEquals(collides(text), expected);
  });
}

Deno.test("ShortKeys.of() gives equal texts equal keys and others different ones", () => {
  const keys = new ShortKeys();
  const long = "x".repeat(20_000);
  const texts = [
    "",
    "a",
    "\0",
    "\x000",
    "\x001",
    "4096000",
    "8192000",
    "|4096000",
    long,
    `${long}y`,
  ];
  const all = texts.map((text) => keys.of(text));
  assertEquals(new Set(all).size, texts.length);
  assertEquals(texts.map((text) => keys.of(text)), all);
  assertEquals(all.filter(collides), []);
});
