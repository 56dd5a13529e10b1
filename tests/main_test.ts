import { assertEquals, assertMatch, assertNotMatch, assertStringIncludes } from "@std/assert";
import { usage } from "../cli/command.ts";
import { type CreateExporter, main } from "../main.ts";
import { Exporter, type ExporterOptions, Metric, Registry, VERSION } from "../mod.ts";
import { type Outcome, Program, ROOT } from "./support/program.ts";

const MAIN = new URL("main.ts", ROOT).href;
const PROGRAM = new URL(Deno.mainModule).pathname.split("/").at(-1)!;
const USAGE = usage(PROGRAM);

/** A folder with files, from which the real program is run. */
class Folder implements AsyncDisposable {
  readonly path = Deno.realPathSync(Deno.makeTempDirSync());

  constructor(files: Record<string, string | Uint8Array> = {}) {
    for (const [name, content] of Object.entries(files)) {
      const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
      Deno.writeFileSync(`${this.path}/${name}`, bytes);
    }
  }

  start(args: readonly string[], program = MAIN): Program {
    const config = `--config=${new URL("deno.json", ROOT).pathname}`;
    return Program.deno(["run", "-A", config, program, ...args], { cwd: this.path });
  }

  async run(args: readonly string[], program = MAIN): Promise<Outcome> {
    await using running = this.start(args, program);
    return await running.ended();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.path, { recursive: true });
  }
}

/** The code of a program with an exporter of its own. */
function ownProgram(body: string): string {
  return [
    `import { Exporter, Metric } from "${new URL("mod.ts", ROOT)}";`,
    `import { main } from "${MAIN}";`,
    `Deno.exit(await main(Deno.args, (options) => { ${body} }));`,
  ].join("\n");
}

/** Holds a port, so that nobody else can listen on it. */
function holdPort(): Disposable & { port: number } {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return { port: listener.addr.port, [Symbol.dispose]: () => listener.close() };
}

/** Runs the command line within this process, and takes what it prints. */
async function mainHere(
  args: string[],
  create?: CreateExporter,
): Promise<Pick<Outcome, "code" | "stdout" | "stderr">> {
  const { log, error } = console;
  let stdout = "";
  let stderr = "";
  console.log = (line) => stdout += `${line}\n`;
  console.error = (line) => stderr += `${line}\n`;
  try {
    return { code: await main(args, create), stdout, stderr };
  } finally {
    Object.assign(console, { log, error });
  }
}

/** Runs the command line within this process, with the `config.toml` of a folder. */
function mainIn(
  { path }: Folder,
  args: string[],
  create: CreateExporter = (options) => new Exporter(options),
): ReturnType<typeof mainHere> {
  return mainHere([...args, `${path}/config.toml`], create);
}

function linesWithoutLog(text: string): string[] {
  return text.split("\n").filter((line) => line !== "" && !line.startsWith("time="));
}

Deno.test("main() prints help", async () => {
  assertEquals(await mainHere(["--help"]), { code: 0, stdout: `${USAGE}\n`, stderr: "" });
});

Deno.test("main() prints versions", async () => {
  const stdout = `@exporter/prometheus ${VERSION} (Deno ${Deno.version.deno})\n`;
  assertEquals(await mainHere(["--version"]), { code: 0, stdout, stderr: "" });
});

Deno.test("main() prints two lines on standard error for invalid arguments", async () => {
  const stderr = `Unknown option "--prot", did you mean "--port"?
Run ${PROGRAM} --help for the usage
`;
  assertEquals(await mainHere(["--prot", "1"]), { code: 2, stdout: "", stderr });
});

Deno.test("main() creates no exporter for help, version and invalid arguments", async () => {
  for (const arg of ["--help", "--version", "--prot"]) {
    let isCreated = false;
    await mainHere([arg], (options) => {
      isCreated = true;
      return new Exporter(options);
    });
    assertEquals(isCreated, false);
  }
});

for (
  const [args, expected] of [
    [[], {}],
    [["-p", "0", "-a", "[::1]", "-v", "a.toml"], {
      configFile: "a.toml",
      listenIp: "::1",
      listenPort: 0,
      logLevel: "debug",
    }],
  ] as const
) {
  Deno.test(`main() creates the exporter with the options of "${args.join(" ")}"`, async () => {
    let given: ExporterOptions | undefined;
    await mainHere(["--check-config", ...args], (options) => {
      given = options;
      return new Exporter({ configFile: false });
    });
    assertEquals(given, expected);
  });
}

