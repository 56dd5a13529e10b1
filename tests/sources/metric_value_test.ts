import { assertEquals, assertThrows } from "@std/assert";
import { ValueMapping } from "../../sources/metric_value.ts";

const PLAIN = new ValueMapping(new Map(), 1);
const STATES = new ValueMapping(
  new Map([["ok", 1], ["failed", 0], ["null", -1], ["7", 70]]),
  0.001,
);

for (
  const [value, expected] of [
    [5, 5],
    [-1.5, -1.5],
    [true, 1],
    [false, 0],
    ["12.5", 12.5],
    [" 3e2\n", 300],
    ["true", 1],
    ["FALSE", 0],
    ["NaN", NaN],
    ["+Inf", Infinity],
    ["-inf", -Infinity],
    [null, undefined],
  ] as const
) {
  Deno.test(`ValueMapping.convert() converts ${JSON.stringify(value)} to ${expected}`, () => {
    assertEquals(PLAIN.convert(value), expected);
  });
}

for (const value of ["", "abc", "1,5", "0x10", "5 apples", [1], { a: 1 }, [], "1_000"]) {
  Deno.test(`ValueMapping.convert() rejects ${JSON.stringify(value)}`, () => {
    assertThrows(() => PLAIN.convert(value), TypeError, "expected a number, got ");
  });
}

Deno.test("ValueMapping.convert() maps values, and scales others", () => {
  assertEquals(["ok", "failed", null, 7, 500, "250"].map((value) => STATES.convert(value)), [
    1,
    0,
    -1,
    70,
    0.5,
    0.25,
  ]);
  assertThrows(
    () => STATES.convert("broken"),
    TypeError,
    'expected a number or "ok" or "failed" or "null" or "7", got "broken"',
  );
});

Deno.test("ValueMapping.convert() does not map arrays and objects by their texts", () => {
  const mapping = new ValueMapping(new Map([["1", 5], ["[object Object]", 6]]), 1);
  assertThrows(() => mapping.convert([1]), TypeError, "got an array");
  assertThrows(() => mapping.convert({}), TypeError, "got an object");
});
