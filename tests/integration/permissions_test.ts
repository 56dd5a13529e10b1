import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { closedPort } from "../support/example.ts";
import { Program } from "../support/program.ts";

const PROGRAM = "tests/integration/fixtures/permissions.ts";
const CONFIG = "examples/config.toml";

/** The arguments of an exporter, and the flags that the command `permissions` prints for it. */
async function flagsOf(): Promise<{ args: string[]; flags: string[] }> {
  const args = ["-p", String(closedPort()), CONFIG];
  await using program = Program.deno(["run", "-A", PROGRAM, "permissions", ...args]);
  const { code, stdout, stderr } = await program.ended();
  assertEquals([code, stderr], [0, ""]);
  return { args, flags: stdout.trim().split(" ") };
}

function exporter(flags: readonly string[], args: readonly string[]): Program {
  return Program.deno(["run", "--no-prompt", ...flags, PROGRAM, ...args]);
}

async function scrape(program: Program): Promise<string> {
  const response = await fetch(new URL("metrics", await program.url()));
  assertEquals(response.status, 200);
  return await response.text();
}

Deno.test("main() prints permissions with which the exporter runs", async () => {
  const { args, flags } = await flagsOf();
  const [, port] = args;
  assertEquals(flags, [
    `--allow-net=127.0.0.1:${port}`,
    `--allow-read=${CONFIG}`,
    "--allow-sys=loadavg",
  ]);
  await using program = exporter(flags, args);
  const text = await scrape(program);
  assert(/^load1\{.*\} /m.test(text), text);
  assert(!/exporter_collector_success\{.*\} 0/.test(text), text);
  program.kill("SIGHUP");
  await program.line(/configuration reloaded/);
  program.kill("SIGTERM");
  assertEquals((await program.ended()).code, 0);
});

for (
  const [kind, expected] of [["net", "not permitted, run with --allow-net="], [
    "read",
    `--allow-read=${CONFIG}`,
  ]] as const
) {
  Deno.test(`main() does not start without the printed --allow-${kind}`, async () => {
    const { args, flags } = await flagsOf();
    const less = flags.filter((flag) => !flag.startsWith(`--allow-${kind}`));
    await using program = exporter(less, args);
    const { code, stderr } = await program.ended();
    assertEquals(code, 1);
    assertStringIncludes(stderr, expected);
  });
}

Deno.test("main() reports a collector without its printed permission as failed", async () => {
  const { args, flags } = await flagsOf();
  await using program = exporter(flags.filter((flag) => !flag.includes("sys")), args);
  const text = await scrape(program);
  assert(/^exporter_collector_success\{.*collector="load".*\} 0$/m.test(text), text);
  await program.line(/not permitted, run with --allow-sys=loadavg/);
});
