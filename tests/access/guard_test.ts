import { assert, assertEquals } from "@std/assert";
import { hashSync } from "bcryptjs";
import { loadAccess } from "../../access/access.ts";
import { Guard, type RefusedRequest } from "../../access/guard.ts";
import { PasswordChecker, UndecidedError } from "../../access/password_checker.ts";
import { parseWebConfig } from "../../access/web_config.ts";

const SECRET = "open sesame";
const HASH = hashSync(SECRET, 4);
const TOKEN = "dG9rZW4x.abc-_~+/=";

/** A checker that counts what it compares, without a worker. */
class InstantChecker {
  readonly compared: string[] = [];
  error: Error | undefined;
  readied = 0;

  check(password: string, hash: string): Promise<boolean> {
    this.compared.push(hash);
    if (this.error) return Promise.reject(this.error);
    return Promise.resolve(password === SECRET && hash === HASH);
  }

  keepReady(): void {
    this.readied++;
  }

  close(): void {}
}

async function guarding(settings: Record<string, unknown>) {
  const clock = { seconds: 1000 };
  const checker = new InstantChecker();
  const refused: RefusedRequest[] = [];
  const load = async (tree: Record<string, unknown>) =>
    await loadAccess(parseWebConfig(tree, { extended: true }));
  const guard = new Guard(await load(settings), {
    checker,
    now: () => clock.seconds,
    onRefusal: (refusal) => refused.push(refusal),
  });
  async function respond(
    headers: Record<string, string> = {},
    remoteAddress = "192.0.2.1",
  ): Promise<Response | undefined> {
    return await guard.check(new Request("http://localhost/metrics", { headers }), {
      remoteAddress,
    });
  }
  async function status(headers?: Record<string, string>, address?: string): Promise<number> {
    return (await respond(headers, address))?.status ?? 200;
  }
  return { guard, checker, clock, refused, load, respond, status };
}

