import { assertEquals, assertFalse, assertGreater, assertLess, assertRejects } from "@std/assert";
import { gunzipSync } from "node:zlib";
import { Exporter } from "../../exporter.ts";
import { MetricFamily } from "../../family.ts";
import { createLogger } from "../../log.ts";
import { Registry } from "../../registry.ts";
import { replyOf, responseOf, textReply } from "../../serve/response.ts";
import { Server, type ServerEvents, type ServerOptions } from "../../serve/server.ts";
import { DEFAULT_LIMITS } from "../../model/limits.ts";
import { Connection } from "../integration/connection.ts";
import { HAS_IPV6, occupyPort } from "../integration/network.ts";
import { findTool } from "../integration/tool.ts";
import { within } from "../support/until.ts";

const MIB = 1024 * 1024;

type Handler = (request: Request) => Response | Promise<Response>;

const EVENTS: ServerEvents = {
  onFailure: (error) => console.error(error),
  onLimit: () => {},
  onRelief: () => {},
};

function serve(handler: Handler, options: Partial<ServerOptions> = {}): Promise<Server> {
  return Server.listen({
    addresses: [{ hostname: "127.0.0.1", port: 0 }],
    handler: async (request) => replyOf(await handler(request.toWeb())),
    limits: () => DEFAULT_LIMITS,
    events: EVENTS,
    ...options,
  });
}

function listen(hostname: string, port: number): Promise<Server> {
  return serve(() => new Response(), { addresses: [{ hostname, port }] });
}

/** A response of so many bytes that come one MiB at a time as they are read. */
function streamed(bytes: number): Response {
  let left = bytes;
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull(controller) {
      const size = Math.min(MIB, left);
      left -= size;
      if (size > 0) controller.enqueue(new Uint8Array(size));
      else controller.close();
    },
  }, { highWaterMark: 0 });
  return new Response(body, { headers: { "content-length": `${bytes}` } });
}

/** Closes a server, in a test that fails rather than hang if that takes much too long. */
function close(server: Server, seconds: number, limit = 2): Promise<void> {
  return within("the server to close", server.close(seconds), { limit });
}

function urlOf(server: Server): URL {
  return server.urls[0]!;
}

async function isRefused(url: URL): Promise<boolean> {
  try {
    (await Connection.open(url)).close();
    return false;
  } catch (error) {
    if (error instanceof Deno.errors.ConnectionRefused) return true;
    throw error;
  }
}

Deno.test("Server.urls have the actual port for port 0", async () => {
  const server = await serve(() => new Response("here"));
  assertGreater(Number(urlOf(server).port), 0);
  assertEquals(urlOf(server).href, `http://127.0.0.1:${urlOf(server).port}/`);
  assertEquals(await (await fetch(urlOf(server))).text(), "here");
  await close(server, 1);
});

Deno.test({
  name: "Server.urls have an IPv6 address in brackets",
  ignore: !HAS_IPV6,
  fn: async () => {
    const server = await serve(() => new Response("here"), {
      addresses: [{ hostname: "::1", port: 0 }],
    });
    assertEquals(urlOf(server).href, `http://[::1]:${urlOf(server).port}/`);
    assertEquals(await (await fetch(urlOf(server))).text(), "here");
    await close(server, 1);
  },
});

Deno.test("Server.listen() reports a port in use", async () => {
  using occupant = occupyPort();
  const { port } = occupant.addr;
  await assertRejects(
    () => listen("127.0.0.1", port),
    Error,
    `Cannot listen on 127.0.0.1:${port}: address already in use`,
  );
});

Deno.test("Server.listen() reports an address that is not local", async () => {
  await assertRejects(
    () => listen("192.0.2.1", 9999),
    Error,
    "Cannot listen on 192.0.2.1:9999: not an address of this machine",
  );
});

Deno.test({
  name: "Server.listen() says which permission is missing, and does not ask for it",
  permissions: { net: ["127.0.0.1:9998"] },
  fn: async () => {
    await assertRejects(
      () => listen("127.0.0.1", 9999),
      Error,
      "Cannot listen on 127.0.0.1:9999: not permitted, run with --allow-net=127.0.0.1:9999",
    );
    await assertRejects(
      () => listen("::1", 9999),
      Error,
      "Cannot listen on [::1]:9999: not permitted, run with --allow-net=[::1]:9999",
    );
  },
});

Deno.test("Server.close() does not wait for idle connections, and closes them", async () => {
  const server = await serve(() => responseOf(textReply(200, "kept alive")));
  using used = await Connection.open(urlOf(server));
  assertEquals((await used.fetch("/")).status, 200);
  using unused = await Connection.open(urlOf(server));
  using halfway = await Connection.open(urlOf(server));
  await halfway.write("GET / HTTP/1.1\r\nHost:");

  await close(server, 5);
  await Promise.all([used.closed(), unused.closed(), halfway.closed()]);
});

