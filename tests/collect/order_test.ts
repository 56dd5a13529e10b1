import { assertEquals, assertStrictEquals } from "@std/assert";
import type { MetricType } from "../../model/metric_type.ts";
import { orderSamples } from "../../collect/order.ts";
import { Sample } from "../../model/sample.ts";

/** Samples of the family x, written as suffix and labels. */
function samples(...written: [suffix: string, ...labels: string[]][]): Sample[] {
  return written.map(([suffix, ...labels]) => new Sample(`x${suffix}`, labels, 0));
}

async function ordered(type: MetricType, input: Sample[]): Promise<string[]> {
  return (await orderSamples("x", type, input)).map(({ series }) => series);
}

for (const type of ["counter", "gauge", "untyped", "info"] as const) {
  Deno.test(`orderSamples() does not reorder a ${type}`, async () => {
    const input = samples(["", "le", "2"], ["", "le", "1"], ["", "quantile", "0"]);
    assertStrictEquals(await orderSamples("x", type, input), input);
  });
}

Deno.test("orderSamples() puts buckets in increasing order, then sum, then count", async () => {
  const input = samples(
    ["_count"],
    ["_bucket", "le", "+Inf"],
    ["_bucket", "le", "10"],
    ["_sum"],
    ["_bucket", "le", "9"],
    ["_bucket", "le", "-1"],
    ["_bucket", "le", "1e-3"],
  );
  assertEquals(await ordered("histogram", input), [
    'x_bucket{le="-1"}',
    'x_bucket{le="1e-3"}',
    'x_bucket{le="9"}',
    'x_bucket{le="10"}',
    'x_bucket{le="+Inf"}',
    "x_sum",
    "x_count",
  ]);
});

Deno.test("orderSamples() orders the largest and the smallest possible bounds", async () => {
  const input = samples(
    ["_sum"],
    ["_bucket", "le", "+Inf"],
    ["_bucket", "le", "1.7976931348623157e308"],
    ["_bucket", "le", "1e308"],
    ["_bucket", "le", "-1e308"],
    ["_bucket", "le", "-Inf"],
  );
  assertEquals(await ordered("histogram", input), [
    'x_bucket{le="-Inf"}',
    'x_bucket{le="-1e308"}',
    'x_bucket{le="1e308"}',
    'x_bucket{le="1.7976931348623157e308"}',
    'x_bucket{le="+Inf"}',
    "x_sum",
  ]);
});

Deno.test("orderSamples() puts quantiles in increasing order, then sum, then count", async () => {
  const input = samples(["_count"], ["", "quantile", "1"], ["_sum"], ["", "quantile", "0.99"]);
  assertEquals(await ordered("summary", input), [
    'x{quantile="0.99"}',
    'x{quantile="1"}',
    "x_sum",
    "x_count",
  ]);
});

Deno.test("orderSamples() keeps the order of equal bounds", async () => {
  const input = samples(["_bucket", "le", "1.0"], ["_bucket", "le", "1"], ["_bucket", "le", "0"]);
  assertEquals(await ordered("histogram", input), [
    'x_bucket{le="0"}',
    'x_bucket{le="1.0"}',
    'x_bucket{le="1"}',
  ]);
});

Deno.test("orderSamples() groups each histogram, in order of first occurrence", async () => {
  const input = samples(
    ["_count", "a", "2"],
    ["_bucket", "a", "1", "le", "1"],
    ["_bucket", "a", "2", "le", "1"],
    ["_count", "a", "1"],
    ["_count"],
  );
  assertEquals(await ordered("histogram", input), [
    'x_bucket{a="2",le="1"}',
    'x_count{a="2"}',
    'x_bucket{a="1",le="1"}',
    'x_count{a="1"}',
    "x_count",
  ]);
});

Deno.test("orderSamples() identifies a histogram by its labels in any order", async () => {
  const input = samples(
    ["_count", "b", "2", "a", "1"],
    ["_bucket", "le", "2", "a", "1", "b", "2"],
    ["_bucket", "a", "1", "le", "1", "b", "2"],
  );
  assertEquals(await ordered("histogram", input), [
    'x_bucket{a="1",le="1",b="2"}',
    'x_bucket{le="2",a="1",b="2"}',
    'x_count{b="2",a="1"}',
  ]);
});

for (const value of ['1","b","2', "1,b,2", "1=b=2"]) {
  Deno.test(`orderSamples() distinguishes a=${JSON.stringify(value)} from a="1", b="2"`, async () => {
    const input = samples(
      ["_count", "a", value],
      ["_count", "a", "1", "b", "2"],
      ["_sum", "a", "1", "b", "2"],
    );
    const names = (await orderSamples("x", "histogram", input)).map(({ name }) => name);
    assertEquals(names, ["x_count", "x_sum", "x_count"]);
  });
}

Deno.test("orderSamples() groups each state set, and keeps the order of its states", async () => {
  const input = samples(
    ["", "a", "1", "x", "on"],
    ["", "a", "2", "x", "10"],
    ["", "x", "off", "a", "1"],
    ["", "a", "2", "x", "9"],
  );
  assertEquals(await ordered("stateset", input), [
    'x{a="1",x="on"}',
    'x{x="off",a="1"}',
    'x{a="2",x="10"}',
    'x{a="2",x="9"}',
  ]);
});

Deno.test("orderSamples() accepts a family whose name ends in a suffix", async () => {
  const input = ["x_sum_count", "x_sum_sum"].map((name) => new Sample(name, [], 0));
  assertEquals(
    (await orderSamples("x_sum", "histogram", input)).map(({ name }) => name),
    ["x_sum_sum", "x_sum_count"],
  );
});

Deno.test("orderSamples() does not modify its argument", async () => {
  const input = samples(["_count"], ["_sum"]);
  await orderSamples("x", "histogram", input);
  assertEquals(input.map(({ name }) => name), ["x_count", "x_sum"]);
});