function basic(user: string, password: string): { authorization: string } {
  const bytes = new TextEncoder().encode(`${user}:${password}`);
  return { authorization: `Basic ${btoa(String.fromCharCode(...bytes))}` };
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

async function sha256(text: string): Promise<string> {
  const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return new Uint8Array(hash).toHex();
}

Deno.test("Guard.check() lets everything pass without a configuration", async () => {
  const { status } = await guarding({});
  assertEquals(await status(), 200);
  assertEquals(await status(basic("a", "b")), 200);
});

Deno.test("Guard.check() asks for a password", async () => {
  const { respond, status, guard } = await guarding({ basic_auth_users: { alice: HASH } });
  assertEquals(await status(basic("alice", SECRET)), 200);
  for (
    const headers of [
      {},
      basic("alice", "wrong"),
      basic("bob", SECRET),
      basic("Alice", SECRET),
      basic("", ""),
      { authorization: "Basic" },
      { authorization: "Basic ///" },
      { authorization: `Basic ${btoa("alice")}` },
      { authorization: `Basic ${btoa("alice:\xff")}` },
      { authorization: `Negotiate ${btoa(`alice:${SECRET}`)}` },
      bearer(SECRET),
    ]
  ) {
    const response = await respond(headers);
    assertEquals(response?.status, 401, JSON.stringify(headers));
    const challenge = response!.headers.get("www-authenticate");
    assertEquals(challenge, 'Basic realm="metrics", charset="UTF-8"');
    assertEquals(await response!.text(), "Unauthorized\n");
  }
  assertEquals(Object.fromEntries(guard.refusals), {
    ...{ host: 0, rate: 0, missing: 2, malformed: 5, password: 4, token: 0, limited: 0 },
    undecided: 0,
  });
});

Deno.test("Guard.check() accepts colons and UTF-8 in passwords, and any case of the scheme", async () => {
  const password = "pässwörd:with:colons";
  const access = await loadAccess(parseWebConfig({
    basic_auth_users: { "müller": hashSync(password, 4) },
  }));
  const checker = new PasswordChecker();
  const guard = new Guard(access, { checker });
  const check = (headers: HeadersInit) =>
    guard.check(new Request("http://localhost/", { headers }));
  try {
    const headers = basic("müller", password);
    assertEquals(await check(headers), undefined);
    const { authorization } = headers;
    assertEquals(
      await check({ authorization: authorization.replace("Basic ", "bASIC  ") }),
      undefined,
    );
    assertEquals((await check(basic("müller", "pässwörd")))?.status, 401);
  } finally {
    guard.close();
  }
});

Deno.test("Guard.check() accepts bearer tokens of a file and by their hashes", async () => {
  const file = await Deno.makeTempFile();
  try {
    await Deno.writeTextFile(file, `# scraper\n${TOKEN}\n\n  second-token  \n`);
    const { respond, status } = await guarding({
      bearer_tokens_file: file,
      bearer_token_hashes: [(await sha256("third")).toUpperCase()],
    });
    for (const token of [TOKEN, "second-token", "third"]) {
      assertEquals(await status(bearer(token)), 200);
    }
    const response = await respond(bearer("fourth"));
    assertEquals(response?.status, 401);
    assertEquals(
      response?.headers.get("www-authenticate"),
      'Bearer realm="metrics", error="invalid_token"',
    );
    assertEquals(
      (await respond())?.headers.get("www-authenticate"),
      'Bearer realm="metrics"',
    );
    for (const wrong of ["", "#", "# scraper", TOKEN.slice(1), `${TOKEN}=`]) {
      assertEquals(await status(bearer(wrong)), 401, wrong);
    }
  } finally {
    await Deno.remove(file);
  }
});

Deno.test("Guard.check() accepts either a password or a token if both are configured", async () => {
  const { respond, status } = await guarding({
    basic_auth_users: { alice: HASH },
    bearer_token_hashes: [await sha256(TOKEN)],
  });
  assertEquals(await status(basic("alice", SECRET)), 200);
  assertEquals(await status(bearer(TOKEN)), 200);
  assertEquals(
    (await respond())?.headers.get("www-authenticate"),
    'Basic realm="metrics", charset="UTF-8", Bearer realm="metrics"',
  );
});

Deno.test("Guard.check() compares a verified password only once, until the configuration is replaced", async () => {
  const settings = { basic_auth_users: { alice: HASH } };
  const { guard, checker, load, status } = await guarding(settings);
  for (let i = 0; i < 3; i++) assertEquals(await status(basic("alice", SECRET)), 200);
  assertEquals(checker.compared.length, 1);
  assertEquals(await status(basic("alice", `${SECRET} `)), 401);
  assertEquals(checker.compared.length, 2);
  guard.replace(await load(settings));
  assertEquals(await status(basic("alice", SECRET)), 200);
  assertEquals(checker.compared.length, 3);
  guard.replace(await load({ basic_auth_users: { alice: hashSync("other", 4) } }));
  assertEquals(await status(basic("alice", SECRET)), 401);
  guard.replace(await load({ basic_auth_users: { bob: HASH } }));
  assertEquals(await status(basic("alice", SECRET)), 401);
  assertEquals(await status(basic("bob", SECRET)), 200);
});

Deno.test("Guard.check() compares equal passwords that arrive together once", async () => {
  const { checker, status } = await guarding({ basic_auth_users: { alice: HASH } });
  const statuses = Array.from({ length: 5 }, () => status(basic("alice", SECRET)));
  assertEquals(await Promise.all(statuses), [200, 200, 200, 200, 200]);
  assertEquals(checker.compared.length, 1);
});

Deno.test("Guard.check() compares the password of an unknown user with the hash of a known one", async () => {
  const other = HASH.replace("$04$", "$08$");
  const { checker, status } = await guarding({ basic_auth_users: { alice: HASH, bob: other } });
  const used = new Set<string>();
  for (let i = 0; i < 40; i++) {
    const before = checker.compared.length;
    // Even the right password of the user whose hash it is lets nobody else in.
    assertEquals(await status(basic(`user${i}`, SECRET), `192.0.2.${i}`), 401);
    assertEquals(await status(basic(`user${i}`, "x"), `192.0.2.${i}`), 401);
    const [first, second, ...more] = checker.compared.slice(before);
    assertEquals([first, more], [second, []], "the same hash for a name");
    used.add(first!);
  }
  assertEquals(used, new Set([HASH, other]));
});

Deno.test("Guard.check() limits failures of an address, but neither verified passwords nor good tokens", async () => {
  const { checker, clock, respond, status } = await guarding({
    basic_auth_users: { alice: HASH },
    bearer_token_hashes: [await sha256(TOKEN)],
  });
  assertEquals(await status(basic("alice", SECRET)), 200);
  for (let i = 0; i < 10; i++) assertEquals(await status(basic("alice", `${i}`)), 401);
  const before = checker.compared.length;
  const response = await respond(basic("alice", "10"));
  assertEquals([response?.status, response?.headers.get("retry-after")], [429, "6"]);
  assertEquals(await status(bearer("wrong")), 429);
  assertEquals(checker.compared.length, before);
  assertEquals(await status(basic("alice", SECRET)), 200);
  assertEquals(await status(bearer(TOKEN)), 200);
  assertEquals(await status(basic("alice", "10"), "192.0.2.2"), 401);
  clock.seconds += 6;
  assertEquals(await status(basic("alice", "10")), 401);
  assertEquals(await status(basic("alice", "11")), 429);
});

Deno.test("Guard.check() limits failures before they are known", async () => {
  const { status } = await guarding({ basic_auth_users: { alice: HASH } });
  const statuses = await Promise.all(
    Array.from({ length: 20 }, (_, i) => status(basic("alice", `${i}`))),
  );
  assertEquals(statuses.filter((status) => status === 401).length, 10);
});

Deno.test("Guard.check() limits failures of all addresses together", async () => {
  const { clock, status } = await guarding({ bearer_token_hashes: [await sha256(TOKEN)] });
  const attempt = (i: number) => status(bearer("wrong"), `198.51.${i >> 8}.${i & 255}`);
  for (let i = 0; i < 100; i++) assertEquals(await attempt(i), 401);
  assertEquals(await attempt(100), 429);
  clock.seconds += 0.2;
  assertEquals(await attempt(101), 401);
  assertEquals(await attempt(102), 429);
});

Deno.test("Guard.check() lets failures from elsewhere not lock out who has been there before", async () => {
  const settings = { basic_auth_users: { alice: HASH } };
  const { guard, load, status } = await guarding(settings);
  assertEquals(await status(basic("alice", SECRET), "192.0.2.1"), 200);
  for (let i = 0; i < 110; i++) await status(basic("alice", "x"), `198.51.100.${i}`);
  guard.replace(await load(settings));
  assertEquals(await status(basic("alice", SECRET), "192.0.2.2"), 429);
  assertEquals(await status(basic("alice", SECRET), "192.0.2.1"), 200);
  for (let i = 0; i < 10; i++) {
    assertEquals(await status(basic("alice", `${i}`), "192.0.2.1"), 401);
  }
  assertEquals(await status(basic("alice", "10"), "192.0.2.1"), 429);
});

Deno.test("Guard.check() takes the addresses of one IPv6 network, and forms of one IPv4 address, for one client", async () => {
  const { status } = await guarding({ bearer_token_hashes: [await sha256(TOKEN)] });
  for (let i = 0; i < 10; i++) await status(bearer("wrong"), `2001:db8::${i}`);
  assertEquals(await status(bearer("wrong"), "2001:db8:0:0:1:2:3:4"), 429);
  assertEquals(await status(bearer("wrong"), "2001:db8:0:1::1"), 401);
  for (let i = 0; i < 10; i++) await status(bearer("wrong"), "192.0.2.9");
  assertEquals(await status(bearer("wrong"), "::ffff:192.0.2.9"), 429);
  assertEquals(await status(bearer("wrong"), "::1"), 401);
});

Deno.test("Guard.check() responds with 503 if a password cannot be checked, which is no failure", async () => {
  const { checker, refused, respond, status } = await guarding({
    basic_auth_users: { alice: HASH },
  });
  checker.error = new UndecidedError("too many passwords to check");
  for (let i = 0; i < 20; i++) {
    const response = await respond(basic("alice", SECRET));
    assertEquals([response?.status, response?.headers.get("retry-after")], [503, "5"]);
  }
  assertEquals(refused.at(-1)?.detail, "too many passwords to check");
  checker.error = undefined;
  assertEquals(await status(basic("alice", SECRET)), 200);
});

Deno.test("Guard reports refused requests without secrets and mistyped names", async () => {
  const { guard, refused, respond } = await guarding({
    basic_auth_users: { alice: HASH },
    bearer_token_hashes: [await sha256(TOKEN)],
  });
  const responses = [
    await respond(basic("alice", "hunter2")),
    await respond(basic("hunter2", "")),
    await respond(bearer("hunter2")),
    await respond({ authorization: "hunter2" }),
  ];
  const texts = await Promise.all(responses.map((response) => response!.text()));
  const headers = responses.map((response) => JSON.stringify([...response!.headers]));
  const output = [JSON.stringify(refused), ...texts, ...headers, Deno.inspect(guard)].join("\n");
  for (const secret of ["hunter2", btoa("alice:hunter2"), HASH, TOKEN]) {
    assert(!output.includes(secret), output);
  }
  assertEquals(refused.map(({ reason, user }) => [reason, user]), [
    ["password", "alice"],
    ["password", undefined],
    ["token", undefined],
    ["malformed", undefined],
  ]);
  assertEquals(refused[0]!.remoteAddress, "192.0.2.1");
});

Deno.test("Guard.start() starts the worker for passwords, as soon as there are any", async () => {
  const { guard, checker, load } = await guarding({});
  const withUser = await load({ basic_auth_users: { alice: HASH } });
  guard.replace(withUser);
  guard.replace(await load({}));
  guard.start();
  assertEquals(checker.readied, 0);
  guard.replace(withUser);
  assertEquals(checker.readied, 1);
});

Deno.test("Guard.check() applies rate_limit to all requests", async () => {
  const { guard, load, clock, respond, status } = await guarding({
    rate_limit: { interval: "500ms", burst: 2 },
    basic_auth_users: { alice: HASH },
  });
  assertEquals(await status(), 401);
  assertEquals(await status(basic("alice", SECRET)), 200);
  const response = await respond(basic("alice", SECRET));
  assertEquals([response?.status, response?.headers.get("retry-after")], [429, "1"]);
  clock.seconds += 0.5;
  assertEquals(await status(basic("alice", SECRET), "192.0.2.2"), 200);
  assertEquals(await status(), 429);
  guard.replace(await load({ rate_limit: { interval: "500ms", burst: 2 } }));
  assertEquals(await status(), 429);
  guard.replace(await load({}));
  assertEquals(await status(), 200);
  guard.replace(await load({ rate_limit: { interval: "1s" } }));
  assertEquals(await status(), 429);
  clock.seconds += 100;
  assertEquals(await status(), 429);
});

Deno.test("Guard.check() refuses hosts that are not allowed", async () => {
  const { status } = await guarding({ allowed_hosts: ["Metrics.example.org", "::1"] });
  for (
    const [host, expected] of [
      ["metrics.example.org", 200],
      ["METRICS.example.org:9999", 200],
      ["metrics.example.org.", 200],
      ["[0:0::1]:80", 200],
      ["evil.example.org", 421],
      ["metrics.example.org.evil.test", 421],
      ["localhost", 421],
      ["metrics.example.org:80:80", 421],
      ["metrics.example.org/", 421],
      ["", 421],
    ] as const
  ) {
    assertEquals(await status({ host }), expected, host);
  }
});

Deno.test("Guard.check() refuses names of other sites at a loopback address by default", async () => {
  const { guard, load } = await guarding({});
  const status = async (host: string, isLoopback = true) => {
    const request = new Request("http://x/metrics", { headers: { host } });
    return (await guard.check(request, { isLoopback }))?.status ?? 200;
  };
  for (const host of ["localhost:9999", "a.localhost", "127.0.0.1", "[::1]:9999", "10.0.0.1"]) {
    assertEquals(await status(host), 200, host);
  }
  assertEquals(await status("evil.test"), 421);
  assertEquals(await status("evil.test", false), 200);
  guard.replace(await load({ allowed_hosts: ["*"] }));
  assertEquals(await status("evil.test"), 200);
});

Deno.test("Guard.addHeaders() adds security headers, and those of the configuration", async () => {
  const { guard, load } = await guarding({});
  const headersWith = (init: HeadersInit) => {
    const headers = new Headers(init);
    guard.addHeaders(headers);
    return Object.fromEntries(headers);
  };
  const policy = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
  assertEquals(headersWith({}), {
    "content-security-policy": policy,
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
  });
  const own = { "content-security-policy": "a" };
  assertEquals(headersWith(own)["content-security-policy"], "a");
  guard.replace(
    await load({
      http_server_config: {
        headers: {
          "X-Frame-Options": "sameorigin",
          "Strict-Transport-Security": "max-age=1",
          "Content-Security-Policy": "",
        },
      },
    }),
  );
  assertEquals(headersWith({}), {
    "referrer-policy": "no-referrer",
    "strict-transport-security": "max-age=1",
    "x-content-type-options": "nosniff",
    "x-frame-options": "sameorigin",
  });
});
