import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import {
  assert,
  assertEquals,
  assertMatch,
  assertNotMatch,
  assertStringIncludes,
} from "@std/assert";
import {
  assertSeries,
  closedPort,
  commands,
  freePort,
  runExample,
  scrape,
} from "./support/example.ts";
import { Program, ROOT } from "./support/program.ts";

interface Example {
  /** What a scrape has to find. */
  readonly shows: readonly string[];
  /** What a scrape finds only with every permission. */
  readonly showsWithAll?: string;
  /** Where its metrics are, by default `metrics`. */
  readonly path?: string;
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
  own_server: {
    shows: ["visits_total 0"],
    path: "internal/metrics",
  },
  hono: {
    shows: ["process_start_time_seconds"],
  },
  devices: {
    shows: ['device_up{device="cellar"}', 'device_up{device="roof"}'],
  },
  cached_up: {
    shows: ["api_up"],
  },
  redis: {
    shows: ["redis_up"],
  },
  probe: {
    shows: [
      'exporter_probes_in_flight{path="/probe"} 0',
      'exporter_probes_in_flight{path="/clock"} 0',
    ],
  },
  isolated: {
    shows: ['folder_size_bytes{folder="examples"}'],
  },
};

for (const [name, { shows, showsWithAll, path }] of Object.entries(EXAMPLES)) {
  const { all, least } = commands(name);

  Deno.test(`examples/${name}.ts runs with every permission`, async () => {
    await using program = runExample(all);
    const text = await scrape(program, path);
    for (const series of [...shows, showsWithAll ?? ""]) assertStringIncludes(text, series);
    program.kill("SIGTERM");
    assertEquals((await program.ended()).code, 0);
  });

  Deno.test(`examples/${name}.ts runs with the permissions that its header names`, async () => {
    await using program = runExample(least);
    const text = await scrape(program, path);
    for (const series of shows) assertStringIncludes(text, series);
    if (showsWithAll) assert(!text.includes(showsWithAll));
    program.kill("SIGTERM");
    assertEquals((await program.ended()).code, 0);
  });

  Deno.test({
    name: `examples/${name}.ts asks for no permission at a terminal`,
    ignore: !Program.hasTerminal,
    async fn() {
      await using program = Program.denoAtTerminal(least, { env: freePort(least) });
      await scrape(program, path);
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
  await using program = runExample(commands("instrumented_server").least);
  const url = await program.url();
  for (const path of ["/", "/", "/nothing"]) await (await fetch(new URL(path, url))).text();
  assertSeries(await scrape(program), [
    'http_requests_total{route="/",status="200"} 2',
    'http_requests_total{route="other",status="404"} 1',
    'http_request_duration_seconds_count{route="/"} 2',
    "http_requests_in_flight 0",
  ]);
});

Deno.test("examples/own_server.ts answers its other paths", async () => {
  await using program = runExample(commands("own_server").least);
  const url = await program.url();
  assertEquals(await (await fetch(url)).text(), "Hello\n");
  assertEquals(await (await fetch(new URL("metrics", url))).text(), "Not found\n");
  assertSeries(await scrape(program, "internal/metrics"), ["visits_total 1"]);
});

Deno.test("examples/hono.ts times requests by route, and no scrapes", async () => {
  await using program = runExample(commands("hono").least);
  const url = await program.url();
  for (const path of ["users/1", "users/2", "x", "y", "metrics"]) {
    await (await fetch(new URL(path, url))).text();
  }
  const counts = (await scrape(program)).match(/^http_request_duration_seconds_count.*$/gm);
  assertEquals(counts, [
    'http_request_duration_seconds_count{route="/users/:id",status="200"} 2',
    'http_request_duration_seconds_count{route="/*",status="404"} 2',
  ]);
});

Deno.test("examples/probe.ts probes, and reads clocks", async () => {
  await using program = runExample(commands("probe").least);
  const url = await program.url();
  const [group] = await (await fetch(new URL("sd", url))).json();
  assertEquals(group.labels.__param_target, "https://example.com");
  for (const path of ["probe?target=127.0.0.1", "clock?target=127.0.0.1"]) {
    assertEquals((await fetch(new URL(path, url))).status, 403);
  }
});

Deno.test("examples/probe.toml is valid", async () => {
  const args = ["run", "-A", "main.ts", "--check-config", "examples/probe.toml"];
  await using program = Program.deno(args);
  const { code, stdout, stderr } = await program.ended();
  assertEquals([code, stderr, stdout], [0, "", "examples/probe.toml: valid\n"]);
});

Deno.test("examples/probe.toml runs with the permissions that the command line prints", async () => {
  await using permissions = Program.deno([
    "run",
    "-A",
    "main.ts",
    "permissions",
    "examples/probe.toml",
  ]);
  const { stdout } = await permissions.ended();
  assertEquals(stdout, "--allow-net --allow-read=examples/probe.toml\n");
  const flags = stdout.trim().split(" ");
  const args = ["run", "--no-prompt", ...flags, "main.ts", "-p", "0", "examples/probe.toml"];
  await using program = Program.deno(args);
  const url = await program.url();
  assertEquals((await (await fetch(new URL("sd?module=smtp_starttls", url))).json()).length, 1);
  assertEquals((await fetch(new URL("probe?target=127.0.0.1", url))).status, 403);
});

/** The command of the unit, with the paths and the port of a test in place of those of a machine. */
function unitCommand(port: number): { deno: string; args: string[] } {
  const unit = Deno.readTextFileSync(new URL("examples/deploy/exporter.service", ROOT));
  const [, command = ""] = /^ExecStart=((?:.*\\\n)*.*)$/m.exec(unit)!;
  const [deno = "", ...args] = command.replaceAll("\\\n", " ")
    .replaceAll("/opt/exporter/exporter.ts", "examples/basic.ts")
    .replaceAll("/etc/exporter/config.toml", "examples/config.toml")
    .replaceAll(":9999", `:${port}`)
    .split(/ +/);
  return { deno, args: [...args, "-p", String(port)] };
}

Deno.test("examples/deploy/exporter.service has the flags that an exporter needs", async () => {
  const { deno, args } = unitCommand(closedPort());
  assert(deno.endsWith("/deno"));
  await using program = Program.deno(args);
  assertSeries(await scrape(program), ['doors_open{site="north",floor="1"} 2']);
  program.kill("SIGHUP");
  await program.line(/configuration reloaded/);
  program.kill("SIGTERM");
  assertEquals((await program.ended()).code, 0);
});

Deno.test({
  name: "examples/deploy/exporter.service is a unit that systemd understands",
  ignore: !existsSync("/usr/bin/systemd-analyze"),
  async fn() {
    await using program = new Program("systemd-analyze", [
      "verify",
      "examples/deploy/exporter.service",
    ]);
    const { stderr } = await program.ended();
    const problems = stderr.split("\n").filter((line) => line.startsWith("exporter.service:"));
    assertEquals(problems.filter((line) => !line.includes("/deno is not executable")), []);
  },
});

Deno.test({
  name: "examples/deploy/exporter.service is rated as well protected",
  ignore: !existsSync("/usr/bin/systemd-analyze"),
  async fn() {
    await using program = new Program("systemd-analyze", [
      ...["security", "--offline=true", "--no-pager", "--threshold=20"],
      "examples/deploy/exporter.service",
    ]);
    const { code, stdout, stderr } = await program.ended();
    assertMatch(stdout, /Overall exposure level for exporter.service: [01]\.\d OK/);
    assertEquals(code, 0, stderr);
  },
});

/** The Containerfile as one line per instruction. */
const CONTAINER = Deno.readTextFileSync(new URL("examples/deploy/Containerfile", ROOT))
  .replaceAll(/^#.*\n/gm, "").replaceAll("\\\n", " ").split("\n");

Deno.test("examples/deploy/Containerfile runs as a user with few rights, and knows the signals", () => {
  assert(CONTAINER.includes("USER nonroot"));
  const [entry] = CONTAINER.filter((line) => line.startsWith("ENTRYPOINT"));
  assert(Array.isArray(JSON.parse(entry!.slice("ENTRYPOINT".length))));
});

Deno.test("examples/deploy/Containerfile compiles with the flags that its exporter needs", async () => {
  const port = closedPort();
  const [compile] = CONTAINER.filter((line) => line.startsWith("RUN deno compile"));
  const flags = compile!.split(/ +/).filter((word) => word.startsWith("--allow-")).join(" ")
    .replaceAll("0.0.0.0:9999", `0.0.0.0:${port}`)
    .replaceAll("/etc/exporter/config.toml", "examples/config.toml");
  const args = ["--address", "0.0.0.0", "-p", String(port), "examples/config.toml"];
  await using printing = Program.deno(["run", "-A", "main.ts", "permissions", ...args]);
  assertEquals((await printing.ended()).stdout.trim(), flags);
  await using program = Program.deno([
    "run",
    "--no-prompt",
    ...flags.split(" "),
    "main.ts",
    ...args,
  ]);
  await program.line(/listening/);
  const response = await fetch(`http://127.0.0.1:${port}/metrics`);
  assertStringIncludes(await response.text(), "exporter_config_last_reload_successful");
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