Deno.test("main() prints one line if the exporter cannot be created", async () => {
  const outcome = await mainHere([], () => {
    throw new RangeError("Cannot find the doors");
  });
  assertEquals(outcome, { code: 1, stdout: "", stderr: "Cannot find the doors\n" });
});

Deno.test("main() prints one line if startup fails", async () => {
  class Failing extends Exporter {
    override onStartup(): Promise<void> {
      return Promise.reject(new Error("Cannot reach the doors"));
    }
  }
  const { code, stdout, stderr } = await mainHere(
    ["-p", "0", "-a", "127.0.0.1"],
    (options) =>
      new Failing({ configFile: false, registry: new Registry(), logLevel: "warn", ...options }),
  );
  assertEquals({ code, stdout }, { code: 1, stdout: "" });
  assertEquals(stderr, "Cannot reach the doors\n");
});

Deno.test("--check-config accepts a valid file", async () => {
  await using folder = new Folder({ "config.toml": "listen_port = 0\n" });
  const { code, stdout, stderr } = await folder.run(["--check-config"]);
  assertEquals({ code, stdout, stderr }, {
    code: 0,
    stdout: "config.toml: valid\n",
    stderr: "",
  });
});

Deno.test("--check-config warns of names that violate the rules, and accepts them", async () => {
  await using folder = new Folder({ "config.toml": '[metrics.doors]\ntype = "counter"\n' });
  const { code, stdout, stderr } = await folder.run(["--check-config"]);
  assertEquals({ code, stdout, stderr }, {
    code: 0,
    stdout: "config.toml: valid\n",
    stderr: `config.toml: warning: metrics.doors: no help text
config.toml: warning: metrics.doors: a counter should end in "_total"
`,
  });
});

const GOOD = "# HELP jobs_total Jobs.\n# TYPE jobs_total counter\njobs_total 1\n";

Deno.test("lint reads a file, and prints nothing without problems", async () => {
  await using folder = new Folder({
    "good.txt": GOOD,
    "good.om": GOOD.replaceAll(/(HELP|TYPE) jobs_total/g, "$1 jobs") + "# EOF\n",
  });
  for (const file of ["good.txt", "good.om"]) {
    const { code, stdout, stderr } = await folder.run(["lint", file]);
    assertEquals({ code, stdout, stderr }, { code: 0, stdout: "", stderr: "" });
  }
});

Deno.test("lint prints every problem on its own line", async () => {
  await using folder = new Folder({ "bad.txt": "# TYPE jobs counter\njobs 1\n" });
  const { code, stdout, stderr } = await folder.run(["lint", "bad.txt"]);
  assertEquals({ code, stdout, stderr }, {
    code: 1,
    stdout: "",
    stderr: 'bad.txt: jobs: no help text\nbad.txt: jobs: a counter should end in "_total"\n',
  });
});

Deno.test("lint prints one line if the exposition is invalid", async () => {
  await using folder = new Folder({ "broken.txt": `${GOOD}jobs_total{a=} 2\n` });
  for (
    const [file, expected] of [["broken.txt", /^Cannot parse exposition.*line 4.*\n$/], [
      "none.txt",
      /none\.txt/,
    ]] as const
  ) {
    const { code, stdout, stderr } = await folder.run(["lint", file]);
    assertEquals({ code, stdout }, { code: 1, stdout: "" });
    assertMatch(stderr, expected);
    assertEquals(stderr.trimEnd().split("\n").length, 1);
  }
});

/** An exposition with problems of every kind. */
const BAD = `# HELP wait_seconds Wait.
# TYPE wait_seconds histogram
wait_seconds_bucket{le="1"} 2
wait_seconds_bucket{le="+Inf"} 1
jobs_total{ 1
# HELP jobs_total Jobs.
# TYPE jobs_total counter
jobs_total -1
jobs_total{queue="a"} 1
jobs_total{queue="a"} 2
# TYPE waitingTime gauge
waitingTime 1
"my.metric"{a="b"} 1
`;

