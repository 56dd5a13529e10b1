import { fileURLToPath } from "node:url";
import { assert, assertEquals, assertNotMatch, assertStringIncludes } from "@std/assert";
import { Program, ROOT } from "./support/program.ts";

interface Example {
  /** What a scrape has to find. */
  readonly shows: readonly string[];
  /** What a scrape finds only with every permission. */
  readonly showsWithAll?: string;
}

const EXAMPLES: Record<string, Example> = {
  basic: {
    shows: [
      'doors_open{site="north",floor="1"} 2',
      'node_load1{site="north"}',
      'node_memory_available_bytes{site="north"}',
      'process_start_time_seconds{site="north"}',
    ],
    showsWithAll: 'node_filesystem_avail_bytes{site="north",mountpoint="/"}',
  },
  subclass: {
    shows: [
      `node_time_seconds{deno_version="${Deno.version.deno}"}`,
      `deno_heap_used_peak_bytes{deno_version="${Deno.version.deno}"}`,
    ],
  },
  serve: {
    shows: ["machine_cpu_cores"],
  },
  instrumented_server: {
    shows: [
      'http_requests_total{route="/slow",status="200"} 0',
      'http_request_duration_seconds_count{route="other"} 0',
      "http_requests_in_flight 0",
    ],
  },
};

/** What a scrape says of a duplicate, a conflict or a failed collector. */
const PROBLEM =
  /^exporter_(?:collector_success\{.*\} 0|(?:duplicate_samples|conflicting_families)_total.* [^0].*)$/gm;

/** The arguments of the commands in the header of an example: with every permission, and with the least. */
function commands(example: string): [all: string[], least: string[]] {
  const code = Deno.readTextFileSync(new URL(`examples/${example}.ts`, ROOT));
  const [all, least, ...others] = Array.from(
    code.matchAll(/^ \* {5}deno (.+)$/gm),
    ([, args = ""]) => onFreePort(args.split(" ")),
  );
  assert(all && least && others.length === 0);
  assert(all.includes("-A") && !least.includes("-A"));
  return [all, least];
}

function onFreePort(args: string[]): string[] {
  return args[0] === "serve" ? args.map((arg) => arg === "9999" ? "0" : arg) : [...args, "-p", "0"];
}

/** Scrapes an example, in which nothing may be left out and no collector may fail. */
async function scrape(program: Program): Promise<string> {
  const response = await fetch(new URL("metrics", await program.url()));
  assertEquals(response.status, 200);
  const text = await response.text();
  assertStringIncludes(text, "exporter_duplicate_samples_total");
  assertEquals(text.match(PROBLEM) ?? [], []);
  return text;
}

for (const [name, { shows, showsWithAll }] of Object.entries(EXAMPLES)) {
  const [all, least] = commands(name);

  Deno.test(`examples/${name}.ts runs with every permission`, async () => {
    await using program = Program.deno(all);
    const text = await scrape(program);
    for (const series of [...shows, showsWithAll ?? ""]) assertStringIncludes(text, series);
    program.kill("SIGTERM");
    assertEquals((await program.ended()).code, 0);
  });

  Deno.test(`examples/${name}.ts runs with the permissions that its header names`, async () => {
    await using program = Program.deno(least);
    const text = await scrape(program);
    for (const series of shows) assertStringIncludes(text, series);
    if (showsWithAll) assert(!text.includes(showsWithAll));
    program.kill("SIGTERM");
    assertEquals((await program.ended()).code, 0);
  });

  Deno.test({
    name: `examples/${name}.ts asks for no permission at a terminal`,
    ignore: !Program.hasTerminal,
    async fn() {
      await using program = Program.denoAtTerminal(least);
      await scrape(program);
      program.kill("SIGTERM");
      const { code, stdout } = await program.ended();
      assertEquals(code, 0);
      assertNotMatch(stdout, /requests/);
    },
  });
}

Deno.test({
  name: "examples/basic.ts without permissions says what is missing and does not ask",
  ignore: !Program.hasTerminal,
  async fn() {
    await using program = Program.denoAtTerminal(["run", "examples/basic.ts", "-p", "0"]);
    const path = fileURLToPath(new URL("examples/config.toml", ROOT));
    const { code, stdout } = await program.ended();
    assertEquals(code, 1);
    assertEquals(
      stdout.replace(/^pid=.*\r\n/, ""),
      `Cannot read configuration "${path}": not permitted, run with --allow-read=${path}\r\n`,
    );
  },
});

Deno.test("examples/instrumented_server.ts counts and times what it answers", async () => {
  await using program = Program.deno(commands("instrumented_server")[0]);
  const url = await program.url();
  for (const path of ["/", "/", "/nothing"]) await (await fetch(new URL(path, url))).text();
  const text = await scrape(program);
  for (
    const series of [
      'http_requests_total{route="/",status="200"} 2',
      'http_requests_total{route="other",status="404"} 1',
      'http_request_duration_seconds_count{route="/"} 2',
      "http_requests_in_flight 0",
    ]
  ) {
    assertStringIncludes(text, series);
  }
});

const COMPILE = Array.from(
  Deno.readTextFileSync(new URL("examples/compile.md", ROOT)).matchAll(/^deno (compile .+)$/gm),
  ([, args = ""]) => args.split(" "),
);

Deno.test("examples/compile.md has commands", () => {
  assert(COMPILE.length > 0);
});

for (const args of COMPILE) {
  // The real runtime is a download. Any program in its place shows that the modules, the types and the flags are right.
  Deno.test({
    name: `examples/compile.md: deno ${args.join(" ")}`,
    ignore: Deno.build.os !== "linux",
    async fn() {
      const folder = await Deno.makeTempDir();
      try {
        const output = `${folder}/${args[args.indexOf("--output") + 1]}`;
        await using program = Program.deno(args.with(args.indexOf("--output") + 1, output), {
          env: { DENORT_BIN: "/bin/true" },
        });
        const { code, stderr } = await program.ended();
        assertEquals(code, 0, stderr);
        assert((await Deno.stat(output)).isFile);
      } finally {
        await Deno.remove(folder, { recursive: true });
      }
    },
  });
}
