import { assert, assertEquals, assertMatch, assertStringIncludes, assertThrows } from "@std/assert";
import { createServer, type Server, type Socket } from "node:net";
import { TLSSocket } from "node:tls";
import { SILENT } from "../../model/logger.ts";
import { Resolver } from "../../probes/resolver.ts";
import { createTcpProbe } from "../../probes/tcp.ts";
import type { TcpProbeOptions } from "../../probes/tcp_options.ts";
import { Registry } from "../../registry.ts";
import { type Certificate, Certificates } from "../support/certificates.ts";
import { RawTarget, send, untilClosed } from "../support/raw_target.ts";
import { type Found, probeTarget, type ProbeTargetOptions } from "../support/probe.ts";

/** A server that speaks first. */
class Speaker implements AsyncDisposable {
  readonly #server: Server;
  readonly received: string[] = [];

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(speak: (socket: Socket, received: string[]) => void): Promise<Speaker> {
    const speaker = new Speaker(createServer((socket) => {
      socket.on("error", () => {}).resume();
      speak(socket, speaker.received);
    }));
    await new Promise<void>((resolve) => speaker.#server.listen(0, "127.0.0.1", resolve));
    return speaker;
  }

  get host(): string {
    return `127.0.0.1:${(this.#server.address() as { port: number }).port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

async function probe(
  speak: (socket: Socket, received: string[]) => void,
  options: TcpProbeOptions = {},
  more: ProbeTargetOptions = {},
): Promise<Found & { received: string[] }> {
  await using speaker = await Speaker.start(speak);
  const found = await probeTarget(createTcpProbe(options), speaker.host, more);
  return { ...found, received: speaker.received };
}

Deno.test("createTcpProbe() connects", async () => {
  const { isSuccess, values } = await probe((socket) => socket.end());
  assert(isSuccess);
  assertEquals(values.get("probe_ip_protocol"), 4);
  assertEquals(values.get("probe_failed_due_to_regex"), 0);
  assertEquals(values.get("probe_failed_due_to_bytes"), 0);
});

Deno.test("createTcpProbe() fails at a closed port, and without a port", async () => {
  const speaker = await Speaker.start(() => {});
  const { host } = speaker;
  await speaker[Symbol.asyncDispose]();
  assertMatch((await probeTarget(createTcpProbe({}), host)).problem, /refused/i);
  assertEquals(
    (await probeTarget(createTcpProbe({}), "127.0.0.1")).problem,
    "the target has no port",
  );
});

Deno.test("createTcpProbe() reads lines until one matches, and answers with its groups", async () => {
  const { isSuccess, problem, values, received } = await probe((socket, received) => {
    socket.write("hello\r\nSSH-2.0-");
    setTimeout(() => socket.write("OpenSSH_9.2 Debian\r\n"), 5);
    socket.on("data", (data) => {
      received.push(`${data}`);
      socket.end("OK\n");
    });
  }, {
    queryResponse: [
      {
        expect: "^SSH-2.0-([^ -]+)(?: (.*))?$",
        labels: { version: "$1", comments: "${2}", price: "$$" },
        send: "SSH-2.0-${1} probe",
      },
      { expect: "^OK$" },
    ],
  });
  assert(isSuccess, problem);
  assertEquals(received, ["SSH-2.0-OpenSSH_9.2 probe\n"]);
  assertEquals(
    values.get('probe_expect_info{version="OpenSSH_9.2",comments="Debian",price="$"}'),
    1,
  );
});

Deno.test("createTcpProbe() fails if no line matches", async () => {
  const { problem, values } = await probe((socket) => socket.end("a\nb"), {
    queryResponse: [{ expect: "c" }],
  });
  assertEquals(problem, "no line matches c");
  assertEquals(values.get("probe_failed_due_to_regex"), 1);
});

Deno.test("createTcpProbe() takes a last line without an end", async () => {
  const options = { queryResponse: [{ expect: "^b$" }] };
  assert((await probe((socket) => socket.end("a\nb"), options)).isSuccess);
});

Deno.test("createTcpProbe() compares bytes, in whatever pieces they come", async () => {
  const pieces = (socket: Socket) => {
    socket.write("PO");
    setTimeout(() => socket.end("NG"), 5);
  };
  const options = (expectBytes: string) => ({ queryResponse: [{ send: "PING" }, { expectBytes }] });
  assert((await probe(pieces, options("PONG"))).isSuccess);
  const wrong = await probe(pieces, options("PANG"));
  assertEquals(wrong.problem, "the target sent other bytes than those expected");
  assertEquals(wrong.values.get("probe_failed_due_to_bytes"), 1);
  assertEquals((await probe(pieces, options("PONGO"))).isSuccess, false);
});

for (
  const [what, speak] of [
    ["says nothing", () => {}],
    ["sends a line without an end", (socket: Socket) => void socket.write("abc")],
    [
      "sends other lines all the time",
      (socket: Socket) => {
        const timer = setInterval(() => socket.write("no\n".repeat(1000)), 1);
        socket.on("close", () => clearInterval(timer));
      },
    ],
  ] as [string, (socket: Socket) => void][]
) {
  Deno.test(`createTcpProbe() ends at the deadline when a target ${what}`, async () => {
    const options = { queryResponse: [{ expect: "yes" }] };
    const found = await probe(speak, options, { timeout: 0.1 });
    assertStringIncludes(found.problem, "took longer than 0.1 s");
  });
}

Deno.test("createTcpProbe() yields to the event loop between lines", async () => {
  await using speaker = await Speaker.start((socket) => void socket.end("no\n".repeat(200_000)));
  let lines = 0;
  let ticks = 0;
  const timer = setInterval(() => ticks++, 0);
  await createTcpProbe({ queryResponse: [{ expect: "yes" }] })({
    ...{
      target: speaker.host,
      module: "",
      params: new URLSearchParams(),
      registry: new Registry(),
    },
    signal: new AbortController().signal,
    deadline: new Date(Date.now() + 10_000),
    logger: { ...SILENT, debug: () => lines++ },
    resolve: (target) => new Resolver(undefined).resolve(target),
  })?.catch(() => {});
  clearInterval(timer);
  assertEquals(lines, 200_000);
  // Pieces of 64 KiB alone would be ten.
  assert(ticks > 20, `${ticks} ticks`);
});

Deno.test("createTcpProbe() does not keep an endless line", async () => {
  const found = await probe((socket) => void socket.write("x".repeat(1_000_000)), {
    queryResponse: [{ expect: "^(x+x+)+y" }],
  });
  assertEquals(found.problem, "the target sent a line of more than 65536 bytes");
});

Deno.test({
  name: "createTcpProbe() encrypts",
  ignore: !Certificates.isAvailable,
  async fn(t) {
    using certificates = new Certificates();
    const ca = certificates.selfSigned("authority");
    const leaf = certificates.signed(ca, "localhost", "DNS:localhost,IP:127.0.0.1");
    const tls = { ca: ca.cert };

    await t.step("from the start", async () => {
      await using target = new RawTarget("HTTP/1.1 200 OK\r\n\r\n", leaf);
      const queryResponse = [{ send: "GET / HTTP/1.1\r\n\r" }, { expect: "^HTTP/1.1 200" }];
      const options = { encrypted: true, tls, queryResponse };
      const found = await probeTarget(createTcpProbe(options), target.host);
      assert(found.isSuccess, found.problem);
      assertEquals(found.values.get('probe_tls_version_info{version="TLS 1.3"}'), 1);
      assert(found.values.get("probe_ssl_earliest_cert_expiry")! > Date.now() / 1000);
      const unverified = await probeTarget(createTcpProbe({ encrypted: true }), target.host);
      assertMatch(unverified.problem, /verify/);
    });

    await t.step("after STARTTLS", async () => {
      const found = await probe((socket) => speakSmtp(socket, leaf), {
        tls,
        queryResponse: [
          { expect: "^220 ", send: "EHLO prober\r" },
          { expect: "^250[ -]STARTTLS", send: "STARTTLS\r" },
          { expect: "^220 ", startTls: true },
          { send: "QUIT\r" },
          { expect: "^221 bye" },
        ],
      });
      assert(found.isSuccess, `${found.problem}\n${found.log}`);
      assert(found.values.has("probe_ssl_earliest_cert_expiry"));
    });
  },
});

function speakSmtp(socket: Socket, { cert, key }: Certificate): void {
  socket.write("220 ready\r\n");
  socket.on("data", function onData(data) {
    if (`${data}`.startsWith("EHLO")) return void socket.write("250-x\r\n250 STARTTLS\r\n");
    socket.off("data", onData);
    socket.write("220 go\r\n");
    const secure = new TLSSocket(socket, { isServer: true, cert, key } as object);
    secure.on("error", () => {});
    secure.on("data", () => secure.end("221 bye\r\n"));
  });
}

Deno.test("createTcpProbe() refuses addresses that are not allowed", async () => {
  await using target = new RawTarget((connection) => send(connection, "x"));
  const found = await probeTarget(createTcpProbe({}), target.host, { policy: {} });
  assertStringIncludes(found.problem, "expected a public address, got a loopback one");
  assertEquals(target.heads, []);
});

Deno.test("createTcpProbe() closes its connection", async () => {
  const closed = Promise.withResolvers<void>();
  await using target = new RawTarget(async (connection) => {
    await untilClosed(connection);
    closed.resolve();
  });
  assert((await probeTarget(createTcpProbe({}), target.host)).isSuccess);
});

const INVALID: [options: Record<string, unknown>, message: string][] = [
  [{ queryResponse: {} }, "expected queryResponse to be a list"],
  [{ queryResponse: [{ expct: "a" }] }, 'unknown option "expct", did you mean "expect"?'],
  [{ queryResponse: [{ expect: "(" }] }, 'Cannot compile "("'],
  [{ queryResponse: [{ expect: "a", expectBytes: "a" }] }, "expected either expect or expectBytes"],
  [{ queryResponse: [{ labels: { a: "b" } }] }, "labels need expect"],
  [{ queryResponse: [{ expect: "a", labels: { "a b": "b" } }] }, "expected label names"],
  [{ encrypted: 1 }, "expected encrypted to be true or false, got 1"],
];

for (const [options, message] of INVALID) {
  Deno.test(`createTcpProbe() refuses ${JSON.stringify(options)}`, () => {
    assertThrows(() => createTcpProbe(options), Error, message);
  });
}
