import { assertEquals, assertThrows } from "@std/assert";
import { LabelSchema, type LabelSpec } from "../../model/label_schema.ts";

const OWNER = 'counter "x_total"';

Deno.test("LabelSchema.combinations() lists every combination of declared values", () => {
  const schema = new LabelSchema(OWNER, { a: ["1", "2"], b: ["x", "y"] }, []);
  assertEquals(schema.combinations(), [["1", "x"], ["1", "y"], ["2", "x"], ["2", "y"]]);
  assertEquals(new LabelSchema(OWNER, { a: ["1"], b: String }, []).combinations(), []);
  assertEquals(new LabelSchema(OWNER, ["a"], []).combinations(), []);
  assertEquals(new LabelSchema(OWNER, [], []).combinations(), [[]]);
});

for (
  const [spec, error, message] of [
    [["1a"], RangeError, 'expected a label name that matches [a-zA-Z_][a-zA-Z0-9_]*, got "1a"'],
    [[""], RangeError, 'expected a label name that matches [a-zA-Z_][a-zA-Z0-9_]*, got ""'],
    [["__a"], RangeError, 'label "__a" is reserved or occurs twice'],
    [["a", "a"], RangeError, 'label "a" is reserved or occurs twice'],
    [["le"], RangeError, 'label "le" is reserved or occurs twice'],
    [[1], TypeError, "expected a string as label name, got 1"],
    [{ a: [] }, RangeError, 'no value of label "a" is allowed'],
    [{ a: [1] }, TypeError, 'expected String or a list of strings for label "a"'],
    [{ a: Number }, TypeError, 'expected String or a list of strings for label "a"'],
    [{ a: "b" }, TypeError, 'expected String or a list of strings for label "a"'],
  ] as const
) {
  Deno.test(`new LabelSchema() rejects ${JSON.stringify(spec)}: ${message}`, () => {
    assertThrows(
      () => new LabelSchema(OWNER, spec as unknown as LabelSpec, ["le"]),
      error,
      `Cannot create ${OWNER}: ${message}`,
    );
  });
}

Deno.test("new LabelSchema() refuses values that UTF-8 cannot tell apart", () => {
  assertThrows(
    () => new LabelSchema('counter "x"', { m: ["\ud800", "\ud801"] }, []),
    RangeError,
    "without lone surrogates",
  );
});
