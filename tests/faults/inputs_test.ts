import { assert, assertEquals, assertLess, assertMatch } from "@std/assert";
import { parseExposition } from "../../parse.ts";
import { generator } from "../support/random.ts";
import { within } from "../support/until.ts";
import { QUICK, report, requestOf, Target } from "./target.ts";

const HOST = "Host: localhost\r\n";
const HEALTHY = requestOf("/-/healthy");

/** A few series and short timeouts, so that answers are fast; and as many connections as are tried at once. */
const OPTIONS = {
  series: 100,
  logLevel: "debug",
  maxTimeout: 0.5,
  headerTimeout: 1,
  maxConnections: 500,
  maxConnectionsPerClient: 500,
  maxRequestsInFlight: 400,
};

/** Options of {@linkcode ask}. */
interface AskOptions {
  /** Whether the client waits for the server to close the connection, and does not end its own side before. */
  readonly staysOpen?: boolean;
}

/** Sends bytes, each of them a character of the text, and returns all that comes back until the server closes the connection. */
async function ask(target: Target, text: string, options: AskOptions = {}): Promise<string> {
  const connection = await target.open();
  const send = async () => {
    let rest = Uint8Array.from(text, (character) => character.charCodeAt(0));
    while (rest.length > 0) rest = rest.subarray(await connection.write(rest));
    if (options.staysOpen !== true) await connection.closeWrite();
  };
  const receive = async () => {
    let all = "";
    const buffer = new Uint8Array(65536);
    for (;;) {
      const count = await connection.read(buffer).catch(() => null);
      if (count === null) return all;
      all += new TextDecoder("latin1").decode(buffer.subarray(0, count));
    }
  };
  try {
    const sent = send().catch(() => {}); // The server may close the connection before it has everything.
    const received = await within("the end of the connection", receive(), { limit: 20 });
    await sent;
    return received;
  } finally {
    connection.close();
  }
}

/** Sends a beginning and then portions without end, until the server closes the connection. Returns how many bytes were sent. */
async function flood(target: Target, begin: string, portion: string): Promise<number> {
  using connection = await target.open(begin);
  const bytes = new TextEncoder().encode(portion);
  let sent = 0;
  const write = async () => {
    for (;;) {
      const count = await connection.write(bytes).catch(() => 0);
      if (count === 0) return;
      sent += count;
    }
  };
  await within("the connection to be closed", write(), { limit: 8 });
  return sent;
}

/** The statuses of responses, in the order in which they came. */
function statusesOf(responses: string): number[] {
  return Array.from(
    responses.matchAll(/(?<=^|\n|\r\n\r\n)HTTP\/1\.1 (\d{3}) /g),
    ([, status]) => Number(status),
  );
}

async function seriesOf(target: Target): Promise<string[]> {
  const [status, text] = await target.get(`/metrics?${QUICK}`);
  assertEquals(status, 200);
  return parseExposition(text).flatMap(({ samples }) =>
    samples.map(({ name, labels }) => JSON.stringify([name, ...labels]))
  );
}

/** Starts an exporter; at the end, checks that it still exposes the same series, and that each line of its log is a record. */
async function withTarget(test: (target: Target) => Promise<void>): Promise<void> {
  await using target = await Target.start({ heap: 96, exporter: OPTIONS });
  const before = await seriesOf(target);
  await test(target);
  assertEquals(await seriesOf(target), before);
  const log = target.program.lines.filter((line) => !line.startsWith("Listening"));
  for (const line of log) assertMatch(line, /^time=\S+ level=(?:debug|info|warn) /);
}

function post(headers: readonly string[], body: string): string {
  return ["POST /metrics HTTP/1.1", "Host: localhost", ...headers, "", body].join("\r\n");
}

function get(target: string, headers = HOST, version = "HTTP/1.1"): string {
  return `GET ${target} ${version}\r\n${headers}\r\n`;
}

const CHUNKED = "Transfer-Encoding: chunked";

