import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import fc from "fast-check";
import { combineWebConfigs, parseWebConfig } from "../../access/web_config.ts";
import { ConfigError, formatConfigProblem } from "../../config_error.ts";

const HASH = `$2y$10$${"a".repeat(53)}`;
const FILES = { cert_file: "server.crt", key_file: "server.key" };
const SUITES = [
  "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
  "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
  "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
  "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
  "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
  "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
];
const TLS13_SUITES = [
  "TLS_AES_128_GCM_SHA256",
  "TLS_AES_256_GCM_SHA384",
  "TLS_CHACHA20_POLY1305_SHA256",
];
const CBC = "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA";

const tls = (settings: object) => ({ tls_server_config: { ...FILES, ...settings } });

/** Configurations that are accepted without a warning, as in exporter-toolkit. */
const GOOD: Record<string, Record<string, unknown>> = {
  "nothing": {},
  "empty tables": {
    tls_server_config: {},
    http_server_config: { headers: {} },
    basic_auth_users: {},
    rate_limit: {},
  },
  "files": tls({}),
  "inline PEM": { tls_server_config: { cert: "PEM", key: "PEM" } },
  "a file and inline PEM": { tls_server_config: { cert_file: "a", key: "PEM" } },
  "an empty string for what is not used": tls({ cert: "", key: "", client_ca: "" }),
  "an empty client_auth_type": tls({ client_auth_type: "" }),
  ...Object.fromEntries(
    ["NoClientCert", "RequestClientCert", "RequireAnyClientCert", "RequireClientCert"]
      .map((type) => [type, tls({ client_auth_type: type })]),
  ),
  "VerifyClientCertIfGiven without authorities": tls({
    client_auth_type: "VerifyClientCertIfGiven",
  }),
  "RequireAndVerifyClientCert with a file": tls({
    client_auth_type: "RequireAndVerifyClientCert",
    client_ca_file: "ca.pem",
    client_allowed_sans: ["one", "two"],
  }),
  "RequireAndVerifyClientCert with inline PEM": tls({
    client_auth_type: "RequireAndVerifyClientCert",
    client_ca: "PEM",
  }),
  "versions": tls({ min_version: "TLS12", max_version: "TLS13" }),
  "one version": tls({ min_version: "TLS13", max_version: "TLS13" }),
  "all cipher suites": tls({ cipher_suites: [...SUITES, ...TLS13_SUITES] }),
  "no cipher suites": tls({ cipher_suites: [] }),
  "cipher suites that TLS 1.3 does not use": tls({
    min_version: "TLS13",
    cipher_suites: [SUITES[5]],
  }),
  "prefer_server_cipher_suites": tls({ prefer_server_cipher_suites: false }),
  "all curves": tls({ curve_preferences: ["X25519", "CurveP384", "CurveP256"] }),
  "HTTP/2": { http_server_config: { http2: true } },
  "headers": {
    http_server_config: {
      http2: false,
      headers: {
        "X-Frame-Options": "deny",
        "X-Content-Type-Options": "nosniff",
        "X-XSS-Protection": "1",
        "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
        "Content-Security-Policy": "default-src 'self'",
      },
    },
  },
  "another frame option": { http_server_config: { headers: { "X-Frame-Options": "sameorigin" } } },
  "users": { basic_auth_users: { alice: HASH, "bö b": HASH.replace("$2y$", "$2b$") } },
  "rate limit": { rate_limit: { interval: "1m30.5s", burst: 5 } },
  "no rate limit": { rate_limit: { interval: 0, burst: 0 } },
};

for (const [name, tree] of Object.entries(GOOD)) {
  Deno.test(`parseWebConfig() accepts ${name}`, () => {
    assertEquals(parseWebConfig(tree).warnings, []);
  });
}

/** Configurations that are accepted with a warning. */
const WARNED: Record<string, Record<string, unknown>> = {
  "tls_server_config.cipher_suites: not available here: TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA": tls({
    cipher_suites: [...SUITES, CBC],
  }),
  "tls_server_config.cipher_suites: the client chooses among all that are available here; connections with others are closed":
    tls({ cipher_suites: SUITES.slice(3, 5) }),
  "tls_server_config.curve_preferences: not available here: CurveP521": tls({
    curve_preferences: ["CurveP256", "CurveP384", "CurveP521", "X25519"],
  }),
  "tls_server_config: no effect without cert or cert_file: connections are not encrypted": {
    tls_server_config: { min_version: "TLS13" },
  },
  "basic_auth_users.bob: a hash of cost 18 takes seconds to check, 10 is usual": {
    basic_auth_users: { bob: HASH.replace("$10$", "$18$") },
  },
  "rate_limit.burst: 0 refuses every request": { rate_limit: { interval: "1s" } },
};

