import { assert, assertEquals, assertRejects } from "@std/assert";
import { ConfigError } from "../../config_error.ts";
import { Exporter, partsOf } from "../../exporter.ts";
import { SILENT } from "../../model/logger.ts";
import { Registry } from "../../registry.ts";
import { TempFolder } from "../support/configured.ts";
import { until } from "../support/until.ts";

/** An exporter with a configuration file that tests write. */
class Configured implements AsyncDisposable {
  readonly folder = new TempFolder();
  readonly exporter: Exporter;

  constructor(toml: string, prepare: (exporter: Exporter) => void = () => {}) {
    this.write(toml);
    this.exporter = new Exporter({
      configFile: `${this.folder.path}/config.toml`,
      registry: new Registry(),
      runtimeMetrics: false,
      logger: SILENT,
      shutdownTimeout: 3,
    });
    prepare(this.exporter);
  }

  write(toml: string): void {
    this.folder.write("config.toml", toml);
  }

  /** Writes the file, and reloads it. */
  async reload(toml: string): Promise<void> {
    this.write(toml);
    await this.exporter.reload();
  }

  /** Returns the samples of collectors, without those about them. */
  async samples(): Promise<string[]> {
    const lines = (await this.exporter.export()).split("\n");
    return lines.filter((line) => line !== "" && !/^(?:#|exporter_)/.test(line));
  }

  /** Returns which collectors succeeded. */
  async successes(): Promise<string[]> {
    const pattern = /^exporter_collector_success\{collector="(.+)"\} (\d)$/gm;
    const successes = (await this.exporter.export()).matchAll(pattern);
    return Array.from(successes, ([, name, value]) => `${name} ${value}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.exporter.shutdown();
    this.folder[Symbol.dispose]();
  }
}

/** The table of a collector that counts its runs in a file, and exposes the number. */
function counting(name: string, rest: string = "ttl = 1000"): string {
  return `[collectors.${name}]
command = ["sh", "-c", "echo x >>${name}; wc -l <${name}"]
metric = { name = "${name}" }
${rest}
`;
}

function constant(name: string, value: number): string {
  return `[collectors.${name}]
command = ["echo", "${value}"]
metric = { name = "${name}" }
`;
}

Deno.test("an exporter registers the collectors of its file when it starts", async () => {
  await using configured = new Configured(constant("a", 1) + constant("b", 2));
  assertEquals(await configured.samples(), ["a 1", "b 2"]);
  assertEquals(await configured.successes(), ["default 1", "a 1", "b 1"]);
});

Deno.test("a failing collector of the file costs only itself", async () => {
  const broken = '[collectors.broken]\nfile = "/no/such/*.prom"\n';
  await using configured = new Configured(broken + constant("a", 1));
  assertEquals(await configured.samples(), ["a 1", "node_textfile_scrape_error 1"]);
  assertEquals(await configured.successes(), ["default 1", "broken 0", "a 1"]);
});

Deno.test("a reload adds, changes and removes collectors, and others keep their caches", async () => {
  const [kept, changed] = [counting("kept"), counting("changed")];
  await using configured = new Configured(kept + changed + constant("gone", 1));
  const before = ["changed 1", "gone 1", "kept 1"];
  assertEquals(await configured.samples(), before);
  assertEquals(await configured.samples(), before);
  await configured.reload(counting("changed", "ttl = 999") + kept + constant("added", 1));
  assertEquals(await configured.samples(), ["added 1", "changed 2", "kept 1"]);
  // A change elsewhere in the file changes no collector.
  await configured.reload(`cache_life = 5\n${counting("changed", "ttl = 999")}${kept}`);
  assertEquals(await configured.samples(), ["changed 2", "kept 1"]);
  await configured.reload("");
  assertEquals(await configured.samples(), []);
  await configured.reload(constant("a", 1));
  assertEquals(await configured.samples(), ["a 1"]);
});

Deno.test("a reload of an invalid file changes nothing", async () => {
  await using configured = new Configured(counting("a") + constant("b", 1));
  assertEquals(await configured.samples(), ["a 1", "b 1"]);
  for (
    const invalid of [
      "[collectors.a]\nttl = 5\n",
      `${constant("c", 1)}[collectors.d]\njson = "x"\nmetrics = [{ name = "a", path = "$[" }]\n`,
      `listen_port = "x"\n${constant("c", 1)}`,
    ]
  ) {
    await assertRejects(() => configured.reload(invalid), ConfigError);
    assertEquals(await configured.samples(), ["a 1", "b 1"]);
  }
});

Deno.test("an exporter does not start with invalid collectors, and starts when they are mended", async () => {
  await using configured = new Configured('[collectors.a]\ncomand = ["x"]\n');
  const error = await assertRejects(() => configured.exporter.export(), ConfigError);
  assertEquals(error.problems, [{
    path: "collectors.a",
    message: "expected one of command, url, file, json, got none of them",
  }]);
  await configured.reload(constant("a", 1));
  assertEquals(await configured.samples(), ["a 1"]);
});

Deno.test("a collector of the file cannot have the name of one of the program", async () => {
  await using configured = new Configured(
    constant("own", 1) + constant("default", 1),
    (exporter) => {
      exporter.collector("own", () => []);
    },
  );
  const error = await assertRejects(() => configured.exporter.export(), ConfigError);
  assertEquals(error.problems.map(({ path }) => path), ["collectors.own", "collectors.default"]);
});

Deno.test("a program can have its own key collectors", async () => {
  using folder = new TempFolder({ "config.toml": "collectors = 5\n" });
  const exporter = new Exporter({
    configFile: `${folder.path}/config.toml`,
    configKeys: ["collectors"],
    registry: new Registry(),
    logger: SILENT,
  });
  assertEquals(exporter.config.extra, { collectors: 5 });
  await exporter.export();
  await exporter.shutdown();
});

Deno.test("a shutdown ends the programs that run, and waits for them", async () => {
  const toml = `[collectors.slow]
command = ["sh", "-c", "echo $$ >pid; trap '' TERM; while :; do sleep 1000; done"]
ttl = 1
timeout = 100
`;
  await using configured = new Configured(toml);
  const { exporter, folder } = configured;
  const scrape = exporter.export();
  const pid = await until("the program to run", () => folder.read("pid").trim());
  await exporter.shutdown();
  await scrape;
  const status = await Deno.readTextFile(`/proc/${pid}/status`).catch(() => "State:\tX");
  assert(/^State:\t[XZ]/m.test(status), status);
});

Deno.test("a reload ends the programs of collectors that are gone", async () => {
  const toml = '[collectors.slow]\ncommand = ["sh", "-c", "echo $$ >pid; exec sleep 1000"]\n';
  await using configured = new Configured(toml);
  const { exporter, folder } = configured;
  const scrape = exporter.export();
  const pid = await until("the program to run", () => folder.read("pid").trim());
  await configured.reload("");
  await until("the program to end", async () => {
    const status = await Deno.readTextFile(`/proc/${pid}/status`).catch(() => "State:\tX");
    return /^State:\t[XZ]/m.test(status);
  }, { limit: 5 }); // the scrape would end it after ten seconds
  await scrape;
});

Deno.test("a reload that overtakes the start wins", async () => {
  await using configured = new Configured(constant("a", 1));
  const { loadCollectors, settings } = partsOf(configured.exporter);
  const loading = loadCollectors();
  configured.write(constant("b", 2));
  settings.file.read();
  assertEquals(await loading, []);
  assertEquals(await configured.samples(), ["b 2"]);
});

Deno.test("collectors can be selected by name, like others", async () => {
  await using configured = new Configured(constant("a", 1) + constant("b", 2));
  const request = new Request("http://localhost/metrics?collect[]=b");
  const text = await (await configured.exporter.handleMetrics(request)).text();
  assertEquals(text.split("\n").filter((line) => /^[ab] /.test(line)), ["b 2"]);
});
