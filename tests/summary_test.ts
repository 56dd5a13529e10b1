import { assert, assertEquals, assertThrows } from "@std/assert";
import { Summary } from "../summary.ts";

Deno.test("Summary counts values and adds them up", () => {
  const summary = new Summary("x_bytes", "How much.", { unit: "bytes" });
  summary.observe(1);
  summary.observe(-2.5);
  const [family] = summary.families();
  assertEquals([family?.type, family?.unit], ["summary", "bytes"]);
  assertEquals(family?.samples.map(({ series, value }) => [series, value]), [
    ["x_bytes_sum", -1.5],
    ["x_bytes_count", 2],
  ]);
});

Deno.test("Summary with labels counts each combination", () => {
  const summary = new Summary("x", "", { labels: ["a"] });
  const child = summary.labels("1");
  child.observe(2);
  assertEquals([child.sum, child.count], [2, 1]);
  assertEquals(summary.families()[0]?.samples.map(({ series }) => series), [
    'x_sum{a="1"}',
    'x_count{a="1"}',
  ]);
});

Deno.test("Summary.observe() rejects what is no number", () => {
  assertThrows(
    () => new Summary("x", "").observe(null as unknown as number),
    TypeError,
    'Cannot observe with summary "x": expected a number, got null',
  );
});

Deno.test("new Summary() keeps the label quantile for itself", () => {
  assertThrows(() => new Summary("x", "", { labels: ["quantile"] }), RangeError, '"quantile"');
});

Deno.test("Summary.time() and Summary.startTimer() observe how long something took", async () => {
  const summary = new Summary("x", "");
  summary.time(() => 1);
  await summary.time(() => Promise.resolve());
  summary.startTimer().stop();
  const [sum, count] = summary.families()[0]!.samples.map(({ value }) => value);
  assertEquals(count, 3);
  assert(sum! >= 0);
});