Deno.test("Server survives responses that cannot be sent, and closes their connections", async () => {
  const failing = () =>
    new ReadableStream({ start: (controller) => controller.error(new Error("no")) });
  const used = new Response("used");
  await used.text();
  const responses = [
    new Response(failing(), { headers: { "content-length": "5" } }),
    new Response(failing()),
    used,
  ];
  const server = await serve(() => responses.shift() ?? responseOf(textReply(200, "fine")));
  while (responses.length > 0) {
    using connection = await Connection.open(urlOf(server));
    await connection.request("/");
    await within("the connection to be closed", readToEnd(connection), { limit: 5 });
  }
  assertEquals(await (await fetch(urlOf(server))).text(), "fine\n");
  await close(server, 1);
});

/** Reads until the server has closed the connection, whatever comes before. */
async function readToEnd(connection: Connection): Promise<void> {
  try {
    for (;;) await connection.take(1);
  } catch {
    // Closed.
  }
}

Deno.test("Server.close() stops listening", async () => {
  const server = await serve(() => new Response());
  await close(server, 1);
  assertEquals(await isRefused(urlOf(server)), true);
});

Deno.test("Server.close() waits for a response in flight, and answers others in the meantime", async () => {
  const slow = Promise.withResolvers<Response>();
  const arrived = Promise.withResolvers<void>();
  const server = await serve((request) => {
    if (new URL(request.url).pathname !== "/slow") return new Response("meanwhile");
    arrived.resolve();
    return slow.promise;
  });
  const response = fetch(new URL("slow", urlOf(server)));
  response.catch(() => {}); // It is awaited much later.
  await arrived.promise;

  const closing = close(server, 5, 10);
  assertEquals(await (await fetch(urlOf(server))).text(), "meanwhile");
  slow.resolve(new Response("in the end"));
  assertEquals(await (await response).text(), "in the end");
  await closing;
});

