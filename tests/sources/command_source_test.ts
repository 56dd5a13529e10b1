import { assert, assertEquals, assertMatch, assertNotMatch } from "@std/assert";
import { collectOnce, problemsOf, TempFolder } from "../support/configured.ts";

/** The table of a collector that runs a script of the shell. */
function shell(script: string, rest: string = ""): string {
  return `[collectors.test]\ncommand = ["sh", "-c", ${JSON.stringify(script)}]\n${rest}`;
}

/** The options of a collector that runs in a folder that exists. */
const HERE = { folder: "/tmp" };

Deno.test("a command exposes the text format that the program prints", async () => {
  const script =
    "echo '# HELP a_total A.'; echo '# TYPE a_total counter'; echo 'a_total{b=\"c\"} 5'";
  assertEquals(await collectOnce(shell(script, 'labels = { x = "y" }'), HERE), {
    lines: ["# HELP a_total A.", "# TYPE a_total counter", 'a_total{b="c",x="y"} 5'],
    samples: ['a_total{b="c",x="y"} 5'],
    errors: [],
  });
});

Deno.test("a command exposes the OpenMetrics text that the program prints", async () => {
  const { lines } = await collectOnce(
    shell("printf '# TYPE a counter\\na_total 5\\n# EOF\\n'"),
    HERE,
  );
  assertEquals(lines, ["# TYPE a_total counter", "a_total 5"]);
});

Deno.test("a command can print nothing", async () => {
  assertEquals(await collectOnce(shell("true"), HERE), { lines: [], samples: [], errors: [] });
});

Deno.test("a command that prints other lines fails, with line and column, after its metrics", async () => {
  const { samples, errors } = await collectOnce(
    shell("echo 'a 1'; echo 'b{ 2'; echo 'Done, it took 3,5 s'; echo 'c 3'"),
    HERE,
  );
  assertEquals([samples, errors], [
    ["a 1", "c 3"],
    [
      'Cannot parse exposition "sh": line 2, column 4: expected a label name, got "2"; ' +
      "and 1 more",
    ],
  ]);
});

Deno.test("a command that prints bytes that are no text fails", async () => {
  const { errors } = await collectOnce(shell("printf '\\377'"), HERE);
  assertEquals(errors, ['Cannot read "sh": not valid UTF-8']);
});

Deno.test("a command with an exit status other than 0 fails, after what it printed", async () => {
  const { samples, errors } = await collectOnce(
    shell("echo 'a 1'; echo 'line 1' >&2; echo 'no database' >&2; exit 3"),
    HERE,
  );
  assertEquals(samples, ["a 1"]);
  assertEquals(errors, ['Cannot use "sh": exit status 3: line 1 no database']);
});

Deno.test("a command that is ended by a signal fails", async () => {
  const { errors } = await collectOnce(shell("kill -9 $$"), HERE);
  assertEquals(errors, ['Cannot use "sh": ended by SIGKILL']);
});

Deno.test("a command with exit_status exposes it, and does not fail", async () => {
  const collected = await collectOnce(shell("echo 'a 1'; exit 2", 'exit_status = "check"'), HERE);
  assertEquals(collected.lines, [
    "# TYPE a untyped",
    "a 1",
    "# HELP check Exit status of the program.",
    "# TYPE check gauge",
    "check 2",
  ]);
  assertEquals(collected.errors, []);
  const silent = await collectOnce(shell("exit 1", 'exit_status = "check"'), HERE);
  assertEquals([silent.samples, silent.errors], [["check 1"], []]);
});

Deno.test("a command with metric exposes the number that the program prints", async () => {
  const metric =
    'metric = { name = "users", type = "gauge", help = "Users.", labels = { host = "a" } }';
  const { lines } = await collectOnce(shell("echo 5", metric), HERE);
  assertEquals(lines, ["# HELP users Users.", "# TYPE users gauge", 'users{host="a"} 5']);
});

Deno.test("a command with the name of a metric exposes a number without more", async () => {
  assertEquals((await collectOnce(shell("echo 5", 'metric = "users"'), HERE)).lines, [
    "# TYPE users untyped",
    "users 5",
  ]);
});

Deno.test("a command with metric and a path reads JSON", async () => {
  const output = `echo '{"users": 5, "all": [{"u": "a"}, {"u": "b"}]}'`;
  const one = 'metric = { name = "users", path = "$.users" }';
  assertEquals((await collectOnce(shell(output, one), HERE)).samples, ["users 5"]);
  const each =
    'metric = { name = "user", for_each = "$.all[*]", value = 1, labels = { u = "$.u" } }';
  assertEquals((await collectOnce(shell(output, each), HERE)).samples, [
    'user{u="a"} 1',
    'user{u="b"} 1',
  ]);
});

Deno.test("a command with metric maps words to numbers", async () => {
  const metric = 'metric = { name = "state", values = { active = 1, failed = 0 } }';
  assertEquals((await collectOnce(shell("echo active", metric), HERE)).samples, ["state 1"]);
  assertEquals((await collectOnce(shell("echo broken", metric), HERE)).errors, [
    'Cannot use "sh": metric "state": expected a number or "active" or "failed", got "broken"',
  ]);
  assertEquals((await collectOnce(shell("", metric), HERE)).errors, [
    'Cannot use "sh": metric "state": expected a number or "active" or "failed", got ""',
  ]);
});

Deno.test("a command with metrics reads JSON", async () => {
  const toml = shell(
    `echo '[{"q": "a", "n": 1}, {"q": "b", "n": "x"}]'`,
    '[[collectors.test.metrics]]\nname = "jobs"\nfor_each = "$[*]"\npath = "$.n"\nlabels = { q = "$.q" }',
  );
  const { samples, errors } = await collectOnce(toml, HERE);
  assertEquals(samples, ['jobs{q="a"} 1']);
  assertEquals(errors, [
    `Cannot read "sh": metric "jobs" in $[1]: $['n']: expected a number, got "x"`,
  ]);
});

