import { assert, assertEquals } from "@std/assert";
import { EventEmitter } from "node:events";
import http, { type IncomingMessage, type ServerResponse } from "node:http";
import { Duplex } from "node:stream";
import { readSimpleHead, SimpleRequest } from "../../serve/simple_request.ts";
import { generator } from "../support/random.ts";

const HEAD = "GET /metrics?collect[]=a&b=%20c HTTP/1.1\r\nHost: localhost:9999\r\n";

function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

function read(text: string): ReturnType<typeof readSimpleHead> {
  return readSimpleHead(bytesOf(text));
}

Deno.test("readSimpleHead() reads what Prometheus sends", () => {
  const text = `${HEAD}User-Agent: Prometheus/3.7.3
Accept: application/openmetrics-text;version=1.0.0;q=0.5,*/*;q=0.1
Accept-Encoding: gzip
X-Prometheus-Scrape-Timeout-Seconds: 10

`.replaceAll(/\r?\n/g, "\r\n");
  assertEquals(read(text), {
    length: text.length,
    method: "GET",
    pathname: "/metrics",
    search: "?collect[]=a&b=%20c",
    fields: new Map([
      ["host", "localhost:9999"],
      ["user-agent", "Prometheus/3.7.3"],
      ["accept", "application/openmetrics-text;version=1.0.0;q=0.5,*/*;q=0.1"],
      ["accept-encoding", "gzip"],
      ["x-prometheus-scrape-timeout-seconds", "10"],
    ]),
    keepsAlive: true,
  });
});

Deno.test("readSimpleHead() reads the first of several requests only", () => {
  const head = read(`${HEAD}\r\n${HEAD}\r\n`);
  assert(typeof head === "object");
  assertEquals(head.length, HEAD.length + 2);
});

Deno.test("readSimpleHead() waits for the rest of a head at any place", () => {
  const text = `${HEAD}Connection: close\r\n\r\n`;
  for (let end = 0; end < text.length; end++) assertEquals(read(text.slice(0, end)), "incomplete");
  const head = read(text);
  assert(typeof head === "object");
  assertEquals(head.keepsAlive, false);
});

for (
  const [what, text] of Object.entries({
    "another method": "POST / HTTP/1.1\r\nHost: a\r\n\r\n",
    "a method in lower case": "get / HTTP/1.1\r\nHost: a\r\n\r\n",
    "HTTP/1.0": "GET / HTTP/1.0\r\nHost: a\r\n\r\n",
    "an absolute target": "GET http://a/ HTTP/1.1\r\nHost: a\r\n\r\n",
    "an asterisk as target": "GET * HTTP/1.1\r\nHost: a\r\n\r\n",
    "a target with a fragment": "GET /#a HTTP/1.1\r\nHost: a\r\n\r\n",
    "a path with an escape": "GET /%6detrics HTTP/1.1\r\nHost: a\r\n\r\n",
    "a path with a segment of dots": "GET /a/../metrics HTTP/1.1\r\nHost: a\r\n\r\n",
    "a path with a backslash": "GET /\\metrics HTTP/1.1\r\nHost: a\r\n\r\n",
    "two spaces": "GET  / HTTP/1.1\r\nHost: a\r\n\r\n",
    "an empty line first": "\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
    "a line feed alone": "GET / HTTP/1.1\nHost: a\r\n\r\n",
    "a carriage return alone": "GET / HTTP/1.1\rHost: a\r\n\r\n",
    "a tab": "GET / HTTP/1.1\r\nHost: a\r\nX:\tb\r\n\r\n",
    "a null byte": "GET / HTTP/1.1\r\nHost: a\r\nX: \0\r\n\r\n",
    "a byte above ASCII": "GET / HTTP/1.1\r\nHost: a\r\nX: \xfc\r\n\r\n",
    "no Host": "GET / HTTP/1.1\r\n\r\n",
    "two Hosts": "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n",
    "an empty Host": "GET / HTTP/1.1\r\nHost:\r\n\r\n",
    "a Host with a path": "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n",
    "a Host with a user": "GET / HTTP/1.1\r\nHost: a@b\r\n\r\n",
    "a Host with an impossible port": "GET / HTTP/1.1\r\nHost: a:99999\r\n\r\n",
    "a folded header": "GET / HTTP/1.1\r\nHost: a\r\nX: b\r\n c\r\n\r\n",
    "a space before a colon": "GET / HTTP/1.1\r\nHost: a\r\nX : b\r\n\r\n",
    "a space at the end": "GET / HTTP/1.1\r\nHost: a\r\nX: b \r\n\r\n",
    "a header without a name": "GET / HTTP/1.1\r\nHost: a\r\n: b\r\n\r\n",
    "a header without a colon": "GET / HTTP/1.1\r\nHost: a\r\nX\r\n\r\n",
    "a header twice": "GET / HTTP/1.1\r\nHost: a\r\nX: b\r\nx: c\r\n\r\n",
    "101 headers": `GET / HTTP/1.1\r\nHost: a\r\n${
      Array.from({ length: 100 }, (_, i) => `X${i}: a\r\n`).join("")
    }\r\n`,
    "Content-Length": "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n",
    "Transfer-Encoding": "GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n",
    "Upgrade": "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: h2c\r\n\r\n",
    "Expect": "GET / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n\r\n",
    "TE": "GET / HTTP/1.1\r\nHost: a\r\nTE: trailers\r\n\r\n",
    "Trailer": "GET / HTTP/1.1\r\nHost: a\r\nTrailer: X\r\n\r\n",
    "Proxy-Connection": "GET / HTTP/1.1\r\nHost: a\r\nProxy-Connection: close\r\n\r\n",
    "another Connection": "GET / HTTP/1.1\r\nHost: a\r\nConnection: close, x\r\n\r\n",
    "the greeting of TLS": "\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03",
  })
) {
  Deno.test(`readSimpleHead() leaves ${what} to others`, () => assertEquals(read(text), undefined));
}

