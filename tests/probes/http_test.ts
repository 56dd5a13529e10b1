import { assert, assertEquals, assertMatch, assertStringIncludes, assertThrows } from "@std/assert";
import { gzipSync } from "node:zlib";
import { createHttpProbe } from "../../probes/http.ts";
import type { HttpProbeOptions } from "../../probes/http_options.ts";
import { Certificates } from "../support/certificates.ts";
import { type Answer, RawTarget, send, untilClosed } from "../support/raw_target.ts";
import { type Found, probeTarget, type ProbeTargetOptions } from "../support/probe.ts";

/** Probes a server that gives an answer, with a path if the answer is to depend on it. */
async function probe(
  answer: Answer | string,
  options: HttpProbeOptions = {},
  more: ProbeTargetOptions & { path?: string } = {},
): Promise<Found & { heads: string[] }> {
  await using target = new RawTarget(answer);
  const found = await probeTarget(
    createHttpProbe(options),
    `http://${target.host}${more.path ?? "/"}`,
    more,
  );
  return { ...found, heads: target.heads };
}

const HELLO = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-A: one\r\nX-A: two\r\n\r\nhello";

function status(code: number, headers = ""): string {
  return `HTTP/1.1 ${code} X\r\nContent-Length: 0\r\n${headers}\r\n`;
}

Deno.test("createHttpProbe() measures a response", async () => {
  const { isSuccess, values, heads } = await probe(
    HELLO.replace("X-A: one", "Last-Modified: Thu, 01 Jan 1970 00:01:00 GMT"),
    {},
    { path: "/a?b=c" },
  );
  assert(isSuccess);
  const exact = Object.fromEntries(
    [...values].filter(([name]) => !/duration|lookup|hash|^exporter/.test(name)),
  );
  assertEquals(exact, {
    "probe_failed_due_to_regex": 0,
    "probe_http_content_length": 5,
    "probe_http_last_modified_timestamp_seconds": 60,
    "probe_http_redirects": 0,
    "probe_http_ssl": 0,
    "probe_http_status_code": 200,
    "probe_http_uncompressed_body_length": 5,
    "probe_http_version": 1.1,
    "probe_ip_protocol": 4,
    "probe_success": 1,
    "probe_timeout_seconds": 5,
  });
  // FNV-1a of 127.0.0.1.
  assertEquals(values.get("probe_ip_addr_hash"), 3668918509);
  for (const phase of ["resolve", "connect", "tls", "processing", "transfer"]) {
    const seconds = values.get(`probe_http_duration_seconds{phase="${phase}"}`)!;
    assert(seconds >= 0 && seconds < 5, phase);
  }
  assertMatch(
    heads[0]!,
    /^GET \/a\?b=c HTTP\/1\.1\r\nhost: 127\.0\.0\.1:\d+\r\nuser-agent: exporter-prometheus\/[\d.]+\r\nconnection: close\r\n\r\n$/i,
  );
});

Deno.test("createHttpProbe() takes a target without a scheme for a URL", async () => {
  await using target = new RawTarget(HELLO);
  assert((await probeTarget(createHttpProbe({}), target.host)).isSuccess);
});

Deno.test("createHttpProbe() sends what it is told to", async () => {
  const { heads } = await probe(HELLO, {
    method: "POST",
    body: "ping",
    headers: { "X-Custom": "1", "User-Agent": "me", Host: "other.example" },
    basicAuth: { username: "ü", password: "p:w" },
  });
  const [head = ""] = heads;
  assertMatch(head, /^POST \/ HTTP/);
  for (
    const line of ["x-custom: 1", "user-agent: me", "host: other.example", "content-length: 4"]
  ) {
    assertStringIncludes(head.toLowerCase(), `\r\n${line}\r\n`);
  }
  assertStringIncludes(head, "Basic w7w6cDp3");
});