/** Requests with the statuses of the responses. After status 400 and 431, the connection is closed. */
const REQUESTS: Readonly<Record<string, readonly [request: string, ...statuses: number[]]>> = {
  "a method that nothing answers": [`PUT /metrics HTTP/1.1\r\n${HOST}\r\n`, 405],
  "OPTIONS": [`OPTIONS /metrics HTTP/1.1\r\n${HOST}\r\n`, 405],
  "an unknown method": [`FOO / HTTP/1.1\r\n${HOST}\r\n`, 400],
  "a method in lower case": [`get / HTTP/1.1\r\n${HOST}\r\n`, 400],
  "TRACE": [`TRACE / HTTP/1.1\r\n${HOST}\r\n`, 400],
  "CONNECT": [`CONNECT test:80 HTTP/1.1\r\n${HOST}\r\n`],
  "asterisk form": [get("*"), 400],
  "asterisk form of OPTIONS": [`OPTIONS * HTTP/1.1\r\n${HOST}\r\n`, 400],
  "absolute form": [get("http://test/-/healthy"), 200],
  "absolute form without a host": [get("http:///-/healthy"), 404],
  "a target with a space": [get("/-/healthy x"), 400],
  "a target with two slashes": [get("//evil/metrics"), 404],
  "a target with backslashes": [get("/\\evil\\metrics"), 404],
  "no Host": [get("/-/healthy", ""), 400],
  "two Hosts": [get("/-/healthy", `${HOST}Host: other\r\n`), 400],
  "a Host with a path": [get("/-/healthy", "Host: x/metrics?\r\n"), 421],
  "a Host with a user": [get("/-/healthy", "Host: a@b\r\n"), 421],
  "a Host with half a bracket": [get("/-/healthy", "Host: [x\r\n"), 400],
  "a URL of 20,000 characters": [get(`/?a=${"x".repeat(20_000)}`), 431],
  "a header of 20,000 characters": [get("/", `${HOST}X: ${"x".repeat(20_000)}\r\n`), 431],
  "a header of a megabyte": [get("/", `${HOST}X: ${"x".repeat(1e6)}\r\n`), 431],
  "2,000 headers": [get("/", HOST + "X: a\r\n".repeat(2000)), 431],
  "a folded header": [get("/", `${HOST}X: a\r\n b\r\n`), 400],
  "a space before a colon": [get("/", `${HOST}X : a\r\n`), 400],
  "lines that end in a line feed alone": [HEALTHY.replaceAll("\r", ""), 400],
  "lines that end in a carriage return alone": [HEALTHY.replaceAll("\n", ""), 400],
  "a thousand empty lines first": ["\r\n".repeat(1000) + HEALTHY, 200],
  "HTTP/1.0": [get("/-/healthy", "", "HTTP/1.0"), 200],
  "HTTP/1.2": [get("/-/healthy", HOST, "HTTP/1.2"), 400],
  "HTTP/0.9": ["GET /-/healthy\r\n"],
  "the preface of HTTP/2": ["PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0", 400],
  "the greeting of TLS": [`\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03${"\0".repeat(500)}`, 400],
  "an upgrade to HTTP/2": [
    get("/-/healthy", `${HOST}Connection: Upgrade\r\nUpgrade: h2c\r\n`),
    200,
  ],
  "an upgrade to a web socket": [
    get("/-/healthy", `${HOST}Connection: Upgrade\r\nUpgrade: websocket\r\n`),
    200,
  ],
  "Expect: 100-continue": [post(["Content-Length: 5", "Expect: 100-continue"], "hello"), 100, 405],
  "another expectation": [get("/", `${HOST}Expect: wonders\r\n`), 417],
  "pipelined requests": [HEALTHY.repeat(100), ...Array.from({ length: 100 }, () => 200)],
  "HEAD and another one": [`HEAD /-/healthy HTTP/1.1\r\n${HOST}\r\n${HEALTHY}`, 200, 200],
  "a body that looks like a request": [
    post([`Content-Length: ${HEALTHY.length}`], HEALTHY) + get("/-/ready"),
    405,
    200,
  ],
  "a body of GET that looks like a request": [
    get("/-/healthy", `${HOST}Content-Length: ${HEALTHY.length}\r\n`) + HEALTHY + get("/none"),
    200,
    404,
  ],
  "a body of half a megabyte": [
    post(["Content-Length: 500000"], "x".repeat(500_000)) + HEALTHY,
    405,
    200,
  ],
  "Content-Length before Transfer-Encoding": [
    post(["Content-Length: 6", CHUNKED], "0\r\n\r\nG") + HEALTHY,
    400,
  ],
  "Transfer-Encoding before Content-Length": [
    post([CHUNKED, "Content-Length: 4"], `5c\r\n${HEALTHY}0\r\n\r\n`),
    400,
  ],
  "two lengths": [post(["Content-Length: 5", "Content-Length: 6"], "hello") + HEALTHY, 400],
  "a list of lengths": [post(["Content-Length: 5, 5"], "hello") + HEALTHY, 400],
  "a negative length": [post(["Content-Length: -1"], "hello") + HEALTHY, 400],
  "a length with a sign": [post(["Content-Length: +5"], "hello") + HEALTHY, 400],
  "a length that is too large": [post([`Content-Length: ${"9".repeat(20)}`], "") + HEALTHY, 400],
  "an unknown Transfer-Encoding": [
    post(["Transfer-Encoding: xchunked"], "0\r\n\r\n") + HEALTHY,
    400,
  ],
  "two Transfer-Encodings": [
    post([CHUNKED, "Transfer-Encoding: identity"], "0\r\n\r\n") + HEALTHY,
    400,
  ],
  "a Transfer-Encoding with a space": [
    post(["Transfer-Encoding : chunked"], "0\r\n\r\n") + HEALTHY,
    400,
  ],
};

Deno.test("requests that are odd, invalid or ambiguous get the response that they should, and no more", async () => {
  await withTarget(async (target) => {
    for (const [what, [request, ...statuses]] of Object.entries(REQUESTS)) {
      assertEquals([what, ...statusesOf(await ask(target, request))], [what, ...statuses]);
    }
  });
});

