import { assertEquals, assertThrows } from "@std/assert";
import { checkExemplar, type Exemplar } from "../exemplar.ts";

/** Checks what types may not allow. */
function check(exemplar: unknown): ReturnType<typeof checkExemplar> {
  return checkExemplar(exemplar as Exemplar, 'metric "x"');
}

Deno.test("checkExemplar() gives labels as names and values in turn, and the time in milliseconds", () => {
  assertEquals(
    check({ labels: { trace_id: "a", span_id: "b" }, value: NaN, timestamp: new Date(1500) }),
    { labels: ["trace_id", "a", "span_id", "b"], value: NaN, timestamp: 1500 },
  );
});

Deno.test("checkExemplar() takes one without labels and time", () => {
  assertEquals(check({ labels: {}, value: 1 }), { labels: [], value: 1, timestamp: undefined });
});

Deno.test("checkExemplar() counts characters, not code units or bytes", () => {
  const labels = { a: "🥪".repeat(100), bc: "é".repeat(25) };
  assertEquals(check({ labels, value: 1 }).labels.length, 4);
});

Deno.test("checkExemplar() takes labels of 128 characters, and no more", () => {
  assertEquals(check({ labels: { a: "x".repeat(127) }, value: 1 }).labels.length, 2);
  assertThrows(
    () => check({ labels: { a: "x".repeat(100), bc: "y".repeat(26) }, value: 1 }),
    RangeError,
    'Cannot use exemplar of metric "x": expected labels of at most 128 characters, got 129',
  );
});

for (
  const [exemplar, message] of [
    [null, "expected an object, got null"],
    ["a", 'expected an object, got "a"'],
    [{ labels: {} }, "expected a number as value, got undefined"],
    [{ labels: {}, value: "1" }, 'expected a number as value, got "1"'],
    [{ labels: {}, value: 1, timestamp: 5 }, "expected a Date as timestamp, got 5"],
  ] as const
) {
  Deno.test(`checkExemplar() rejects ${JSON.stringify(exemplar)}`, () => {
    assertThrows(() => check(exemplar), TypeError, `Cannot use exemplar of metric "x": ${message}`);
  });
}

Deno.test("checkExemplar() rejects labels that cannot be", () => {
  assertThrows(() => check({ labels: { "a b": "c" }, value: 1 }), RangeError, "Cannot set label");
  assertThrows(() => check({ labels: { a: 1 }, value: 1 }), TypeError, "Cannot set label");
});

Deno.test("checkExemplar() rejects an invalid Date", () => {
  assertThrows(
    () => check({ labels: {}, value: 1, timestamp: new Date(NaN) }),
    RangeError,
    'Cannot use exemplar of metric "x": the Date is invalid',
  );
});
