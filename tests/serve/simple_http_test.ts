import { assertEquals, assertMatch } from "@std/assert";
import { DEFAULT_LIMITS } from "../../model/limits.ts";
import type { HttpRequest } from "../../serve/request.ts";
import { type Reply, textReply } from "../../serve/response.ts";
import { Server } from "../../serve/server.ts";
import { Connection } from "../integration/connection.ts";
import { within } from "../support/until.ts";

type Answer = (request: HttpRequest) => Reply | Promise<Reply>;

/** A server with a connection to it. */
class Fixture implements AsyncDisposable {
  readonly server: Server;
  readonly connection: Connection;

  private constructor(server: Server, connection: Connection) {
    this.server = server;
    this.connection = connection;
  }

  static async open(answer: Answer): Promise<Fixture> {
    const server = await Server.listen({
      addresses: [{ hostname: "127.0.0.1", port: 0 }],
      handler: (request) => Promise.resolve(answer(request)),
      limits: () => DEFAULT_LIMITS,
      events: { onFailure: () => {}, onLimit: () => {}, onRelief: () => {} },
    });
    return new Fixture(server, await Connection.open(server.urls[0]!));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.connection.close();
    await this.server.close(0);
  }
}

/** Headers that hand a request over to Node. */
const NODE = ["Content-Length: 0"];

function streamOf(...texts: string[]): ReadableStream<Uint8Array<ArrayBuffer>> {
  return ReadableStream.from(texts.map((text) => new TextEncoder().encode(text)));
}

/** Reads until the server has closed the connection. */
async function readAll(connection: Connection): Promise<string> {
  let text = "";
  try {
    for (;;) text += new TextDecoder().decode(await connection.take(1));
  } catch {
    return text;
  }
}

const echo: Answer = ({ method, pathname, search, url, headers, client }) =>
  textReply(200, JSON.stringify([method, pathname, search, url, headers.get("x"), client.address]));

Deno.test("Server answers a simple request as Node does", async () => {
  await using fixture = await Fixture.open(echo);
  const { connection } = fixture;
  const responses = [];
  for (const headers of [["X: y"], ["X: y", ...NODE]]) {
    responses.push(await connection.fetch("/a?b=c", { headers }));
  }
  const [ours, nodes] = responses.map(({ status, headers, body }) => {
    assertMatch(headers.get("date")!, / GMT$/);
    headers.delete("date");
    return [status, [...headers], new TextDecoder().decode(body)];
  });
  assertEquals(ours, nodes);
});

