import {
  assertEquals,
  assertGreater,
  assertLess,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { Connection } from "./connection.ts";
import { HAS_IPV6, occupyPort } from "./network.ts";
import { Program } from "../support/program.ts";
import { fixture } from "./fixture.ts";
import { withTools } from "./tool.ts";
import { until } from "../support/until.ts";

const FIXTURE = fixture("exporter.ts");
const ENDED_WELL = { success: true, code: 0, signal: null };

/** Starts the fixture with options of an exporter; by default it reads no file and takes a free port. */
function startFixture(options: Record<string, unknown> = {}): Program {
  return Program.deno(["run", "-A", FIXTURE, optionsOf(options)]);
}

function optionsOf(options: Record<string, unknown>): string {
  return JSON.stringify({ configFile: false, listenPort: 0, ...options });
}

async function urlOf(process: Program): Promise<URL> {
  const [, url = ""] = await process.line(/^Listening on (http:\S+)$/);
  return new URL(url);
}

async function get(path: string, base: URL): Promise<string> {
  return await (await fetch(new URL(path, base))).text();
}

/** A configuration file of its own, which can be written anew. */
class ConfigFile implements Disposable {
  readonly #folder = Deno.makeTempDirSync();
  readonly path = `${this.#folder}/config.toml`;

  write(text: string): void {
    Deno.writeTextFileSync(this.path, text);
  }

  /** Puts a named pipe in its place. */
  makePipe(): void {
    Deno.removeSync(this.#folder, { recursive: true });
    Deno.mkdirSync(this.#folder);
    const { success } = new Deno.Command("mkfifo", { args: [this.path] }).outputSync();
    assertEquals(success, true);
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.#folder, { recursive: true });
  }
}

const FIRST = `
[labels]
site = "north"
[metrics.doors_open]
type = "gauge"
value = 2
[metrics.windows_open]
type = "gauge"
value = 3
`;
const SECOND = `
[labels]
building = "barn"
[metrics.doors_open]
type = "gauge"
value = 4
[metrics.gates_open]
type = "gauge"
value = 5
`;
const OWN = "metrics?collect[]=default&name[]=doors_open&name[]=windows_open&name[]=gates_open";
const FIRST_EXPOSED = `# TYPE doors_open gauge
doors_open{site="north"} 2
# TYPE windows_open gauge
windows_open{site="north"} 3
`;
const SECOND_EXPOSED = `# TYPE doors_open gauge
doors_open{building="barn"} 4
# TYPE gates_open gauge
gates_open{building="barn"} 5
`;
const RELOADED =
  "metrics?exclude[]=patient&exclude[]=large&name[]=exporter_config_last_reload_successful";
const reloadedExposed = (value: 0 | 1, label: string) =>
  `# HELP exporter_config_last_reload_successful Whether the configuration file was read without an error the last time.
# TYPE exporter_config_last_reload_successful gauge
exporter_config_last_reload_successful{${label}} ${value}
`;

Deno.test("SIGHUP puts what the configuration file now says in place of what it said", async () => {
  using config = new ConfigFile();
  config.write(FIRST);
  await using process = startFixture({ configFile: config.path });
  const url = await urlOf(process);
  assertEquals(await get(OWN, url), FIRST_EXPOSED);

  config.write(SECOND);
  process.kill("SIGHUP");
  await process.line(/msg="configuration reloaded"/);
  assertEquals(await get(OWN, url), SECOND_EXPOSED);
});

Deno.test("SIGHUP changes nothing when the configuration file is wrong", async () => {
  using config = new ConfigFile();
  config.write(FIRST);
  await using process = startFixture({ configFile: config.path });
  const url = await urlOf(process);
  assertEquals(await get(RELOADED, url), reloadedExposed(1, 'site="north"'));

  config.write(`${SECOND}\n[labels]`);
  process.kill("SIGHUP");
  await process.line(/level=error .*msg="configuration not reloaded" error=.*config\.toml/);
  assertEquals(await get(OWN, url), FIRST_EXPOSED);
  assertEquals(await get(RELOADED, url), reloadedExposed(0, 'site="north"'));
  assertEquals(process.count(/level=error/), 1);

  config.write(SECOND);
  process.kill("SIGHUP");
  await process.line(/msg="configuration reloaded"/);
  assertEquals(await get(OWN, url), SECOND_EXPOSED);
  assertEquals(await get(RELOADED, url), reloadedExposed(1, 'building="barn"'));
});

Deno.test(
  withTools(["mkfifo"], {
    name: "SIGHUP does not wait for a pipe in place of the configuration file",
    fn: async () => {
      using config = new ConfigFile();
      config.write(FIRST);
      await using process = startFixture({ configFile: config.path });
      const url = await urlOf(process);
      config.makePipe();
      process.kill("SIGHUP");
      await process.line(/msg="configuration not reloaded" error=.*: expected a regular file, /);
      assertEquals(await get(OWN, url), FIRST_EXPOSED);
      process.kill("SIGTERM");
      assertEquals(await process.status(), ENDED_WELL);
    },
  }),
);

Deno.test(
  withTools(["mkfifo"], {
    name: "SIGHUP keeps a configuration that came through a pipe",
    fn: async () => {
      using config = new ConfigFile();
      config.makePipe();
      await using process = startFixture({ configFile: config.path });
      await Deno.writeTextFile(config.path, FIRST);
      const url = await urlOf(process);
      assertEquals(await get(OWN, url), FIRST_EXPOSED);
      process.kill("SIGHUP");
      await process.line(/msg="configuration not reloaded"/);
      assertEquals(await get(OWN, url), FIRST_EXPOSED);
      assertEquals(await get(RELOADED, url), reloadedExposed(0, 'site="north"'));
    },
  }),
);

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  Deno.test(`${signal} lets a scrape under way finish and turns others away`, async () => {
    await using process = startFixture();
    const url = await urlOf(process);
    const scrape = fetch(new URL("metrics?collect[]=patient&name[]=patience", url));
    scrape.catch(() => {}); // It is awaited much later.
    await process.line(/^Waiting for a line$/);

    process.kill(signal);
    await process.line(/msg="shutting down"/);
    const other = await fetch(new URL("metrics", url));
    assertEquals(other.status, 503);
    assertEquals(await other.text(), "The exporter is not ready\n");
    const readiness = await fetch(new URL("-/ready", url));
    assertEquals(readiness.status, 503);
    assertEquals(await readiness.text(), "Not ready\n");
    assertEquals(process.count(/^Shut down$/), 0);

    await process.write("\n");
    const response = await scrape;
    assertEquals(response.status, 200);
    assertEquals(await response.text(), "# TYPE patience gauge\npatience 1\n");
    assertEquals(await process.status(), ENDED_WELL);
    assertEquals(process.count(/^Shut down$/), 1);
    assertEquals(process.count(/level=(warn|error)/), 0);
    await assertRejects(() => Connection.open(url), Deno.errors.ConnectionRefused);
  });
}

Deno.test("SIGTERM lets a large response be read to its end", async () => {
  await using process = startFixture();
  const url = await urlOf(process);
  using connection = await Connection.open(url);
  await connection.request("/metrics?collect[]=large&name[]=large");
  const { length } = await connection.head();
  assertGreater(length, 20_000_000);

  process.kill("SIGTERM");
  await process.line(/msg="shutting down"/);
  const body = new TextDecoder().decode(await connection.take(length));
  assertEquals(body.slice(0, 30), '# TYPE large gauge\nlarge{i="0"');
  assertEquals(body.slice(-15), 'xxxxxx"} 19999\n');
  assertEquals(await process.status(), ENDED_WELL);
});

Deno.test("SIGTERM ends an idle exporter at once, in spite of open connections", async () => {
  await using process = startFixture();
  const url = await urlOf(process);
  using idle = await Connection.open(url);
  await idle.fetch("/-/healthy");
  using halfway = await Connection.open(url);
  await halfway.write("GET /metrics HTTP/1.1\r\n");

  process.kill("SIGTERM");
  assertEquals(await process.status({ limit: 3 }), ENDED_WELL);
});

Deno.test("SIGTERM ends a program that something else keeps alive", async () => {
  const code = `
    import { Exporter } from "@exporter/prometheus";
    const exporter = new Exporter(${optionsOf({ shutdownTimeout: 1 })});
    exporter.collector("hung", () => {
      console.log("Collecting");
      return new Promise(() => {});
    });
    setInterval(() => {}, 1000);
    await exporter.start();
    console.log(\`Listening on \${exporter.url}\`);
    await exporter.finished;
    setTimeout(() => console.log("Cleaned up"), 100);
  `;
  await using process = Program.deno(["eval", code]);
  const scrape = get("/metrics", await urlOf(process));
  await process.line(/^Collecting$/);
  process.kill("SIGTERM");
  assertStringIncludes(await scrape, 'exporter_collector_success{collector="hung"} 0');
  assertEquals(await process.status({ limit: 6 }), ENDED_WELL);
  assertEquals(process.count(/^Cleaned up$/), 1);
});

Deno.test("SIGTERM ends a program whose onShutdown never ends", async () => {
  const code = `
    import { Exporter } from "@exporter/prometheus";
    const onShutdown = () => {
      console.log("Shutting down");
      return new Promise(() => {});
    };
    const options = ${optionsOf({ shutdownTimeout: 1 })};
    const exporter = new Exporter({ ...options, onShutdown });
    setInterval(() => {}, 1000);
    await exporter.start();
    console.log(\`Listening on \${exporter.url}\`);
  `;
  await using process = Program.deno(["eval", code]);
  await get("/metrics", await urlOf(process));
  process.kill("SIGTERM");
  await process.line(/^Shutting down$/);
  assertEquals(await process.status({ limit: 6 }), ENDED_WELL);
});

Deno.test("SIGHUP does nothing during a shutdown", async () => {
  const code = `
    import { Exporter } from "@exporter/prometheus";
    const exporter = new Exporter(${optionsOf({})});
    exporter.collector("slow", async () => {
      console.log("Collecting");
      await new Promise((resolve) => setTimeout(resolve, 1000));
      return [];
    });
    await exporter.start();
    console.log(\`Listening on \${exporter.url}\`);
    await exporter.finished;
    console.log("Shut down");
    setTimeout(() => console.log("Cleaned up"), 500);
  `;
  await using process = Program.deno(["eval", code]);
  const scrape = get("/metrics", await urlOf(process));
  await process.line(/^Collecting$/);
  process.kill("SIGTERM");
  await process.line(/msg="shutting down"/);
  process.kill("SIGHUP");
  assertStringIncludes(await scrape, 'exporter_collector_success{collector="slow"} 1');
  await process.line(/^Shut down$/);
  process.kill("SIGHUP");
  assertEquals(await process.status(), ENDED_WELL);
  assertEquals(process.count(/^Cleaned up$/), 1);
});

Deno.test("A second SIGTERM ends a program at once", async () => {
  await using process = startFixture();
  using connection = await Connection.open(await urlOf(process));
  await connection.request("/metrics?collect[]=large&name[]=large");
  await connection.head();
  process.kill("SIGTERM");
  await process.line(/msg="shutting down"/);
  process.kill("SIGTERM");
  assertEquals((await process.status({ limit: 3 })).signal, "SIGTERM");
});

Deno.test("SIGTERM waits for a reader that stalls no longer than the limit", async (t) => {
  await t.step("in a large response", async () => {
    await using process = startFixture({ shutdownTimeout: 0.5 });
    using connection = await Connection.open(await urlOf(process));
    await connection.request("/metrics?collect[]=large&name[]=large");
    await connection.head();

    process.kill("SIGTERM");
    assertEquals(await process.status({ limit: 4 }), ENDED_WELL);
    assertEquals(process.count(/^Shut down$/), 1);
  });

  await t.step("in many small responses", async () => {
    await using process = startFixture({ shutdownTimeout: 0.5, logLevel: "debug" });
    using connection = await Connection.open(await urlOf(process));
    for (let i = 0; i < 1000; i++) {
      await connection.request("/metrics?collect[]=medium&name[]=medium");
    }
    let answered = 0;
    await until("the exporter to answer no more", async () => {
      const before = answered;
      await new Promise((resolve) => setTimeout(resolve, 200));
      answered = process.count(/msg=scrape/);
      return answered > 0 && answered === before;
    });
    assertLess(answered, 1000);

    process.kill("SIGTERM");
    assertEquals(await process.status({ limit: 4 }), ENDED_WELL);
    assertEquals(process.count(/^Shut down$/), 1);
  });
});

Deno.test("Exporter.start() says in one line that the port is in use", async () => {
  using occupant = occupyPort();
  const { port } = occupant.addr;
  await using process = startFixture({ listenPort: port });
  assertEquals((await process.status()).code, 1);
  assertEquals(process.lines, [`Cannot listen on 127.0.0.1:${port}: address already in use`]);
});

Deno.test({
  name: "Exporter.start() listens on IPv6",
  ignore: !HAS_IPV6,
  fn: async () => {
    await using process = startFixture({ listenIp: "::1" });
    const url = await urlOf(process);
    assertEquals(url.hostname, "[::1]");
    assertEquals(await get("-/healthy", url), "Healthy\n");
  },
});

Deno.test(
  withTools(["sh"], {
    name: "Exporter answers while it has no file descriptors for all connections",
    fn: async () => {
      const script = 'ulimit -n 64; exec "$@"';
      await using process = new Program(
        "sh",
        ["-c", script, "sh", Deno.execPath(), "run", "-A", FIXTURE, optionsOf({})],
      );
      const url = await urlOf(process);
      using early = await Connection.open(url);
      await early.fetch("/-/healthy");

      const connections: Connection[] = [];
      for (let i = 0; i < 100; i++) connections.push(await Connection.open(url));
      await process.line(/level=error .*"cannot accept connections, trying again" .*os error 24/);
      assertEquals(await until("an answer", () => get("-/healthy", url)), "Healthy\n");

      for (const connection of connections) connection.close();
      for (let i = 0; i < 30; i++) assertEquals(await get("-/healthy", url), "Healthy\n");
      assertLess(process.count(/level=error/), 4);

      process.kill("SIGTERM");
      assertEquals(await process.status(), ENDED_WELL);
    },
  }),
);

Deno.test("deno serve serves an exporter that is the default export", async () => {
  await using process = Program.deno(
    ["serve", "--host=127.0.0.1", "--port=0", "examples/serve.ts"],
  );
  const [, address = ""] = await process.line(/Listening on (http:\S+)/);
  const url = new URL(address);
  const response = await fetch(new URL("metrics?collect[]=cpu", url));
  assertEquals(response.status, 200);
  assertEquals(
    response.headers.get("content-type"),
    "text/plain; version=0.0.4; charset=utf-8; escaping=underscores",
  );
  const text = await response.text();
  assertEquals(/^machine_cpu_cores \d+$/m.test(text), true);
  assertEquals(await get("-/ready", url), "Ready\n");
});

const CTRL_C = "\x03";
const PROMPT = /requests|\[y\/n/;

Deno.test(
  withTools(["script"], {
    name: "Exporter does not ask on a terminal for permissions",
    fn: async (t) => {
      await t.step("but says which one it needs to listen", async () => {
        await using process = Program.denoAtTerminal(["run", FIXTURE, '{"listenPort":9999}']);
        assertEquals((await process.status()).code, 1);
        assertEquals(process.lines.slice(1), [
          "Cannot listen on 127.0.0.1:9999: not permitted, run with --allow-net=127.0.0.1:9999",
        ]);
      });

      await t.step("and serves with that one alone", async () => {
        await using process = Program.denoAtTerminal(
          ["run", "--allow-net=127.0.0.1", FIXTURE, '{"listenPort":0}'],
        );
        const text = await get("metrics?collect[]=default", await urlOf(process));
        assertEquals(/^exporter_collector_success\{collector="default"\} 1$/m.test(text), true);
        assertEquals(process.count(PROMPT), 0);
        await process.write(CTRL_C);
        assertEquals(await process.status(), ENDED_WELL);
      });
    },
  }),
);
