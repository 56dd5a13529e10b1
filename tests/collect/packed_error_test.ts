import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import { packError, unpackError } from "../../collect/packed_error.ts";

/** Packs and unpacks, copying what crosses. */
function cross(error: unknown): unknown {
  return unpackError(structuredClone(packError(error)));
}

Deno.test("unpackError() gives an error with its class, stack and cause", () => {
  const error = new RangeError("too far", { cause: new TypeError("inner", { cause: 5 }) });
  const crossed = cross(error) as Error;
  assertInstanceOf(crossed, RangeError);
  assertEquals([crossed.message, crossed.stack], [error.message, error.stack]);
  assertInstanceOf(crossed.cause, TypeError);
  assertEquals((crossed.cause as Error).cause, 5);
});

Deno.test("unpackError() keeps the name of a class that it does not know", () => {
  const crossed = cross(new DOMException("late", "TimeoutError")) as Error;
  assertEquals([crossed.name, crossed.message], ["TimeoutError", "late"]);
});

for (const value of ["text", 5, true, null, undefined]) {
  Deno.test(`unpackError() gives a thrown ${value} as it was`, () => {
    assertEquals(cross(value), value);
  });
}

Deno.test("packError() describes other values", () => {
  assertEquals([{ a: 1 }, Symbol("x"), () => {}, 5n].map(cross), [
    "an object",
    "a symbol",
    "a function",
    "a bigint",
  ]);
});

Deno.test("packError() survives an error that cannot be read", () => {
  const error = Object.defineProperty(new Error(), "message", {
    get: () => {
      throw new Error("evil");
    },
  });
  assertEquals((cross(error) as Error).message, "An error that cannot be read");
});

Deno.test("unpackError() makes an error of anything, and cuts what is long", () => {
  for (const sent of [5, null, {}, { name: 5, message: {} }, { name: "__proto__" }]) {
    assertInstanceOf(unpackError(sent), Error);
  }
  assertEquals(unpackError({ thrown: { evil: 1 } }), "an object");
  const { message, stack } = unpackError({
    name: "Error",
    message: "x".repeat(1e6),
    stack: "y".repeat(1e6),
  }) as Error;
  assert(message.length < 20_000 && stack!.length < 20_000);
});

Deno.test("packError() ends with a cause that is its own", () => {
  const error = new Error("a");
  error.cause = error;
  assertInstanceOf(cross(error), Error);
});
