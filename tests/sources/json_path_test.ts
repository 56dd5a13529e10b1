import { assertEquals, assertThrows } from "@std/assert";
import { parseJsonPath } from "../../sources/json_path.ts";

const DOCUMENT = { a: [{ b: 1 }, { b: 2, c: "x" }], "d e": { f: null } };

for (
  const [path, expected] of [
    ["$", [DOCUMENT]],
    ["$.a[*].b", [1, 2]],
    ["$.a[-1].c", ["x"]],
    ["$['d e'].f", [null]],
    ["$..b", [1, 2]],
    ["$.a[?@.b > 1].c", ["x"]],
    ["$.a[?@.c].b", [2]],
    ["$.a[0:1].b", [1]],
    ["$.nothing", []],
    ["$.a[?length(@.c) == 1].b", [2]],
  ] as const
) {
  Deno.test(`JsonPath.find() selects with ${path}`, () => {
    assertEquals(parseJsonPath(path).find(DOCUMENT).map(({ value }) => value), [...expected]);
  });
}

Deno.test("JsonPath.find() tells normalized paths", () => {
  const nodes = parseJsonPath("$.a[*].b").find(DOCUMENT);
  assertEquals(nodes.map(({ path }) => path), ["$['a'][0]['b']", "$['a'][1]['b']"]);
});

Deno.test("JsonPath.findOne() rejects several values", () => {
  assertEquals(parseJsonPath("$.nothing").findOne(DOCUMENT), undefined);
  assertThrows(
    () => parseJsonPath("$.a[*].b").findOne(DOCUMENT),
    RangeError,
    "expected $.a[*].b to select one value, got 2",
  );
});

for (
  const [text, problem] of [
    [".a", "expected '$', found '.' in column 1"],
    ["$.a[?@.b ==]", "unexpected end of expression in column 12"],
    ["{.a}", "in column 1"],
    ["$.a[", "in column"],
  ] as const
) {
  Deno.test(`parseJsonPath() rejects ${text}`, () => {
    const error = assertThrows(() => parseJsonPath(text), SyntaxError, problem);
    assertEquals(
      error.message.startsWith('expected a JSONPath such as "$.values[*]", got "'),
      true,
    );
  });
}
