import { assert, assertEquals } from "@std/assert";
import { assertSeries, closedPort, runExample, scrape } from "./support/example.ts";

Deno.test("examples/devices.ts exposes devices that answer, although others fail or hang", async () => {
  await using api = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    ({ url }) =>
      Response.json({ temperature: 21.5 }, { status: url.includes("fails") ? 500 : 200 }),
  );
  using silent = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const ports: Record<string, number> = {
    works: api.addr.port,
    fails: api.addr.port,
    hangs: silent.addr.port,
    closed: closedPort(),
  };
  const kinds = Object.keys(ports);
  const names = Array.from({ length: 52 }, (_, i) => `${kinds[i % kinds.length]}/${i}`);
  const devices = names.map((name) =>
    `"${name}" = "http://127.0.0.1:${ports[name.split("/")[0]!]}/${name}"`
  );
  await using config = await ConfigFile.create(["[devices]", ...devices].join("\n"));
  await using program = runExample(["run", "-A", "examples/devices.ts", config.path]);
  const text = await scrape(program);
  for (const device of names) {
    const isUp = device.startsWith("works");
    assertSeries(text, [`device_up{device="${device}"} ${isUp ? 1 : 0}`]);
    assertEquals(text.includes(`device_temperature_celsius{device="${device}"} 21.5\n`), isUp);
  }
});

Deno.test("examples/cached_up.ts exposes a cached result, also that the API is down", async () => {
  let status = 500;
  let requests = 0;
  await using api = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, () => {
    requests++;
    return Response.json({ visitors: 5 }, { status });
  });
  await using config = await ConfigFile.create(`api = "http://127.0.0.1:${api.addr.port}/"`);
  const args = ["run", "-A", "examples/cached_up.ts", config.path];
  {
    await using program = runExample(args);
    const text = await scrape(program);
    assertSeries(text, ["api_up 0"]);
    assert(!text.includes("api_visitors"));
    status = 200;
    assertSeries(await scrape(program), ["api_up 0"]);
  }
  {
    await using program = runExample(args);
    assertSeries(await scrape(program), ["api_up 1", "api_visitors 5"]);
    status = 500;
    assertSeries(await scrape(program), ["api_up 1", "api_visitors 5"]);
  }
  assertEquals(requests, 2);
});

const INFO = "# Clients\r\nconnected_clients:3\r\n\r\n# Memory\r\nused_memory:1048576\r\n" +
  "\r\n# Stats\r\ntotal_commands_processed:42\r\n";

for (
  const { title, reply, series } of [
    {
      title: "exposes what Redis says of itself",
      reply: `$${INFO.length}\r\n${INFO}\r\n+OK\r\n`,
      series: [
        "redis_up 1",
        "redis_connected_clients 3",
        "redis_memory_used_bytes 1048576",
        "redis_commands_processed_total 42",
      ],
    },
    {
      title: "exposes that Redis refuses to answer",
      reply: "-NOAUTH Authentication required.\r\n+OK\r\n",
      series: ["redis_up 0"],
    },
    { title: "exposes that Redis hangs", reply: undefined, series: ["redis_up 0"] },
  ]
) {
  Deno.test(`examples/redis.ts ${title}`, async () => {
    using redis = new FakeRedis(reply);
    await using config = await ConfigFile.create(`redis = "redis://127.0.0.1:${redis.port}"`);
    await using program = runExample(["run", "-A", "examples/redis.ts", config.path]);
    const text = await scrape(program);
    assertSeries(text, series);
    assertEquals(text.match(/^redis_/gm)?.length, series.length);
  });
}

/** A server that speaks as much of the protocol of Redis as the example does, or never answers. */
class FakeRedis implements Disposable {
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #connections: Deno.Conn[] = [];

  constructor(reply: string | undefined) {
    this.#serve(reply);
  }

  get port(): number {
    return this.#listener.addr.port;
  }

  [Symbol.dispose](): void {
    this.#listener.close();
    for (const connection of this.#connections) connection[Symbol.dispose]();
  }

  async #serve(reply: string | undefined): Promise<void> {
    for await (const connection of this.#listener) {
      this.#connections.push(connection);
      if (reply === undefined) continue;
      const commands = new Uint8Array(100);
      const length = await connection.read(commands);
      assertEquals(new TextDecoder().decode(commands.subarray(0, length!)), "INFO\r\nQUIT\r\n");
      await connection.write(new TextEncoder().encode(reply));
      connection.close();
    }
  }
}

/** A configuration file for the time of a test. */
class ConfigFile implements AsyncDisposable {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  static async create(toml: string): Promise<ConfigFile> {
    const path = await Deno.makeTempFile({ suffix: ".toml" });
    await Deno.writeTextFile(path, toml);
    return new ConfigFile(path);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.path);
  }
}
