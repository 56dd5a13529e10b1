import { assertEquals, assertThrows } from "@std/assert";
import { type NativeOptions, resolveNative } from "../../series/native_options.ts";

const ACTION = 'Cannot create histogram "x"';

Deno.test("resolveNative() completes options", () => {
  assertEquals(resolveNative(ACTION, {}), {
    schema: 3,
    zeroThreshold: 2.938735877055719e-39,
    maxBuckets: 160,
    minResetInterval: 0,
    maxZeroThreshold: 0,
  });
  assertEquals(
    resolveNative(ACTION, {
      growthFactor: 2,
      zeroThreshold: 0,
      maxBuckets: Infinity,
      minResetInterval: 3600,
      maxZeroThreshold: 0.5,
    }),
    {
      schema: 0,
      zeroThreshold: 0,
      maxBuckets: Infinity,
      minResetInterval: 3600,
      maxZeroThreshold: 0.5,
    },
  );
});

for (
  const [growthFactor, schema] of [
    [1 + Number.EPSILON, 8],
    [1.0027, 8],
    [2 ** (1 / 256), 8],
    [1.0028, 8],
    [1.01, 7],
    [2 ** (1 / 8), 3],
    [1.0905, 4],
    [1.1, 3],
    [1.2, 2],
    [1.5, 1],
    [Math.SQRT2, 1],
    [1.999, 1],
    [2, 0],
    [3.999, 0],
    [4, -1],
    [17, -2],
    [256, -3],
    [65535, -3],
    [65536, -4],
    [1e300, -4],
    [Infinity, -4],
  ] as const
) {
  Deno.test(`resolveNative() makes a growth factor of ${growthFactor} schema ${schema}`, () => {
    assertEquals(resolveNative(ACTION, { growthFactor }).schema, schema);
  });
}

for (
  const [options, message] of [
    [{ growthFactor: 1 }, "expected growthFactor to be a number above 1, got 1"],
    [{ growthFactor: NaN }, "expected growthFactor to be a number above 1, got NaN"],
    [{ zeroThreshold: -1 }, "expected zeroThreshold to be a finite number from 0, got -1"],
    [
      { zeroThreshold: Infinity },
      "expected zeroThreshold to be a finite number from 0, got Infinity",
    ],
    [{ maxBuckets: 0 }, "expected maxBuckets to be an integer of 1 or more, got 0"],
    [{ maxBuckets: 1.5 }, "expected maxBuckets to be an integer of 1 or more, got 1.5"],
    [{ minResetInterval: -1 }, "expected minResetInterval to be seconds from 0, got -1"],
    [{ minResetInterval: NaN }, "expected minResetInterval to be seconds from 0, got NaN"],
    [{ maxZeroThreshold: -1 }, "expected maxZeroThreshold to be a finite number from 0, got -1"],
  ] as const
) {
  Deno.test(`resolveNative() rejects a value out of range: ${message}`, () => {
    assertThrows(() => resolveNative(ACTION, options), RangeError, `${ACTION}: ${message}`);
  });
}

for (
  const [options, message] of [
    [{ growthFactor: "2" }, 'expected growthFactor to be a number above 1, got "2"'],
    [{ maxBuckets: null }, "expected maxBuckets to be an integer of 1 or more, got null"],
    [{ growthfactor: 2 }, 'unknown option "growthfactor", did you mean "growthFactor"?'],
    [true, "expected options of a native histogram, got true"],
    [null, "expected options of a native histogram, got null"],
  ] as const
) {
  Deno.test(`resolveNative() rejects what is of the wrong kind: ${message}`, () => {
    assertThrows(
      () => resolveNative(ACTION, options as unknown as NativeOptions),
      TypeError,
      `${ACTION}: ${message}`,
    );
  });
}