for (const [what, headers] of [["", []], [" to Node", NODE]] as const) {
  const options = (method: string) => ({ method, headers: [...headers] });

  Deno.test(`Server answers requests one after the other, when they are pipelined${what}`, async () => {
    const first = Promise.withResolvers<Reply>();
    const arrived = Promise.withResolvers<void>();
    let running = 0;
    let most = 0;
    await using fixture = await Fixture.open(async ({ pathname }) => {
      most = Math.max(most, ++running);
      arrived.resolve();
      const reply = pathname === "/0" ? await first.promise : textReply(200, pathname!);
      running--;
      return reply;
    });
    const { connection } = fixture;
    const paths = Array.from({ length: 50 }, (_, i) => `/${i}`);
    const head = (path: string) =>
      [`GET ${path} HTTP/1.1`, "Host: localhost", ...headers, "", ""].join("\r\n");
    await connection.write(paths.map(head).join(""));
    await arrived.promise;
    first.resolve(textReply(200, "/0"));
    for (const path of paths) {
      const { body } = await within(path, connection.response(), { limit: 10 });
      assertEquals(new TextDecoder().decode(body), `${path}\n`);
    }
    assertEquals(most, 1);
  });

  Deno.test(`Server aborts the signal of a client that leaves${what}`, async () => {
    const arrived = Promise.withResolvers<AbortSignal>();
    await using fixture = await Fixture.open(({ client }) => {
      arrived.resolve(client.gone!);
      return new Promise(() => {});
    });
    await fixture.connection.request("/", options("GET"));
    const gone = await arrived.promise;
    const aborted = new Promise<void>((resolve) => {
      gone.addEventListener("abort", () => resolve());
    });
    assertEquals(gone.aborted, false);
    fixture.connection.close();
    await within("the signal", aborted);
  });

  Deno.test(`Server does not abort the signal of a client that got everything${what}`, async () => {
    const signals: AbortSignal[] = [];
    await using fixture = await Fixture.open(({ client }) => {
      signals.push(client.gone!);
      return textReply(200, "a");
    });
    await fixture.connection.fetch("/", options("GET"));
    await fixture.connection.fetch("/", options("GET"));
    assertEquals(signals.map(({ aborted }) => aborted), [false, false]);
  });

  Deno.test(`Server closes the connection when a client asks for it${what}`, async () => {
    await using fixture = await Fixture.open(echo);
    const { connection } = fixture;
    const response = await connection.fetch("/", { headers: ["Connection: close", ...headers] });
    assertEquals(response.headers.get("connection"), "close");
    assertEquals(response.headers.get("keep-alive"), null);
    await within("the end", connection.closed());
  });

  Deno.test(`Server closes the connection when a body is shorter than its length${what}`, async () => {
    await using fixture = await Fixture.open(() => ({
      status: 200,
      headers: new Map([["content-length", "5"]]),
      body: streamOf("a", "bc"),
    }));
    await fixture.connection.request("/", options("GET"));
    const text = await within("the end", readAll(fixture.connection));
    assertMatch(text, /^$|\r\n\r\n(?:abc|a|)$/); // Node discards what the kernel has not taken yet.
  });

  Deno.test(`Server sends a body of unknown length in chunks${what}`, async () => {
    await using fixture = await Fixture.open(() => ({
      status: 200,
      headers: new Map(),
      body: streamOf("a", "", "b".repeat(20)),
    }));
    await fixture.connection.request("/", { headers: ["Connection: close", ...headers] });
    const text = await within("the end", readAll(fixture.connection));
    assertMatch(text, /\r\ntransfer-encoding: chunked\r\n/i);
    assertMatch(text, /\r\n\r\n1\r\na\r\n14\r\nb{20}\r\n0\r\n\r\n$/);
  });

  Deno.test(`Server sends no body to HEAD${what}`, async () => {
    await using fixture = await Fixture.open(() => textReply(200, "a"));
    const { connection } = fixture;
    for (const method of ["HEAD", "GET"]) {
      await connection.request("/", options(method));
      const response = await connection.response({ method });
      assertEquals([response.length, response.body.length], [2, method === "GET" ? 2 : 0]);
    }
  });
}

Deno.test("Server hands a connection over to Node at any of its requests", async () => {
  await using fixture = await Fixture.open(echo);
  const { connection } = fixture;
  for (const headers of [[], [], NODE, [], NODE]) {
    const { status } = await connection.fetch("/a", { headers });
    assertEquals(status, 200);
  }
  await connection.write(
    "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabcGET /x HTTP/1.1\r\n",
  );
  assertEquals((await connection.response()).status, 200);
  await connection.write("Host: b\r\n\r\n");
  const { body } = await connection.response();
  assertEquals(JSON.parse(new TextDecoder().decode(body))[1], "/x");
});

Deno.test("Server reads a simple request that arrives byte by byte", async () => {
  await using fixture = await Fixture.open(echo);
  const { connection } = fixture;
  for (const byte of "GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\n") {
    await connection.write(byte);
    await new Promise((resolve) => setTimeout(resolve));
  }
  assertEquals((await connection.response()).status, 200);
});

Deno.test("Server sends headers as ISO-8859-1", async () => {
  await using fixture = await Fixture.open(() => ({
    status: 200,
    headers: new Map([["x", "\xfc"]]),
    body: null,
  }));
  await fixture.connection.request("/", { headers: ["Connection: close"] });
  const bytes = new Uint8Array(await fixture.connection.take(30));
  const at = new TextDecoder("latin1").decode(bytes).indexOf("x: ");
  assertEquals([bytes[at + 3], bytes[at + 4]], [0xfc, 0x0d]);
});
