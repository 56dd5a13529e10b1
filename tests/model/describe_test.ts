import { assertEquals } from "@std/assert";
import { describe } from "../../model/describe.ts";
import { Labels } from "../../labels.ts";

function revokedProxy(): unknown {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

const throwing = {
  get constructor(): never {
    throw new Error("Not for you");
  },
};

const CASES: Record<string, [value: unknown, expected: string]> = {
  "a string": ["text", '"text"'],
  "a string with a line feed": ["a\nb", '"a\\nb"'],
  "a string beyond the limit": ["x".repeat(61), `"${"x".repeat(60)}…"`],
  "a string at the limit": ["x".repeat(60), `"${"x".repeat(60)}"`],
  "a number": [-1.5, "-1.5"],
  "NaN": [NaN, "NaN"],
  "a boolean": [true, "true"],
  "undefined": [undefined, "undefined"],
  "null": [null, "null"],
  "a bigint": [1n, "a bigint"],
  "a symbol": [Symbol("x"), "a symbol"],
  "a function": [() => {}, "a function"],
  "an array": [[1], "an array"],
  "an object": [{ a: 1 }, "an object"],
  "an object without a prototype": [Object.create(null), "an object"],
  "an object of a class": [new Labels(), "an object of class Labels"],
  "an object of a class without a name": [new (class {})(), "an object"],
  "an object whose constructor throws": [throwing, "an object"],
  "a revoked proxy": [revokedProxy(), "an object"],
};

for (const [name, [value, expected]] of Object.entries(CASES)) {
  Deno.test(`describe() describes ${name}`, () => {
    assertEquals(describe(value), expected);
  });
}
