import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { main } from "../../main.ts";
import { TempFolder } from "../support/configured.ts";

const CONFIG = `[collectors.good]
command = ["echo", "good_total{a=\\"b\\"} 5"]
[collectors."with space"]
file = "*.prom"
[collectors.broken]
url = "http://127.0.0.1:1/metrics?token=sesame"
bearer_token = "sesame"
[collectors.doc]
json = "data.json"
[[collectors.doc.metrics]]
name = "latency_ms"
type = "counter"
path = "$.a"
`;

/** Runs the command line in this process, and returns what it prints, without durations. */
async function run(folder: TempFolder, ...args: string[]): Promise<{
  code: number;
  stdout: string[];
  stderr: string[];
}> {
  const { log, error } = console;
  const lines = { stdout: [] as string[], stderr: [] as string[] };
  const shorten = (line: string) =>
    line.replaceAll(`${folder.path}/`, "").replace(/\d+\.\d{3} s/, "0.000 s");
  console.log = (line) => lines.stdout.push(shorten(line));
  console.error = (line) => lines.stderr.push(shorten(line));
  try {
    return { code: await main([...args, `${folder.path}/config.toml`]), ...lines };
  } finally {
    Object.assign(console, { log, error });
  }
}

Deno.test("--check-config shows the sources of collectors, without secrets", async () => {
  using folder = new TempFolder({ "config.toml": CONFIG });
  assertEquals(await run(folder, "--check-config"), {
    code: 0,
    stdout: [
      "config.toml: valid",
      "config.toml: collectors.good: command echo …",
      'config.toml: collectors."with space": file *.prom',
      "config.toml: collectors.broken: url http://127.0.0.1:1/metrics",
      "config.toml: collectors.doc: json data.json",
    ],
    stderr: [],
  });
});

Deno.test("--check-config=run runs each collector, and tells what it gave", async () => {
  using folder = new TempFolder({
    "config.toml": CONFIG,
    "a.prom": "# HELP a A.\n# TYPE a gauge\na 1\n",
    "data.json": '{"a": -1}',
  });
  const { code, stdout, stderr } = await run(folder, "--check-config=run");
  assertEquals(code, 1);
  assertEquals(stdout, [
    "config.toml: valid",
    "config.toml: collectors.good: command echo …: 1 family, 1 sample, 0.000 s",
    'config.toml: collectors."with space": file *.prom: 3 families, 3 samples, 0.000 s',
    "config.toml: collectors.broken: url http://127.0.0.1:1/metrics: 0 families, 0 samples, 0.000 s",
    "config.toml: collectors.doc: json data.json: 1 family, 1 sample, 0.000 s",
  ]);
  const [impossible, ...warnings] = stderr.filter((line) => line.includes("collectors.doc"));
  assertMatch(
    impossible!,
    /^config\.toml: warning: collectors\.doc: latency_ms: .*impossible for a counter/,
  );
  assertEquals(warnings[0], "config.toml: warning: collectors.doc: latency_ms: no help text");
  assertEquals(stderr.filter((line) => line.includes("failed")), [
    'config.toml: collectors.broken: failed: Cannot read "http://127.0.0.1:1/metrics": ' +
    "connect ECONNREFUSED 127.0.0.1:1",
  ]);
  assertEquals(stderr.filter((line) => line.includes("good")), [
    "config.toml: warning: collectors.good: good_total: no help text",
  ]);
  assertEquals(`${stdout}${stderr}`.includes("sesame"), false);
});

Deno.test("--check-config=run succeeds if all collectors do", async () => {
  using folder = new TempFolder({ "config.toml": '[collectors.a]\ncommand = ["true"]\n' });
  assertEquals(await run(folder, "--check-config=run"), {
    code: 0,
    stdout: [
      "config.toml: valid",
      "config.toml: collectors.a: command true: 0 families, 0 samples, 0.000 s",
    ],
    stderr: [],
  });
});

Deno.test("--check-config prints every problem of collectors", async () => {
  using folder = new TempFolder({
    "config.toml": '[collectors.a]\ncommand = "x"\nttl = -1\n[collectors.b]\n',
  });
  const { code, stdout, stderr } = await run(folder, "--check-config");
  assertEquals([code, stdout.length, stderr.length], [1, 0, 3]);
  assertStringIncludes(stderr.join("\n"), "config.toml: collectors.a.ttl: expected a number");
});

Deno.test("permissions are those of the collectors, too", async () => {
  using folder = new TempFolder({ "config.toml": CONFIG });
  const { stdout } = await run(folder, "permissions", "-p", "9100");
  assertEquals(stdout, [
    `--allow-net=127.0.0.1:9100,127.0.0.1:1 --allow-read=config.toml,${folder.path},data.json --allow-run`,
  ]);
});
