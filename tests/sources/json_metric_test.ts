import { assertEquals } from "@std/assert";
import type { ConfigProblem } from "../../config_error.ts";
import { Table } from "../../model/config_table.ts";
import { type JsonMetric, readJsonMetrics } from "../../sources/json_metric.ts";

function metricOf(table: Record<string, unknown>): JsonMetric {
  const problems: ConfigProblem[] = [];
  const [metric] = readJsonMetrics(new Table({ metrics: [table] }, [], problems));
  assertEquals(problems, []);
  return metric!;
}

Deno.test("JsonMetric.familyOf() returns a family with its metadata", async () => {
  const metric = metricOf({ name: "a_bytes", type: "gauge", help: "A.", unit: "bytes", path: "$" });
  const { samples: [sample], ...head } = await metric.familyOf(5, () => {});
  assertEquals(head, { name: "a_bytes", type: "gauge", help: "A.", unit: "bytes" });
  assertEquals([sample?.series, sample?.value], ["a_bytes", 5]);
});

Deno.test("JsonMetric.familyOf() replaces lone surrogates in labels", async () => {
  const metric = metricOf({ name: "a", value: 1, labels: { x: "$.x" } });
  const { samples } = await metric.familyOf({ x: "<\ud800>" }, () => {});
  assertEquals(samples[0]?.labels, ["x", "<\uFFFD>"]);
});

Deno.test("JsonMetric.familyOf() leaves out items with errors, and tells where they are", async () => {
  const metric = metricOf({ name: "a", for_each: "$[*]" });
  const errors: string[] = [];
  const document = [1, "x", 2, null];
  const { samples } = await metric.familyOf(document, ({ message }) => errors.push(message));
  assertEquals(samples.map(({ value }) => value), [1, 2]);
  assertEquals(errors, [
    'metric "a" in $[1]: $: expected a number, got "x"',
    'metric "a" in $[3]: $ selects null',
  ]);
});
