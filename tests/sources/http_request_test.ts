import { assertEquals, assertMatch, assertNotMatch, assertRejects } from "@std/assert";
import { createServer } from "node:https";
import { gzipSync } from "node:zlib";
import { Table } from "../../model/config_table.ts";
import { parseHttpAddress } from "../../sources/http_address.ts";
import { readHttpOptions } from "../../sources/http_options.ts";
import { type HttpReply, request } from "../../sources/http_request.ts";
import { Certificates } from "../support/certificates.ts";
import { TempFolder } from "../support/configured.ts";
import { HttpTarget } from "../support/http_target.ts";

const MAX_BYTES = 1000;

/** Requests a URL with the keys of a table. */
function get(
  url: string,
  table: Record<string, unknown> = {},
  { signal = new AbortController().signal, folder = "/", body }: {
    signal?: AbortSignal;
    folder?: string;
    body?: string;
  } = {},
): Promise<HttpReply> {
  return request({
    address: parseHttpAddress(url, folder)!,
    options: readHttpOptions(new Table(table, [], []), folder),
    headers: { accept: "text/plain" },
    body,
    signal,
    maxBytes: MAX_BYTES,
  });
}

async function textOf(reply: Promise<HttpReply>): Promise<string> {
  return new TextDecoder().decode((await reply).body);
}

Deno.test("request() returns the body and the content type", async () => {
  await using target = HttpTarget.serve(() =>
    new Response("a 1\n", { headers: { "content-type": "text/plain; version=0.0.4" } })
  );
  const reply = await get(`${target.url}/metrics?x=1`);
  assertEquals(new TextDecoder().decode(reply.body), "a 1\n");
  assertEquals(reply.contentType, "text/plain; version=0.0.4");
  const [received] = target.requests;
  assertEquals(received?.method, "GET");
  assertEquals(new URL(received!.url).pathname + new URL(received!.url).search, "/metrics?x=1");
  assertEquals(received?.headers.get("accept"), "text/plain");
});

Deno.test("request() connects to a Unix socket", async () => {
  using folder = new TempFolder();
  const path = `${folder.path}/a.sock`;
  await using _target = HttpTarget.serve((request) => new Response(request.url), { path });
  assertMatch(await textOf(get("unix:a.sock:/m", {}, { folder: folder.path })), /\/m$/);
});

Deno.test("request() sends basic authentication", async () => {
  await using target = HttpTarget.serve(() => new Response(""));
  using folder = new TempFolder({ password: "pässword\n" });
  await get(target.url, { basic_auth: { username: "a", password: "sesame" } });
  await get(target.url, { basic_auth: { username: "a", password_file: "password" } }, {
    folder: folder.path,
  });
  const expected = ["a:sesame", "a:pässword"].map((text) =>
    `Basic ${btoa(String.fromCharCode(...new TextEncoder().encode(text)))}`
  );
  assertEquals(target.requests.map(({ headers }) => headers.get("authorization")), expected);
});

Deno.test("request() sends bearer tokens and headers, and reads their files each time", async () => {
  await using target = HttpTarget.serve(() => new Response(""));
  using folder = new TempFolder({ token: "first\n" });
  const options = { folder: folder.path };
  await get(target.url, { bearer_token: "sesame", headers: { "X-Key": "k" } });
  await get(target.url, { bearer_token_file: "token" }, options);
  folder.write("token", "second\n");
  await get(target.url, { bearer_token_file: "token" }, options);
  const headers = target.requests.map(({ headers }) => headers.get("authorization"));
  assertEquals(headers, ["Bearer sesame", "Bearer first", "Bearer second"]);
  assertEquals(target.requests[0]?.headers.get("x-key"), "k");
});

Deno.test("request() says which file of a secret it cannot read", async () => {
  await using target = HttpTarget.serve(() => new Response(""));
  await assertRejects(
    () => get(target.url, { bearer_token_file: "/no/token" }),
    Error,
    'Cannot read "/no/token": no such file',
  );
  assertEquals(target.requests.length, 0);
});

Deno.test("request() rejects a status other than 2xx", async () => {
  await using target = HttpTarget.serve(() => new Response("a 1\n", { status: 500 }));
  await assertRejects(
    () => get(`${target.url}/m?token=sesame`),
    Error,
    `Cannot read "${target.url}/m": status 500`,
  );
});

Deno.test("request() decompresses gzip, also of several members", async () => {
  const body = new Uint8Array([...gzipSync("first "), ...gzipSync("second")]);
  await using target = HttpTarget.serve(() =>
    new Response(body, { headers: { "content-encoding": "gzip" } })
  );
  assertEquals(await textOf(get(target.url)), "first second");
  assertEquals(target.requests[0]?.headers.get("accept-encoding"), "gzip");
});

Deno.test("request() rejects broken and unknown content encodings", async () => {
  let encoding = "gzip";
  await using target = HttpTarget.serve(() =>
    new Response("not gzip", { headers: { "content-encoding": encoding } })
  );
  await assertRejects(() => get(target.url), Error, "incorrect header check");
  encoding = "br";
  await assertRejects(() => get(target.url), Error, 'unknown content encoding "br"');
});

Deno.test("request() rejects bodies that are too large, before and after decompression", async () => {
  const large = "x".repeat(MAX_BYTES + 1);
  await using plain = HttpTarget.serve(() => new Response(large));
  await assertRejects(() => get(plain.url), Error, `more than ${MAX_BYTES} bytes`);
  await using compressed = HttpTarget.serve(() =>
    new Response(new Uint8Array(gzipSync("x".repeat(10_000_000))), {
      headers: { "content-encoding": "gzip" },
    })
  );
  await assertRejects(() => get(compressed.url), Error, `more than ${MAX_BYTES} bytes`);
  await using exact = HttpTarget.serve(() => new Response("x".repeat(MAX_BYTES)));
  assertEquals((await get(exact.url)).body.length, MAX_BYTES);
});