Deno.test("createHttpProbe() sends a token, and the host that the request names", async () => {
  const { heads } = await probe(HELLO, { bearerToken: "t0ken" }, {
    params: { hostname: "virtual.example" },
  });
  assertMatch(heads[0]!, /^host: virtual\.example\r$/im);
  assertMatch(heads[0]!, /^authorization: Bearer t0ken\r$/im);
});

Deno.test("createHttpProbe() sends no header that the request smuggles in", async () => {
  const { isSuccess, heads } = await probe(HELLO, {}, {
    params: { hostname: "a.example\r\nX-Evil: 1" },
  });
  assertEquals([isSuccess, heads.join("").includes("Evil")], [false, false]);
});

const JUDGED: [options: HttpProbeOptions, answer: string, problem: string][] = [
  [{}, status(204), ""],
  [{}, status(404), "status code 404, expected 2xx"],
  [{ validStatusCodes: [404, 410] }, status(404), ""],
  [{ validStatusCodes: [404, 410] }, status(200), "status code 200, expected 404, 410"],
  [{ validHttpVersions: ["HTTP/1.1"] }, HELLO, ""],
  [{ validHttpVersions: ["HTTP/2.0"] }, HELLO, "version HTTP/1.1, expected HTTP/2.0"],
  [{ failIfNotSsl: true }, HELLO, "the last connection is not encrypted"],
  [{ failIfBodyMatchesRegexp: ["(?i)HEL+O"] }, HELLO, "the body matches (?i)HEL+O"],
  [{ failIfBodyMatchesRegexp: ["bye"] }, HELLO, ""],
  [{ failIfBodyNotMatchesRegexp: ["^hello$"] }, HELLO, ""],
  [{ failIfBodyNotMatchesRegexp: ["hello", "bye"] }, HELLO, "the body does not match bye"],
  [{ failIfHeaderMatches: [{ header: "x-a", regexp: "tw" }] }, HELLO, "the header x-a matches tw"],
  [{ failIfHeaderMatches: [{ header: "x-a", regexp: "z" }] }, HELLO, ""],
  [{ failIfHeaderMatches: [{ header: "x-b", regexp: "z" }] }, HELLO, "the header x-b is missing"],
  [
    { failIfHeaderMatches: [{ header: "x-b", regexp: "z", allowMissing: true }] },
    HELLO,
    "",
  ],
  [{ failIfHeaderNotMatches: [{ header: "X-A", regexp: "^one$" }] }, HELLO, ""],
  [
    { failIfHeaderNotMatches: [{ header: "X-A", regexp: "^o$" }] },
    HELLO,
    "the header X-A does not match ^o$",
  ],
  [{ bodySizeLimit: 5 }, HELLO, ""],
  [{ bodySizeLimit: 4 }, HELLO, "the body is larger than 4 bytes"],
];

for (const [options, answer, problem] of JUDGED) {
  const [code] = /\d{3}/.exec(answer)!;
  Deno.test(`createHttpProbe() with ${JSON.stringify(options)} ${problem || "accepts"} ${code}`, async () => {
    const found = await probe(answer, options);
    assertEquals(found.problem, problem);
    assertEquals(found.values.get("probe_success"), problem === "" ? 1 : 0);
    assertEquals(
      found.values.get("probe_failed_due_to_regex"),
      / match|missing/.test(problem) ? 1 : 0,
    );
    assertEquals(found.values.get("probe_http_status_code"), Number(code));
  });
}

Deno.test("createHttpProbe() decompresses", async () => {
  const body = gzipSync("hello ".repeat(1000));
  const answer: Answer = async (connection) => {
    await send(connection, `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n`);
    await connection.write(body);
  };
  const options = { compression: "gzip", failIfBodyNotMatchesRegexp: ["hello hello"] } as const;
  const { isSuccess, values, heads } = await probe(answer, options);
  assert(isSuccess);
  assertEquals(values.get("probe_http_uncompressed_body_length"), 6000);
  assertMatch(heads[0]!, /^accept-encoding: gzip\r$/im);
  const bomb = await probe(answer, { ...options, bodySizeLimit: 5000 });
  assertEquals(bomb.problem, "the body is larger than 5000 bytes");
  assertEquals((await probe(HELLO, options)).isSuccess, false);
});

