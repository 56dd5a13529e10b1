import { decompressZstd } from "../parse/zstd.ts";
import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertMatch,
  assertNotEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { Logger } from "@std/log";
import type { Collect, CollectContext } from "../collector.ts";
import { ConfigError } from "../config.ts";
import { Exporter } from "../exporter.ts";
import type { ExporterOptions } from "../exporter_options.ts";
import type { Labels } from "../labels.ts";
import { createLogger } from "../log.ts";
import { MetricFamily } from "../family.ts";
import { Metric } from "../metric.ts";
import { defaultRegistry, Registry } from "../registry.ts";
import { VERSION } from "../version.ts";
import { readProtobuf } from "./support/protobuf_reader.ts";

/** What an exporter logs. */
class Log {
  readonly lines: string[] = [];
  readonly logger = createLogger("test", {
    level: "debug",
    write: (line) => this.lines.push(line.replace(/^time=\S+ /, "")),
  });

  /** The lines that contain a text. */
  about(text: string): string[] {
    return this.lines.filter((line) => line.includes(text));
  }
}

function silent(options: ExporterOptions = {}): ExporterOptions {
  return {
    configFile: false,
    registry: new Registry(),
    runtimeMetrics: false,
    logger: new Log().logger,
    ...options,
  };
}

function get(exporter: Exporter, path: string, init: RequestInit = {}): Promise<Response> {
  return exporter.fetch(new Request(`http://localhost${path}`, init));
}

async function getText(exporter: Exporter, path: string): Promise<string> {
  return await (await get(exporter, path)).text();
}

/** An exposition without what is said about the exporter itself. */
function withoutOwn(text: string): string {
  return text.split(/^(?=# (?:HELP|TYPE))/m).filter((part) => !/^# \w+ exporter_/.test(part)).join(
    "",
  );
}

async function writeConfig(toml: string): Promise<{ path: string } & AsyncDisposable> {
  const path = await Deno.makeTempFile({ suffix: ".toml" });
  await Deno.writeTextFile(path, toml);
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path) };
}

/** Counts the reactions that are added to a promise. */
function watchReactions(promise: Promise<void>): { count: number } {
  const reactions = { count: 0 };
  const then = promise.then.bind(promise);
  promise.then = (...args) => {
    reactions.count++;
    return then(...args);
  };
  return reactions;
}

function levelOf(exporter: Exporter): string {
  assertInstanceOf(exporter.logger, Logger);
  return exporter.logger.levelName;
}

const DOORS = `
listen_port = 9100
cache_life = 30
[labels]
site = "north"
[metrics.doors_open]
type = "gauge"
value = 2
help = "Doors open now"
[metrics.doors_open.labels]
floor = "1"
`;

Deno.test("Exporter.export() returns the metrics of the configuration with its labels", async () => {
  await using file = await writeConfig(DOORS);
  const exporter = new Exporter(silent({ configFile: file.path }));
  assertEquals(
    withoutOwn(await exporter.export()),
    "# HELP doors_open Doors open now\n" +
      "# TYPE doors_open gauge\n" +
      'doors_open{site="north",floor="1"} 2\n',
  );
});

Deno.test("Exporter.export() filters by labels", async () => {
  const exporter = new Exporter(silent());
  exporter.collector("c", () => [
    new Metric("a", { labels: { x: "1", y: "1" } }),
    new Metric("a", { labels: { x: "1", y: "2" } }),
    new Metric("b"),
  ]);
  assertEquals(
    await exporter.export({ x: "1", y: "2" }),
    '# TYPE a untyped\na{x="1",y="2"} 0\n',
  );
  await assertRejects(() => exporter.export({ "1": "x" }), RangeError);
});

Deno.test("new Exporter() prefers options to the configuration file", async () => {
  await using file = await writeConfig(DOORS);
  const exporter = new Exporter(silent({
    configFile: file.path,
    labels: { site: "south", rack: "7" },
    name: "Doors",
  }));
  assertEquals([...exporter.getLabels()], [["site", "south"], ["rack", "7"]]);
  assertEquals(exporter.name, "Doors");
});

Deno.test("new Exporter() prefers the configuration file to defaults, and options to both", async () => {
  await using file = await writeConfig('name = "file"\n[labels]\nsite = "file"\nrack = "file"');
  const exporter = new Exporter(silent({
    configFile: file.path,
    labels: { rack: "code", row: "code" },
    defaults: { name: "defaults", labels: { site: "defaults", floor: "defaults" } },
  }));
  assertEquals(exporter.name, "file");
  assertEquals([...exporter.getLabels()], [
    ["site", "file"],
    ["floor", "defaults"],
    ["rack", "code"],
    ["row", "code"],
  ]);
  assertEquals(new Exporter(silent({ defaults: { name: "defaults" } })).name, "defaults");
});

Deno.test("Exporter listens on the port of the file, not on the default one", async () => {
  await using file = await writeConfig("listen_port = 0");
  using held = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const defaults = { listenPort: held.addr.port };
  await using exporter = new Exporter(silent({ configFile: file.path, defaults }));
  await exporter.start();
  assertNotEquals(exporter.url.port, String(defaults.listenPort));
});

Deno.test("Exporter.reload() returns to defaults for what the file no longer sets", async () => {
  await using file = await writeConfig('name = "file"\nlog_level = "error"');
  const { logger: _, ...options } = silent({
    configFile: file.path,
    defaults: { name: "defaults", logLevel: "warn" },
  });
  const exporter = new Exporter(options);
  assertEquals([exporter.name, levelOf(exporter)], ["file", "ERROR"]);
  await Deno.writeTextFile(file.path, "");
  await exporter.reload();
  assertEquals([exporter.name, levelOf(exporter)], ["defaults", "WARN"]);
});

Deno.test("Exporter warns at startup and on reload of keys of the file that code overrides", async () => {
  await using file = await writeConfig(
    'listen_port = 0\nlog_level = "warn"\ncache_life = 5\n[labels]\nsite = "north"\nrow = "1"',
  );
  const log = new Log();
  await using exporter = new Exporter(silent({
    configFile: file.path,
    listenPort: 0,
    labels: { site: "south" },
    logger: log.logger,
    defaults: { cacheLife: 1 },
  }));
  const expected = [
    ["listen_port", "listenPort"],
    ["log_level", "logger"],
    ["labels.site", "labels"],
  ].map(([key, option]) =>
    `level=warn logger=test msg="questionable configuration" source=${file.path} key=${key} ` +
    `problem="has no effect, because the program sets the option \\"${option}\\""`
  );
  assertEquals(log.about("questionable"), []);
  await exporter.start();
  assertEquals(log.about("questionable"), expected);
  await exporter.reload();
  assertEquals(log.about("questionable"), [...expected, ...expected]);
});

Deno.test("Exporter warns of metrics in the file that do not fit their type", async () => {
  await using file = await writeConfig('[metrics.doors]\ntype = "histogram"\nvalue = 2');
  const log = new Log();
  const exporter = new Exporter(silent({ configFile: file.path, logger: log.logger }));
  assertStringIncludes(await exporter.export(), "# TYPE doors untyped\ndoors 2\n");
  const [line] = log.about("questionable");
  assertStringIncludes(line!, 'key=metrics.doors.type problem="is exposed as untyped, because a');
});

