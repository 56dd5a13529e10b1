import { assertEquals, assertThrows } from "@std/assert";
import { lint } from "../lint.ts";
import type { MetricType } from "../model/metric_type.ts";
import { Registry } from "../registry.ts";
import { RuntimeMetrics } from "../runtime.ts";
import { Sample } from "../model/sample.ts";
import { BAD, GOOD } from "./support/lint_cases.ts";

function problemsOf(
  name: string,
  type: MetricType,
  labels: string[] = [],
  help = "Help.",
): string[] {
  const samples = [new Sample(name, labels, 0)];
  return lint([{ name, type, help, samples }]).map(({ problem }) => problem);
}

for (const [name, type, labels] of GOOD) {
  Deno.test(`lint() accepts the ${type} ${name}`, () => {
    assertEquals(problemsOf(name, type, labels), []);
  });
}

for (const [name, type, problem, labels] of BAD) {
  Deno.test(`lint() reports for the ${type} ${name}: ${problem}`, () => {
    assertEquals(problemsOf(name, type, labels), [problem]);
  });
}

Deno.test("lint() reports a missing help text", () => {
  assertEquals(problemsOf("jobs", "gauge", [], ""), ["no help text"]);
});

Deno.test("lint() reports every problem of every family", () => {
  assertEquals(
    lint([
      { name: "aB_ms", type: "gauge", samples: [] },
      { name: "b", type: "gauge", help: "Help.", samples: [] },
      { name: "c", type: "counter", help: "Help.", samples: [] },
    ]),
    [
      { name: "aB_ms", problem: "no help text" },
      { name: "aB_ms", problem: 'do not abbreviate units, such as "ms"' },
      { name: "aB_ms", problem: "use snake_case instead of camelCase" },
      { name: "c", problem: 'a counter should end in "_total"' },
    ],
  );
});

Deno.test("lint() finds no problems in the library's own metrics", async () => {
  const registry = new Registry();
  registry.register(new RuntimeMetrics().registry);
  registry.register({ collect: () => [] }, { name: "a", ttl: 1 });
  assertEquals(lint((await registry.gather()).families), []);
});

Deno.test("lint() tells who passes a text to parse it first", () => {
  assertThrows(
    // @ts-expect-error: not a list of families
    () => lint("a 1"),
    TypeError,
    "Cannot check families: expected parsed families, got a text; call parseExposition() first",
  );
});
