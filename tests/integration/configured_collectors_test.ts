/** The command line with collectors from configuration, as processes, with the permissions that it prints. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { TempFolder } from "../support/configured.ts";
import { HttpTarget } from "../support/http_target.ts";
import { Program, ROOT } from "../support/program.ts";
import { until } from "../support/until.ts";

const MAIN = new URL("main.ts", ROOT).pathname;
const CONFIG = `--config=${new URL("deno.json", ROOT).pathname}`;

/** The flags that `permissions` prints for the configuration in a folder. None of the paths needs quotes. */
async function flagsFor(folder: TempFolder): Promise<string[]> {
  const args = ["run", "-A", CONFIG, MAIN, "permissions", "config.toml"];
  await using program = Program.deno(args, { cwd: folder.path });
  const { code, stdout, stderr } = await program.ended();
  assertEquals(code, 0, stderr);
  return stdout.trim().split(" ");
}

function start(folder: TempFolder, flags: readonly string[], ...args: string[]): Program {
  return Program.deno(["run", "--no-prompt", ...flags, CONFIG, MAIN, ...args, "config.toml"], {
    cwd: folder.path,
  });
}

async function scrape(url: URL): Promise<string[]> {
  const text = await (await fetch(new URL("/metrics", url))).text();
  return text.split("\n").filter((line) => /^(?:one|two|three|four|five)[ {]/.test(line));
}

Deno.test("collectors of every kind run with the permissions that are printed", async () => {
  await using target = HttpTarget.serve(({ url }) =>
    url.endsWith("/json")
      ? Response.json({ a: 3 })
      : new Response("two 2\n", { headers: { "content-type": "text/plain" } })
  );
  using folder = new TempFolder({ "five.prom": "five 5\n", "four.json": '{"a": 4}' });
  const socket = `${folder.path}/a.sock`;
  await using _socket = HttpTarget.serve(() => new Response("one 1\n"), { path: socket });
  folder.write(
    "config.toml",
    `listen_port = 0
[collectors.one]
url = "unix:${socket}:/metrics"
[collectors.two]
url = "${target.url}/metrics"
[collectors.three]
json = "${target.url}/json"
metrics = [{ name = "three", path = "$.a" }]
[collectors.four]
json = "four.json"
metrics = [{ name = "four", path = "$.a" }]
[collectors.five]
file = "*.prom"
[collectors.run]
command = ["sh", "-c", "echo $HOME | wc -l"]
inherit_env = ["HOME"]
metric = { name = "one_line" }
`,
  );
  const flags = await flagsFor(folder);
  await using program = start(folder, flags, "--once");
  const { code, stdout, stderr } = await program.ended();
  assertEquals([code, stderr], [0, ""]);
  for (const line of ["one 1", "two 2", "three 3", "four 4", "five 5", "one_line 1"]) {
    assertStringIncludes(stdout, `\n${line}\n`);
  }
});

Deno.test("a collector without its permission fails, and does not ask", async () => {
  using folder = new TempFolder({
    "config.toml": 'listen_port = 0\n[collectors.a]\ncommand = ["echo"]\n',
  });
  await using program = start(folder, ["--allow-read=config.toml"], "--once");
  const { code, stderr } = await program.ended();
  assertEquals(code, 1);
  assertStringIncludes(stderr, "not permitted, run with --allow-run");
});

Deno.test("SIGHUP and POST /-/reload change collectors, and SIGTERM ends their programs", async () => {
  const head = "listen_port = 0\nreload_endpoint = true\n";
  const echo = (name: string) =>
    `[collectors.${name}]\ncommand = ["echo", "1"]\nmetric = { name = "${name}" }\n`;
  using folder = new TempFolder({ "config.toml": head + echo("one") });
  await using program = start(folder, ["-A"]);
  const url = await program.url();
  assertEquals(await scrape(url), ["one 1"]);
  folder.write("config.toml", head + echo("two"));
  program.kill("SIGHUP");
  await program.line(/configuration reloaded/);
  assertEquals(await scrape(url), ["two 1"]);
  folder.write("config.toml", `${head}[collectors.three]\ncomand = ["x"]\n`);
  const refused = await fetch(new URL("/-/reload", url), { method: "POST" });
  assert(!refused.ok);
  await refused.body?.cancel();
  assertEquals(await scrape(url), ["two 1"]);
  const slow = `[collectors.slow]\ncommand = ["sh", "-c", "echo $$ >pid; sleep 1000"]\n`;
  folder.write("config.toml", head + echo("three") + slow);
  const reloaded = await fetch(new URL("/-/reload", url), { method: "POST" });
  assert(reloaded.ok);
  await reloaded.body?.cancel();
  const scraping = scrape(url).catch(() => []);
  const pid = await until("the program to run", () => folder.read("pid").trim());
  program.kill("SIGTERM");
  assertEquals((await program.status()).code, 0);
  await scraping;
  const status = await Deno.readTextFile(`/proc/${pid}/status`).catch(() => "State:\tX");
  assert(/^State:\t[XZ]/m.test(status), status);
});
