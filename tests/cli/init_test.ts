import { assertEquals, assertStringIncludes } from "@std/assert";
import { TEMPLATE } from "../../cli/init.ts";
import { collectOnce, problemsOf, TempFolder } from "../support/configured.ts";
import { Program, ROOT } from "../support/program.ts";

const MAIN = new URL("main.ts", ROOT).href;
const CONFIG = `--config=${new URL("deno.json", ROOT).pathname}`;

function start(folder: TempFolder, ...args: string[]): Program {
  return Program.deno(["run", "-A", CONFIG, MAIN, ...args], { cwd: folder.path });
}

async function run(folder: TempFolder, ...args: string[]): Promise<[number, string, string]> {
  await using program = start(folder, ...args);
  const { code, stdout, stderr } = await program.ended();
  return [code, stdout, stderr];
}

Deno.test("init writes a file that is valid, and that serves", async () => {
  using folder = new TempFolder();
  assertEquals(await run(folder, "init"), [0, "config.toml: written\n", ""]);
  assertEquals(folder.read("config.toml"), TEMPLATE);
  assertEquals(await run(folder, "--check-config=run"), [0, "config.toml: valid\n", ""]);
  const [, stdout] = await run(folder, "--once");
  assertStringIncludes(stdout, "\nconfig_example 1\n");
});

Deno.test("init does not overwrite a file", async () => {
  using folder = new TempFolder({ "a.toml": "name = 'x'\n" });
  const [code, stdout, stderr] = await run(folder, "init", "a.toml");
  assertEquals([code, stdout, stderr], [1, "", 'Cannot write "a.toml": it exists already\n']);
  assertEquals(folder.read("a.toml"), "name = 'x'\n");
});

Deno.test("init says why it cannot write a file", async () => {
  using folder = new TempFolder();
  const [code, , stderr] = await run(folder, "init", "no/folder/a.toml");
  assertEquals(code, 1);
  assertStringIncludes(stderr, 'Cannot write "no/folder/a.toml": no such folder');
});

Deno.test("the file of init has examples of collectors that are valid without their comment signs", async () => {
  const examples = TEMPLATE.split("\n\n").filter((part) => part.includes("# [collectors."));
  assertEquals(examples.length, 5);
  for (const example of examples) {
    const toml = example.split("\n").slice(1).map((line) => line.replace(/^# /, "")).join("\n");
    assertEquals(await problemsOf(toml), []);
  }
  const users = examples.find((example) => example.includes("[collectors.users]"))!;
  const toml = users.split("\n").slice(1).map((line) => line.slice(2)).join("\n");
  const { lines: [help] } = await collectOnce(toml, { folder: "/tmp" });
  assertEquals(help, "# HELP logged_in_users Users who are logged in.");
});

Deno.test("init prints its usage, and rejects other arguments", async () => {
  using folder = new TempFolder();
  const [code, stdout] = await run(folder, "init", "--help");
  assertEquals([code, stdout.split("\n")[0]], [0, "Usage: main.ts init [config_file]"]);
  const [status, , stderr] = await run(folder, "init", "a.toml", "b.toml");
  assertEquals(status, 2);
  assertStringIncludes(stderr, 'Expected one configuration file, got "b.toml" as well');
});
