/**
 * The program behind `deno task test`. It runs:
 *
 * - without arguments, the unit tests and the snippets in modules and Markdown files;
 * - with `integration` or `faults` as the first argument, the tests in `tests/integration/` or `tests/faults/`.
 *
 * It prints tests that failed, with everything that they printed, and at a terminal how many have ended so far. With `--verbose`, it
 * prints all tests. Further arguments, such as a file, `--filter` or `--coverage`, are passed to `deno test`. The exit status is that
 * of `deno test`, and the last line of the output has the form `12 passed, 0 failed, 3 skipped`.
 *
 * @module
 */

import { isProgress, QuietOutput } from "./quiet_output.ts";

/** The numbers of passed, failed and skipped tests. */
export interface Totals {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** The suites in folders of their own, which the unit tests leave out. */
const SUITES = ["integration", "faults"];

/**
 * Counts the tests in a JUnit report of `deno test`. Steps do not count, and neither do tests that a filter left out, which have no
 * time.
 */
export function count(report: string): Totals {
  const cases = Array.from(
    report.matchAll(/<testcase name="([^"]*)" classname="([^"]*)"([^>]*)>(.*?)<\/testcase>/gs),
    ([, name = "", suite = "", attributes = "", outcome = ""]) => ({
      id: `${suite} ${name}`,
      ran: attributes.includes(" time="),
      outcome,
    }),
  );
  const ids = new Set(cases.map(({ id }) => id));
  const tests = cases.filter(({ id, ran }) => ran && !isStep(id, ids));
  const having = (...tags: string[]) =>
    tests.filter(({ outcome }) => tags.some((tag) => outcome.includes(`<${tag}`))).length;
  const failed = having("failure", "error");
  const skipped = having("skipped");
  return { passed: tests.length - failed - skipped, failed, skipped };
}

/** Returns whether a prefix of an ID, up to one of its ` > `, is the ID of another test. */
function isStep(id: string, ids: ReadonlySet<string>): boolean {
  const parts = id.split(" &gt; ");
  return parts.some((_, end) => end > 0 && ids.has(parts.slice(0, end).join(" &gt; ")));
}

/**
 * Returns the totals of a run and its exit status. A failure that the report lacks, because it happened outside of a test (a type
 * error, or a throw at the top level of a module), counts as one failed test, and so does a run without tests.
 */
export function judge(counted: Totals, status: number): { totals: Totals; status: number } {
  const { passed, failed, skipped } = counted;
  const isEmpty = passed + failed + skipped === 0;
  const isUnreported = failed === 0 && (status !== 0 || isEmpty);
  return {
    totals: isUnreported ? { passed, failed: 1, skipped } : counted,
    status: isUnreported ? status || 1 : status,
  };
}

/** Returns the last line of the output. */
export function summarize({ passed, failed, skipped }: Totals): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
}

/** Returns the arguments for `deno test`. */
export function select([first, ...rest]: readonly string[]): string[] {
  if (first === undefined || !SUITES.includes(first)) {
    const ignored = SUITES.map((suite) => `tests/${suite}`).join();
    return ["--doc", `--ignore=${ignored}`, ...(first === undefined ? [] : [first, ...rest])];
  }
  const folder = `tests/${first}`;
  return rest.some((arg) => arg.startsWith(`${folder}/`)) ? rest : [folder, ...rest];
}

async function runTests(args: readonly string[]): Promise<number> {
  const isVerbose = args.includes("--verbose");
  const report = await Deno.makeTempFile({ suffix: ".xml" });
  const command = new Deno.Command(Deno.execPath(), {
    args: [
      "test",
      "--allow-all",
      `--junit-path=${report}`,
      ...select(args.filter((arg) => arg !== "--verbose")),
    ],
    ...(isVerbose ? {} : { stdout: "piped", stderr: "piped" }),
  });
  try {
    const child = command.spawn();
    if (!isVerbose) await printQuietly(child);
    const { code } = await child.status;
    const { totals, status } = judge(count(await Deno.readTextFile(report)), code);
    console.log(summarize(totals));
    return status;
  } finally {
    await Deno.remove(report);
  }
}

async function printQuietly({ stdout, stderr }: Deno.ChildProcess): Promise<void> {
  const isTerminal = Deno.stderr.isTerminal();
  const showProgress = (text: string) => {
    if (isTerminal) Deno.stderr.writeSync(new TextEncoder().encode(`\r\x1b[K${text}`));
  };
  const print = (line: string) => {
    showProgress("");
    console.log(line);
  };
  const output = new QuietOutput(print);
  await Promise.all([
    forEachLine(stdout, (line) => {
      output.add(line);
      showProgress(`${output.ended} tests, ${output.failed} failed`);
    }),
    forEachLine(stderr, (line) => isProgress(line) ? showProgress(line) : print(line)),
  ]);
  showProgress("");
  output.end();
}

async function forEachLine(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  take: (line: string) => void,
): Promise<void> {
  let rest = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    lines.forEach(take);
  }
  if (rest !== "") take(rest);
}

if (import.meta.main) Deno.exit(await runTests(Deno.args));