for (const [warning, tree] of Object.entries(WARNED)) {
  Deno.test(`parseWebConfig() warns: ${warning}`, () => {
    assertEquals(parseWebConfig(tree).warnings.map(formatConfigProblem), [warning]);
  });
}

const TYPES = "NoClientCert, RequestClientCert, RequireAnyClientCert, VerifyClientCertIfGiven, " +
  "RequireAndVerifyClientCert";
const HTTP2_SUITES =
  "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256";
const NAMES = "Strict-Transport-Security, X-Content-Type-Options, X-Frame-Options, " +
  "X-XSS-Protection, Content-Security-Policy";

/** Configurations that are refused, by the only problem. */
const BAD: Record<string, Record<string, unknown>> = {
  'unknown key "tls_config", expected one of tls_server_config, http_server_config, basic_auth_users, rate_limit':
    { tls_config: {} },
  'unknown key "allowed_hosts", expected one of tls_server_config, http_server_config, basic_auth_users, rate_limit':
    { allowed_hosts: ["a"] },
  'tls_server_config: unknown key "cert_filse", did you mean "cert_file"?': tls({
    cert_filse: "a",
  }),
  "tls_server_config: expected a table, got a string": { tls_server_config: "-----BEGIN" },
  "tls_server_config: expected a table, got an array": { tls_server_config: [] },
  "tls_server_config: missing one of cert, cert_file": {
    tls_server_config: { cert_file: "", cert: "", key_file: "a" },
  },
  "tls_server_config: missing one of key, key_file": {
    tls_server_config: { cert_file: "a", key: "" },
  },
  "tls_server_config.cert: cannot be combined with cert_file": tls({ cert: "PEM" }),
  "tls_server_config.key: cannot be combined with key_file": tls({ key: "PEM" }),
  "tls_server_config.client_ca: cannot be combined with client_ca_file": tls({
    client_auth_type: "RequireAnyClientCert",
    client_ca: "PEM",
    client_ca_file: "a",
  }),
  "tls_server_config.key: expected a string in PEM format, got a number": {
    tls_server_config: { cert_file: "a", key: 123456, key_file: "b" },
  },
  "tls_server_config.cert_file: expected a file name, got 1": {
    tls_server_config: { cert: "PEM", key: "PEM", cert_file: 1 },
  },
  [`tls_server_config.client_auth_type: expected one of ${TYPES}, got "x"`]: tls({
    client_auth_type: "x",
  }),
  [`tls_server_config.client_auth_type: expected one of ${TYPES}, got "toString"`]: tls({
    client_auth_type: "toString",
  }),
  "tls_server_config.client_auth_type: RequireAndVerifyClientCert needs client_ca or client_ca_file":
    tls({ client_auth_type: "RequireAndVerifyClientCert" }),
  "tls_server_config.client_auth_type: client_ca and client_ca_file need a policy that asks for certificates, got NoClientCert":
    tls({ client_ca_file: "a" }),
  "tls_server_config.client_allowed_sans: needs a client_auth_type that asks for certificates, got NoClientCert":
    tls({ client_allowed_sans: ["a"] }),
  "tls_server_config.client_allowed_sans: expected a list of strings, got an array": tls({
    client_auth_type: "RequestClientCert",
    client_allowed_sans: ["a", 1],
  }),
  'tls_server_config.min_version: expected TLS12 or TLS13, got "TLS111"': tls({
    min_version: "TLS111",
  }),
  "tls_server_config.min_version: TLS11 is not available here, expected TLS12 or TLS13": tls({
    min_version: "TLS11",
  }),
  "tls_server_config.max_version: TLS10 is not available here, expected TLS12 or TLS13": tls({
    max_version: "TLS10",
  }),
  "tls_server_config.min_version: newer than max_version": tls({
    min_version: "TLS13",
    max_version: "TLS12",
  }),
  'tls_server_config.cipher_suites: unknown cipher suite "TLS_RSA_WITH_RC4_128_SHA"': tls({
    cipher_suites: [...SUITES, "TLS_RSA_WITH_RC4_128_SHA"],
  }),
  'tls_server_config.cipher_suites: expected a list of strings, got "TLS_AES_128_GCM_SHA256"': tls({
    cipher_suites: "TLS_AES_128_GCM_SHA256",
  }),
  [`tls_server_config.cipher_suites: HTTP/2 requires one of ${HTTP2_SUITES}, or http2: false`]: tls(
    {
      cipher_suites: ["TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"],
      max_version: "TLS12",
    },
  ),
  "tls_server_config.cipher_suites: not available here: TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA": {
    ...tls({ cipher_suites: [CBC] }),
    http_server_config: { http2: false },
  },
  "tls_server_config.cipher_suites: has no cipher suite of TLS 1.2, which max_version requires": {
    ...tls({ cipher_suites: TLS13_SUITES, max_version: "TLS12" }),
    http_server_config: { http2: false },
  },
  'tls_server_config.prefer_server_cipher_suites: expected true or false, got "true"': tls({
    prefer_server_cipher_suites: "true",
  }),
  'tls_server_config.curve_preferences: unknown curve "CurveP257"': tls({
    curve_preferences: ["CurveP256", "CurveP384", "X25519", "CurveP257"],
  }),
  "tls_server_config.curve_preferences: CurveP256, X25519 cannot be excluded here": tls({
    curve_preferences: ["CurveP384"],
  }),
  "tls_server_config.curve_preferences: CurveP256, CurveP384, X25519 cannot be excluded here, and CurveP521 is not available":
    tls({ curve_preferences: ["CurveP521"] }),
  'http_server_config: unknown key "http3", did you mean "http2"?': {
    http_server_config: { http3: true },
  },
  "http_server_config.http2: expected true or false, got 1": { http_server_config: { http2: 1 } },
  [`http_server_config.headers.Content-Type: cannot be configured, expected one of ${NAMES}`]: {
    http_server_config: { headers: { "Content-Type": "foo" } },
  },
  [`http_server_config.headers.x-frame-options: cannot be configured, expected one of ${NAMES}`]: {
    http_server_config: { headers: { "x-frame-options": "deny" } },
  },
  'http_server_config.headers.X-Frame-Options: expected deny or sameorigin, got "foo"': {
    http_server_config: { headers: { "X-Frame-Options": "foo" } },
  },
  'http_server_config.headers.X-Content-Type-Options: expected nosniff, got "sniff"': {
    http_server_config: { headers: { "X-Content-Type-Options": "sniff" } },
  },
  "http_server_config.headers.Content-Security-Policy: expected a header value without line breaks and other control characters":
    { http_server_config: { headers: { "Content-Security-Policy": "a\r\nb: c" } } },
  "basic_auth_users: expected a table, got a string": { basic_auth_users: HASH },
  "basic_auth_users.john: expected a bcrypt hash with a cost from 4 to 18, got a string": {
    basic_auth_users: { john: "doe" },
  },
  "basic_auth_users.jane: expected a bcrypt hash with a cost from 4 to 18, got a string": {
    basic_auth_users: { jane: HASH.replace("$10$", "$19$") },
  },
  "basic_auth_users.jim: expected a bcrypt hash with a cost from 4 to 18, got a string": {
    basic_auth_users: { jim: HASH.replace("$10$", "$03$") },
  },
  "basic_auth_users.joe: expected a bcrypt hash with a cost from 4 to 18, got a number": {
    basic_auth_users: { joe: 123456 },
  },
  'basic_auth_users."a:b": user names contain neither colons nor control characters': {
    basic_auth_users: { "a:b": HASH },
  },
  "basic_auth_users: has a hash in place of a user name": { basic_auth_users: { [HASH]: "alice" } },
  'rate_limit: unknown key "bursts", did you mean "burst"?': { rate_limit: { bursts: 1 } },
  'rate_limit.interval: expected a duration such as "1s", or 0, got "1 s"': {
    rate_limit: { interval: "1 s" },
  },
  'rate_limit.interval: expected a duration such as "1s", or 0, got 1': {
    rate_limit: { interval: 1 },
  },
  'rate_limit.interval: expected a duration such as "1s", or 0, got "-1s"': {
    rate_limit: { interval: "-1s" },
  },
  "rate_limit.burst: expected an integer, 0 or more, got 1.5": { rate_limit: { burst: 1.5 } },
};

