import { assertEquals, assertThrows } from "@std/assert";
import { parseLabelTemplate } from "../../sources/label_template.ts";

const ITEM = { id: "A", n: 5, ok: true, none: null, list: [1, 2], "}": "brace" };
const DOCUMENT = { site: "north", items: [ITEM] };

for (
  const [text, expected] of [
    ["static", "static"],
    ["{not a path}", "{not a path}"],
    ["$.id", "A"],
    ["$.n", "5"],
    ["$.ok", "true"],
    ["$.none", ""],
    ["$.missing", ""],
    ["$$.site", "north"],
    ["planet-{$.id}", "planet-A"],
    ["{$$.site}/{$.id}/{$.n}", "north/A/5"],
    ["<{$.missing}>", "<>"],
    ["{$['}']}!", "brace!"],
    ['{$["}"]}!', "brace!"],
  ] as const
) {
  Deno.test(`LabelTemplate.fill() fills "${text}"`, () => {
    assertEquals(parseLabelTemplate(text).fill(ITEM, DOCUMENT), expected);
  });
}

Deno.test("LabelTemplate.fill() rejects values that are no text", () => {
  const fill = (text: string) => parseLabelTemplate(text).fill(ITEM, DOCUMENT);
  assertThrows(
    () => fill("$.list"),
    TypeError,
    "expected a string, a number or a boolean at $['list'], got an array",
  );
  assertThrows(() => fill("$.list[*]"), RangeError, "to select one value, got 2");
});

Deno.test("parseLabelTemplate() rejects invalid paths", () => {
  assertThrows(() => parseLabelTemplate("$5"), SyntaxError, "expected a JSONPath");
  assertThrows(() => parseLabelTemplate("a{$.b"), SyntaxError, 'expected "}" after "{$.b"');
  assertThrows(() => parseLabelTemplate("a{$.b['}']"), SyntaxError, 'expected "}"');
});
