import { assert, assertEquals, assertRejects } from "@std/assert";
import { type ProcessOptions, runProcess } from "../../sources/process.ts";
import { TempFolder } from "../support/configured.ts";
import { until } from "../support/until.ts";

const MAX_BYTES = 100_000;

/** Runs a script of the shell. */
function runScript(
  script: string,
  options: Partial<ProcessOptions> = {},
): ReturnType<typeof runProcess> {
  return runProcess({
    program: "sh",
    args: ["-c", script],
    env: { PATH: "/usr/bin:/bin" },
    cwd: "/",
    signal: new AbortController().signal,
    maxBytes: MAX_BYTES,
    ...options,
  });
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

/** Returns whether a process runs. One that has ended may still be in the table of processes. */
function isRunning(pid: string): boolean {
  try {
    const [, state] = /^\d+ \(.*\) (\w)/s.exec(Deno.readTextFileSync(`/proc/${pid}/stat`)) ?? [];
    return state !== "Z" && state !== "X";
  } catch {
    return false;
  }
}

/** Returns the numbers of processes that a script has written to a file, once there are so many. */
function pidsIn(folder: TempFolder, count: number): Promise<string[]> {
  return until(`${count} processes to run`, () => {
    const pids = folder.read("pids").split("\n").filter((line) => line !== "");
    return pids.length >= count && pids;
  });
}

/** Asserts that none of these processes runs any more. */
async function assertEnded(pids: readonly string[]): Promise<void> {
  await until("all processes to end", () => !pids.some(isRunning), { limit: 3 });
}

Deno.test("runProcess() returns the output, the end of standard error and the exit status", async () => {
  const { output, errorText, status, signal } = await runScript("echo a; echo b >&2; exit 3");
  assertEquals([textOf(output), errorText, status, signal], ["a\n", "b\n", 3, undefined]);
});

Deno.test("runProcess() gives the program nothing but its own environment", async () => {
  Deno.env.set("TEST_OF_PROCESSES", "leaked");
  const env = { PATH: "/usr/bin:/bin", A: "b c" };
  const { output } = await runScript("env; pwd", { env, cwd: "/tmp" });
  Deno.env.delete("TEST_OF_PROCESSES");
  const lines = textOf(output).split("\n").filter((line) => !/^(?:PWD|SHLVL|_)=|^$/.test(line));
  assertEquals(lines.sort(), ["/tmp", "A=b c", "PATH=/usr/bin:/bin"]);
});

Deno.test("runProcess() uses no shell", async () => {
  const { output } = await runScript("", { program: "echo", args: ["$HOME", "*", "; exit 1"] });
  assertEquals(textOf(output), "$HOME * ; exit 1\n");
});

Deno.test("runProcess() gives the program an empty standard input", async () => {
  assertEquals(textOf((await runScript("wc -c")).output).trim(), "0");
});

Deno.test("runProcess() finds programs relative to the working directory", async () => {
  using folder = new TempFolder({ "bin/hello": "#!/bin/sh\necho hello\n" });
  Deno.chmodSync(`${folder.path}/bin/hello`, 0o755);
  const { output } = await runScript("", {
    program: "./bin/hello",
    args: [],
    cwd: folder.path,
  });
  assertEquals(textOf(output), "hello\n");
});

for (
  const [program, reason] of [
    ["no-such-program-here", "no such program"],
    ["/no/such/program", "no such program"],
    ["/etc/passwd", "it may not be executed"],
  ] as const
) {
  Deno.test(`runProcess() says why it cannot run ${program}`, async () => {
    await assertRejects(
      () => runScript("", { program, args: [] }),
      Error,
      `Cannot run "${program}": ${reason}`,
    );
  });
}

Deno.test("runProcess() says that there is no working directory", async () => {
  await assertRejects(() => runScript("", { cwd: "/no/such/folder" }), Error, "no such");
});

Deno.test("runProcess() ends the program and all its children when the signal aborts", async () => {
  using folder = new TempFolder({ pids: "" });
  const controller = new AbortController();
  const script = "echo $$ >>pids; sleep 1000 & echo $! >>pids; (sleep 1000 & echo $! >>pids; wait)";
  const run = runScript(`${script}; wait`, { cwd: folder.path, signal: controller.signal });
  const pids = await pidsIn(folder, 3);
  assert(pids.every(isRunning));
  controller.abort();
  await assertRejects(() => run, Error, 'Cannot run "sh": not done in time, ended');
  await assertEnded(pids);
});

Deno.test("runProcess() kills a program that ignores SIGTERM, and its children", async () => {
  using folder = new TempFolder({ pids: "" });
  const controller = new AbortController();
  const script = `trap "" TERM; echo $$ >>pids
    for i in 1 2 3; do sh -c 'trap "" TERM; echo $$ >>pids; while :; do sleep 1000; done' & done
    while :; do wait; done`;
  const run = runScript(script, { cwd: folder.path, signal: controller.signal });
  const pids = await pidsIn(folder, 4);
  controller.abort();
  await assertRejects(() => run, Error, "not done in time");
  await assertEnded(pids);
});

Deno.test("runProcess() ends a program whose signal has aborted before", async () => {
  await assertRejects(
    () => runScript("sleep 1000", { signal: AbortSignal.abort() }),
    Error,
    "not done in time",
  );
});

Deno.test("runProcess() kills what a program leaves behind", async () => {
  using folder = new TempFolder({ pids: "" });
  const { output } = await runScript("sleep 1000 & echo $! >>pids; echo done", {
    cwd: folder.path,
  });
  assertEquals(textOf(output), "done\n");
  await assertEnded(await pidsIn(folder, 1));
});

Deno.test("runProcess() does not wait for a process that has left the group with the output", async () => {
  using folder = new TempFolder({ pids: "" });
  const { output } = await runScript(
    "setsid sh -c 'echo $$ >>pids; exec sleep 1000' & while [ ! -s pids ]; do sleep 0.01; done; echo done",
    { cwd: folder.path },
  );
  assertEquals(textOf(output), "done\n");
  const [pid] = await pidsIn(folder, 1);
  if (isRunning(pid!)) Deno.kill(Number(pid), "SIGKILL");
});

Deno.test("runProcess() kills a program that floods standard output, with its children", async () => {
  using folder = new TempFolder({ pids: "" });
  await assertRejects(
    () => runScript("echo $$ >>pids; yes & echo $! >>pids; yes", { cwd: folder.path }),
    Error,
    `Cannot run "sh": more than ${MAX_BYTES} bytes on standard output`,
  );
  await assertEnded(await pidsIn(folder, 2));
});

Deno.test("runProcess() reads a flood on standard error, and keeps its end", async () => {
  const { errorText, status } = await runScript("yes | head -c 5000000 >&2; echo end >&2");
  assertEquals([errorText.length, errorText.slice(-6), status], [1000, "y\nend\n", 0]);
});

Deno.test("runProcess() tells the signal that ended the program", async () => {
  assertEquals((await runScript("kill -9 $$")).signal, "SIGKILL");
});