Deno.test("a command with metrics can print nothing, as sqlite3 does for no rows", async () => {
  const toml = shell("echo", '[[collectors.test.metrics]]\nname = "a"\nfor_each = "$[*]"');
  assertEquals(await collectOnce(toml, HERE), { lines: [], samples: [], errors: [] });
});

Deno.test("a command has only the variables that it is given", async () => {
  Deno.env.set("TEST_INHERITED", "yes");
  Deno.env.set("TEST_NOT_INHERITED", "no");
  using folder = new TempFolder();
  const toml = shell(
    "env >env",
    'env = { A = "1" }\ninherit_env = ["TEST_INHERITED", "TEST_UNSET"]',
  );
  assertEquals((await collectOnce(toml, { folder: folder.path })).errors, []);
  Deno.env.delete("TEST_INHERITED");
  Deno.env.delete("TEST_NOT_INHERITED");
  const names = Array.from(folder.read("env").matchAll(/^(\w+)=/gm), ([, name]) => name);
  assertEquals(names.filter((name) => !["PWD", "SHLVL", "_"].includes(name!)).sort(), [
    "A",
    "PATH",
    "SCRIPT_DEADLINE",
    "SCRIPT_TIMEOUT",
    "SCRIPT_TIMEOUT_ENFORCED",
    "TEST_INHERITED",
  ]);
});

Deno.test("a command is told its deadline", async () => {
  const script = 'echo "timeout $SCRIPT_TIMEOUT"; echo "deadline $SCRIPT_DEADLINE"';
  const { samples } = await collectOnce(shell(script, "timeout = 5"), HERE);
  const [deadline = 0, timeout = 0] = samples.map((sample) => Number(sample.split(" ")[1]));
  assert(timeout > 0 && timeout <= 5, `${timeout}`);
  assert(Math.abs(deadline - Date.now() / 1000 - 5) < 5, `${deadline}`);
});

Deno.test("a command runs in the folder of the configuration file, or relative to it", async () => {
  using folder = new TempFolder({ "sub/check.sh": "#!/bin/sh\necho 'a 1'\n" });
  Deno.chmodSync(`${folder.path}/sub/check.sh`, 0o755);
  const options = { folder: folder.path };
  const inFolder = '[collectors.a]\ncommand = ["./sub/check.sh"]\n';
  assertEquals((await collectOnce(inFolder, options)).samples, ["a 1"]);
  const inSubfolder = '[collectors.a]\ncommand = ["./check.sh"]\ncwd = "sub"\n';
  assertEquals((await collectOnce(inSubfolder, options)).samples, ["a 1"]);
});

Deno.test("a command that takes too long is ended at its timeout, without a trace", async () => {
  using folder = new TempFolder();
  const script = "sleep 1000 & echo $! >pid; echo 'a 1'; wait";
  const { samples, errors } = await collectOnce(shell(script, "timeout = 0.5"), {
    folder: folder.path,
  });
  assertEquals(samples, []);
  assertMatch(errors.join(), /The collector was not done at the deadline/);
  assertNotMatch(statusOf(folder.read("pid").trim()), /^State:\t[RSD]/m);
});

function statusOf(pid: string): string {
  try {
    return Deno.readTextFileSync(`/proc/${pid}/status`);
  } catch {
    return "";
  }
}

for (
  const [toml, problem] of [
    [
      'command = "ls -l"',
      "command: expected a list of a program and its arguments, without a shell",
    ],
    ["command = []", "command: expected a list of a program and its arguments"],
    ['command = ["ls", 5]', "command: expected a list"],
    ['command = ["ls"]\nenv = { A = 5 }', "env.A: expected a string, got a number"],
    ['command = ["ls"]\nenv = { "A=B" = "c" }', 'env."A=B": expected the name of a variable'],
    ['command = ["ls"]\ninherit_env = "HOME"', "inherit_env: expected a list of the names"],
    ['command = ["ls"]\nexit_status = "a b"', "exit_status: expected a metric name"],
    ['command = ["ls"]\nmetric = { type = "gauge" }', 'metric: missing key "name"'],
    ['command = ["ls"]\nmetric = { name = "a", pth = "$" }', 'metric: unknown key "pth"'],
    ['command = ["ls"]\nmetric = { name = "a", path = ".a" }', "metric.path: expected a JSONPath"],
    ['command = ["ls"]\nmetric = "a b"', "metric.name: expected a metric name"],
    [
      'command = ["ls"]\nmetric = { name = "a", type = "summary" }',
      "type: expected one of untyped",
    ],
    ['command = ["ls"]\nmetric = { name = "a", type = "info" }', 'a name that ends in "_info"'],
    ['command = ["ls"]\ncomand = 1', 'unknown key "comand", did you mean "command"?'],
    [
      'command = ["ls"]\njson = "x"',
      "expected one of command, url, file, json, got command and json",
    ],
  ] as const
) {
  Deno.test(`a command is rejected with ${toml.replaceAll("\n", ", ")}`, async () => {
    const problems = await problemsOf(`[collectors.a]\n${toml}`);
    assertEquals(problems.length, 1, problems.join("\n"));
    assert(problems[0]!.startsWith("collectors.a"), problems[0]);
    assert(problems[0]!.includes(problem), problems[0]);
  });
}

Deno.test("problems with a command show neither its arguments nor its variables", async () => {
  const problems = await problemsOf('[collectors.a]\ncommand = "x sesame"\nenv = { A = true }');
  assertEquals(problems.length, 2);
  assertNotMatch(problems.join(), /sesame|true/);
});