Deno.test("lint goes on after errors, and prints all problems with line and column", async () => {
  await using folder = new Folder({ "bad.txt": BAD });
  const { code, stdout, stderr } = await folder.run(["lint", "bad.txt"]);
  assertEquals({ code, stdout }, { code: 1, stdout: "" });
  assertEquals(stderr.trimEnd().split("\n"), [
    'Cannot parse exposition "bad.txt": line 5, column 13: expected a label name, got "1"',
    'Cannot parse exposition "bad.txt": line 10, column 1: duplicate series "jobs_total{queue=\\"a\\"}"',
    'Cannot parse exposition "bad.txt": line 13, column 1: expected braces around a metric name in quotes, got "\\"my.metric\\"{a=\\"b\\"} 1"',
    "bad.txt: line 4, column 1: wait_seconds: its values are impossible for a histogram: expected " +
    'a value of at least 2, got wait_seconds_bucket{le="+Inf"} 1',
    "bad.txt: line 8, column 1: jobs_total: its values are impossible for a counter: expected " +
    "a value of at least 0, got jobs_total -1",
    "bad.txt: waitingTime: no help text",
    "bad.txt: waitingTime: use snake_case instead of camelCase",
  ]);
});

Deno.test("lint goes on after errors in OpenMetrics", async () => {
  const text = `# TYPE jobs counter
# HELP jobs Jobs.
jobs_total 1
jobs_total 1
# TYPE waitingTime gauge
waitingTime -
# EOF
`;
  await using folder = new Folder({ "bad.om": text });
  const { code, stderr } = await folder.run(["lint", "bad.om"]);
  assertEquals(code, 1);
  assertEquals(stderr.trimEnd().split("\n"), [
    'Cannot parse exposition "bad.om": line 4, column 1: duplicate series "jobs_total"',
    'Cannot parse exposition "bad.om": line 6, column 13: expected a value, got "-"',
    "bad.om: waitingTime: no help text",
    "bad.om: waitingTime: use snake_case instead of camelCase",
  ]);
});

Deno.test("lint names what it cannot read, and why", async () => {
  let url: string;
  {
    using held = holdPort();
    url = `http://127.0.0.1:${held.port}/metrics?a=(b)`;
  }
  const { code, stdout, stderr } = await mainHere(["lint", url]);
  assertEquals({ code, stdout }, { code: 1, stdout: "" });
  assertEquals(stderr.startsWith(`Cannot read "${url}": `), true, stderr);
  assertStringIncludes(stderr, "Connection refused");
  assertEquals(stderr.split("127.0.0.1").length, 2, stderr);
  assertMatch(
    (await mainHere(["lint", "http://x:99999/"])).stderr,
    /^Cannot read "http:\/\/x:99999\/": /,
  );
  assertMatch(
    (await mainHere(["lint", "no 'file'"])).stderr,
    /^Cannot read "no 'file'": .*\(os error 2\)\n$/,
  );
});

Deno.test("lint reads a URL", async () => {
  await using exporter = new Exporter({ configFile: false, listenPort: 0, logLevel: "error" });
  exporter.collector("bad", () => [new Metric("waiting_ms", { type: "gauge", help: "Wait." })]);
  await exporter.start();
  const url = new URL("metrics", exporter.url).href;
  assertEquals(await mainHere(["lint", url]), {
    code: 1,
    stdout: "",
    stderr: `${url}: waiting_ms: do not abbreviate units, such as "ms"\n`,
  });
});

Deno.test("--check-config accepts a missing config.toml", async () => {
  await using folder = new Folder();
  const { code, stdout, stderr } = await folder.run(["--check-config"]);
  assertEquals({ code, stdout, stderr }, {
    code: 0,
    stdout: "No configuration file\n",
    stderr: "",
  });
});

Deno.test("--check-config prints every problem on its own line", async () => {
  await using folder = new Folder({
    "bad.toml": 'listen_prt = 1\ncache_life = "x"\n[metrics.doors]\nvalue = true\n',
  });
  const { code, stdout, stderr } = await folder.run(["--check-config", "bad.toml"]);
  assertEquals({ code, stdout }, { code: 1, stdout: "" });
  assertEquals(stderr.trimEnd().split("\n").sort(), [
    'bad.toml: cache_life: expected a number of seconds, 0 or more, got "x"',
    "bad.toml: metrics.doors.value: expected a number, got true",
    'bad.toml: unknown key "listen_prt", did you mean "listen_port"?',
  ]);
});

