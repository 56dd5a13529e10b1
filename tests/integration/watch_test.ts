import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { Counter, Exporter, Registry } from "@exporter/prometheus";
import { Program } from "../support/program.ts";
import { withTools } from "./tool.ts";

/** An exporter of a counter that grows with each scrape. */
async function startExporter() {
  const registry = new Registry();
  const scrapes = registry.register(new Counter("scrapes_total", "Scrapes.", { labels: ["a"] }));
  scrapes.labels("still").inc(7);
  registry.register({
    collect: () => {
      scrapes.labels("growing").inc();
      return [];
    },
  });
  const exporter = new Exporter({
    registry,
    configFile: false,
    listenPort: 0,
    logLevel: "error",
    runtimeMetrics: false,
  });
  await exporter.start();
  return {
    scrapes,
    url: new URL("/metrics", exporter.url).href,
    [Symbol.asyncDispose]: () => exporter.shutdown(),
  };
}

function start(args: readonly string[]): Program {
  return Program.deno(["run", "-A", "main.ts", "watch", "-n", "scrapes", ...args]);
}

Deno.test("watch prints all series in a pipe, then those that changed, until nobody reads them", async () => {
  await using exporter = await startExporter();
  await using program = start(["-i", "0.1", exporter.url]);
  await program.line(/^ +7 +scrapes_total\{a="still"\}$/);
  await program.line(/^# \d{4}-\S+Z: 1 of 2 series changed$/);
  await program.line(/^ +3 +[\d.]+\/s {2}scrapes_total\{a="growing"\}$/);
  assertEquals(program.lines.filter((line) => line.includes("still")).length, 1);
});

Deno.test("watch goes on after a failure, and reports it", async () => {
  const exporter = await startExporter();
  await using program = start(["-i", "0.1", exporter.url]);
  await program.line(/series changed$/);
  await exporter[Symbol.asyncDispose]();
  await program.line(/^Cannot read "http:.*": /);
});

Deno.test("watch --once prints a table or JSON, and ends", async () => {
  await using exporter = await startExporter();
  await using table = start(["--once", "-s", "name", exporter.url]);
  assertMatch(
    (await table.ended()).stdout,
    /^ +VALUE +CHANGE {2}SERIES\n +1 +scrapes_total\{a="growing"\}\n +7 +scrapes_total\{a="still"\}\n$/,
  );
  await using json = start(["--once", "-i", "0.2", "--format", "json", exporter.url]);
  const { stdout, stderr, code } = await json.ended();
  const [growing, still] = JSON.parse(stdout);
  assertEquals([growing.value, growing.difference, still.difference], [3, 1, 0]);
  assertEquals([still.labels, still.rate, stderr, code], [{ a: "still" }, 0, "", 0]);
});

Deno.test("watch reads standard input once", async () => {
  await using program = start(["-"]);
  await program.write("scrapes 1\nother 2\n");
  await program.endInput();
  assertMatch((await program.ended()).stdout, /^.*SERIES\n +1 +scrapes\n$/);
});

Deno.test("watch fails with one line if it can read nothing", async () => {
  await using program = start(["--once", "nowhere.txt"]);
  const { code, stdout, stderr } = await program.ended();
  assertEquals([code, stdout], [1, ""]);
  assertMatch(stderr, /^Cannot read "nowhere\.txt": No such file or directory.*\n$/);
});

Deno.test(withTools(["script"], {
  name: "watch shows the series on the whole terminal, obeys keys, and restores the terminal",
  fn: async () => {
    await using exporter = await startExporter();
    const args = ["run", "-A", "main.ts", "watch", "-i", "0.1", "-n", "scrapes", exporter.url];
    await using program = Program.denoAtTerminal(args, { env: { NO_COLOR: "" } });
    const enter = "\x1b[?1049h\x1b[?25l";
    const leave = "\x1b[?25h\x1b[?1049l";
    await program.shows(enter);
    await program.shows('scrapes_total{a="growing"}');
    await program.shows("\x1b[36m"); // the color of what changed
    await program.write("/still\r");
    await program.shows("Search: still ");
    await program.shows("1 of ");
    await program.write("\x1b ");
    await program.shows("paused");
    await program.write("q");
    const { code, stdout } = await program.ended();
    assertEquals(code, 0);
    assertStringIncludes(stdout, leave);
    assertEquals(stdout.lastIndexOf(enter) < stdout.lastIndexOf(leave), true);
  },
}));
