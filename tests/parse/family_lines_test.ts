import { assertEquals } from "@std/assert";
import { linesOfFamilies } from "../../parse/family_lines.ts";

const TEXT = `# A comment
# HELP jobs_total Jobs.
# TYPE jobs_total counter
jobs_total{queue="a b"} 1
# Another one
jobs_total 2
# TYPE wait_seconds histogram
wait_seconds_bucket{le="+Inf"} 1
wait_seconds_sum 1
wait_seconds_count 1
wait_seconds_other 1
# TYPE "my \\"metric" gauge
{"my \\"metric",a="b"} 1
{ "my \\"metric" } 2
plain 1`.split("\n");

const OPENMETRICS = `# TYPE jobs counter
jobs_total 1
jobs_created 2
# TYPE build info
build_info{version="1"} 1
# EOF`.split("\n");

for (
  const [name, lines, from, to] of [
    ["jobs_total", TEXT, 1, 6],
    ["jobs", TEXT, 0, 0],
    ["wait_seconds", TEXT, 6, 10],
    ["wait_seconds_other", TEXT, 10, 11],
    ['my "metric', TEXT, 11, 14],
    ["plain", TEXT, 14, 15],
    ["jobs_total", OPENMETRICS, 0, 3],
    ["build_info", OPENMETRICS, 3, 5],
  ] as const
) {
  Deno.test(`linesOfFamilies() finds ${name} in ${lines === TEXT ? "text" : "OpenMetrics"}`, () => {
    const expected = lines.slice(from, to).filter((line) => line !== "# Another one");
    assertEquals(linesOfFamilies(lines, new Set([name])), expected);
  });
}