Deno.test("Exporter calls the options onStartup and onShutdown besides the methods", async () => {
  const calls: string[] = [];
  class Own extends Exporter {
    override onStartup(): Promise<void> {
      calls.push("method up");
      return Promise.resolve();
    }
    override onShutdown(): Promise<void> {
      calls.push("method down");
      return Promise.resolve();
    }
  }
  const exporter = new Own(silent({
    onStartup: () => void calls.push("option up"),
    onShutdown: () => Promise.resolve().then(() => void calls.push("option down")),
  }));
  exporter.collector("c", () => {
    calls.push("scrape");
    return [];
  });
  await exporter.export();
  await exporter.shutdown();
  assertEquals(calls, ["method up", "option up", "scrape", "option down", "method down"]);
});

Deno.test("Exporter runs onShutdown() although the option onShutdown fails", async () => {
  const log = new Log();
  let isClosed = false;
  class Own extends Exporter {
    override onShutdown(): Promise<void> {
      isClosed = true;
      return Promise.resolve();
    }
  }
  const onShutdown = () => Promise.reject(new Error("no"));
  const exporter = new Own(silent({ onShutdown, logger: log.logger }));
  await exporter.export();
  await exporter.shutdown();
  assertEquals(isClosed, true);
  assertEquals(log.about("shutdown failed").length, 1);
});

Deno.test("Exporter is not ready if the option onStartup fails", async () => {
  const exporter = new Exporter(silent({ onStartup: () => Promise.reject(new Error("no")) }));
  await assertRejects(() => exporter.export(), Error, "no");
  assertEquals((await get(exporter, "/metrics")).status, 503);
});

Deno.test("Exporter serves metrics at metricsPath, and links to it", async () => {
  const exporter = new Exporter(silent({ metricsPath: "/probe/metrics" }));
  assertEquals((await get(exporter, "/metrics")).status, 404);
  assertStringIncludes(await getText(exporter, "/probe/metrics"), "exporter_collector_success");
  assertStringIncludes(
    await getText(exporter, "/"),
    '<a href="probe/metrics">/probe/metrics</a>',
  );
});

Deno.test("Exporter serves metrics instead of the landing page if metricsPath is /", async () => {
  const exporter = new Exporter(silent({ metricsPath: "/" }));
  assertStringIncludes(await getText(exporter, "/"), "exporter_collector_success");
  assertEquals((await get(exporter, "/-/healthy")).status, 200);
});

Deno.test("new Exporter() takes its name from the configuration file, or from its class", async () => {
  class DoorExporter extends Exporter {}
  await using file = await writeConfig('name = "doors"');
  assertEquals(new DoorExporter(silent()).name, "DoorExporter");
  assertEquals(new DoorExporter(silent({ configFile: file.path })).name, "doors");
});

