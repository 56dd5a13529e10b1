import { assertEquals } from "@std/assert";
import { count, judge, summarize } from "../tools/run_tests.ts";

const REPORT = `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="deno test" tests="7" failures="2" errors="1" time="0.047">
    <testsuite name="./tests/a_test.ts" tests="7" disabled="2" errors="1" failures="2">
        <testcase name="passes" classname="./tests/a_test.ts" time="0.000" line="1" col="6">
        </testcase>
        <testcase name="has a step" classname="./tests/a_test.ts" time="0.002" line="2" col="6">
            <failure message="1 test step failed">1 test step failed.</failure>
        </testcase>
        <testcase name="is ignored" classname="./tests/a_test.ts" time="0.000" line="3" col="6">
            <skipped/>
        </testcase>
        <testcase name="is filtered out" classname="./tests/a_test.ts" line="4" col="6">
            <skipped/>
        </testcase>
        <testcase name="a &gt; b" classname="./tests/a_test.ts" time="0.000" line="5" col="6">
        </testcase>
        <testcase name="is cancelled" classname="./tests/a_test.ts" time="0.000" line="6" col="6">
            <error message="Cancelled"/>
        </testcase>
        <testcase name="has a step &gt; the step" classname="./tests/a_test.ts" time="0.001" line="2" col="39">
            <failure message="Error: &lt;skipped/&gt;">Error: &lt;skipped/&gt;</failure>
        </testcase>
    </testsuite>
</testsuites>
`;

Deno.test("count() ignores steps and filtered tests", () => {
  assertEquals(count(REPORT), { passed: 2, failed: 2, skipped: 1 });
});

Deno.test("count() finds nothing in an empty report", () => {
  assertEquals(count(""), { passed: 0, failed: 0, skipped: 0 });
});

Deno.test("judge() keeps the counts of the report", () => {
  const totals = { passed: 3, failed: 2, skipped: 1 };
  assertEquals(judge(totals, 1), { totals, status: 1 });
});

Deno.test("judge() adds a failure that the report lacks", () => {
  assertEquals(judge({ passed: 3, failed: 0, skipped: 0 }, 7), {
    totals: { passed: 3, failed: 1, skipped: 0 },
    status: 7,
  });
});

Deno.test("judge() treats a run without tests as a failure", () => {
  assertEquals(judge({ passed: 0, failed: 0, skipped: 0 }, 0), {
    totals: { passed: 0, failed: 1, skipped: 0 },
    status: 1,
  });
});

Deno.test("judge() accepts a run with only skipped tests", () => {
  const totals = { passed: 0, failed: 0, skipped: 2 };
  assertEquals(judge(totals, 0), { totals, status: 0 });
});

Deno.test("summarize() mentions skipped tests only if there are some", () => {
  assertEquals(summarize({ passed: 2, failed: 0, skipped: 0 }), "2 passed, 0 failed");
  assertEquals(summarize({ passed: 2, failed: 1, skipped: 3 }), "2 passed, 1 failed, 3 skipped");
});