Deno.test("endless bodies and heads are cut off, whether they are chunked or not", async () => {
  await withTarget(async (target) => {
    const size = 64 * 1024;
    const some = "x".repeat(size);
    const { memory } = target;
    const chunk = `${size.toString(16)}\r\n${some}\r\n`;
    // Besides the megabyte that it reads, there is what the kernel takes.
    assertLess(await flood(target, post(["Content-Length: 9000000000"], ""), some), 5e7);
    assertLess(await flood(target, post([CHUNKED], ""), chunk), 5e7);
    for (
      const [begin, portion] of [
        [post([CHUNKED], `1;${some}`), some],
        [post([CHUNKED], "0\r\nX: "), some],
        ["GET /-/healthy HTTP/1.1\r\nHost: localhost\r\nX: ", some],
        ["", "\r\n".repeat(size / 2)],
        ["", some],
      ] as const
    ) {
      await flood(target, begin, portion);
    }
    report("memory for seven endless requests", target.peakMemory - memory, "MiB");
    assertLess(target.peakMemory - memory, 250);
  });
});

Deno.test("every byte in paths, queries and headers, as it is or escaped, is harmless", async () => {
  await withTarget(async (target) => {
    const seen = new Set<number>();
    for (let code = 0; code < 256; code++) {
      const escaped = `%${code.toString(16).padStart(2, "0")}`;
      for (const byte of [String.fromCharCode(code), escaped]) {
        const requests = [
          get(`/a${byte}b`),
          get(`/metrics?${QUICK}&a=${byte}b&name[]=${byte}`),
          get(`/metrics?${QUICK}&a${byte}b=c`),
          get("/-/healthy", `${HOST}X: a${byte}b\r\n`),
          get("/-/healthy", `${HOST}X${byte}: b\r\n`),
          get("/-/healthy", `${HOST}Host: a${byte}b\r\n`),
        ];
        const responses = await Promise.all(
          requests.map((request) =>
            ask(target, request.replace("\r\n", "\r\nConnection: close\r\n"), { staysOpen: true })
          ),
        );
        for (const response of responses) {
          const [status = 0, ...others] = statusesOf(response);
          assertEquals(others, []);
          seen.add(status);
        }
      }
    }
    assertEquals([...seen].sort(), [200, 400, 404]);
  });
});

/** Returns the bytes of a request whose parts are random, and that is at times not even well formed. */
function randomRequest(random: () => number): string {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  const junk = (length: number) =>
    Array.from({ length: random() * length }, () => String.fromCharCode(random() * 256)).join("");
  const escaped = (length: number) => escape(junk(length));
  const query = () =>
    Array.from({ length: random() * 3 }, () => {
      const name = pick(["name[]", "name[]", "host", "job", "job", escaped(5)]);
      return `${name}=${pick(["requests_total", "slow", "host-1", "web", escaped(20)])}`;
    }).join("&");
  const collectors = pick([QUICK, QUICK, QUICK, "collect[]=default", `collect[]=x${escaped(5)}`]);
  const accept = pick([
    "application/openmetrics-text;version=1.0.0",
    "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited",
    "text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
    `${escaped(10)};q=${random()}`,
    escaped(30),
  ]);
  const path = pick(["/", "/metrics", "/metrics", "/metrics", "/-/ready", `/${escaped(10)}`]);
  const request = [
    `${
      pick(["GET", "GET", "GET", "HEAD", "POST", "DELETE"])
    } ${path}?${collectors}&${query()} HTTP/1.1`,
    "Host: localhost",
    `Accept: ${accept}`,
    `Accept-Encoding: ${pick(["gzip", "identity", "gzip;q=0", escaped(10)])}`,
    `X-Prometheus-Scrape-Timeout-Seconds: ${pick(["10", "0.001", "-1", "NaN", escaped(5)])}`,
    "",
    "",
  ].join("\r\n");
  if (random() < 0.95) return request;
  const at = Math.floor(random() * request.length);
  return request.slice(0, at) + junk(6) + request.slice(at + random() * 4);
}

Deno.test("20,000 random requests end in no crash, no status above 499, and flat memory", async () => {
  const random = generator(3);
  await withTarget(async (target) => {
    const counts = new Map<number, number>();
    const pipeline = async () => {
      const requests = Array.from({ length: 10 }, () => randomRequest(random));
      const last = get("/-/healthy", `${HOST}Connection: close\r\n`);
      const responses = await ask(target, `${requests.join("")}${last}\r\n\r\n`, {
        staysOpen: true,
      });
      for (const status of statusesOf(responses)) counts.set(status, (counts.get(status) ?? 0) + 1);
    };
    const run = async (pipelines: number) => {
      for (let i = 0; i < pipelines; i += 20) {
        await Promise.all(Array.from({ length: 20 }, pipeline));
      }
    };
    await run(800);
    const { memory } = target;
    await run(1200);
    report("memory for 12,000 random requests after 8,000 others", target.memory - memory, "MiB");
    for (const [status, count] of [...counts].sort()) {
      report(`random requests with status ${status}`, count, "responses");
    }
    assertLess(target.memory - memory, 40);
    assert(counts.get(200)! > 1000, "most requests are invalid");
    assertEquals([...counts.keys()].filter((status) => status >= 500), []);
  });
});
