import { assertEquals } from "@std/assert";
import type { Report } from "./node/program.ts";

const ROOT = new URL("../", import.meta.url);

/** The folders of the package. */
const FOLDERS = [
  "model/",
  "access/",
  "deflate/",
  "series/",
  "parse/",
  "collect/",
  "encode/",
  "serve/",
  "cli/",
];

/** The version from which on Node has everything that is needed; `zlib.crc32` came last. */
const LEAST_NODE = [20, 15];

const hasNode = isRecent(await nodeVersion());

/** The version of the `node` on the PATH. */
async function nodeVersion(): Promise<string | undefined> {
  try {
    const { stdout } = await new Deno.Command("node", { args: ["--version"] }).output();
    return new TextDecoder().decode(stdout);
  } catch {
    return undefined;
  }
}

function isRecent(version = ""): boolean {
  const [major = 0, minor = 0] = (version.match(/\d+/g) ?? []).map(Number);
  const [leastMajor = 0, leastMinor = 0] = LEAST_NODE;
  return major > leastMajor || (major === leastMajor && minor >= leastMinor);
}

async function run(program: string, args: string[], cwd: URL | string): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(program, { args, cwd }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout);
}

/** Writes all modules of the package, and the program, as JavaScript that Node finds its way in. */
async function transpile(folder: string): Promise<void> {
  const sources = ["", ...FOLDERS]
    .flatMap((folder) =>
      Array.from(Deno.readDirSync(new URL(folder, ROOT)), ({ name }) => folder + name)
    )
    .filter((name) => name.endsWith(".ts"))
    .concat("tests/node/program.ts", "tests/node/node20.ts");
  await run(Deno.execPath(), ["transpile", "--quiet", `--outdir=${folder}`, ...sources], ROOT);
  for (const source of sources) {
    const path = `${folder}/${source.replace(/\.ts$/, ".js")}`;
    const code = await Deno.readTextFile(path);
    await Deno.writeTextFile(path, code.replaceAll(/((?:from |import\()"\.[^"]*)\.ts"/g, '$1.js"'));
  }
  await Deno.writeTextFile(`${folder}/package.json`, '{ "type": "module" }');
}

/** What the program reports when Node runs it. */
async function runInNode(): Promise<Report> {
  const folder = await Deno.makeTempDir();
  try {
    await transpile(folder);
    const args = ["--import=./tests/node/node20.js", "tests/node/program.js"];
    return JSON.parse(await run("node", args, folder));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

let report: Promise<Report> | undefined;

/** A test of what the program reports, which is run once for all of them. */
function nodeTest(title: string, check: (report: Report) => void): void {
  Deno.test({
    name: `${title} in Node 20${hasNode ? "" : " (needs node)"}`,
    ignore: !hasNode,
    fn: async () => check(await (report ??= runInNode())),
  });
}

nodeTest("Registry.expose() gives text", ({ text }) => {
  assertEquals(
    text,
    `# HELP doors_open Doors open now.
# TYPE doors_open gauge
doors_open{site="north"} 2
doors_open{site="north",floor="1"} 1
# HELP exporter_collector_success Whether the last run of the collector succeeded.
# TYPE exporter_collector_success gauge
exporter_collector_success{site="north",collector="sync"} 1
exporter_collector_success{site="north",collector="async"} 1
exporter_collector_success{site="north",collector="failing"} 0
# TYPE size_bytes histogram
size_bytes_bucket{site="north",le="10"} 1
size_bytes_bucket{site="north",le="+Inf"} 2
`,
  );
});

nodeTest("Registry.expose() gives gzip", ({ text, unzipped }) => {
  assertEquals(unzipped, text);
});

nodeTest("Exposition.stream() gives the text", ({ text, streamed }) => {
  assertEquals(streamed, text);
});

nodeTest("TtlCache loads once, gives what is stale, and passes failures on", ({ cached }) => {
  assertEquals(cached, [1, 1, 1, "Error: Unplugged"]);
});
