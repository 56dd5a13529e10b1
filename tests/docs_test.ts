import { fileURLToPath } from "node:url";
import { assert, assertArrayIncludes, assertEquals, assertStringIncludes } from "@std/assert";
import { parse as parseToml } from "@std/toml";
import { usage } from "../cli/command.ts";
import { parseConfig } from "../config.ts";
import { Counter } from "../counter.ts";
import { Exporter } from "../exporter.ts";
import type { ExporterOptions } from "../exporter_options.ts";
import { Gauge } from "../gauge.ts";
import { Histogram } from "../histogram.ts";
import { LIMITS } from "../model/limits.ts";
import { readProbeConfig } from "../probes/config.ts";
import { defaultRegistry, Registry } from "../registry.ts";
import { Summary } from "../summary.ts";
import { COMMON_KEYS } from "../sources/collector_config.ts";
import { COMMAND_KEYS } from "../sources/command_source.ts";
import { FILE_KEYS } from "../sources/file_source.ts";
import { JSON_METRIC_KEYS } from "../sources/json_metric.ts";
import { JSON_KEYS } from "../sources/json_source.ts";
import { SELECTION_KEYS } from "../sources/selection.ts";
import { URL_KEYS } from "../sources/url_source.ts";
import { collectOnce, problemsOf, TempFolder } from "./support/configured.ts";
import { filesIn } from "./support/files.ts";
import { Program, ROOT } from "./support/program.ts";

const CONFIG = fileURLToPath(new URL("deno.json", ROOT));

/** A piece of code in a document. */
interface Fence {
  /** The language, and `ignore` after it if it is not to be tested. */
  readonly info: string;
  readonly code: string;
}

const LANGUAGES = ["promql", "sh", "text", "text ignore", "toml", "ts", "ts ignore", "yaml"];

/** Pages that show no code, or commands only. */
const WITHOUT_CODE = [
  ...["/architecture.md", "/comparison.md", "/deflate.md", "/examples.md"],
  "/performance.md",
];

/** The pages under docs/ that show how to use the library. */
const PAGES = filesIn("docs/")
  .filter((path) => path.endsWith(".md") && !WITHOUT_CODE.some((name) => path.endsWith(name)))
  .map((path) => new URL(path, ROOT));

function fencesOf(page: URL): Fence[] {
  const text = Deno.readTextFileSync(page);
  return [...text.matchAll(/^ *```(.+)\n([^]*?)^ *```$/gm)].map(([, info = "", code = ""]) => ({
    info,
    code,
  }));
}

function codeIn(page: URL, info: string): string[] {
  return fencesOf(page).filter((fence) => fence.info === info).map(({ code }) => code);
}

