import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { parseJson } from "../../sources/json_text.ts";
import { fuzz, likeText } from "../support/fuzz.ts";

Deno.test("parseJson() returns the document, without a byte order mark", () => {
  assertEquals(parseJson('\uFEFF{"a": [1, null]}', "x"), { a: [1, null] });
});

for (
  const [text, problem] of [
    ["", "line 1, column 1: expected a value"],
    ["{", "line 1, column 2: expected a key in double quotes"],
    ['{"a" 1}', 'line 1, column 6: expected ":"'],
    ['{"a": }', "line 1, column 7: expected a value"],
    ['{"a": 1,}', "line 1, column 9: expected a key in double quotes"],
    ['{"a": 1\n "b": 2}', 'line 2, column 2: expected "," or "}"'],
    ["[1, 2", 'line 1, column 6: expected "," or "]"'],
    ["[1,]", "line 1, column 4: expected a value"],
    ["[1}", 'line 1, column 3: expected "," or "]"'],
    ["[\n\n  tru]", "line 3, column 3: expected a value"],
    ["{} x", "line 1, column 4: expected the end of the document"],
    ["<html>", "line 1, column 1: expected a value"],
    ['["a\nb"]', "line 1, column 2: expected a value"],
    ["[01]", 'line 1, column 3: expected "," or "]"'],
    ["[NaN]", "line 1, column 2: expected a value"],
    ["{'a': 1}", "line 1, column 2: expected a key in double quotes"],
  ] as const
) {
  Deno.test(`parseJson() says what is wrong in ${JSON.stringify(text)}`, () => {
    assertThrows(
      () => parseJson(text, "x.json"),
      SyntaxError,
      `Cannot parse JSON "x.json": ${problem}`,
    );
  });
}

Deno.test("parseJson() says for each invalid document where it is invalid", async () => {
  const documents = ['{"a": [1, -2.5e3, "x\\u00e9\\n", {"b": null}], "c": {}, "d": [true, false]}'];
  const tokens = ["{", "}", "[", "]", ",", ":", '"', "\\", "-", "1", "e", ".", "\n", " ", "null"];
  const texts = fc.oneof(fc.json(), likeText(documents, tokens));
  await fuzz(texts, (text) => {
    try {
      JSON.parse(text);
    } catch {
      assertThrows(() => parseJson(text, ""), SyntaxError, ": expected ");
    }
  });
});