Deno.test("Server.close() waits for a slow reader of a large response", async () => {
  const server = await serve(() => streamed(32 * MIB));
  using connection = await Connection.open(urlOf(server));
  await connection.request("/");
  const head = await connection.head();

  const closing = close(server, 5, 10);
  let bytes = 0;
  while (bytes < head.length) {
    bytes += (await connection.take(Math.min(MIB, head.length - bytes))).length;
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  assertEquals(bytes, 32 * MIB);
  await closing;
});

Deno.test("Server.close() closes the connection of a stalled reader after the timeout", async () => {
  const server = await serve(() => streamed(32 * MIB));
  using connection = await Connection.open(urlOf(server));
  await connection.request("/");
  await connection.head();

  const began = performance.now();
  await close(server, 0.2);
  assertGreater(performance.now() - began, 190);
});

Deno.test("Server.close() abandons a pending handler after the timeout", async () => {
  const arrived = Promise.withResolvers<void>();
  const server = await serve(() => {
    arrived.resolve();
    return new Promise<Response>(() => {});
  });
  using connection = await Connection.open(urlOf(server));
  await connection.request("/");
  await arrived.promise;

  await close(server, 0.2);
  await connection.closed();
});

Deno.test("Server.close() closes the connection of a reader that stalls in a response of one piece", async () => {
  const server = await serve(() => new Response(new Uint8Array(32 * MIB)));
  using connection = await Connection.open(urlOf(server));
  await connection.request("/");
  await connection.head();

  await close(server, 0.2);
});

Deno.test("Server.close() is not delayed by a client that keeps sending requests", async () => {
  const busy = Promise.withResolvers<void>();
  let requests = 0;
  let asks = true;
  const server = await serve(() => {
    if (++requests === 100) busy.resolve();
    return new Response("again");
  });
  const clients = Array.from({ length: 8 }, async () => {
    while (asks) await fetch(urlOf(server)).then((response) => response.text(), () => asks = false);
  });
  await busy.promise;

  await close(server, 5);
  asks = false;
  await Promise.all(clients);
});

Deno.test("Server.close() does not wait for disconnected readers", async () => {
  const answer = Promise.withResolvers<Response>();
  const arrived = Promise.withResolvers<void>();
  const server = await serve((request) => {
    if (new URL(request.url).pathname !== "/slow") return streamed(32 * MIB);
    arrived.resolve();
    return answer.promise;
  });
  const early = await Connection.open(urlOf(server));
  await early.request("/slow");
  await arrived.promise;
  early.close();
  const late = await Connection.open(urlOf(server));
  await late.request("/");
  await late.head();
  late.close();
  answer.resolve(streamed(32 * MIB));

  await close(server, 5);
});

Deno.test("Server.close() does not wait for pipelined requests of a client that is gone", async () => {
  for (const headers of [[], ["Content-Length: 0"]]) {
    const arrived = Promise.withResolvers<void>();
    const server = await serve(() => {
      arrived.resolve();
      return new Promise<Response>(() => {});
    });
    const connection = await Connection.open(urlOf(server));
    await connection.request("/first", { headers });
    await connection.request("/second", { headers });
    await arrived.promise;
    connection.close();

    await close(server, 5);
  }
});

const SAMPLES = 100_000;
const LINE = (i: number) => `big{site="north",instance="instance-${i}"} ${i}\n`;
const LARGE = `# TYPE big gauge\n${Array.from({ length: SAMPLES }, (_, i) => LINE(i)).join("")}`;

function exporterOf(registry: Registry): Exporter {
  const logger = createLogger("test", { write: () => {} });
  return new Exporter({ configFile: false, registry, logger });
}

/** An exporter of five megabytes, in many pieces. */
function largeExporter(): Exporter {
  const registry = new Registry();
  const family = new MetricFamily("big", { type: "gauge" });
  for (let i = 0; i < SAMPLES; i++) family.add(i, { site: "north", instance: `instance-${i}` });
  registry.register({ collect: () => [family] });
  return exporterOf(registry);
}

Deno.test("Exporter serves a large response byte for byte", async (t) => {
  const server = await serve(largeExporter().fetch);
  const path = "/metrics?name[]=big";
  const url = new URL(path, urlOf(server));

  await t.step("several times over one connection", async () => {
    using connection = await Connection.open(urlOf(server));
    for (let i = 0; i < 3; i++) {
      const { headers, body } = await connection.fetch(path);
      assertEquals(headers.get("content-length"), `${LARGE.length}`);
      assertEquals(headers.get("transfer-encoding"), null);
      assertEquals(new TextDecoder().decode(body) === LARGE, true);
    }
  });

  await t.step("compressed", async () => {
    using connection = await Connection.open(urlOf(server));
    const accept = ["Accept-Encoding: gzip"];
    for (let i = 0; i < 3; i++) {
      const { headers, body } = await connection.fetch(path, { headers: accept });
      assertEquals(headers.get("content-encoding"), "gzip");
      assertEquals(headers.get("content-length"), `${body.length}`);
      assertLess(body.length, LARGE.length / 4);
      assertEquals(gunzipSync(body).toString() === LARGE, true);
    }
  });

  await t.step("to Deno's fetch", async () => {
    const response = await fetch(url, { headers: { "accept-encoding": "gzip" } });
    assertEquals(await response.text() === LARGE, true);
  });

  await t.step({
    name: "to curl",
    ignore: findTool("curl") === undefined,
    fn: async () => {
      const { success, stdout } = await new Deno.Command("curl", {
        args: ["--silent", "--show-error", "--globoff", "--compressed", url.href],
      }).output();
      assertEquals(success, true);
      assertEquals(new TextDecoder().decode(stdout) === LARGE, true);
    },
  });

  await t.step("whose headers alone answer HEAD", async () => {
    using connection = await Connection.open(urlOf(server));
    for (const method of ["HEAD", "HEAD", "GET"]) {
      const { status, headers } = await connection.fetch(path, { method });
      assertEquals(status, 200);
      assertEquals(headers.get("content-length"), `${LARGE.length}`);
      assertEquals(
        headers.get("content-type"),
        "text/plain; version=0.0.4; charset=utf-8; escaping=underscores",
      );
    }
  });

  await close(server, 5);
});

Deno.test("Exporter answers HEAD like GET without a body on every route", async () => {
  const server = await serve(exporterOf(new Registry()).fetch);
  using connection = await Connection.open(urlOf(server));
  await connection.fetch("/metrics");
  for (const path of ["/", "/-/healthy", "/-/ready", "/nowhere"]) {
    const head = await connection.fetch(path, { method: "HEAD" });
    const get = await connection.fetch(path);
    assertEquals(Number(get.headers.get("content-length")), get.body.length);
    assertFalse(Number(head.headers.get("content-length")) === 0);
    for (const { headers } of [head, get]) {
      headers.delete("date");
      // The status says how long the process has been running.
      if (path === "/") headers.delete("content-length");
    }
    assertEquals([...head.headers], [...get.headers]);
    assertEquals(head.status, get.status);
    assertFalse(get.body.length === 0);
  }
  await close(server, 5);
});

for (
  const [request, expected] of [
    ["GET http://[ HTTP/1.1\r\nHost: localhost\r\n\r\n", 400],
    ["GET /metrics HTTP/1.1\r\nHost: a b\r\n\r\n", 400],
    ["GET /metrics HTTP/1.1\r\nHost: localhost:99999\r\n\r\n", 400],
    ["GET /metrics HTTP/1.1\r\n\r\n", 400],
    ["GET /-/healthy HTTP/1.1\r\nHost: localhost/metrics?\r\n\r\n", 421],
    ["GET /-/healthy HTTP/1.1\r\nHost: localhost/metrics#\r\n\r\n", 421],
    ["GET /-/healthy HTTP/1.1\r\nHost: localhost\\metrics?\r\n\r\n", 421],
    ["GET /-/healthy HTTP/1.1\r\nHost: user@localhost\r\n\r\n", 421],
    ["GET /metrics HTTP/1.1\r\nHost: attacker.example\r\n\r\n", 421],
  ] as const
) {
  Deno.test(`Exporter answers ${JSON.stringify(request)} with ${expected}`, async () => {
    const server = await serve(exporterOf(new Registry()).fetch);
    using connection = await Connection.open(urlOf(server));
    await connection.write(request);
    const { status } = await connection.head();
    assertEquals(status, expected);
    await close(server, 5);
  });
}