Deno.test("request() rejects a body that is cut off", async () => {
  const head = "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n";
  await using plain = HttpTarget.raw(`${head}a 1\n`, { ends: true });
  await assertRejects(() => get(plain.url), Error, "Cannot read");
  const body = gzipSync("a 1\n".repeat(20));
  const compressed = new Uint8Array([
    ...new TextEncoder().encode(
      `HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: ${body.length}\r\n\r\n`,
    ),
    ...body.subarray(0, -5),
  ]);
  await using gzip = HttpTarget.raw(compressed, { ends: true });
  await assertRejects(() => get(gzip.url), Error, "Cannot read");
});

for (
  const [what, bytes] of [
    ["sends nothing", ""],
    ["stops in the head", "HTTP/1.1 200 OK\r\ncontent-"],
    ["stops in the body", "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\na 1\n"],
    [
      "stops in a compressed body",
      "HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 100\r\n\r\n\x1f",
    ],
  ] as const
) {
  Deno.test(`request() ends with its signal if the server ${what}`, async () => {
    await using target = HttpTarget.raw(bytes, { ends: false });
    const controller = new AbortController();
    const reply = get(target.url, {}, { signal: controller.signal });
    setTimeout(() => controller.abort(), 50);
    await assertRejects(
      () => reply,
      Error,
      `Cannot read "${target.url}/": no response in time`,
    );
  });
}

Deno.test("request() rejects what is not HTTP", async () => {
  await using target = HttpTarget.raw("SSH-2.0-OpenSSH\r\n", { ends: true });
  await assertRejects(() => get(target.url), Error, `Cannot read "${target.url}/": `);
});

Deno.test("request() follows redirects within the origin", async () => {
  await using target = HttpTarget.serve((request) =>
    request.url.endsWith("/new")
      ? new Response("moved")
      : new Response(null, { status: 302, headers: { location: "/new" } })
  );
  assertEquals(await textOf(get(target.url)), "moved");
  await assertRejects(
    () => get(target.url, { follow_redirects: false }),
    Error,
    `redirect to ${target.url}/new`,
  );
  await assertRejects(() => get(target.url, {}, { body: "x" }), Error, "redirect to");
});

Deno.test("request() ends a loop of redirects", async () => {
  await using target = HttpTarget.serve(() =>
    new Response(null, { status: 307, headers: { location: "/" } })
  );
  await assertRejects(() => get(target.url), Error, "more than 5 redirects");
  assertEquals(target.requests.length, 6);
});

Deno.test("request() sends no credentials to another origin", async () => {
  await using other = HttpTarget.serve(() => new Response("stolen"));
  await using target = HttpTarget.serve(() =>
    new Response(null, { status: 302, headers: { location: `${other.url}/x?token=sesame` } })
  );
  const error = await assertRejects(
    () => get(target.url, { bearer_token: "sesame" }),
    Error,
    `redirect to ${other.url}/x, which is not followed to another origin`,
  );
  assertNotMatch(Deno.inspect(error), /sesame/);
  assertEquals(other.requests.length, 0);
});

Deno.test("request() shows no secret in its errors", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  const error = await assertRejects(() =>
    get(`http://127.0.0.1:${port}/?key=sesame`, {
      basic_auth: { username: "a", password: "sesame" },
      headers: { "x-key": "sesame" },
    })
  );
  const shown = Deno.inspect(error, { depth: 10, showHidden: true });
  assertMatch(shown, /ECONNREFUSED/);
  assertNotMatch(shown, /sesame|c2VzYW1l/);
});

Deno.test({
  name: "request() verifies certificates",
  ignore: !Certificates.isAvailable,
  async fn() {
    using certificates = new Certificates();
    const authority = certificates.selfSigned("authority");
    const client = certificates.signed(authority, "client", "DNS:client");
    const { cert, key } = certificates.signed(authority, "target", "DNS:target.test");
    const server = createServer(
      { cert, key, ca: authority.cert, requestCert: true, rejectUnauthorized: false },
      ({ socket }, response) => {
        const { authorized, servername } = socket as unknown as Record<string, unknown>;
        response.end(`${authorized} ${servername}`);
      },
    );
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as { port: number };
    const url = `https://127.0.0.1:${port}/`;
    const tls = (config: Record<string, unknown>) => textOf(get(url, { tls_config: config }));
    try {
      const ca_file = authority.certFile;
      const server_name = "target.test";
      await assertRejects(() => tls({}), Error, "certificate");
      await assertRejects(() => tls({ ca_file }), Error, "does not match");
      await assertRejects(() => tls({ ca_file, server_name: "other.test" }), Error, "not match");
      await assertRejects(() => tls({ server_name }), Error, "certificate");
      assertEquals(await tls({ ca_file, server_name }), "false target.test");
      const pair = { cert_file: client.certFile, key_file: client.keyFile };
      assertEquals(await tls({ ca_file, server_name, ...pair }), "true target.test");
      assertMatch(await tls({ insecure_skip_verify: true }), /^false/);
      await assertRejects(() => tls({ ca_file: "/no/ca.pem" }), Error, 'Cannot read "/no/ca.pem"');
    } finally {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  },
});
