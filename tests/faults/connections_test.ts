import { assert, assertEquals, assertGreater, assertLess } from "@std/assert";
import { Connection } from "../integration/connection.ts";
import { withTools } from "../integration/tool.ts";
import { until, within } from "../support/until.ts";
import { QUICK, report, requestOf, Target } from "./target.ts";

const COUNTS = `/metrics?${QUICK}&name[]=requests_total&host=host-0`;

/** Timeouts that tests can wait for. */
const SHORT = { headerTimeout: 1, idleTimeout: 1 };

/** The longest time in seconds in which a connection is closed after a timeout of one second: two looks at it, and some more. */
const LATEST = 6;

/** Opens connections that send nothing but a text, and closes them at the end. */
async function openMany(
  target: Target,
  count: number,
  text = "",
): Promise<Disposable & { readonly all: readonly Deno.TcpConn[] }> {
  const all: Deno.TcpConn[] = [];
  for (let i = 0; i < count; i += 50) {
    const some = Array.from({ length: Math.min(50, count - i) }, () => target.open(text));
    all.push(...await Promise.all(some));
  }
  return {
    all,
    [Symbol.dispose]: () => all.forEach((connection) => connection.close()),
  };
}

/** Returns the seconds that a client with a new connection waits for an answer. */
async function freshTime(target: Target): Promise<number> {
  const began = performance.now();
  using connection = await Connection.open(target.url);
  const { status } = await within("an answer", connection.fetch("/-/healthy"));
  assertEquals(status, 200);
  return (performance.now() - began) / 1000;
}

/** Returns the seconds until the server closes a connection. What it sends before that is ignored. */
async function closedAfter(connection: Deno.TcpConn): Promise<number> {
  const began = performance.now();
  const buffer = new Uint8Array(65536);
  const end = async () => {
    while (await connection.read(buffer).catch(() => null) !== null);
  };
  await within("the connection to be closed", end(), { limit: 20 });
  return (performance.now() - began) / 1000;
}

