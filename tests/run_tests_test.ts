import { fileURLToPath } from "node:url";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { count, judge, select, summarize } from "../tools/run_tests.ts";
import { type Outcome, Program, ROOT } from "./support/program.ts";

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

Deno.test("select() leaves out the integration tests", () => {
  assertEquals(select([]), ["--doc", "--ignore=tests/integration,tests/faults"]);
  assertEquals(select(["tests/encode"]), [
    "--doc",
    "--ignore=tests/integration,tests/faults",
    "tests/encode",
  ]);
});

Deno.test("select() runs all integration tests, or those of a file", () => {
  assertEquals(select(["integration"]), ["tests/integration"]);
  assertEquals(
    select(["integration", "--filter", "tests"]),
    ["tests/integration", "--filter", "tests"],
  );
  const file = "tests/integration/page_test.ts";
  assertEquals(select(["integration", file]), [file]);
});

/** Runs tests in a folder of their own. */
async function runTests(code: string, ...args: string[]): Promise<Outcome> {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/a_test.ts`, code);
    const tool = fileURLToPath(new URL("tools/run_tests.ts", ROOT));
    await using program = Program.deno(["run", "-A", tool, ...args, "a_test.ts"], { cwd: folder });
    return await program.ended();
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const TESTS = `
  Deno.test("passes", () => console.log("passing"));
  Deno.test("is ignored", { ignore: true }, () => {});
`;

Deno.test("run_tests.ts prints no more than totals if all tests pass", async () => {
  const { code, stdout, stderr } = await runTests(TESTS, "--no-check");
  assertEquals(code, 0);
  assertEquals(stderr, "");
  assertEquals(
    stdout.replace(/\(\d+ms\)/, "(…)"),
    "\nok | 1 passed | 0 failed | 1 ignored (…)\n\n1 passed, 0 failed, 1 skipped\n",
  );
});

Deno.test("run_tests.ts --verbose prints all tests", async () => {
  const { code, stdout } = await runTests(TESTS, "--no-check", "--verbose");
  assertEquals(code, 0);
  for (const text of ["passes ... ok", "passing", "is ignored ... ignored"]) {
    assertStringIncludes(stdout, text);
  }
  assert(stdout.endsWith("\n1 passed, 0 failed, 1 skipped\n"));
});

for (
  const { title, code, shows, last, isChecked = false } of [
    {
      title: "a failed test with its output",
      code: `${TESTS}Deno.test("fails", () => { console.log("reason"); throw new Error("why"); });`,
      shows: ["\nreason\n", "fails ... FAILED", "error: Error: why"],
      last: "1 passed, 1 failed, 1 skipped",
    },
    {
      title: "a type error",
      code: 'const x: number = "a";',
      isChecked: true,
      shows: ["Type 'string' is not assignable to type 'number'"],
      last: "0 passed, 1 failed",
    },
    {
      title: "an error outside of tests",
      code: `${TESTS}throw new Error("why");`,
      shows: ["Uncaught error from", "Error: why"],
      last: "0 passed, 1 failed",
    },
    {
      title: "the last output before a crash",
      code: `${TESTS}Deno.test("crashes", () => {
        console.log("soon");
        return new Promise(() => setTimeout(() => Deno.kill(Deno.pid, "SIGKILL"), 100));
      });`,
      shows: ["crashes ...", "\nsoon\n"],
      last: "0 passed, 1 failed",
    },
  ]
) {
  Deno.test(`run_tests.ts prints ${title}`, async () => {
    const outcome = await runTests(code, isChecked ? "--check" : "--no-check");
    assert(outcome.code !== 0);
    for (const text of shows) assertStringIncludes(outcome.stdout + outcome.stderr, text);
    assert(!outcome.stdout.includes("passing"));
    assert(outcome.stdout.endsWith(`\n${last}\n`) || outcome.stdout === `${last}\n`);
  });
}