for (
  const [what, name, problem] of [
    ["a missing file", "missing.toml", "no such file"],
    ["a directory", ".", "is a directory"],
    ["what is not TOML", "broken.toml", "not valid TOML: "],
    ["what is not UTF-8", "binary.toml", "not valid UTF-8"],
    ["a wrong type", "type.toml", 'listen_port: expected an integer from 0 to 65535, got "1"'],
    ["an unknown key", "key.toml", 'unknown key "lables", did you mean "labels"?'],
  ] as const
) {
  const files = {
    "broken.toml": "listen_port = = 1\n",
    "binary.toml": new Uint8Array([0xff, 0xfe]),
    "type.toml": 'listen_port = "1"\n',
    "key.toml": "[lables]\n",
  };

  const beginnings = {
    "--once": `Cannot read configuration "${name}": `,
    "--check-config": `${name}: `,
  };
  for (const [mode, beginning] of Object.entries(beginnings)) {
    Deno.test(`${mode} prints one line about ${what}`, async () => {
      await using folder = new Folder(files);
      const { code, stdout, stderr } = await folder.run([mode, name]);
      assertEquals({ code, stdout }, { code: 1, stdout: "" });
      assertEquals(stderr.slice(0, (beginning + problem).length), beginning + problem);
      assertEquals(stderr.indexOf("\n"), stderr.length - 1);
    });
  }
}

for (const mode of [[], ["--once"]]) {
  Deno.test(`main.ts ${mode.join("")} prints every problem of a file on its own line`, async () => {
    await using folder = new Folder({ "bad.toml": "listen_port = -1\ncache_life = -1\n" });
    const { code, stdout, stderr } = await folder.run([...mode, "bad.toml"]);
    assertEquals({ code, stdout }, { code: 1, stdout: "" });
    assertEquals(stderr.trimEnd().split("\n"), [
      'Cannot read configuration "bad.toml": listen_port: expected an integer from 0 to 65535, got -1',
      'Cannot read configuration "bad.toml": cache_life: expected a number of seconds, 0 or more, got -1',
    ]);
  });
}

for (
  const [type, need] of [
    [
      "histogram",
      'samples whose names end in "_bucket" (with the label "le"), "_sum" and "_count"',
    ],
    [
      "gaugehistogram",
      'samples whose names end in "_bucket" (with the label "le"), "_gsum" and "_gcount"',
    ],
    [
      "summary",
      'samples with the label "quantile", and others whose names end in "_sum" and "_count"',
    ],
    ["stateset", "a label with the name of the metric"],
    ["info", 'a name that ends in "_info"'],
  ]
) {
  Deno.test(`--check-config warns of a ${type} that would be exposed as untyped`, async () => {
    const toml = `[metrics.doors]\ntype = "${type}"\nvalue = 2\nhelp = "Doors."\n`;
    await using folder = new Folder({ "config.toml": toml });
    const { code, stdout, stderr } = await mainIn(folder, ["--check-config"]);
    assertEquals({ code, stdout }, { code: 0, stdout: `${folder.path}/config.toml: valid\n` });
    const article = type === "info" ? "an" : "a";
    assertEquals(
      stderr,
      `${folder.path}/config.toml: warning: metrics.doors.type: ` +
        `is exposed as untyped, because ${article} ${type} needs ${need}\n`,
    );
  });
}

Deno.test("--check-config accepts samples of histograms, and OpenMetrics types with the right names", async () => {
  const toml = `[metrics.wait_seconds_bucket]
type = "histogram"
help = "Wait."
labels = { le = "+Inf" }
[metrics.build_info]
type = "info"
help = "Build."
[metrics.door]
type = "stateset"
help = "Door."
labels = { door = "open" }
`;
  await using folder = new Folder({ "config.toml": toml });
  const { stderr } = await mainIn(folder, ["--check-config"]);
  assertEquals(stderr.includes("untyped"), false);
});

Deno.test("--check-config warns of keys that code overrides, but not of those that the command line does", async () => {
  const toml = 'listen_port = 1\nname = "file"\nlog_level = "warn"\n';
  await using folder = new Folder({ "config.toml": toml });
  const { code, stderr } = await mainIn(
    folder,
    ["--check-config", "-v", "-p", "0"],
    (options) => new Exporter({ name: "code", listenIp: "::1", ...options }),
  );
  assertEquals(code, 0);
  assertEquals(
    stderr,
    `${folder.path}/config.toml: warning: ` +
      'name: has no effect, because the program sets the option "name"\n',
  );
});

