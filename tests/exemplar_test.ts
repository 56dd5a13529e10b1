import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { checkExemplar, type Exemplar } from "../exemplar.ts";
import { exposedExemplar } from "../encode/exposed_exemplar.ts";
import { METRIC_TYPES } from "../model/metric_type.ts";
import { Sample } from "../model/sample.ts";

/** Checks what types may not allow. */
function check(exemplar: unknown): ReturnType<typeof checkExemplar> {
  return checkExemplar(exemplar as Exemplar, 'metric "x"');
}

Deno.test("checkExemplar() returns alternating label names and values, and the time in milliseconds", () => {
  assertEquals(
    check({ labels: { trace_id: "a", span_id: "b" }, value: NaN, timestamp: new Date(1500) }),
    { labels: ["trace_id", "a", "span_id", "b"], value: NaN, timestamp: 1500 },
  );
});

Deno.test("checkExemplar() accepts an exemplar without labels and timestamp", () => {
  assertEquals(check({ labels: {}, value: 1 }), { labels: [], value: 1, timestamp: undefined });
});

Deno.test("checkExemplar() counts characters, not code units or bytes", () => {
  const labels = { a: "🥪".repeat(100), bc: "é".repeat(25) };
  assertEquals(check({ labels, value: 1 }).labels.length, 4);
});

Deno.test("checkExemplar() limits labels to 128 characters", () => {
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

Deno.test("checkExemplar() rejects invalid labels", () => {
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

/** A sample with an exemplar of this value. */
function sampleWith(value: number, labels: string[] = [], trace = "a"): Sample {
  const exemplar = { labels: ["trace_id", trace], value, timestamp: undefined };
  return new Sample("x", labels, 1, undefined, { exemplar });
}

Deno.test("exposedExemplar() returns exemplars of counters with any value", () => {
  const sample = sampleWith(NaN);
  assertStrictEquals(exposedExemplar(sample, "counter"), sample.exemplar);
});

Deno.test("exposedExemplar() returns exemplars within the bounds of a bucket", () => {
  for (const type of ["histogram", "gaugehistogram"] as const) {
    const values = [-1, 1, 1.5, NaN].filter((value) =>
      exposedExemplar(sampleWith(value, ["le", "1"]), type)
    );
    assertEquals(values, [-1, 1]);
    assertEquals(exposedExemplar(sampleWith(0), type), undefined);
  }
});

Deno.test("exposedExemplar() returns undefined for other types", () => {
  const types = METRIC_TYPES.filter((type) => exposedExemplar(sampleWith(0, ["le", "1"]), type));
  assertEquals(types.toSorted(), ["counter", "gaugehistogram", "histogram"]);
});

Deno.test("exposedExemplar() returns undefined for a character that Prometheus 2 rejects", () => {
  assertEquals(exposedExemplar(sampleWith(1, [], "a\0"), "counter"), undefined);
});

Deno.test("exposedExemplar() returns undefined without an exemplar", () => {
  assertEquals(exposedExemplar(new Sample("x", [], 1), "counter"), undefined);
});

Deno.test("checkExemplar() rejects unknown properties", () => {
  const exemplar = { labels: {}, value: 1, time: new Date() } as Exemplar;
  assertThrows(
    () => checkExemplar(exemplar, 'metric "x"'),
    TypeError,
    'Cannot use exemplar of metric "x": unknown option "time"',
  );
});