for (const [problem, tree] of Object.entries(BAD)) {
  Deno.test(`parseWebConfig() refuses: ${problem}`, () => {
    const error = assertThrows(() => parseWebConfig(tree, { source: "web.yml" }), ConfigError);
    assertEquals(error.problems.map(formatConfigProblem), [problem]);
  });
}

Deno.test("parseWebConfig() returns what was configured", () => {
  const config = parseWebConfig({
    ...tls({
      client_auth_type: "RequireClientCert",
      client_ca: "AUTHORITY",
      client_allowed_sans: ["a"],
      min_version: "TLS13",
    }),
    http_server_config: { http2: false, headers: { "X-Frame-Options": "deny" } },
    basic_auth_users: { alice: HASH },
    rate_limit: { interval: "100ms", burst: 3 },
  });
  const { cert, key, clientCa, ...settings } = config.tls!;
  assertEquals([cert, key], [
    { key: "tls_server_config.cert_file", file: "server.crt" },
    { key: "tls_server_config.key_file", file: "server.key" },
  ]);
  assert(clientCa !== undefined && "text" in clientCa);
  assertEquals([clientCa.key, clientCa.text.reveal()], [
    "tls_server_config.client_ca",
    "AUTHORITY",
  ]);
  assertEquals(settings, {
    clientAuthType: "RequireAnyClientCert",
    clientAllowedSans: ["a"],
    minVersion: "TLSv1.3",
    maxVersion: "TLSv1.3",
  });
  assertEquals([config.http2, [...config.headers]], [false, [["X-Frame-Options", "deny"]]]);
  assertEquals(config.users.get("alice")?.reveal(), HASH);
  assertEquals(config.rateLimit, { interval: 0.1, burst: 3 });
});