Deno.test("new Exporter() reads config.toml if it exists", async () => {
  const before = Deno.cwd();
  const folder = await Deno.makeTempDir();
  try {
    Deno.chdir(folder);
    const { configFile: _, ...options } = silent();
    assertEquals([...new Exporter(options).getLabels()], []);
    await Deno.writeTextFile("config.toml", DOORS);
    assertEquals([...new Exporter(options).getLabels()], [["site", "north"]]);
  } finally {
    Deno.chdir(before);
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("new Exporter() rejects a missing named file", () => {
  const error = assertThrows(
    () => new Exporter(silent({ configFile: "/nowhere/config.toml" })),
    ConfigError,
    'Cannot read configuration "/nowhere/config.toml": no such file',
  );
  assertInstanceOf(error.cause, Deno.errors.NotFound);
});

Deno.test("new Exporter() rejects options out of range", () => {
  const cases: [ExporterOptions, string][] = [
    [{ listenPort: 65536 }, "expected listenPort to be an integer from 0 to 65535, got 65536"],
    [{ listenPort: 1.5 }, "expected listenPort to be an integer from 0 to 65535, got 1.5"],
    [{ listenIp: "" }, 'expected listenIp to be a host name or an IP address, got ""'],
    [{ listenIp: "a b" }, 'expected listenIp to be a host name or an IP address, got "a b"'],
    [{ cacheLife: -1 }, "expected cacheLife to be a number of seconds, 0 or more, got -1"],
    [
      { metricsPath: "metrics" },
      'expected metricsPath to be a path such as "/metrics", got "metrics"',
    ],
    [{ metricsPath: "/-/ready" }, "expected metricsPath to be a path"],
    [{ metricsPath: "//metrics" }, "expected metricsPath to be a path"],
    [{ metricsPath: "/a/../b" }, "expected metricsPath to be a path"],
    [{ metricsPath: "/metrics?a=1" }, "expected metricsPath to be a path"],
    [{ shutdownTimeout: NaN }, "expected shutdownTimeout to be a number of seconds, 0 or more"],
  ];
  for (const [options, message] of cases) {
    assertThrows(
      () => new Exporter(silent(options)),
      RangeError,
      `Cannot create exporter: ${message}`,
    );
  }
  assertThrows(() => new Exporter(silent({ labels: { a: "" } })), RangeError);
  assertThrows(() => new Exporter(silent({ defaults: { labels: { a: "" } } })), RangeError);
  assertThrows(
    () => new Exporter(silent({ defaults: { listenPort: -1 } })),
    RangeError,
    "Cannot create exporter with these defaults: expected listenPort to be an integer",
  );
});

Deno.test("new Exporter() rejects options of the wrong type, and unknown options", () => {
  const cases: [options: unknown, message: string][] = [
    [{ listenPort: "80" }, 'expected listenPort to be an integer from 0 to 65535, got "80"'],
    [{ name: 5 }, "expected name to be a string that is not empty, got 5"],
    [{ runtimeMetrics: 1 }, "expected runtimeMetrics to be true or false, got 1"],
    [{ openMetrics2: "2.0.0" }, 'expected openMetrics2 to be true or false, got "2.0.0"'],
    [{ onStartup: 1 }, "expected onStartup to be a function, got 1"],
    [{ logLevel: 1 }, "expected logLevel to be one of debug, info, warn, error, critical, got 1"],
    [{ listenPrt: 80 }, 'unknown option "listenPrt", did you mean "listenPort"?'],
    [{ port: 80 }, 'unknown option "port", did you mean "listenPort"?'],
    [{ zzz: 80 }, 'unknown option "zzz"'],
  ];
  assertThrows(
    () => new Exporter(silent({ defaults: { registry: new Registry() } as ExporterOptions })),
    TypeError,
    'Cannot create exporter with these defaults: unknown option "registry"',
  );
  for (const [options, message] of cases) {
    assertThrows(
      () => new Exporter({ ...silent(), ...options as ExporterOptions }),
      TypeError,
      `Cannot create exporter: ${message}`,
    );
  }
});

Deno.test("new Exporter() prefers a cacheLife of 0 to the configuration file", async () => {
  await using file = await writeConfig(DOORS);
  const exporter = new Exporter(silent({ configFile: file.path, cacheLife: 0 }));
  assert(!(await exporter.export()).includes("exporter_collector_cache_age_seconds"));
});

Deno.test("new Exporter() listens for no signals and sets no timers", async () => {
  const code = `
    import { Exporter } from ${JSON.stringify(import.meta.resolve("../mod.ts"))};
    const exporter = new Exporter({ configFile: false });
    await exporter.export();
    Deno.kill(Deno.pid, "SIGHUP");
    await new Promise((resolve) => setTimeout(resolve, 5000));
  `;
  const { signal, code: status } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", `--config=${new URL("../deno.json", import.meta.url).pathname}`, code],
  }).output();
  assertEquals([signal, status], ["SIGHUP", 129]);
});

Deno.test("new Exporter() passes extra keys to the program", async () => {
  await using file = await writeConfig("[doors]\ncount = 3");
  assertThrows(() => new Exporter(silent({ configFile: file.path })), ConfigError, "unknown key");
  const exporter = new Exporter(silent({ configFile: file.path, configKeys: ["doors"] }));
  assertEquals((exporter.config.extra.doors as { count: number }).count, 3);
});

Deno.test("Exporter.collector() rejects what is no function", () => {
  assertThrows(
    () => new Exporter(silent()).collector("x", 5 as unknown as Collect),
    TypeError,
    'Cannot register collector "x": expected a function, got 5',
  );
});

Deno.test("Exporter.getMetrics() can be extended", async () => {
  class Doors extends Exporter {
    override async getMetrics(context: CollectContext): Promise<Metric[]> {
      return [...await super.getMetrics(context), new Metric("more", { value: 1 })];
    }
    override getLabels(): Labels {
      return super.getLabels().set("rack", "7");
    }
  }
  await using file = await writeConfig(DOORS);
  const exporter = new Doors(silent({ configFile: file.path }));
  const text = await exporter.export();
  assertStringIncludes(text, '\nmore{site="north",rack="7"} 1\n');
  assertStringIncludes(text, '\ndoors_open{site="north",rack="7",floor="1"} 2\n');
});

Deno.test("Exporter.getMetrics() can return families, or be a generator", async () => {
  class Families extends Exporter {
    override getMetrics(): MetricFamily[] {
      return [new MetricFamily("doors").add(1, { floor: "1" }).add(2, { floor: "2" })];
    }
  }
  class Generator extends Exporter {
    override async *getMetrics(context: CollectContext): AsyncGenerator<Metric | MetricFamily> {
      yield* await super.getMetrics(context);
      yield new MetricFamily("doors").add(1);
    }
  }
  await using file = await writeConfig("[metrics.first]\n");
  assertEquals(
    withoutOwn(await new Families(silent()).export()),
    '# TYPE doors untyped\ndoors{floor="1"} 1\ndoors{floor="2"} 2\n',
  );
  assertEquals(
    withoutOwn(await new Generator(silent({ configFile: file.path })).export()),
    "# TYPE doors untyped\ndoors 1\n# TYPE first untyped\nfirst 0\n",
  );
});

Deno.test("Exporter gives collectors a logger that adds their name", async () => {
  const log = new Log();
  const registry = new Registry();
  registry.register({
    collect({ logger }) {
      logger.info("nested");
      return [];
    },
  });
  const exporter = new Exporter(silent({ registry, logger: log.logger }));
  for (const ttl of [0, 60]) {
    exporter.collector(`disk${ttl}`, ({ logger }) => {
      logger.warn("device is slow", { device: "sda" });
      return [];
    }, { ttl });
  }
  await exporter.export();
  assertEquals(log.about("device"), [
    'level=warn logger=test msg="device is slow" collector=disk0 device=sda',
    'level=warn logger=test msg="device is slow" collector=disk60 device=sda',
  ]);
  assertEquals(log.about("nested"), ["level=info logger=test msg=nested"]);
});

Deno.test("Exporter.getMetrics() can fail without failing the scrape", async () => {
  class Broken extends Exporter {
    override getMetrics(): Promise<Metric[]> {
      return Promise.reject(new Error("no"));
    }
  }
  const exporter = new Broken(silent());
  exporter.collector("good", () => [new Metric("a")]);
  const text = await exporter.export();
  assertStringIncludes(text, "\na 0\n");
  assertStringIncludes(text, '\nexporter_collector_success{collector="default"} 0\n');
});

Deno.test("Exporter serves the default registry by default", async () => {
  const { registry: _, ...options } = silent();
  const collector = defaultRegistry.register({ collect: () => [new Metric("from_default")] });
  assertStringIncludes(await new Exporter(options).export(), "\nfrom_default 0\n");
  defaultRegistry.unregister(collector);
});

Deno.test("Exporter ignores errors of its logger", async () => {
  const fail = () => {
    throw new Error("log closed");
  };
  const logger = { debug: fail, info: fail, warn: fail, error: fail };
  const exporter = new Exporter(silent({ logger, listenPort: 0 }));
  exporter.collector("bad", fail);
  await exporter.start();
  assertEquals((await get(exporter, "/metrics")).status, 200);
  assertEquals((await get(exporter, "/metrics?collect[]=nope")).status, 400);
  await exporter.shutdown();
});

Deno.test("Exporter.export() starts up first", async () => {
  class Doors extends Exporter {
    #isOpen = false;
    override onStartup(): Promise<void> {
      this.#isOpen = true;
      return Promise.resolve();
    }
    override getMetrics(): Promise<Metric[]> {
      return Promise.resolve([new Metric("is_open", { value: Number(this.#isOpen) })]);
    }
  }
  assertStringIncludes(await new Doors(silent()).export(), "\nis_open 1\n");
});

Deno.test("Exporter.getLabels() can fail without failing the scrape", async () => {
  class Broken extends Exporter {
    override getLabels(): Labels {
      throw new Error("no");
    }
  }
  const log = new Log();
  const exporter = new Broken(silent({ labels: { site: "north" }, logger: log.logger }));
  exporter.collector("good", () => [new Metric("a")]);
  assertStringIncludes(await exporter.export(), '\na{site="north"} 0\n');
  assertEquals(log.about("labels failed").length, 1);
});

Deno.test("Exporter caches only its own metrics for cacheLife", async () => {
  let [own, others] = [0, 0];
  class Counting extends Exporter {
    override getMetrics(): Promise<Metric[]> {
      return Promise.resolve([new Metric("own", { value: ++own })]);
    }
  }
  const exporter = new Counting(silent({ cacheLife: 60 }));
  exporter.collector("others", () => [new Metric("others", { value: ++others })]);
  await exporter.export();
  const text = await exporter.export();
  assertStringIncludes(text, "\nown 1\n");
  assertStringIncludes(text, "\nothers 2\n");
  assertMatch(text, /\nexporter_collector_cache_age_seconds\{collector="default"\} 0\.\d+\n/);
});

Deno.test("Exporter.collector() returns the exporter and rejects a name in use", () => {
  const exporter = new Exporter(silent());
  assertEquals(exporter.collector("a", () => []).collector("b", () => []), exporter);
  for (const name of ["a", "default"]) {
    assertThrows(
      () => exporter.collector(name, () => []),
      RangeError,
      `Cannot register collector "${name}": name already in use`,
    );
  }
});

Deno.test("Exporter serves the given registry in addition to its own collectors", async () => {
  const registry = new Registry();
  registry.register({ collect: () => [new Metric("shared")] });
  const exporter = new Exporter(silent({ registry }));
  assertEquals(withoutOwn(await exporter.export()), "# TYPE shared untyped\nshared 0\n");
});

Deno.test("Exporter exposes runtime metrics unless disabled", async () => {
  const { runtimeMetrics: _, ...options } = silent();
  assertMatch(await new Exporter(options).export(), /^process_start_time_seconds \d+/m);
  assert(!(await new Exporter(silent()).export()).includes("process_start_time_seconds"));
});

Deno.test("Exporter measures the event loop lag while it runs", async () => {
  const { runtimeMetrics: _, ...options } = silent({ listenPort: 0 });
  await using exporter = new Exporter(options);
  const count = async () => {
    const text = await exporter.export();
    return Number(/^deno_event_loop_lag_seconds_count (\d+)$/m.exec(text)![1]);
  };
  assertEquals(await count(), 0);
  await exporter.start();
  for (let i = 0; i < 100 && await count() === 0; i++) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  assert(await count() > 0);
});

Deno.test("Exporter.fetch() serves metrics with all headers", async () => {
  const exporter = new Exporter(silent());
  exporter.collector("c", () => [new Metric("a", { type: "gauge", value: 1 })]);
  const response = await get(exporter, "/metrics?name[]=a");
  assertEquals(response.status, 200);
  assertEquals(Object.fromEntries(response.headers), {
    "content-length": "19",
    "content-security-policy":
      "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "content-type": "text/plain; version=0.0.4; charset=utf-8; escaping=underscores",
    "vary": "Accept, Accept-Encoding",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
  });
  assertEquals(await response.text(), "# TYPE a gauge\na 1\n");
});

Deno.test("Exporter.fetch() negotiates the format", async () => {
  const exporter = new Exporter(silent());
  exporter.collector("c", () => [new Metric("a_b_total", { type: "counter", value: 1 })]);
  const text = "# TYPE a_b_total counter\na_b_total 1\n";
  const openMetrics = "# TYPE a_b counter\na_b_total 1\n# EOF\n";
  const cases: [accept: string, type: string, body: string][] = [
    ["text/html, */*;q=0.8", "text/plain; version=0.0.4", text],
    [
      "application/openmetrics-text;version=1.0.0",
      "application/openmetrics-text; version=1.0.0",
      openMetrics,
    ],
    ["application/openmetrics-text", "application/openmetrics-text; version=0.0.1", openMetrics],
  ];
  for (const [accept, type, body] of cases) {
    const response = await get(exporter, "/metrics?name[]=a_b_total", { headers: { accept } });
    assertEquals(
      response.headers.get("content-type"),
      `${type}; charset=utf-8; escaping=underscores`,
    );
    assertEquals(await response.text(), body);
  }
});

const OPENMETRICS = "application/openmetrics-text";

Deno.test("Exporter.fetch() serves OpenMetrics 2.0 if it is requested and enabled", async () => {
  const accept = "application/openmetrics-text;version=2.0.0;escaping=allow-utf-8";
  const cases: [options: ExporterOptions, accept: string, type: string, first: string][] = [
    [{ openMetrics2: true }, accept, `${OPENMETRICS}; version=2.0.0`, "# TYPE a_total counter"],
    [{ openMetrics2: true }, OPENMETRICS, `${OPENMETRICS}; version=0.0.1`, "# TYPE a counter"],
    [{}, accept, "text/plain; version=0.0.4", "# TYPE a_total counter"],
    [{ openMetrics2: false }, accept, "text/plain; version=0.0.4", "# TYPE a_total counter"],
  ];
  for (const [options, accept, type, first] of cases) {
    const exporter = new Exporter(silent(options));
    exporter.collector("c", () => [new Metric("a_total", { type: "counter", value: 1 })]);
    const response = await get(exporter, "/metrics?name[]=a_total", { headers: { accept } });
    assertStringIncludes(response.headers.get("content-type")!, `${type}; charset=utf-8;`);
    const end = type.startsWith("text/") ? "" : "# EOF\n";
    assertEquals(await response.text(), `${first}\na_total 1\n${end}`);
  }
});

Deno.test("Exporter.fetch() serves protobuf if it is requested", async () => {
  const exporter = new Exporter(silent());
  exporter.collector("c", () => [new Metric("a", { type: "gauge", value: 1 })]);
  const type =
    "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited";
  const response = await get(exporter, "/metrics?name[]=a", { headers: { accept: type } });
  assertEquals(response.headers.get("content-type"), `${type}; escaping=underscores`);
  assertEquals(readProtobuf(await response.bytes()), [
    { name: "a", type: "GAUGE", metrics: [{ labels: [], gauge: { value: 1 } }] },
  ]);
});

Deno.test("Exporter.fetch() negotiates the escaping scheme", async () => {
  const exporter = new Exporter(silent());
  exporter.collector("c", () => [new Metric("a_b")]);
  const response = await get(exporter, "/metrics?name[]=a_b", {
    headers: { accept: "text/plain;version=0.0.4;escaping=dots" },
  });
  assertEquals(
    response.headers.get("content-type"),
    "text/plain; version=0.0.4; charset=utf-8; escaping=dots",
  );
  assertEquals(await response.text(), "# TYPE a__b untyped\na__b 0\n");
});

Deno.test("Exporter.fetch() runs collectors once for concurrent requests of different formats", async () => {
  const exporter = new Exporter(silent());
  const { promise, resolve } = Promise.withResolvers<void>();
  let runs = 0;
  exporter.collector("c", async () => {
    runs++;
    await promise;
    return [new Metric("a", { type: "gauge" })];
  });
  const responses = ["text/plain", "application/openmetrics-text", "*/*"].map((accept) =>
    get(exporter, "/metrics?name[]=a", { headers: { accept } })
  );
  resolve();
  const bodies = await Promise.all(responses.map(async (response) => (await response).text()));
  assertEquals(runs, 1);
  assertEquals(bodies, [
    "# TYPE a gauge\na 0\n",
    "# TYPE a gauge\na 0\n# EOF\n",
    "# TYPE a gauge\na 0\n",
  ]);
});

Deno.test("Exporter.fetch() compresses if gzip is accepted", async () => {
  const exporter = new Exporter(silent());
  exporter.collector("c", () => [new Metric("a", { type: "gauge", value: 1 })]);
  const cases = { "gzip": true, "br, gzip;q=0.5": true, "*": true, "gzip;q=0": false, "br": false };
  for (const [encoding, isCompressed] of Object.entries(cases)) {
    const response = await get(exporter, "/metrics?name[]=a", {
      headers: { "accept-encoding": encoding },
    });
    assertEquals(response.headers.get("content-encoding"), isCompressed ? "gzip" : null, encoding);
    const body = isCompressed
      ? response.body!.pipeThrough(new DecompressionStream("gzip"))
      : response.body!;
    assertEquals(await new Response(body).text(), "# TYPE a gauge\na 1\n");
  }
});

Deno.test("Exporter.fetch() compresses with zstd if that is preferred, also without any sample", async () => {
  const exporter = new Exporter(silent());
  exporter.collector("c", () => [new Metric("a", { type: "gauge", value: 1 })]);
  for (const [name, text] of [["a", "# TYPE a gauge\na 1\n"], ["b", ""]]) {
    const headers = { "accept-encoding": "gzip;q=0.5, zstd" };
    const response = await get(exporter, `/metrics?name[]=${name}`, { headers });
    assertEquals(response.headers.get("content-encoding"), "zstd");
    const bytes = await response.bytes();
    assertEquals(response.headers.get("content-length"), `${bytes.length}`);
    assert(bytes.length > 0, "even nothing is a frame");
    assertEquals(new TextDecoder().decode(await decompressZstd(bytes)), text);
  }
});

Deno.test("Exporter.fetch() filters by the query string", async () => {
  const exporter = new Exporter(silent());
  exporter.collector("one", () => [
    new Metric("a", { labels: { x: "1", y: "ä&=+ %" } }),
    new Metric("a", { labels: { x: "2" } }),
  ]);
  exporter.collector("two", () => [new Metric("b", { labels: { x: "1" } })]);
  const cases: Record<string, string> = {
    "": 'a{x="1",y="ä&=+ %"} a{x="2"} b{x="1"}',
    "?x=1": 'a{x="1",y="ä&=+ %"} b{x="1"}',
    "?x=1&y=%C3%A4%26%3D%2B+%25": 'a{x="1",y="ä&=+ %"}',
    "?x=3": "",
    "?x": 'a{x="1",y="ä&=+ %"} a{x="2"} b{x="1"}',
    "?x=": 'a{x="1",y="ä&=+ %"} a{x="2"} b{x="1"}',
    "?name[]=b": 'b{x="1"}',
    "?name%5B%5D=a&name[]=b&x=1": 'a{x="1",y="ä&=+ %"} b{x="1"}',
    "?collect[]=two": 'b{x="1"}',
    "?collect[]=one&collect[]=two&x=2": 'a{x="2"}',
    "?exclude[]=two&x=1": 'a{x="1",y="ä&=+ %"}',
  };
  for (const [query, expected] of Object.entries(cases)) {
    const text = withoutOwn(await getText(exporter, `/metrics${query}`));
    assertEquals(text.match(/^[^#].*(?= 0$)/gm)?.join(" ") ?? "", expected, query);
  }
});

Deno.test("Exporter.fetch() rejects an invalid query string", async () => {
  const exporter = new Exporter(silent());
  const cases: Record<string, string> = {
    "?collect[]=nope": 'Cannot collect from "nope": expected one of default\n',
    "?collect[]=default&exclude[]=x": 'Cannot filter by "collect[]" and "exclude[]" together\n',
    "?1x=2": 'Cannot filter by "1x": expected a label name, name[], collect[] or exclude[]\n',
    "?x=1&x=2": 'Cannot filter by label "x": no sample has two values of it\n',
  };
  for (const [query, message] of Object.entries(cases)) {
    const response = await get(exporter, `/metrics${query}`);
    assertEquals(response.status, 400);
    assertEquals(await response.text(), message);
  }
});

Deno.test("Exporter.fetch() rejects methods other than GET and HEAD", async () => {
  const exporter = new Exporter(silent());
  for (const path of ["/metrics", "/", "/-/healthy", "/-/ready"]) {
    for (const method of ["POST", "PUT", "DELETE", "OPTIONS"]) {
      const response = await get(exporter, path, { method });
      assertEquals(response.status, 405);
      assertEquals(response.headers.get("allow"), "GET, HEAD");
      assertEquals(await response.text(), "Method not allowed\n");
    }
  }
});

Deno.test("Exporter.fetch() answers HEAD like GET without a body", async () => {
  const exporter = new Exporter(silent());
  for (
    const path of ["/metrics?name[]=exporter_duplicate_samples_total", "/", "/-/healthy", "/no"]
  ) {
    const [head, read] = [await get(exporter, path, { method: "HEAD" }), await get(exporter, path)];
    assertEquals([head.status, [...head.headers]], [read.status, [...read.headers]]);
    assertEquals(head.body, null);
    assertNotEquals(await read.text(), "");
  }
});

Deno.test("Exporter.fetch() answers unknown paths with 404", async () => {
  const exporter = new Exporter(silent());
  for (const path of ["/favicon.ico", "/metrics/", "/constructor", "/-/", "//"]) {
    const response = await get(exporter, path);
    assertEquals([response.status, await response.text()], [404, "Not found\n"]);
  }
});

Deno.test("Exporter.fetch() serves a landing page with a content security policy", async () => {
  const response = await get(new Exporter(silent({ name: "<Doors>" })), "/");
  assertEquals(response.headers.get("content-type"), "text/html; charset=utf-8");
  assertStringIncludes(response.headers.get("content-security-policy")!, "default-src 'none'");
  const page = await response.text();
  assertStringIncludes(page, "<h1>&lt;Doors&gt;</h1>");
  assertStringIncludes(page, 'href="metrics"');
});

Deno.test("Exporter.fetch() serves a landing page with the version and all endpoints", async () => {
  const page = await getText(new Exporter(silent({ version: "7.8.9" })), "/");
  for (const text of ["version 7.8.9", 'href="metrics"', 'href="-/healthy"', 'href="-/ready"']) {
    assertStringIncludes(page, text);
  }
  assertStringIncludes(await getText(new Exporter(silent()), "/"), `version ${VERSION}`);
});

Deno.test("Exporter.fetch() does not reveal internal errors", async () => {
  class Broken extends Exporter {
    override handleMetrics(): Promise<Response> {
      throw new Error("secret");
    }
  }
  const log = new Log();
  const response = await get(new Broken(silent({ logger: log.logger })), "/metrics");
  assertEquals([response.status, await response.text()], [500, "Internal server error\n"]);
  assertEquals(log.about("secret").length, 1);
});

Deno.test("Exporter.fetch() is always healthy, and ready between start and shutdown", async () => {
  const exporter = new Exporter(silent({ listenPort: 0 }));
  assertEquals((await get(exporter, "/-/healthy")).status, 200);
  assertEquals((await get(exporter, "/-/ready")).status, 503);
  await exporter.start();
  assertEquals((await get(exporter, "/-/ready")).status, 200);
  await exporter.shutdown();
  assertEquals((await get(exporter, "/-/ready")).status, 503);
  assertEquals((await get(exporter, "/metrics")).status, 503);
});

Deno.test("Exporter.fetch() starts the exporter before the first scrape", async () => {
  const events: string[] = [];
  class Doors extends Exporter {
    override onStartup(): Promise<void> {
      events.push("startup");
      return Promise.resolve();
    }
  }
  const exporter = new Doors(silent());
  exporter.collector("c", () => {
    events.push("collect");
    return [];
  });
  await getText(exporter, "/metrics");
  await getText(exporter, "/metrics");
  assertEquals(events, ["startup", "collect", "collect"]);
  assertEquals((await get(exporter, "/-/ready")).status, 200);
});

Deno.test("Exporter.fetch() runs a startup that fails once, and not for each request", async () => {
  let attempts = 0;
  const log = new Log();
  const exporter = new Exporter(silent({
    logger: log.logger,
    onStartup: () => {
      attempts++;
      throw new Error("no");
    },
  }));
  for (let i = 0; i < 100; i++) assertEquals((await get(exporter, "/metrics")).status, 503);
  assertEquals(attempts, 1);
  assertEquals(log.about("startup failed").length, 1);
});

Deno.test("Exporter.fetch() waits for the startup no longer than the scrape timeout", async () => {
  class Doors extends Exporter {
    override onStartup(): Promise<void> {
      return new Promise(() => {});
    }
  }
  const response = await get(new Doors(silent()), "/metrics", {
    headers: { "x-prometheus-scrape-timeout-seconds": "0.04" },
  });
  assertEquals(response.status, 503);
});

Deno.test("Exporter.fetch() counts the startup as part of the scrape timeout", async () => {
  class Doors extends Exporter {
    override onStartup(): Promise<void> {
      return new Promise((resolve) => setTimeout(resolve, 900));
    }
  }
  const exporter = new Doors(silent());
  exporter.collector("slow", () => new Promise(() => {}));
  const before = performance.now();
  const response = await get(exporter, "/metrics", {
    headers: { "x-prometheus-scrape-timeout-seconds": "1.6" },
  });
  const seconds = (performance.now() - before) / 1000;
  assertEquals(response.status, 200);
  assert(seconds < 1.7, `it took ${seconds} s`);
});

Deno.test("Exporter.fetch() does not leak reactions to promises", async () => {
  const exporter = new Exporter(silent());
  const reactions = watchReactions(exporter.finished);
  for (let i = 0; i < 10; i++) {
    await getText(exporter, "/metrics");
    await getText(exporter, "/-/ready");
  }
  assertEquals(reactions.count, 0);
});

Deno.test("Exporter.fetch() shares a run between requests with different timeouts", async () => {
  let runs = 0;
  const exporter = new Exporter(silent());
  exporter.collector("c", async () => {
    const run = ++runs;
    await new Promise((resolve) => setTimeout(resolve, 5));
    return [new Metric("a", { value: run })];
  });
  const bodies = await Promise.all(
    ["5", "6", "60", "0.4", "1e308"].map(async (seconds) => {
      const headers = { "x-prometheus-scrape-timeout-seconds": seconds };
      return (await get(exporter, "/metrics?name[]=a", { headers })).text();
    }),
  );
  assertEquals(runs, 1);
  assertEquals(new Set(bodies), new Set(["# TYPE a untyped\na 1\n"]));
});

Deno.test("Exporter.fetch() keeps the scraper's deadline", async () => {
  const exporter = new Exporter(silent());
  exporter.collector("slow", () => new Promise(() => {}));
  exporter.collector("quick", () => [new Metric("a", { value: 1 })]);
  const response = await get(exporter, "/metrics", {
    headers: { "x-prometheus-scrape-timeout-seconds": "0.06" },
  });
  const text = await response.text();
  assertEquals(response.status, 200);
  assertStringIncludes(text, "\na 1\n");
  assertStringIncludes(text, '\nexporter_collector_success{collector="slow"} 0\n');
});

Deno.test("Exporter.fetch() gathers once for scrapes of the same filter at the same time", async () => {
  let runs = 0;
  const exporter = new Exporter(silent());
  exporter.collector("c", async () => {
    await new Promise((resolve) => setTimeout(resolve));
    return [new Metric("a", { value: ++runs })];
  });
  const bodies = await Promise.all(
    Array.from({ length: 40 }, (_, i) => getText(exporter, `/metrics?x${i}=&name[]=a`)),
  );
  assertEquals(new Set(bodies), new Set(["# TYPE a untyped\na 1\n"]));
  assertEquals(await getText(exporter, "/metrics?name[]=a"), "# TYPE a untyped\na 2\n");
});

Deno.test("Exporter logs each scrape as one debug line", async () => {
  const log = new Log();
  const exporter = new Exporter(silent({ logger: log.logger }));
  await getText(exporter, "/metrics?name[]=exporter_duplicate_samples_total");
  await getText(exporter, "/metrics?collect[]=nope");
  const lines = log.about("msg=scrape").map((line) => line.replace(/(duration)=\S+/, "$1=…"));
  assertEquals(lines, [
    "level=debug logger=test msg=scrape status=200 duration=… bytes=180 samples=1 " +
    'query="?name[]=exporter_duplicate_samples_total"',
    'level=debug logger=test msg=scrape status=400 duration=… bytes=52 samples=0 query="?collect[]=nope"',
  ]);
});

Deno.test("Exporter answers a filter that matches nothing with an empty 200, and logs why", async () => {
  const log = new Log();
  const exporter = new Exporter(silent({ logger: log.logger, labels: { site: "north" } }));
  for (const query of ["site=north&debug=1", "site=south", "site=north"]) {
    const response = await get(exporter, `/metrics?${query}`);
    assertEquals(response.status, 200);
    assertEquals(await response.text() === "", query !== "site=north");
  }
  const why = 'level=debug logger=test msg="filter matches nothing: no series has this label"';
  assertEquals(log.about("matches nothing"), [
    `${why} label=debug value=1 hint="the log level is an option of the exporter"`,
    `${why} label=site value=south`,
  ]);
});

Deno.test("Exporter logs a failing collector once, and that it recovered", async () => {
  const log = new Log();
  const exporter = new Exporter(silent({ logger: log.logger }));
  let fails = true;
  exporter.collector("disk", () => {
    if (fails) throw new Error(`no disk after ${Math.random()} s`);
    return [];
  });
  for (let i = 0; i < 5; i++) await exporter.export();
  fails = false;
  for (let i = 0; i < 2; i++) await exporter.export();
  const own = import.meta.url.replaceAll(/\d[\d.e-]*/g, "#");
  assertEquals(log.about("collector").map((line) => line.replace(/\d[\d.e-]*/g, "#")), [
    'level=warn logger=test msg="collector failed" collector=disk duration=# ' +
    `error="Error: no disk after # s" at="Object.collect (${own}:#:#)"`,
    'level=info logger=test msg="collector recovered" collector=disk',
  ]);
});

Deno.test("Exporter does not log a collector that fails every other time as recovered", async () => {
  const log = new Log();
  const exporter = new Exporter(silent({ logger: log.logger }));
  let runs = 0;
  exporter.collector("disk", () => {
    if (runs++ % 2 === 0) throw new Error("no disk");
    return [];
  });
  for (let i = 0; i < 10; i++) await exporter.export();
  assertEquals(log.about("collector").map((line) => /msg="(.*?)"/.exec(line)?.[1]), [
    "collector failed",
    "collector recovered",
    "collector failed",
  ]);
});

Deno.test("Exporter logs where in the user's code an error comes from, and its stack for debugging", async () => {
  const log = new Log();
  const exporter = new Exporter(silent({ logger: log.logger }));
  exporter.collector("disk", function collectDisk() {
    return [new Metric("not a name!")];
  });
  await exporter.export();
  const [warning, stack, ...others] = log.lines;
  assertMatch(
    warning!,
    / at="Object\.collectDisk \[as collect\] \(file:.*\/exporter_test\.ts:\d+:\d+\)"/,
  );
  assertMatch(
    stack!,
    /^level=debug logger=test msg="stack of this error" stack="RangeError: .*metric\.ts/,
  );
  assertEquals(others, []);
});

Deno.test("Exporter logs no stack of an error of its own", async () => {
  const log = new Log();
  const exporter = new Exporter(silent({ logger: log.logger }));
  exporter.collector("disk", () => new Promise<never>(() => {}), { timeout: 0.01 });
  await exporter.export();
  assertEquals(log.lines.map((line) => line.replace(/duration=\S+/, "duration=#")), [
    'level=warn logger=test msg="collector failed" collector=disk duration=# ' +
    'error="TimeoutError: The collector was not done at the deadline, after 0.010 s"',
  ]);
});

Deno.test("Exporter logs a collector with always different errors a few times", async () => {
  const log = new Log();
  const exporter = new Exporter(silent({ logger: log.logger }));
  let runs = 0;
  exporter.collector("disk", () => {
    throw new Error(`no disk ${"x".repeat(runs++)}`);
  });
  for (let i = 0; i < 50; i++) await exporter.export();
  assertEquals(log.about("collector failed").length, 8);
});

Deno.test("Exporter logs an error that is undefined", async () => {
  const log = new Log();
  const exporter = new Exporter(silent({ logger: log.logger }));
  exporter.collector("disk", () => Promise.reject());
  await exporter.export();
  assertStringIncludes(log.about("collector failed")[0]!, " error=undefined");
});

for (
  const [limit, error] of [
    ["max_samples = 2", "more than 2 samples"],
    ["max_bytes = 50", "more than 50 bytes"],
  ] as const
) {
  Deno.test(`Exporter fails a collector that returns more than the file allows: ${limit}`, async () => {
    await using file = await writeConfig(limit);
    const log = new Log();
    const exporter = new Exporter(silent({ configFile: file.path, logger: log.logger }));
    exporter.collector(
      "many",
      () => [1, 2, 3].map((i) => new Metric("m", { labels: { i: `${i}` } })),
    );
    const text = await getText(exporter, "/metrics");
    assertStringIncludes(text, 'exporter_collector_success{collector="many"} 0');
    const lines = log.about("collector=many");
    assertEquals(lines.length, 1);
    assertStringIncludes(lines[0]!, error);
  });
}

Deno.test("Exporter logs samples that it leaves out once", async () => {
  const log = new Log();
  const exporter = new Exporter(silent({ logger: log.logger }));
  exporter.collector("c", () => [
    new Metric("a"),
    new Metric("a"),
    new Metric("a", { type: "gauge" }),
  ]);
  for (let i = 0; i < 3; i++) await exporter.export();
  assertEquals(log.about("left out"), [
    'level=warn logger=test msg="duplicate samples left out" collector=c what=a samples=1',
    'level=warn logger=test msg="family left out" collector=c what=a samples=1',
  ]);
});

Deno.test("Exporter.start() runs onStartup once and listens; shutdown() runs onShutdown", async () => {
  const events: string[] = [];
  class Doors extends Exporter {
    override onStartup(): Promise<void> {
      events.push("startup");
      return Promise.resolve();
    }
    override onShutdown(): Promise<void> {
      events.push("shutdown");
      return Promise.resolve();
    }
  }
  const exporter = new Doors(silent({ listenPort: 0 }));
  assertThrows(() => exporter.url, Error, "Cannot tell URL of exporter: it does not listen");
  await Promise.all([exporter.start(), exporter.start()]);
  assertMatch(exporter.url.href, /^http:\/\/127\.0\.0\.1:[1-9]\d*\/$/);
  const response = await fetch(new URL("metrics", exporter.url));
  assertEquals(response.status, 200);
  await response.body?.cancel();
  await Promise.all([exporter.shutdown(), exporter.shutdown()]);
  await exporter.finished;
  assertEquals(events, ["startup", "shutdown"]);
  await assertRejects(() => exporter.start(), Error, "Cannot start exporter: it was shut down");
});

Deno.test("Exporter.start() stops listening when onStartup fails", async () => {
  let url: URL | undefined;
  class Doors extends Exporter {
    override onStartup(): Promise<void> {
      url = this.url;
      return Promise.reject(new Error("no"));
    }
  }
  const exporter = new Doors(silent({ listenPort: 0 }));
  await assertRejects(() => exporter.start(), Error, "no");
  await exporter.finished;
  await assertRejects(() => fetch(url!));
});

Deno.test("Exporter.start() ends with a shutdown during an endless startup", async () => {
  const events: string[] = [];
  class Doors extends Exporter {
    override onStartup(): Promise<void> {
      return new Promise(() => {});
    }
    override onShutdown(): Promise<void> {
      events.push("shutdown");
      return Promise.resolve();
    }
  }
  const log = new Log();
  const exporter = new Doors(silent({
    listenPort: 0,
    shutdownTimeout: 0.05,
    logger: log.logger,
  }));
  const started = exporter.start();
  await exporter.shutdown();
  await started;
  assertEquals(events, []);
  assertEquals(log.about("listening"), []);
});

Deno.test("Exporter.shutdown() runs onShutdown after a startup that ends too late", async () => {
  const events: string[] = [];
  const opened = Promise.withResolvers<void>();
  const closed = Promise.withResolvers<void>();
  const opening = Promise.withResolvers<void>();
  class Doors extends Exporter {
    override async onStartup(): Promise<void> {
      opening.resolve();
      await opened.promise;
      events.push("startup");
    }
    override onShutdown(): Promise<void> {
      events.push("shutdown");
      closed.resolve();
      return Promise.resolve();
    }
  }
  const exporter = new Doors(silent({ listenPort: 0, shutdownTimeout: 0.02 }));
  const started = exporter.start();
  await opening.promise;
  await exporter.shutdown();
  await started;
  assertEquals(events, []);
  opened.resolve();
  await closed.promise;
  assertEquals(events, ["startup", "shutdown"]);
});

Deno.test("Exporter.shutdown() waits for the startup in progress", async () => {
  const events: string[] = [];
  const opening = Promise.withResolvers<void>();
  class Doors extends Exporter {
    override async onStartup(): Promise<void> {
      opening.resolve();
      await new Promise((resolve) => setTimeout(resolve, 20));
      events.push("startup");
    }
    override onShutdown(): Promise<void> {
      events.push("shutdown");
      return Promise.resolve();
    }
  }
  const exporter = new Doors(silent({ listenPort: 0 }));
  const started = exporter.start();
  await opening.promise;
  await exporter.shutdown();
  await started;
  assertEquals(events, ["startup", "shutdown"]);
});

Deno.test("Exporter.shutdown() at once after start() ends both, without a startup", async () => {
  const exporter = new Exporter(silent({
    listenPort: 0,
    onStartup: () => {
      throw new Error("not to be called");
    },
  }));
  await Promise.all([exporter.start(), exporter.shutdown()]);
  await exporter.finished;
});

Deno.test("Exporter.shutdown() ends scrapes in flight with partial results", async () => {
  const exporter = new Exporter(silent({ listenPort: 0, shutdownTimeout: 1 }));
  let signal: AbortSignal | undefined;
  exporter.collector("slow", (context) => {
    signal = context.signal;
    return new Promise(() => {});
  });
  exporter.collector("quick", () => [new Metric("a")]);
  await exporter.start();
  const response = fetch(new URL("metrics", exporter.url));
  while (signal === undefined) await new Promise((resolve) => setTimeout(resolve, 5));
  await exporter.shutdown();
  assertStringIncludes(await (await response).text(), "\na 0\n");
  assert(signal.aborted);
});

Deno.test("Exporter.shutdown() waits for scrapes by fetch()", async () => {
  const events: string[] = [];
  class Doors extends Exporter {
    override onShutdown(): Promise<void> {
      events.push("shutdown");
      return Promise.resolve();
    }
  }
  const exporter = new Doors(silent());
  exporter.collector("c", async () => {
    await new Promise((resolve) => setTimeout(resolve, 20));
    events.push("collected");
    return [];
  });
  await exporter.export();
  events.length = 0;
  const scrape = getText(exporter, "/metrics");
  await new Promise((resolve) => setTimeout(resolve, 5));
  await exporter.shutdown();
  await scrape;
  assertEquals(events, ["collected", "shutdown"]);
});

Deno.test("Exporter.shutdown() finishes although onShutdown fails, and logs it", async () => {
  class Doors extends Exporter {
    override onShutdown(): Promise<void> {
      return Promise.reject(new Error("no"));
    }
  }
  const log = new Log();
  const exporter = new Doors(silent({ listenPort: 0, logger: log.logger }));
  await exporter.start();
  await exporter.shutdown();
  await exporter.finished;
  assertEquals(log.about("shutdown failed").length, 1);
});

Deno.test("Exporter is shut down by await using", async () => {
  let finished: Promise<void>;
  {
    await using exporter = new Exporter(silent({ listenPort: 0 }));
    await exporter.start();
    finished = exporter.finished;
  }
  await finished;
});

Deno.test("Exporter.reload() applies the file, and drops removed settings", async () => {
  await using file = await writeConfig(DOORS);
  const exporter = new Exporter(silent({ configFile: file.path }));
  await exporter.export();
  await Deno.writeTextFile(file.path, 'labels = { rack = "7" }\n[metrics.windows_open]\nvalue = 3');
  await exporter.reload();
  assertEquals(
    withoutOwn(await exporter.export()),
    '# TYPE windows_open untyped\nwindows_open{rack="7"} 3\n',
  );
});

Deno.test("Exporter.reload() changes nothing if the file is invalid, and logs that", async () => {
  await using file = await writeConfig(DOORS);
  const log = new Log();
  const exporter = new Exporter(silent({ configFile: file.path, logger: log.logger }));
  const before = withoutOwn(await exporter.export());
  for (const toml of ["listen_port = true\n[metrics.x]", "[labels", 'labels = { "1" = "x" }']) {
    await Deno.writeTextFile(file.path, toml);
    await assertRejects(() => exporter.reload(), ConfigError);
    const text = await exporter.export();
    assertEquals(withoutOwn(text), before);
    assertMatch(text, /^exporter_config_last_reload_successful\{site="north"\} 0$/m);
  }
  assertEquals(log.about("configuration not reloaded").length, 3);

  await Deno.writeTextFile(file.path, DOORS);
  await exporter.reload();
  assertMatch(await exporter.export(), /^exporter_config_last_reload_successful\{\S+ 1$/m);
});

Deno.test("Exporter.reload() warns that a new address requires a restart", async () => {
  await using file = await writeConfig("listen_port = 1");
  const log = new Log();
  const exporter = new Exporter(silent({ configFile: file.path, logger: log.logger }));
  await exporter.reload();
  assertEquals(log.about("with a restart only"), []);
  await Deno.writeTextFile(file.path, "listen_port = 2");
  await exporter.reload();
  assertEquals(log.about("with a restart only").length, 1);
});

Deno.test("Exporter.reload() keeps the last configuration if the file is missing", async () => {
  const folder = await Deno.makeTempDir();
  const configFile = `${folder}/config.toml`;
  await Deno.writeTextFile(configFile, DOORS);
  const exporter = new Exporter(silent({ configFile }));
  await Deno.remove(folder, { recursive: true });
  await assertRejects(() => exporter.reload(), ConfigError, "no such file");
  assertStringIncludes(await exporter.export(), "\ndoors_open{");
});

Deno.test("Exporter.reload() empties the cache", async () => {
  await using file = await writeConfig(`${DOORS}`);
  const exporter = new Exporter(silent({ configFile: file.path }));
  assertStringIncludes(await exporter.export(), "exporter_collector_cache_age_seconds");
  await Deno.writeTextFile(file.path, "[metrics.windows_open]");
  await exporter.reload();
  const text = await exporter.export();
  assertStringIncludes(text, "\nwindows_open 0\n");
  assert(!text.includes("exporter_collector_cache_age_seconds"));
});

Deno.test("Exporter.reload() sets the level of its own logger, unless code does", async () => {
  await using file = await writeConfig("");
  const { logger: _, ...options } = silent({ configFile: file.path });
  const [exporter, outspoken] = [
    new Exporter(options),
    new Exporter({ ...options, logLevel: "info" }),
  ];
  assertEquals([levelOf(exporter), levelOf(outspoken)], ["INFO", "INFO"]);
  await Deno.writeTextFile(file.path, 'log_level = "error"');
  for (const each of [exporter, outspoken]) await each.reload();
  assertEquals([levelOf(exporter), levelOf(outspoken)], ["ERROR", "INFO"]);
});

Deno.test("Exporter exposes when its configuration was read", async () => {
  await using file = await writeConfig("");
  const before = Date.now() / 1000;
  const text = await new Exporter(silent({ configFile: file.path })).export();
  const [, time] = /^exporter_config_last_reload_success_timestamp_seconds (.+)$/m.exec(text)!;
  assert(before <= Number(time) && Number(time) <= Date.now() / 1000);
  assert(!(await new Exporter(silent()).export()).includes("exporter_config"));
});
