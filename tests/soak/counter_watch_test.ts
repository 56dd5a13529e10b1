import { assertEquals } from "@std/assert";
import { parseExposition } from "../../parse.ts";
import { CounterWatch } from "./counter_watch.ts";

/** Returns what a watch says about one exposition after another. */
function check(...texts: string[]): string[] {
  const watch = new CounterWatch();
  return texts.flatMap((text) => watch.check(parseExposition(text)));
}

Deno.test("CounterWatch.check() finds counters that go backwards", () => {
  const counter = (value: number) => `# TYPE a_total counter\na_total{b="c"} ${value}\n`;
  assertEquals(check(counter(4), counter(4), counter(5)), []);
  assertEquals(check(counter(4), "", counter(3)), ['a_total{b="c"} went back from 4 to 3']);
});

Deno.test("CounterWatch.check() finds histograms and summaries that go backwards", () => {
  const both = (value: number) =>
    `# TYPE h histogram\nh_bucket{le="+Inf"} ${value}\nh_count ${value}\nh_sum 1\n` +
    `# TYPE s summary\ns{quantile="0.5"} ${value}\ns_count ${value}\ns_sum 1\n`;
  assertEquals(check(both(2), both(1)), [
    'h_bucket{le="+Inf"} went back from 2 to 1',
    "h_count went back from 2 to 1",
    "s_count went back from 2 to 1",
  ]);
});

Deno.test("CounterWatch.check() takes gauges, and series that are dropped on purpose", () => {
  const text = (value: number) =>
    `g ${value}\n# TYPE soak_brief_total counter\nsoak_brief_total ${value}\n`;
  assertEquals(check(text(2), text(1)), []);
});