Deno.test("createHttpProbe() follows redirects", async () => {
  const { isSuccess, values, heads } = await probe(
    (connection, head) => {
      if (head.startsWith("POST /a ")) return send(connection, status(303, "Location: b\r\n"));
      if (head.startsWith("GET /b ")) return send(connection, status(307, "Location: /c\r\n"));
      return send(connection, HELLO);
    },
    { method: "POST", body: "x", bearerToken: "t" },
    { path: "/a" },
  );
  assert(isSuccess);
  assertEquals(values.get("probe_http_redirects"), 2);
  assertEquals(heads.map((head) => head.split(" HTTP")[0]), ["POST /a", "GET /b", "GET /c"]);
  assert(heads.every((head) => head.includes("Bearer t")));
});

Deno.test("createHttpProbe() does not follow redirects if it must not", async () => {
  const redirect = status(302, "Location: /b\r\n");
  const options = { followRedirects: false, validStatusCodes: [302] };
  const { isSuccess, heads } = await probe(redirect, options);
  assertEquals([isSuccess, heads.length], [true, 1]);
});

Deno.test("createHttpProbe() follows ten redirects at most", async () => {
  const found = await probe(status(302, "Location: /\r\n"));
  assertEquals(found.problem, "status code 302, expected 2xx");
  assertEquals([found.heads.length, found.values.get("probe_http_redirects")], [11, 10]);
});

Deno.test("createHttpProbe() does not follow a redirect to an address that is not allowed", async () => {
  await using inside = new RawTarget(HELLO);
  await using outside = new RawTarget(status(302, `Location: http://${inside.host}/secret\r\n`));
  const policy = { targets: [`127.0.0.1:${outside.port}`] };
  const found = await probeTarget(createHttpProbe({}), outside.host, { policy });
  assertStringIncludes(found.problem, "not among the allowed targets");
  assertEquals(inside.heads, []);
  const named = await probeTarget(createHttpProbe({}), `http://a.example:${outside.port}/`, {
    policy: { allowPrivate: ["127.0.0.1"] },
    lookup: () => Promise.resolve(["127.0.0.1"]),
  });
  assert(named.isSuccess);
});

for (const host of ["169.254.169.254", "0xa9fea9fe", "[::ffff:a9fe:a9fe]", "metadata.example"]) {
  Deno.test(`createHttpProbe() does not follow a redirect to ${host}`, async () => {
    const found = await probe(status(302, `Location: http://${host}/latest/\r\n`), {}, {
      policy: { allowPrivate: true },
      lookup: () => Promise.resolve(["169.254.169.254"]),
    });
    assertStringIncludes(found.problem, "expected a public address, got a metadata one");
  });
}

Deno.test("createHttpProbe() does not follow a redirect to another scheme", async () => {
  const found = await probe(status(302, "Location: file:///etc/passwd\r\n"));
  assertEquals(found.problem, "status code 302, expected 2xx");
});

Deno.test("createHttpProbe() keeps credentials from other hosts", async () => {
  await using other = new RawTarget(HELLO);
  const options = { bearerToken: "t0ken", headers: { Cookie: "c", Host: "h", "X-Kept": "1" } };
  await probe(status(302, `Location: http://${other.host}/\r\n`), options);
  const [head = ""] = other.heads;
  assertStringIncludes(head.toLowerCase(), `host: ${other.host}\r\n`);
  assertMatch(head, /x-kept: 1/i);
  assertEquals(/t0ken|cookie/i.test(head), false);
});