Deno.test("a web configuration shows no secret when it is printed", () => {
  const digest = "0123456789abcdef".repeat(4);
  const config = parseWebConfig({
    tls_server_config: { cert: "CERT", key: "PRIVATE" },
    basic_auth_users: { alice: HASH },
    bearer_token_hashes: [digest],
  }, { extended: true });
  const printed = [
    JSON.stringify(config),
    JSON.stringify([...config.users]),
    Deno.inspect(config, { depth: 9, showHidden: true }),
    `${config.users.get("alice")}`,
  ].join("\n");
  for (const secret of [HASH, "PRIVATE", digest]) assert(!printed.includes(secret), printed);
});

Deno.test("parseWebConfig() reads the additions of TOML", () => {
  const digest = "0123456789ABCDEF".repeat(4);
  const config = parseWebConfig({
    bearer_tokens_file: "tokens",
    bearer_token_hashes: [digest],
    allowed_hosts: ["Example.ORG", "[::1]", "*"],
  }, { extended: true });
  assertEquals(config.bearerTokensFile, { key: "bearer_tokens_file", file: "tokens" });
  assertEquals(config.bearerTokenHashes.map((hash) => hash.reveal()), [digest.toLowerCase()]);
  assertEquals(config.allowedHosts, ["example.org", "[::1]", "*"]);
  const tree = {
    bearer_tokens_file: "",
    bearer_token_hashes: [digest.slice(1)],
    allowed_hosts: ["example.org:80"],
  };
  const error = assertThrows(() => parseWebConfig(tree, { extended: true }), ConfigError);
  assertEquals(error.problems.map(formatConfigProblem), [
    'bearer_tokens_file: expected a file name, got ""',
    "bearer_token_hashes: expected a list of SHA-256 hashes of 64 hexadecimal digits, got an array",
    'allowed_hosts: expected a list of host names and IP addresses without ports, or "*", got an array',
  ]);
});

Deno.test("combineWebConfigs() adds what only TOML has, and refuses the rest", () => {
  const digest = "0123456789abcdef".repeat(4);
  const file = parseWebConfig({ basic_auth_users: { alice: HASH } });
  const additions = parseWebConfig({
    allowed_hosts: ["a.test"],
    bearer_token_hashes: [digest],
    bearer_tokens_file: "tokens",
  }, { extended: true });
  const config = combineWebConfigs(file, additions, "config.toml");
  assertEquals([...config.users.keys()], ["alice"]);
  assertEquals(config.bearerTokenHashes.map((hash) => hash.reveal()), [digest]);
  assertEquals([config.bearerTokensFile?.file, config.allowedHosts], ["tokens", ["a.test"]]);
  const both = parseWebConfig({ rate_limit: {}, basic_auth_users: {} }, { extended: true });
  const error = assertThrows(() => combineWebConfigs(file, both, "config.toml"), ConfigError);
  assertEquals(error.problems.map(formatConfigProblem), [
    "web.rate_limit: cannot be combined with a web configuration file",
    "web.basic_auth_users: cannot be combined with a web configuration file",
  ]);
});

