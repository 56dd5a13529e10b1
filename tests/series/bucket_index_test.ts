import { assert, assertEquals } from "@std/assert";
import { bucketBound, bucketIndex, coarserIndex } from "../../series/bucket_index.ts";
import { generator, magnitudes } from "../support/random.ts";

const SCHEMAS = Array.from({ length: 13 }, (_, i) => i - 4);

function indexAt(schema: number, value: number): number {
  return coarserIndex(bucketIndex(value), 8 - schema);
}

/** The definition: the lowest `i` with `value <= (2 ** 2 ** -schema) ** i`, in whole numbers, for finite values. */
function exactIndex(schema: number, value: number): number {
  let exponent = Math.floor(Math.log2(value)) - 60;
  while (exponent < -1074 || value / 2 ** exponent >= 2 ** 53) exponent++;
  while (exponent > -1074 && !Number.isInteger(value / 2 ** exponent)) exponent--;
  const integer = BigInt(value / 2 ** exponent);
  if (schema < 0) return Math.ceil((exponent + log2Up(integer)) / 2 ** -schema);
  const times = 2 ** schema;
  return exponent * times + log2Up(integer ** BigInt(times));
}

/** The logarithm to base 2, rounded up. */
function log2Up(integer: bigint): number {
  return integer === 1n ? 0 : (integer - 1n).toString(2).length;
}

function nextUp(value: number): number {
  const number = new Float64Array([value]);
  new BigUint64Array(number.buffer)[0]!++;
  return number[0]!;
}

for (
  const [value, index] of [
    [1, 0],
    [nextUp(1), 1],
    [1 - 2 ** -53, 0],
    [2, 256],
    [0.5, -256],
    [1.414213562373095, 128],
    [1.4142135623730951, 129],
    [2 ** -128, -32768],
    [2 ** -1022, -261632],
    [2 ** -1022 - 2 ** -1074, -261632],
    [Number.MIN_VALUE, -274944],
    [2 * Number.MIN_VALUE, -274688],
    [3 * Number.MIN_VALUE, -274538],
    [2 ** 1023, 261888],
    [Number.MAX_VALUE, 262144],
    [Infinity, 262145],
  ] as const
) {
  Deno.test(`bucketIndex() of ${value} is ${index}`, () => {
    assertEquals(bucketIndex(value), index);
  });
}

Deno.test("bucketIndex() is exact next to every bound", () => {
  for (let step = 0; step <= 256; step++) {
    const bound = bucketBound(8, step);
    assertEquals(exactIndex(8, bound), step);
    assertEquals(exactIndex(8, nextUp(bound)), step + 1);
    for (const exponent of [-1030, -1023, -1022, -1, 0, 1, 1022]) {
      const scaled = bound * 2 ** exponent;
      assertEquals(bucketIndex(scaled), exactIndex(8, scaled));
      if (exponent < -1022) continue;
      assertEquals(bucketIndex(scaled), step + exponent * 256);
      assertEquals(bucketIndex(nextUp(scaled)), step + exponent * 256 + 1);
    }
  }
});

Deno.test("bucketIndex() agrees with the definition in every schema", () => {
  const next = magnitudes(generator(1));
  for (let i = 0; i < 1000; i++) {
    const value = i % 4 === 0 ? next() % 2 ** -1022 || 5e-324 : next();
    for (const schema of SCHEMAS) {
      assertEquals(indexAt(schema, value), exactIndex(schema, value), `${value} in ${schema}`);
    }
  }
});

Deno.test("bucketIndex() has the powers of 2 at the end of their buckets", () => {
  for (let exponent = -1074; exponent < 1024; exponent++) {
    assertEquals(bucketIndex(2 ** exponent), exponent * 256);
    assertEquals(indexAt(0, 2 ** exponent), exponent);
    assertEquals(indexAt(-2, 2 ** exponent), Math.ceil(exponent / 4));
    assertEquals(bucketIndex(nextUp(2 ** exponent)) > exponent * 256, true);
  }
});

Deno.test("coarserIndex() rounds up on both sides of 0", () => {
  const indices = [-5, -4, -3, -2, -1, 0, 1, 2, 3, 4, 5];
  assertEquals(indices.map((index) => coarserIndex(index, 0)), indices);
  assertEquals(
    indices.map((index) => coarserIndex(index, 1)),
    [-2, -2, -1, -1, 0, 0, 1, 1, 2, 2, 3],
  );
  assertEquals(
    indices.map((index) => coarserIndex(index, 2)),
    [-1, -1, 0, 0, 0, 0, 1, 1, 1, 1, 2],
  );
});

for (
  const [schema, index, bound] of [
    [0, 0, 1],
    [0, 3, 8],
    [0, -2, 0.25],
    [1, 1, 1.414213562373095],
    [2, -1, 0.8408964152537145],
    [-1, 1, 4],
    [-4, 1, 65536],
    [8, 256, 2],
    [8, -274944, Number.MIN_VALUE],
    [8, -274538, 3 * Number.MIN_VALUE],
    [0, 1024, Number.MAX_VALUE],
    [0, 1025, Infinity],
    [8, 262144, Number.MAX_VALUE],
    [8, 262145, Infinity],
    [-4, 64, Number.MAX_VALUE],
    [-4, 65, Infinity],
  ] as const
) {
  Deno.test(`bucketBound() of bucket ${index} in schema ${schema} is ${bound}`, () => {
    assertEquals(bucketBound(schema, index), bound);
  });
}

Deno.test("bucketBound() is the largest number in its bucket", () => {
  const next = magnitudes(generator(2));
  for (let i = 0; i < 4000; i++) {
    const value = i % 4 === 0 ? next() % 2 ** -1022 || 5e-324 : next();
    for (const schema of SCHEMAS) {
      const index = indexAt(schema, value);
      const bound = bucketBound(schema, index);
      assert(bound >= value, `${bound} is below ${value}`);
      assertEquals(indexAt(schema, bound), index);
      assertEquals(indexAt(schema, nextUp(bound)) > index, true, `above ${bound} in ${schema}`);
    }
  }
});
