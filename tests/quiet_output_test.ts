import { assertEquals } from "@std/assert";
import { isProgress, QuietOutput } from "../tools/quiet_output.ts";

/** What is selected of an output. */
function select(output: string): string {
  const lines: string[] = [];
  const quiet = new QuietOutput((line) => lines.push(line));
  for (const line of output.split("\n")) quiet.add(line);
  quiet.end();
  return lines.join("\n");
}

const PASSED = `running 3 tests from ./tests/a_test.ts
counts ... ok (1ms)
prints ...
------- output -------
something ... FAILED (1ms)
----- output end -----
prints ... ok (2ms)
is for Windows ... ignored (0ms)
has a step ...
  the step ... ok (1ms)
has a step ... ok (3ms)
`;

const FAILED = `prints and fails ...
------- output -------
something ... ok (1ms)
----- output end -----
prints and fails ... FAILED (1ms)
has a step that fails ...
  one ... ok (0ms)
  two ... FAILED (1ms)
has a step that fails ... FAILED (due to 1 failed step) (1ms)
Uncaught error from ./tests/a_test.ts FAILED
hangs ... cancelled (0ms)
`;

const ERRORS = `
 ERRORS 

prints and fails => ./tests/a_test.ts:1:6
error: Error: other ... ok
`;

Deno.test("QuietOutput drops tests that passed or were ignored, with their output and steps", () => {
  assertEquals(
    select(`${PASSED}\nok | 3 passed | 0 failed (5ms)`),
    "\nok | 3 passed | 0 failed (5ms)",
  );
});

Deno.test("QuietOutput keeps tests that failed or were cancelled, with their output and steps", () => {
  assertEquals(select(PASSED + FAILED + PASSED), FAILED);
});

Deno.test("QuietOutput keeps all lines after the tests", () => {
  assertEquals(select(PASSED + FAILED + PASSED + ERRORS), FAILED + ERRORS);
  const summary = "ok | 3 passed | 0 failed (5ms)\n\nlines ... ok\nrunning 1 test from here";
  assertEquals(select(PASSED + summary), summary);
});

Deno.test("QuietOutput keeps the last lines of an output that breaks off", () => {
  const last = "crashes ...\n------- output -------\nsoon";
  assertEquals(select(PASSED + last), last);
});

Deno.test("QuietOutput ignores colors", () => {
  const green =
    "\x1b[0m\x1b[38;5;245mrunning 1 test\x1b[0m from ./a_test.ts\ncounts ... \x1b[0m\x1b[32mok\x1b[0m";
  const red = "fails ... \x1b[0m\x1b[31mFAILED\x1b[0m (1ms)";
  assertEquals(select(`${green}\n${red}`), red);
});

Deno.test("QuietOutput counts tests", () => {
  const quiet = new QuietOutput(() => {});
  for (const line of (PASSED + FAILED).split("\n")) quiet.add(line);
  assertEquals([quiet.ended, quiet.failed], [7, 3]);
});

Deno.test("isProgress() distinguishes files to check from errors", () => {
  assertEquals(isProgress("Check tests/a_test.ts"), true);
  assertEquals(isProgress("\x1b[0m\x1b[32mCheck\x1b[0m tests/a_test.ts"), true);
  assertEquals(
    isProgress("TS2322 [ERROR]: Type 'string' is not assignable to type 'number'."),
    false,
  );
  assertEquals(isProgress("Check the types"), false);
});