/** A request as Node reads it, and whether it keeps the connection; or `error`. */
type Parsed = Pick<IncomingMessage, "method" | "url" | "rawHeaders"> & Kept | "error";

/** What Node knows, but does not tell in its types. */
interface Kept {
  readonly shouldKeepAlive: boolean;
}

/** Reads requests with Node's parser. */
class NodeParser implements Disposable {
  readonly #events = new EventEmitter<{ read: [Parsed] }>();
  readonly #server = http.createServer({ maxHeaderSize: 16 * 1024 });

  constructor() {
    this.#server.on("request", ({ method, url, rawHeaders }, reply: ServerResponse & Kept) => {
      const { shouldKeepAlive } = reply;
      this.#events.emit("read", { method, url, rawHeaders, shouldKeepAlive });
    });
    this.#server.on("clientError", () => this.#events.emit("read", "error"));
  }

  async read(bytes: Uint8Array): Promise<Parsed> {
    const stream = new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() });
    Object.assign(stream, { setTimeout: () => stream, setNoDelay: () => stream });
    const read = new Promise<Parsed>((resolve) => this.#events.once("read", resolve));
    this.#server.emit("connection", stream);
    stream.push(bytes);
    const parsed = await read;
    stream.destroy();
    return parsed;
  }

  [Symbol.dispose](): void {
    this.#server.close();
  }
}

const PARTS = [
  ...["GET", "HEAD", " ", "/", "?", "HTTP/1.1", "\r\n", "\r\n\r\n", "\n", "\r", ":", ": ", "\t"],
  ..."Host: a|Host|Connection: close|Connection: keep-alive|Content-Length: 0|X: y|x|//|/.|/..|%2e"
    .split("|"),
  ...[
    "[",
    "]",
    "{",
    "}",
    '"',
    "'",
    "<",
    "`",
    "^",
    "|",
    "\\",
    "#",
    "@",
    ";",
    ",",
    "=",
    "\0",
    "\xff",
  ],
  ...[
    "__proto__: a",
    "Proxy-Connection: close",
    "TE: trailers",
    "Keep-Alive: 5",
    "[::1]",
    "1.2.3.4",
  ],
];

const SEEDS = [
  `${HEAD}\r\n`,
  "HEAD / HTTP/1.1\r\nHost: [::1]:80\r\nConnection: close\r\n\r\n",
  "GET /-/healthy HTTP/1.1\r\nhost: 127.0.0.1\r\nAccept: */*\r\nX-Empty:\r\nX: a  b\r\n\r\n",
  "GET /a.b/~c?d HTTP/1.1\r\nHost: a.example\r\nCookie: a=b; c=d\r\nConnection: Keep-Alive\r\n\r\n",
];

/** Returns a head of which a few parts were changed. */
function mutated(random: () => number): string {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  let text = pick(SEEDS);
  for (let changes = Math.floor(random() * 4); changes >= 0; changes--) {
    const at = Math.floor(random() * text.length);
    const inserted = random() < 0.3
      ? String.fromCharCode(random() < 0.9 ? 32 + random() * 95 : random() * 256)
      : pick(PARTS);
    text = text.slice(0, at) + inserted + text.slice(at + Math.floor(random() * 3));
  }
  return text;
}

Deno.test("readSimpleHead() reads nothing differently than Node and URLs do", async () => {
  const random = generator(7);
  using node = new NodeParser();
  let simple = 0;
  for (let i = 0; i < 20_000; i++) {
    const text = mutated(random);
    const bytes = bytesOf(text);
    const head = readSimpleHead(bytes);
    if (typeof head !== "object") continue;
    simple++;
    const parsed = await node.read(bytes.subarray(0, head.length));
    assert(parsed !== "error", `Node rejects ${JSON.stringify(text)}`);
    const headers = new Headers();
    const { rawHeaders } = parsed;
    for (let i = 0; i < rawHeaders.length; i += 2) {
      headers.append(rawHeaders[i]!, rawHeaders[i + 1]!);
    }
    const { method, pathname, search, fields, keepsAlive } = head;
    const url = new URL(`http://${headers.get("host")}${parsed.url}`);
    assertEquals(
      [method, pathname, search, [...fields].sort(), keepsAlive],
      [parsed.method, url.pathname, url.search, [...headers].sort(), parsed.shouldKeepAlive],
      JSON.stringify(text),
    );
    const { url: href } = new SimpleRequest(head, { address: "", isLoopback: false }).toWeb();
    assertEquals(href, url.href);
  }
  assert(simple > 1500, `only ${simple} heads are simple`);
});
