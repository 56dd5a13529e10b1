import { assert, assertEquals } from "@std/assert";
import { obeysType } from "../../encode/openmetrics_rules.ts";
import type { MetricType } from "../../model/metric_type.ts";
import { Sample } from "../../model/sample.ts";
import { impossibleValues } from "../../parse/values.ts";
import { generate, scrape } from "../support/exposition_generator.ts";

/** The name suffix, the value, the alternating label names and values, and the timestamp of a sample. */
type Part = [suffix: string, value: number, labels?: string[], timestamp?: number];

const IMPOSSIBLE: [type: MetricType, parts: Part[], problem: string][] = [
  ["counter", [["", 1], ["", -1, ["a", "1"]]], 'expected a value of at least 0, got x{a="1"} -1'],
  ["info", [["", 2]], "expected 1, got x 2"],
  ["stateset", [["", 0.5, ["x", "a"]]], 'expected 0 or 1, got x{x="a"} 0.5'],
  [
    "summary",
    [["", 1, ["quantile", "2"]]],
    'expected a quantile from 0 to 1, got x{quantile="2"} 1',
  ],
  ["summary", [["_sum", 1], ["_count", 0.5]], "expected an integer of at least 0, got x_count 0.5"],
  [
    "summary",
    [["_sum", 1, [], 1], ["_count", 1, [], 2]],
    "expected the timestamp of x_sum, got x_count 1",
  ],
  [
    "histogram",
    [["_bucket", 2, ["le", "1"]], ["_bucket", 1, ["le", "+Inf"]]],
    'expected a value of at least 2, got x_bucket{le="+Inf"} 1',
  ],
  [
    "histogram",
    [["_bucket", 2, ["le", "1"]]],
    'expected x_bucket with label "le" of "+Inf" in this histogram, got x_bucket{le="1"} 2',
  ],
  [
    "gaugehistogram",
    [["_bucket", 2, ["le", "+Inf"]], ["_gsum", NaN], ["_gcount", 2]],
    "expected a value that is not NaN, got x_gsum NaN",
  ],
];

for (const [type, parts, problem] of IMPOSSIBLE) {
  Deno.test(`impossibleValues() finds in a ${type}: ${problem}`, () => {
    const samples = parts.map(([suffix, value, labels = [], timestamp]) =>
      new Sample(`x${suffix}`, labels, value, timestamp)
    );
    assertEquals(
      [...impossibleValues({ name: "x", type, samples })].map(({ problem }) => problem),
      [
        `its values are impossible for a ${type}: ${problem}`,
      ],
    );
  });
}

Deno.test("impossibleValues() finds something where a family breaks the rules of OpenMetrics", async () => {
  const found = { possible: 0, impossible: 0 };
  for (let seed = 0; seed < 500; seed++) {
    for (const family of (await scrape(generate(seed))).families) {
      const problems = [...impossibleValues(family)];
      const isPossible = await obeysType(family);
      assertEquals(problems.length === 0, isPossible, `seed ${seed}: ${JSON.stringify(problems)}`);
      found[isPossible ? "possible" : "impossible"]++;
    }
  }
  assert(found.possible > 500 && found.impossible > 500, JSON.stringify(found));
});