/** Values with the keys that a configuration has, and others. */
function trees(leaf: fc.Arbitrary<unknown>): fc.Arbitrary<Record<string, unknown>> {
  const sections: Record<string, string[]> = {
    tls_server_config: [
      ...["cert", "cert_file", "key", "key_file", "client_auth_type", "client_ca"],
      ...["client_ca_file", "client_allowed_sans", "min_version", "max_version"],
      ...["cipher_suites", "prefer_server_cipher_suites", "curve_preferences"],
    ],
    http_server_config: ["http2", "headers"],
    basic_auth_users: ["alice", "bob:", "__proto__"],
    rate_limit: ["interval", "burst"],
    bearer_token_hashes: ["0"],
    bearer_tokens_file: ["x"],
    allowed_hosts: ["x"],
  };
  const keys = [...Object.values(sections).flat(), "constructor", ""];
  const value = fc.oneof(
    leaf,
    fc.array(leaf, { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...keys), leaf, { maxKeys: 5 }),
  );
  const section = (names: string[]) =>
    fc.oneof(
      { weight: 5, arbitrary: fc.dictionary(fc.constantFrom(...names, "other"), value) },
      { weight: 1, arbitrary: value },
    );
  return fc.record(
    {
      ...Object.fromEntries(
        Object.entries(sections).map(([name, names]) => [name, section(names)]),
      ),
      other: value,
    },
    { requiredKeys: [] },
  );
}

const LEAVES = fc.oneof(
  fc.anything({ withDate: true, withBigInt: true, withNullPrototype: true }),
  fc.constantFrom("TLS12", "RequireAndVerifyClientCert", HASH, "1s", true, 0, ...SUITES, "*"),
);

Deno.test("parseWebConfig() throws nothing but ConfigError for any tree", () => {
  fc.assert(
    fc.property(trees(LEAVES), fc.boolean(), (tree, extended) => {
      try {
        parseWebConfig(tree, { extended });
      } catch (error) {
        assert(error instanceof ConfigError, String(error));
        assert(!error.message.includes("\n"));
      }
    }),
    { numRuns: 2000 },
  );
});

Deno.test("parseWebConfig() reveals no secret in its messages", () => {
  const secret = fc.oneof(
    fc.stringMatching(/^[a-z0-9]{12}$/).map((text) => `s3cret-${text}`),
    fc.integer({ min: 1_234_567_000, max: 1_234_567_999 }),
  );
  const wrapped = fc.oneof(secret, fc.array(secret, { minLength: 1, maxLength: 2 }));
  const settings = fc.record({
    tls_server_config: fc.oneof(
      secret,
      fc.record({ key: wrapped, cert: wrapped, client_ca: wrapped, key_file: fc.constant("k") }, {
        requiredKeys: [],
      }),
    ),
    basic_auth_users: fc.oneof(wrapped, fc.dictionary(fc.constantFrom("a", "b:", "\n"), wrapped)),
    bearer_token_hashes: wrapped,
  }, { requiredKeys: [] });
  let errors = 0;
  fc.assert(
    fc.property(settings, (tree) => {
      try {
        parseWebConfig(tree, { extended: true });
      } catch (error) {
        errors++;
        const { message, problems, stack } = error as ConfigError;
        const shown = [message, JSON.stringify(problems), stack].join("\n");
        assert(!/s3cret|1234567\d{3}/.test(shown), shown);
      }
    }),
    { numRuns: 1000 },
  );
  assert(errors > 500);
});

Deno.test("parseWebConfig() names the source and at most 100 problems", () => {
  const users = Object.fromEntries(Array.from({ length: 150 }, (_, i) => [`user${i}`, "x"]));
  const error = assertThrows(
    () => parseWebConfig({ basic_auth_users: users }, { source: "web.yml" }),
    ConfigError,
  );
  assertStringIncludes(
    error.message,
    'Cannot read configuration "web.yml": basic_auth_users.user0',
  );
  assertEquals(error.problems.length, 101);
});
