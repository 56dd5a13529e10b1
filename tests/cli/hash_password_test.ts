import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { compareSync } from "bcryptjs";
import { Program, ROOT } from "../support/program.ts";

const COMMAND = ["run", "-A", "main.ts", "hash-password"];
const HASH = /\$2b\$(\d\d)\$[./A-Za-z0-9]{53}/;

async function hashOf(input: string | Uint8Array, ...args: string[]) {
  const child = new Deno.Command(Deno.execPath(), {
    args: [...COMMAND, "--cost", "4", ...args],
    cwd: ROOT,
    env: { NO_COLOR: "1" },
    ...{ stdin: "piped", stdout: "piped", stderr: "piped" },
  }).spawn();
  const stdin = child.stdin.getWriter();
  await stdin.write(
    typeof input === "string" ? new TextEncoder().encode(input) : new Uint8Array(input),
  );
  await stdin.close();
  const { code, stdout, stderr } = await child.output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

Deno.test("hash-password reads one line from a pipe", async () => {
  for (const input of ["pässwörd", "pässwörd\n", "pässwörd\r\nnext line\n"]) {
    const { code, stdout, stderr } = await hashOf(input);
    assertEquals([code, stderr], [0, ""]);
    assertMatch(stdout, /^\$2b\$04\$.{53}\n$/);
    assert(compareSync("pässwörd", stdout.trim()));
  }
});

Deno.test("hash-password refuses passwords that cannot be used, without showing them", async () => {
  for (
    const [input, reason] of [
      ["", "expected one that is not empty"],
      ["\n", "expected one that is not empty"],
      ["x".repeat(73), "expected at most 72 bytes, bcrypt ignores more"],
      ["ä".repeat(37), "expected at most 72 bytes, bcrypt ignores more"],
      ["a\0b", "expected no control characters"],
      [Uint8Array.of(0x61, 0xff), "expected UTF-8"],
    ] as const
  ) {
    const { code, stdout, stderr } = await hashOf(input);
    assertEquals([code, stdout, stderr], [1, "", `Cannot hash password: ${reason}\n`]);
  }
  assertEquals((await hashOf("x".repeat(72))).code, 0);
});

/** Runs the command at a pseudo-terminal. What the terminal shows is in the lines of the program. */
function atTerminal(): Program {
  const command = [Deno.execPath(), ...COMMAND, "--cost", "4"].join(" ");
  const line = `sh -c 'echo "pid=$$"; exec ${command}'; echo status=$?; stty -a`;
  return new Program("script", ["-qec", line, "/dev/null"]);
}

/** Returns what the terminal showed, after checking that its mode is the usual one. */
async function shown(program: Program): Promise<string> {
  const { stdout } = await program.ended();
  assertMatch(stdout, /(?<!-)\bicanon\b/);
  assertMatch(stdout, /(?<!-)\becho\b/);
  return stdout;
}

const ignore = !Program.hasTerminal;

Deno.test({
  name: "hash-password asks twice at a terminal, and shows nothing of the answers",
  ignore,
  fn: async () => {
    await using program = atTerminal();
    await program.shows("Password: ");
    await program.write("wrong\x15hunterä\x7f2\r");
    await program.shows("Again: ");
    await program.write("hunter2\n");
    const output = await shown(program);
    assertStringIncludes(output, "status=0");
    const hash = HASH.exec(output)!;
    assert(compareSync("hunter2", hash[0]));
    const rest = output.replace(hash[0], "");
    for (const typed of ["hunter", "wrong", "*", "h"]) {
      assert(!rest.slice(0, rest.indexOf("status")).includes(typed), rest);
    }
  },
});

Deno.test({
  name: "hash-password shows nothing of an answer that comes before the question",
  ignore,
  fn: async () => {
    await using program = atTerminal();
    await program.shows("Password: ");
    await program.write("hunter2\rhunter2\r");
    const output = await shown(program);
    assertStringIncludes(output, "status=0");
    assert(!output.includes("hunter"), output);
  },
});

Deno.test({
  name: "hash-password refuses two answers that differ",
  ignore,
  fn: async () => {
    await using program = atTerminal();
    await program.shows("Password: ");
    await program.write("hunter2\r");
    await program.shows("Again: ");
    await program.write("hunter3\r");
    const output = await shown(program);
    assertStringIncludes(output, "Cannot hash password: the passwords differ");
    assertStringIncludes(output, "status=1");
    assert(!output.includes("hunter"), output);
  },
});

for (const prompt of ["Password: ", "Again: "]) {
  Deno.test({
    name: `hash-password ends on Control-C at "${prompt.trim()}", and restores the terminal`,
    ignore,
    fn: async () => {
      await using program = atTerminal();
      await program.shows("Password: ");
      if (prompt === "Again: ") {
        await program.write("hunter2\r");
        await program.shows(prompt);
      }
      await program.write("hunt\x03");
      const output = await shown(program);
      assertStringIncludes(output, "status=130");
      assert(!output.includes("hunt") && !HASH.test(output), output);
    },
  });
}

Deno.test({
  name: "hash-password restores the terminal when SIGTERM ends it",
  ignore,
  fn: async () => {
    await using program = atTerminal();
    await program.shows("Password: ");
    program.kill("SIGTERM");
    assertStringIncludes(await shown(program), "status=143");
  },
});