/** What a program prints of families other than the registry's own. Exemplars are of one moment. */
function withoutOwn(text: string): string[] {
  return text.split("\n")
    .filter((line) => line !== "" && !/^(?:# [A-Z]+ )?exporter_/.test(line))
    .map((line) => line.replace(/ \d{10}(?:\.\d{1,3})?$/, " 1700000000.123"));
}

async function run(code: string): Promise<string> {
  const file = await Deno.makeTempFile({ suffix: ".ts" });
  try {
    await Deno.writeTextFile(file, code);
    await using program = Program.deno(["run", "-A", `--config=${CONFIG}`, file]);
    const { code: status, stdout, stderr } = await program.ended();
    assertEquals(status, 0, stderr);
    return stdout;
  } finally {
    await Deno.remove(file);
  }
}

for (const page of PAGES) {
  const name = page.pathname.slice(ROOT.pathname.length);

  Deno.test(`${name} has only code that can be tested, or says that it is not`, () => {
    assertArrayIncludes(LANGUAGES, fencesOf(page).map(({ info }) => info));
    assert(codeIn(page, "ts").length > 0, "no snippet runs");
  });

  Deno.test(`${name} shows what its snippets expose`, async () => {
    const exposing = codeIn(page, "ts").filter((code) =>
      /^console\.log\(\(await \w+\.expose\(/m.test(code)
    );
    const expositions = (await Promise.all(exposing.map(run))).map(withoutOwn);
    assertEquals(expositions.sort(), codeIn(page, "text").map(withoutOwn).sort());
  });
}

function read(page: string): Promise<string> {
  return Deno.readTextFile(new URL(page, ROOT));
}

Deno.test("docs/examples.md names every example", async () => {
  const page = await read("docs/examples.md");
  const listed = Array.from(page.matchAll(/\]\(\.\.\/(examples\/[^)]+)\)/g), ([, path]) => path);
  assertEquals(listed.sort(), filesIn("examples/").sort());
});

Deno.test("docs/configuration.md shows a configuration that is valid, with every key", () => {
  const [toml, ...others] = codeIn(new URL("docs/configuration.md", ROOT), "toml");
  assertEquals(others, []);
  const { metrics, labels, extra: _, ...settings } = parseConfig(toml!);
  assertEquals(settings, {
    source: "",
    name: "doors",
    listenIp: "127.0.0.1",
    listenPort: 9999,
    cacheLife: 30,
    logLevel: "info",
    logFormat: "text",
  });
  assertEquals([...labels], [["site", "north"]]);
  assertEquals(
    metrics.map((metric) => ({ ...metric, labels: [...metric.labels] })),
    [{
      name: "doors_open",
      type: "gauge",
      value: 2,
      help: "Doors open now.",
      labels: [["floor", "1"]],
    }],
  );
});

Deno.test("docs/configuration.md names every limit, with its default and its option", async () => {
  const rows = (await read("docs/configuration.md")).matchAll(
    /^\| `([a-z_]+)` +\| [^|]+\| ([\d.,]+) +\| `(\w+)` +\|.*$/gm,
  );
  const listed = Array.from(rows, ([, key, value, name]) => [name, key, value])
    .filter(([name]) => name! in LIMITS);
  const expected = Object.entries(LIMITS).map(([name, { key, default: value }]) => [
    name,
    key,
    value.toLocaleString("en-US"),
  ]);
  assertEquals(listed, expected);
});

Deno.test("docs/configuration.md shows the message for mistakes", async () => {
  const [message] = codeIn(new URL("docs/configuration.md", ROOT), "text ignore");
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(
      `${folder}/config.toml`,
      'listen_prot = 9100\ncache_life = "30s"\n',
    );
    const main = fileURLToPath(new URL("main.ts", ROOT));
    await using program = Program.deno(["run", "-A", `--config=${CONFIG}`, main, "--once"], {
      cwd: folder,
    });
    assertEquals((await program.ended()).stderr, message);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("docs/probes.md shows a configuration that is valid", async () => {
  const [toml, ...others] = codeIn(new URL("docs/probes.md", ROOT), "toml");
  assertEquals(others, []);
  const { probe } = await readProbeConfig(parseToml(toml!), {
    source: "",
    isInUse: () => false,
    paths: [],
  });
  assertEquals([...probe!.modules.keys()], ["http_2xx", "api", "ssh_banner"]);
});

Deno.test("docs/collectors-from-configuration.md shows tables that are valid", async () => {
  const snippets = [
    ...codeIn(new URL("docs/collectors-from-configuration.md", ROOT), "toml"),
    ...codeIn(new URL("README.md", ROOT), "toml"),
  ];
  assert(snippets.length >= 7);
  for (const toml of snippets) assertEquals(await problemsOf(toml), []);
});

Deno.test("docs/collectors-from-configuration.md shows what its document exposes", async () => {
  const page = new URL("docs/collectors-from-configuration.md", ROOT);
  const [document = "", exposition = ""] = codeIn(page, "text ignore");
  const toml = codeIn(page, "toml").find((code) => code.includes("status.json"))!;
  using folder = new TempFolder({ "status.json": document });
  const { lines, errors } = await collectOnce(toml, { folder: folder.path });
  assertEquals([`${lines.join("\n")}\n`, errors], [exposition, []]);
});

Deno.test("docs/collectors-from-configuration.md names every key", async () => {
  const page = await read("docs/collectors-from-configuration.md");
  const keys = [
    ...COMMON_KEYS,
    ...SELECTION_KEYS,
    ...COMMAND_KEYS,
    ...URL_KEYS,
    ...FILE_KEYS,
    ...JSON_KEYS,
    ...JSON_METRIC_KEYS,
  ].filter((key) => key !== "metrics");
  assertEquals(keys.filter((key) => !page.includes(`\`${key}\``)), []);
});

Deno.test("docs/command-line.md names every option", async () => {
  const page = await read("docs/command-line.md");
  const options = usage("main.ts").match(/(?<![\w-])--?[a-z][a-z.-]*/g)!;
  assert(options.length >= 7);
  for (const option of options) {
    assert(page.includes(`\`${option}\``) || page.includes(`\`${option} <`), option);
  }
});

Deno.test("docs/migration.md calls only methods that exist", async () => {
  const registry = new Registry();
  const exporter = new Exporter({ configFile: false, registry });
  const counter = new Counter("jobs_total", "Jobs.");
  const gauge = new Gauge("queue_length", "Jobs waiting.");
  const objects: Record<string, object> = {
    ...{ counter, defaultRegistry, exporter, gauge, registry, metric: counter },
    histogram: new Histogram("seconds", "Durations."),
    summary: new Summary("bytes", "Sizes."),
    timer: gauge.startTimer(),
  };
  const rows = (await read("docs/migration.md")).matchAll(/^\|[^|]*\|([^|]*)\|$/gm);
  const calls = Array.from(rows, ([, here = ""]) => [...here.matchAll(/\b(\w+)\.(\w+)\(/g)]).flat();
  assert(calls.length > 20);
  const unknown = calls.filter(([, object = "", method = ""]) =>
    typeof Reflect.get(objects[object] ?? {}, method) !== "function"
  );
  assertEquals(unknown.map(([call]) => call), []);
});

Deno.test("docs/migration.md distinguishes labels of an exporter from those of a registry", async () => {
  const labels = { app: "shop" };
  async function labeled(options: ExporterOptions): Promise<string[]> {
    const exporter = new Exporter({ configFile: false, ...options });
    const lines = (await exporter.export()).matchAll(/^(\w+)\{app="shop"\}/gm);
    await exporter.shutdown();
    return Array.from(lines, ([, name = ""]) => name);
  }
  const registry = new Registry();
  registry.register(new Counter("orders_total", "Orders."));
  const names = ["orders_total", "process_resident_memory_bytes"];
  assertArrayIncludes(await labeled({ labels, registry }), names);
  const labeledRegistry = new Registry({ labels });
  labeledRegistry.register(registry);
  assertEquals(await labeled({ registry: labeledRegistry }), ["orders_total"]);
});

Deno.test("docs/collectors.md names every metric of an exporter", async () => {
  const page = await read("docs/collectors.md");
  const configFile = await Deno.makeTempFile();
  const registry = new Registry();
  const jobs = new Counter("jobs_total", "Jobs.", { labels: ["queue"], maxSeries: 1 });
  registry.register(jobs).labels("x".repeat(2000)).inc();
  const exporter = new Exporter({
    configFile,
    registry,
    cacheLife: 1,
    listenPort: 0,
    logLevel: "error",
  });
  await exporter.start();
  const exposed = (await exporter.export()).matchAll(/(?<=^# TYPE )(\w+) (\w+)/gm);
  const metrics = Array.from(exposed, ([, name = "", type = ""]) => ({ name, type }));
  await exporter.shutdown();
  await Deno.remove(configFile);
  const own = metrics.filter(({ name }) => name.startsWith("exporter_"));
  assertEquals(own.length, 15);
  for (const { name } of own) assertStringIncludes(page, `| \`${name}\``);
  for (const { name } of metrics) {
    if (name !== "jobs_total") assertStringIncludes(page, `\`${name}\``);
  }
  const rows = page.matchAll(/^\| (`(?:exporter|process|deno)_.+?`) +\| (\w+)/gm);
  for (const [, names = "", type] of rows) {
    for (const [, name] of names.matchAll(/`(\w+)`/g)) {
      // The text format has no type info.
      const exposedType = type === "info" ? "gauge" : type;
      const metric = metrics.find((metric) => metric.name === name);
      if (metric === undefined) assert(/^process_(?:open|max|virtual|threads)/.test(name!), name);
      else assertEquals(metric.type, exposedType, name);
    }
  }
});