Deno.test("--once fails if a collector failed, and prints the others", async () => {
  const registry = new Registry();
  registry.register({ collect: () => [new Metric("doors_open", { value: 2 })] }, { name: "doors" });
  registry.register({ collect: () => Promise.reject(new Error("broken")) }, { name: "gates" });
  registry.register({ collect: () => Promise.reject(new Error("broken")) });
  let exposed = "";
  const { write } = Deno.stdout;
  Deno.stdout.write = (bytes) => {
    exposed += new TextDecoder().decode(bytes);
    return Promise.resolve(bytes.length);
  };
  try {
    const { code, stderr } = await mainHere(
      ["--once"],
      (options) =>
        new Exporter({
          configFile: false,
          metricsPath: "/",
          registry,
          logLevel: "error",
          ...options,
        }),
    );
    assertEquals({ code, stderr }, {
      code: 1,
      stderr: 'Collector "gates" failed\nA collector failed\n',
    });
    assertStringIncludes(exposed, "\ndoors_open 2\n");
  } finally {
    Deno.stdout.write = write;
  }
});

Deno.test("--once prints the exposition and nothing else on standard output", async () => {
  await using folder = new Folder({
    "config.toml": '[labels]\nsite = "north"\n[metrics.doors_open]\ntype = "gauge"\nvalue = 2\n',
  });
  const { code, stdout, stderr } = await folder.run(["--once", "-v"]);
  assertEquals(code, 0);
  assertStringIncludes(stdout, '# TYPE doors_open gauge\ndoors_open{site="north"} 2\n');
  for (const line of stdout.trimEnd().split("\n")) {
    assertMatch(line, /^(?:# (?:HELP|TYPE) .+|\w+\{.+\} \S+)$/);
  }
  assertStringIncludes(stderr, "msg=scrape");
  assertEquals(linesWithoutLog(stderr), []);
});

Deno.test("--once starts the exporter and shuts it down", async () => {
  await using folder = new Folder({
    "own.ts": ownProgram(`
      class Own extends Exporter {
        onStartup() { console.error("up"); return Promise.resolve(); }
        onShutdown() { console.error("down"); return Promise.resolve(); }
      }
      return new Own(options);`),
  });
  const { code, stderr } = await folder.run(["--once"], "own.ts");
  assertEquals(code, 0);
  assertEquals(linesWithoutLog(stderr), ["up", "down"]);
});

Deno.test("--once fails if startup fails", async () => {
  await using folder = new Folder({
    "own.ts": ownProgram(`
      class Own extends Exporter {
        onStartup() { return Promise.reject(new Error("Cannot reach the doors")); }
      }
      return new Own(options);`),
  });
  const { code, stdout, stderr } = await folder.run(["--once"], "own.ts");
  assertEquals({ code, stdout }, { code: 1, stdout: "" });
  assertStringIncludes(stderr, 'error="Error: Cannot reach the doors"');
  assertEquals(linesWithoutLog(stderr), ["The exporter is not ready"]);
});

/** Exposes more than a pipe holds. */
const FLOOD = ownProgram(`
  return new Exporter(options).collector("flood", function* () {
    for (let i = 0; i < 20_000; i++) yield new Metric("flood", { labels: { i: String(i) } });
  });`);

for (
  const [what, command, code] of [
    [
      "takes a reader that has had enough for a success",
      '("$@"; echo "status $?" >&2) | head -n 1',
      0,
    ],
    ["tells in a line that the disk is full", '("$@"; echo "status $?" >&2) >/dev/full', 1],
  ] as const
) {
  Deno.test({
    name: `--once ${what}`,
    ignore: Deno.build.os !== "linux",
    async fn() {
      await using folder = new Folder({ "own.ts": FLOOD });
      const config = `--config=${new URL("deno.json", ROOT).pathname}`;
      const args = [Deno.execPath(), "run", "-A", config, "own.ts", "--once"];
      await using program = new Program("sh", ["-c", command, "sh", ...args], {
        cwd: folder.path,
      });
      const lines = linesWithoutLog((await program.ended()).stderr);
      assertEquals(lines.at(-1), `status ${code}`);
      assertEquals(lines.length, code + 1);
    },
  });
}

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  Deno.test({
    name: `main() serves until ${signal}`,
    ignore: Deno.build.os === "windows",
    async fn() {
      await using folder = new Folder({ "config.toml": "[metrics.doors_open]\nvalue = 2\n" });
      await using program = folder.start(["-p", "0"]);
      const response = await fetch(new URL("metrics", await program.url()));
      assertStringIncludes(await response.text(), "\ndoors_open 2\n");
      program.kill(signal);
      const { code, signal: endedBy, stdout, stderr } = await program.ended();
      assertEquals({ code, endedBy, stdout }, { code: 0, endedBy: null, stdout: "" });
      assertEquals(linesWithoutLog(stderr), []);
    },
  });
}

Deno.test("main() prints one line if the port is in use", async () => {
  using held = holdPort();
  await using folder = new Folder();
  const { code, stdout, stderr } = await folder.run(["-p", String(held.port)]);
  assertEquals({ code, stdout, stderr }, {
    code: 1,
    stdout: "",
    stderr: `Cannot listen on 127.0.0.1:${held.port}: address already in use\n`,
  });
});

for (
  const [winner, loser, { file, code, args }] of [
    ["code", "the file", { file: "HELD", code: "0", args: [] }],
    ["the file", "defaults in code", { file: "0", code: "defaults", args: [] }],
    ["the command line", "defaults in code", { file: "HELD", code: "defaults", args: ["-p", "0"] }],
    ["the command line", "code", { file: "HELD", code: "HELD", args: ["-p", "0"] }],
    ["the command line", "the file", { file: "HELD", code: "undefined", args: ["-p", "0"] }],
  ] as const
) {
  Deno.test(`main() prefers ${winner} to ${loser}`, async () => {
    using held = holdPort();
    const port = (text: string) => text.replace("HELD", String(held.port));
    const options = code === "defaults"
      ? port("defaults: { listenPort: HELD },")
      : code === "undefined"
      ? ""
      : `listenPort: ${port(code)},`;
    await using folder = new Folder({
      "config.toml": `listen_port = ${port(file)}\n`,
      "own.ts": ownProgram(`return new Exporter({ ${options} ...options });`),
    });
    await using program = folder.start(args, "own.ts");
    await program.url();
  });
}

Deno.test("main() falls back to the configuration file", async () => {
  using held = holdPort();
  await using folder = new Folder({ "config.toml": `listen_port = ${held.port}\n` });
  const { code, stderr } = await folder.run([]);
  assertEquals(code, 1);
  assertStringIncludes(stderr, `Cannot listen on 127.0.0.1:${held.port}: `);
});

Deno.test("main() logs each scrape with -v, whatever the file says", async () => {
  await using folder = new Folder({ "config.toml": 'log_level = "warn"\n' });
  await using program = folder.start(["-v", "-p", "0"]);
  const response = await fetch(new URL("metrics", await program.url()));
  await response.body?.cancel();
  await program.line(/level=debug .*msg=scrape /);
});

Deno.test("main() listens on the address of -a", async () => {
  await using folder = new Folder();
  await using program = folder.start(["-a", "localhost", "-p", "0"]);
  assertEquals((await program.url()).hostname, "localhost");
});

for (
  const [args, code, line] of [
    [["--once"], 0, /^exporter_collector_success\{collector="default"\} 1\r$/m],
    [["--help"], 0, /^Usage: main\.ts \[options\] \[config_file\]\r$/m],
    [
      ["-p", "1"],
      1,
      /^Cannot listen on 127\.0\.0\.1:1: not permitted, run with --allow-net=\S+\r$/m,
    ],
    [["a.toml"], 1, /^Cannot read configuration "a\.toml": not permitted, run with \S+\r$/m],
  ] as const
) {
  Deno.test({
    name: `main.ts ${args.join(" ")} without permissions does not ask at a terminal`,
    ignore: !Program.hasTerminal,
    async fn() {
      await using program = Program.denoAtTerminal(["run", "main.ts", ...args]);
      const outcome = await program.ended();
      assertEquals(outcome.code, code);
      assertMatch(outcome.stdout, line);
      assertNotMatch(outcome.stdout, /Deno requests/);
    },
  });
}