/** Sends a text bit by bit, a tenth of a second apart, until the server closes the connection. */
async function sendSlowly(connection: Deno.TcpConn, bits: Iterable<string>): Promise<void> {
  for (const bit of bits) {
    const count = await connection.write(new TextEncoder().encode(bit)).catch(() => 0);
    if (count === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Sends requests that are not answered soon, until a new connection is refused. */
async function occupyAll(target: Target): Promise<Disposable & { end(): void }> {
  const busy: Deno.TcpConn[] = [];
  await until("a refusal", async () => {
    busy.push(await target.open(requestOf("/metrics?collect[]=hung")));
    using late = await Connection.open(target.url);
    return await late.fetch("/-/healthy").then(() => false, () => true);
  });
  const end = () => busy.splice(0).forEach((connection) => connection.close());
  return { end, [Symbol.dispose]: end };
}

async function countOf(target: Target): Promise<number> {
  const [status, text] = await target.get(COUNTS);
  assertEquals(status, 200);
  return Number(/^requests_total\{.*\} (\S+)$/m.exec(text)![1]);
}

for (const [count, descriptors] of [[1005, 1024], [256, 256]] as const) {
  for (
    const [what, text] of [
      ["silent connections", ""],
      ["half-sent heads", "GET /metrics HTTP/1.1\r\nHost: te"],
    ] as const
  ) {
    Deno.test(`${count} ${what} keep nobody out, with ${descriptors} descriptors`, async () => {
      await using target = await Target.start({ descriptors });
      using _ = await openMany(target, count, text);
      const times: number[] = [];
      for (let i = 0; i < 5; i++) times.push(await freshTime(target));
      report(`${count} ${what}: wait of a new client`, Math.max(...times), "s");
      assertLess(Math.max(...times), 1);
      assertEquals(target.program.count(/msg="cannot accept connections/), 0);
    });
  }
}

Deno.test("idle connections that were used give way to new ones", async () => {
  await using target = await Target.start({ descriptors: 256 });
  using idle = await openMany(target, 250, requestOf("/-/healthy"));
  assertLess(await freshTime(target), 1);
  const closed = idle.all.slice(0, 100).map((connection) => closedAfter(connection));
  await Promise.all(closed);
  // The last ones are still open.
  const last = idle.all.at(-1)!;
  await last.read(new Uint8Array(65536));
  await last.write(new TextEncoder().encode(requestOf("/-/healthy")));
  assertGreater(await last.read(new Uint8Array(65536)), 0);
});

Deno.test("connections that are being answered do not give way, and new ones are refused", async () => {
  await using target = await Target.start({ exporter: { maxConnections: 3 } });
  using busy = await occupyAll(target);
  await target.program.line(/msg="too many connections"/);
  busy.end();
  await until("an answer", async () => await freshTime(target) < 1);
});

Deno.test("a client has no more connections than one address may have", async () => {
  await using target = await Target.start({ exporter: { maxConnectionsPerClient: 20 } });
  const before = target.descriptors;
  using _ = await openMany(target, 100);
  await target.program.line(/msg="too many connections"/);
  await until("the descriptors", () => target.descriptors <= before + 21);
  assertLess(await freshTime(target), 1);
});

Deno.test(withTools(["curl"], {
  name: "a client that occupies all of its connections keeps no other one out",
  fn: async () => {
    await using target = await Target.start({ exporter: { maxConnectionsPerClient: 3 } });
    using _ = await occupyAll(target);
    const { stdout } = await new Deno.Command("curl", {
      args: ["--silent", "--interface", "127.0.0.2", new URL("/-/healthy", target.url).href],
    }).output();
    assertEquals(new TextDecoder().decode(stdout), "Healthy\n");
  },
}));

Deno.test("silent connections and half-sent heads are closed after the header timeout", async () => {
  await using target = await Target.start({ exporter: SHORT });
  using silent = await openMany(target, 20);
  using halves = await openMany(target, 20, "GET /metrics HTTP/1.1\r\nHost: te");
  const times = await Promise.all([...silent.all, ...halves.all].map(closedAfter));
  report("silent connections: closed after a header timeout of 1 s", Math.max(...times), "s");
  assertLess(Math.max(...times), LATEST);
  assertGreater(Math.min(...times), 0.5);
});

Deno.test("heads that arrive byte by byte are cut off after the header timeout", async () => {
  await using target = await Target.start({ exporter: { headerTimeout: 1 } });
  using first = await openMany(target, 10, "GET / HTTP/1.1\r\n");
  using later = await openMany(target, 10, requestOf("/-/healthy") + "GET / HTTP/1.1\r\n");
  const all = [...first.all, ...later.all];
  for (const connection of all) void sendSlowly(connection, "X-Slow: ".padEnd(300, "a"));
  const times = await Promise.all(all.map(closedAfter));
  report("slow heads: cut off after a header timeout of 1 s", Math.max(...times), "s");
  assertLess(Math.max(...times), LATEST);
});

Deno.test("bodies that arrive byte by byte hold nothing up, and are cut off", async () => {
  await using target = await Target.start({ exporter: SHORT });
  const head = "POST /metrics HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\n";
  using slow = await openMany(target, 20, head);
  for (const connection of slow.all) void sendSlowly(connection, "a".repeat(300));
  assertLess(await freshTime(target), 1);
  const times = await Promise.all(slow.all.map(closedAfter));
  report("slow bodies: cut off, with a header timeout of 1 s", Math.max(...times), "s");
  assertLess(Math.max(...times), LATEST);
});

Deno.test("connections that idle after a response are closed after the idle timeout", async () => {
  await using target = await Target.start({ exporter: { headerTimeout: 30, idleTimeout: 1 } });
  using idle = await openMany(target, 20, requestOf("/-/healthy"));
  const times = await Promise.all(idle.all.map(closedAfter));
  report("idle connections: closed after an idle timeout of 1 s", Math.max(...times), "s");
  assertLess(Math.max(...times), LATEST);
  assertGreater(Math.min(...times), 0.5);
});

Deno.test("the log says once that there are too many connections, and when that is over", async () => {
  await using target = await Target.start({ exporter: { maxConnections: 20 } });
  using _ = await openMany(target, 200);
  await target.program.line(/level=warn .*msg="too many connections"/);
  const [, closed] = await target.program.line(
    /level=info .*msg="no longer too many connections" closed=(\d+)/,
    { limit: 30 },
  );
  assertEquals(Number(closed), 180);
  assertEquals(target.program.count(/msg="too many connections"/), 1);
});

Deno.test("when descriptors run out, it serves again by itself, and counts go on", async () => {
  const limits = { maxConnections: 1000, maxConnectionsPerClient: 1000 };
  await using target = await Target.start({ descriptors: 64, exporter: limits });
  const before = await until("a count", async () => await countOf(target) || undefined);
  {
    using _ = await openMany(target, 200);
    await target.program.line(/level=error .*msg="cannot accept connections, trying again"/);
    const began = performance.now();
    await until("an answer", async () => await freshTime(target) < 1, { limit: 30 });
    const waited = (performance.now() - began) / 1000;
    report("descriptors run out: wait of a new client", waited, "s");
    // The first request that needs Node's server, which is loaded for it.
    await until("an answer of Node", async () => {
      using connection = await Connection.open(target.url);
      const headers = ["Content-Length: 0"];
      return await connection.fetch("/-/healthy", { headers }).then(() => true, () => false);
    });
    assertLess(waited, 5);
    assert(await countOf(target) > before);
    assertLess(target.program.count(/msg="cannot accept connections/), 10);
  }
  await until("an answer", async () => await freshTime(target) < 1);
  assert(await countOf(target) > before);
});