Deno.test("createHttpProbe() connects to the address that was checked, not to what the name is later", async () => {
  await using target = new RawTarget(HELLO);
  let count = 0;
  const lookup = () => Promise.resolve([count++ === 0 ? "127.0.0.1" : "192.0.2.1"]);
  const url = `http://rebind.example:${target.port}/`;
  const found = await probeTarget(createHttpProbe({}), url, { lookup });
  assertEquals([found.isSuccess, count], [true, 1]);
  assertMatch(target.heads[0]!, /^host: rebind\.example:\d+\r$/im);
});

const BROKEN: [what: string, answer: Answer | string][] = [
  ["nothing", ""],
  ["no HTTP", "SSH-2.0-x\r\n"],
  ["half a head", "HTTP/1.1 200 OK\r\nX-"],
  ["half a body", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello"],
  ["a broken chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"],
];

for (const [what, answer] of BROKEN) {
  Deno.test(`createHttpProbe() fails at a target that sends ${what}`, async () => {
    const found = await probe(answer);
    assertEquals(found.isSuccess, false);
    assert(found.problem !== "");
  });
}

Deno.test("createHttpProbe() fails at a closed port", async () => {
  const target = new RawTarget(HELLO);
  await target[Symbol.asyncDispose]();
  const found = await probeTarget(createHttpProbe({}), target.host);
  assertMatch(found.problem, /refused/i);
});

const STALLING: [what: string, answer: Answer][] = [
  ["never answers", untilClosed],
  ["stalls in the head", async (connection) => {
    await send(connection, "HTTP/1.1 200 OK\r\nX-");
    await untilClosed(connection);
  }],
  ["stalls in the body", async (connection) => {
    await send(connection, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhel");
    await untilClosed(connection);
  }],
];

for (const [what, answer] of STALLING) {
  Deno.test(`createHttpProbe() ends at the deadline when a target ${what}`, async () => {
    const found = await probe(answer, {}, { timeout: 0.1 });
    assertStringIncludes(found.problem, "took longer than 0.1 s");
  });
}

Deno.test("createHttpProbe() does not read an endless head", async () => {
  let sent = 0;
  const found = await probe(async (connection) => {
    await send(connection, "HTTP/1.1 200 OK\r\n");
    const line = `x-a: ${"b".repeat(10_000)}\r\n`;
    for (; sent < 100_000_000; sent += line.length) await send(connection, line);
  });
  assertEquals(found.isSuccess, false);
  assert(sent < 20_000_000, `${sent} bytes`);
});

Deno.test("createHttpProbe() does not read an endless body", async () => {
  let sent = 0;
  const found = await probe(async (connection) => {
    await send(connection, "HTTP/1.1 200 OK\r\n\r\n");
    const piece = "b".repeat(100_000);
    for (; sent < 100_000_000; sent += piece.length) await send(connection, piece);
  }, { failIfBodyMatchesRegexp: ["x"] });
  assertEquals(found.problem, "the body is larger than 1048576 bytes");
  assert(sent < 20_000_000, `${sent} bytes`);
});

Deno.test("createHttpProbe() matches hostile bodies in linear time", async () => {
  const body = "a".repeat(50_000);
  const found = await probe(
    `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    { failIfBodyMatchesRegexp: ["(a+)+$b", "(a*)*c"] },
    { timeout: 5 },
  );
  assertEquals(found.problem, "");
});

Deno.test({
  name: "createHttpProbe() examines certificates",
  ignore: !Certificates.isAvailable,
  async fn(t) {
    using certificates = new Certificates();
    const ca = certificates.selfSigned("authority");
    const sans = "DNS:localhost,DNS:www.example,IP:127.0.0.1";
    const leaf = certificates.signed(ca, "localhost", sans, { days: 10 });
    await using target = new RawTarget(HELLO, leaf);
    const url = `https://localhost:${target.port}/`;
    const tls = { ca: ca.cert };

    await t.step("and exposes what they say", async () => {
      const { isSuccess, problem, values } = await probeTarget(createHttpProbe({ tls }), url);
      assert(isSuccess, problem);
      const days = (values.get("probe_ssl_earliest_cert_expiry")! - Date.now() / 1000) / 86400;
      assert(days > 9.9 && days < 10.1, `${days}`);
      assertEquals(
        values.get("probe_ssl_last_chain_expiry_timestamp_seconds"),
        values.get("probe_ssl_earliest_cert_expiry"),
      );
      assertEquals(values.get('probe_tls_version_info{version="TLS 1.3"}'), 1);
      assertEquals(values.get("probe_http_ssl"), 1);
      const info = [...values.keys()].find((name) => name.startsWith("probe_ssl_last_chain_info"));
      assertMatch(
        info!,
        /^probe_ssl_last_chain_info\{fingerprint_sha256="[0-9a-f]{64}",subject="CN=localhost",issuer="CN=authority",subjectalternative="localhost,www.example",serialnumber="[0-9a-f]+"\}$/,
      );
    });

    await t.step("and their names", async () => {
      const wrong = `https://other.example:${target.port}/`;
      const found = await probeTarget(createHttpProbe({ tls }), wrong);
      assertMatch(found.problem, /altnames/);
      const named = createHttpProbe({ tls: { ...tls, serverName: "www.example" } });
      assert((await probeTarget(named, wrong)).isSuccess);
      const params = { hostname: "www.example" };
      assert((await probeTarget(createHttpProbe({ tls }), wrong, { params })).isSuccess);
      assert((await probeTarget(createHttpProbe({ tls }), `https://${target.host}/`)).isSuccess);
    });

    await t.step("and who has signed them, also after an unverified connection", async () => {
      const unverified = createHttpProbe({ tls: { insecureSkipVerify: true } });
      assert((await probeTarget(unverified, url)).isSuccess);
      const found = await probeTarget(createHttpProbe({}), url);
      assertMatch(found.problem, /verify/);
      assertEquals(found.values.has("probe_http_ssl"), true);
    });

    await t.step("and fails if there must be none", async () => {
      const found = await probeTarget(createHttpProbe({ tls, failIfSsl: true }), url);
      assertEquals(found.problem, "the last connection is encrypted");
    });

    await t.step("and fails at the end of the time for the handshake", async () => {
      await using mute = new RawTarget(untilClosed);
      const found = await probeTarget(createHttpProbe({ tls }), `https://${mute.host}/`, {
        timeout: 0.1,
      });
      assertStringIncludes(found.problem, "took longer than 0.1 s");
    });
  },
});

const INVALID: [options: Record<string, unknown>, message: string][] = [
  [{ metod: "GET" }, 'unknown option "metod", did you mean "method"?'],
  [{ method: "G T" }, "expected method to be an HTTP method"],
  [{ headers: { "a b": "c" } }, 'expected headers with a value, got "a b"'],
  [{ headers: { a: "b\r\nc: d" } }, 'expected headers with a value, got "a"'],
  [{ bearerToken: "a\nb" }, "expected bearerToken to be a token"],
  [
    { validStatusCodes: [20] },
    "expected validStatusCodes to be a list of integers from 100 to 599",
  ],
  [{ preferredIpProtocol: "ip5" }, "expected preferredIpProtocol to be one of ip4, ip6"],
  [{ compression: "zip" }, "expected compression to be one of identity, gzip, br, deflate"],
  [{ failIfBodyMatchesRegexp: ["("] }, 'Cannot compile "(": expected a regular expression of RE2'],
  [{ failIfHeaderMatches: [{}] }, "expected failIfHeaderMatches to be a list of objects"],
  [{ tls: { serverNam: "a" } }, 'unknown option "serverNam", did you mean "serverName"?'],
  [{ tls: { minVersion: "TLSv1" } }, "expected minVersion to be TLSv1.2 or TLSv1.3"],
  [{ basicAuth: { username: "a:b", password: "" } }, "expected username to be a name"],
];

for (const [options, message] of INVALID) {
  Deno.test(`createHttpProbe() refuses ${JSON.stringify(options)}`, () => {
    assertThrows(() => createHttpProbe(options), Error, message);
  });
}
