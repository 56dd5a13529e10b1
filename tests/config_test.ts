import { assert, assertEquals, assertInstanceOf, assertMatch, assertThrows } from "@std/assert";
import {
  ConfigError,
  type ConfigProblem,
  formatConfigProblem,
  parseConfig,
  type ParseConfigOptions,
  probeTablesOf,
  webConfigOf,
} from "../config.ts";
import { Labels } from "../labels.ts";

function problemsOf(text: string, options?: ParseConfigOptions): string[] {
  return assertThrows(() => parseConfig(text, options), ConfigError)
    .problems.map(formatConfigProblem);
}

Deno.test("parseConfig() reads every key", () => {
  const config = parseConfig(`
    name = "doors"
    listen_ip = "[::1]"
    listen_port = 9100
    cache_life = 1.5
    log_level = "debug"
    log_format = "json"
    [labels]
    site = "north"
    [metrics.doors_open]
    type = "gauge"
    value = 2
    help = "Doors open now"
    [metrics.doors_open.labels]
    floor = "1"
  `);
  assertEquals(config, {
    source: "",
    name: "doors",
    listenIp: "::1",
    listenPort: 9100,
    cacheLife: 1.5,
    logLevel: "debug",
    logFormat: "json",
    labels: new Labels({ site: "north" }),
    metrics: [{
      name: "doors_open",
      type: "gauge",
      value: 2,
      help: "Doors open now",
      labels: new Labels({ floor: "1" }),
    }],
    extra: {},
  });
});

for (const text of ["", "\n", "# nothing\n", "[labels]\n[metrics]\n", "\uFEFF"]) {
  Deno.test(`parseConfig() reads nothing from ${JSON.stringify(text)}`, () => {
    assertEquals(parseConfig(text), { source: "", labels: new Labels(), metrics: [], extra: {} });
  });
}

Deno.test("parseConfig() ignores a byte order mark and reads CRLF", () => {
  assertEquals(parseConfig("\uFEFFlisten_port = 1\r\ncache_life = 2\r\n").cacheLife, 2);
});

Deno.test("parseConfig() reads configurations of the Python library", () => {
  const config = parseConfig(`
# By default on 127.0.0.1:9999
listen_ip = '0.0.0.0'
listen_port = 80
cache_life = 60

[metrics.requests]
type = "COUNTER"
value = 1
help = "Requests"

[metrics.requests.labels]
zone = "a"

[metrics."free beds"]
value = 200

[metrics.lamps]
value = 300
labels = {room = "1", colour = "red"}

[labels]
test = "test"
`);
  assertEquals(config.listenIp, "0.0.0.0");
  assertEquals(config.labels, new Labels({ test: "test" }));
  assertEquals(config.metrics, [
    {
      name: "requests",
      type: "counter",
      value: 1,
      help: "Requests",
      labels: new Labels({ zone: "a" }),
    },
    { name: "free_beds", type: "untyped", value: 200, labels: new Labels() },
    {
      name: "lamps",
      type: "untyped",
      value: 300,
      labels: new Labels({ room: "1", colour: "red" }),
    },
  ]);
});

Deno.test("parseConfig() applies defaults to an empty metric", () => {
  assertEquals(parseConfig("[metrics.a]").metrics, [
    { name: "a", type: "untyped", value: 0, labels: new Labels() },
  ]);
});

Deno.test("parseConfig() keeps metrics in the order of the file", () => {
  const { metrics } = parseConfig("[metrics.b]\n[metrics.c]\n[metrics.a]\n");
  assertEquals(metrics.map(({ name }) => name), ["b", "c", "a"]);
});

for (
  const [value, expected] of [
    ["inf", Infinity],
    ["-inf", -Infinity],
    ["nan", NaN],
    ["-0.5", -0.5],
    ["1e3", 1000],
    ["1_000", 1000],
    ["0xff", 255],
  ] as const
) {
  Deno.test(`parseConfig() accepts ${value} as a value`, () => {
    assertEquals(parseConfig(`[metrics.a]\nvalue = ${value}`).metrics[0]?.value, expected);
  });
}

for (
  const [text, key, expected] of [
    ["listen_port = 0", "listenPort", 0],
    ["listen_port = 65535", "listenPort", 65535],
    ["cache_life = 0", "cacheLife", 0],
    ['listen_ip = "::"', "listenIp", "::"],
    ['listen_ip = "localhost"', "listenIp", "localhost"],
    ['log_level = "WARN"', "logLevel", "warn"],
    ['log_format = "Text"', "logFormat", "text"],
    ['status_page = "full"', "statusPage", "full"],
  ] as const
) {
  Deno.test(`parseConfig() accepts ${text}`, () => {
    assertEquals(parseConfig(text)[key], expected);
  });
}

for (
  const [text, problem] of [
    ["name = 1", "name: expected a string that is not empty, got 1"],
    ['name = ""', 'name: expected a string that is not empty, got ""'],
    ['listen_ip = ""', 'listen_ip: expected a host name or an IP address, got ""'],
    [
      'listen_ip = "1.2.3.4:80"',
      'listen_ip: expected a host name or an IP address, got "1.2.3.4:80"',
    ],
    ['listen_ip = "[::1"', 'listen_ip: expected a host name or an IP address, got "[::1"'],
    ["listen_ip = 127", "listen_ip: expected a host name or an IP address, got 127"],
    ['listen_port = "abc"', 'listen_port: expected an integer from 0 to 65535, got "abc"'],
    ['listen_port = "80"', 'listen_port: expected an integer from 0 to 65535, got "80"'],
    ["listen_port = -1", "listen_port: expected an integer from 0 to 65535, got -1"],
    ["listen_port = 65536", "listen_port: expected an integer from 0 to 65535, got 65536"],
    ["listen_port = 1.5", "listen_port: expected an integer from 0 to 65535, got 1.5"],
    ["listen_port = nan", "listen_port: expected an integer from 0 to 65535, got NaN"],
    ["listen_port = true", "listen_port: expected an integer from 0 to 65535, got true"],
    ["listen_port = []", "listen_port: expected an integer from 0 to 65535, got an array"],
    ["listen_port = {}", "listen_port: expected an integer from 0 to 65535, got a table"],
    ["listen_port = 2026-11-22", "listen_port: expected an integer from 0 to 65535, got a date"],
    [
      "listen_port = 2026-11-22T10:00:00Z",
      "listen_port: expected an integer from 0 to 65535, got a date",
    ],
    ["cache_life = -1", "cache_life: expected a number of seconds, 0 or more, got -1"],
    ["cache_life = inf", "cache_life: expected a number of seconds, 0 or more, got Infinity"],
    ["cache_life = nan", "cache_life: expected a number of seconds, 0 or more, got NaN"],
    ['cache_life = "60"', 'cache_life: expected a number of seconds, 0 or more, got "60"'],
    [
      'log_level = "loud"',
      'log_level: expected one of debug, info, warn, error, critical, got "loud"',
    ],
    [
      'log_level = "toString"',
      'log_level: expected one of debug, info, warn, error, critical, got "toString"',
    ],
    ["log_level = 10", "log_level: expected one of debug, info, warn, error, critical, got 10"],
    ["status_page = true", "status_page: expected one of auto, full, off, got true"],
    ['log_format = "xml"', 'log_format: expected one of text, json, got "xml"'],
    ["labels = 1", "labels: expected a table, got 1"],
    ["labels = []", "labels: expected a table, got an array"],
    ["[[labels]]", "labels: expected a table, got an array"],
    ["labels = 2026-11-22", "labels: expected a table, got a date"],
    ["[labels]\na = 1", "labels.a: expected a string that is not empty, got 1"],
    ['[labels]\na = ""', 'labels.a: expected a string that is not empty, got ""'],
    ["[labels]\na.b = 1", "labels.a: expected a string that is not empty, got a table"],
    [
      '[labels]\n"a b" = "c"',
      'labels."a b": expected a label name that matches [a-zA-Z_][a-zA-Z0-9_]*',
    ],
    [
      '[labels]\na-b = "c"',
      "labels.a-b: expected a label name that matches [a-zA-Z_][a-zA-Z0-9_]*",
    ],
    [
      '[labels]\n"a\\nb" = "c"',
      'labels."a\\nb": expected a label name that matches [a-zA-Z_][a-zA-Z0-9_]*',
    ],
    ['[labels]\n__name__ = "c"', 'labels.__name__: label names that begin with "__" are reserved'],
    ["metrics = 1", "metrics: expected a table, got 1"],
    ["[metrics]\na = 1", "metrics.a: expected a table, got 1"],
    [
      "[metrics.9lives]",
      "metrics.9lives: expected a metric name that matches [a-zA-Z_:][a-zA-Z0-9_:]*",
    ],
    [
      '[metrics."a.b"]',
      'metrics."a.b": expected a metric name that matches [a-zA-Z_:][a-zA-Z0-9_:]*',
    ],
    ["[metrics.a]\nvalue = true", "metrics.a.value: expected a number, got true"],
    ['[metrics.a]\nvalue = "1"', 'metrics.a.value: expected a number, got "1"'],
    ["[metrics.a]\nhelp = 1", "metrics.a.help: expected a string, got 1"],
    [
      '[metrics.a]\ntype = "gage"',
      'metrics.a.type: expected one of counter, gauge, histogram, summary, untyped, gaugehistogram, info, stateset, got "gage"',
    ],
    [
      "[metrics.a]\ntype = 1",
      "metrics.a.type: expected one of counter, gauge, histogram, summary, untyped, gaugehistogram, info, stateset, got 1",
    ],
    [
      '[metrics."doors open".labels]\nfloor = 1',
      'metrics."doors open".labels.floor: expected a string that is not empty, got 1',
    ],
    [
      '[metrics."doors open"]\n[metrics.doors_open]',
      'metrics.doors_open: has the same name and labels as metrics."doors open"',
    ],
    [
      '[metrics."a b"]\ntype = "gauge"\n[metrics.a_b]\nlabels = {x = "1"}',
      'metrics.a_b: has the same name as metrics."a b" and another type',
    ],
    [
      '[metrics.a_b]\nlabels = {x = "1", y = "2"}\n[metrics."a b"]\nlabels = {y = "2", x = "1"}',
      'metrics."a b": has the same name and labels as metrics.a_b',
    ],
    [
      '[labels]\nx = "1"\n[metrics.a_b]\nlabels = {x = "1"}\n[metrics."a b"]',
      'metrics."a b": has the same name and labels as metrics.a_b',
    ],
    ["listen_prot = 1", 'unknown key "listen_prot", did you mean "listen_port"?'],
    ["Labels = 1", 'unknown key "Labels", did you mean "labels"?'],
    [
      "frequency = 1",
      'unknown key "frequency", expected one of name, listen_ip, listen_port, listen, socket_mode, external_url, route_prefix, reload_endpoint, otlp, status_page, cache_life, log_level, log_format, max_requests_in_flight, min_timeout, max_timeout, max_connections, max_connections_per_client, header_timeout, idle_timeout, max_samples, max_bytes, labels, metrics, web, collectors, probe, modules, targets',
    ],
    ["[metrics.a]\nvalu = 1", 'metrics.a: unknown key "valu", did you mean "value"?'],
    [
      "[metrics.a]\nunit = 1",
      'metrics.a: unknown key "unit", expected one of type, value, help, labels',
    ],
    [
      "constructor = 1",
      'unknown key "constructor", expected one of name, listen_ip, listen_port, listen, socket_mode, external_url, route_prefix, reload_endpoint, otlp, status_page, cache_life, log_level, log_format, max_requests_in_flight, min_timeout, max_timeout, max_connections, max_connections_per_client, header_timeout, idle_timeout, max_samples, max_bytes, labels, metrics, web, collectors, probe, modules, targets',
    ],
    [
      "[metrics.a]\ntoString = 1",
      'metrics.a: unknown key "toString", expected one of type, value, help, labels',
    ],
  ] as const
) {
  Deno.test(`parseConfig() rejects ${JSON.stringify(text)}`, () => {
    assertEquals(problemsOf(text), [problem]);
  });
}

for (const key of ["constructor", "toString", "hasOwnProperty"]) {
  Deno.test(`parseConfig() accepts a table named ${key}`, () => {
    assertThrows(() => parseConfig(`[${key}]\nlisten_port = 1`), ConfigError);
    assertThrows(() => parseConfig(`[metrics.a.${key}]\nvalue = 1`), ConfigError);
    assertThrows(() => parseConfig(`[metrics.a.labels.${key}]\nvalue = 1`), ConfigError);
    assert(!("value" in {}) && !("listen_port" in {}));
  });
}

for (
  const [text, ...paths] of [
    ["__proto__ = 1", "__proto__"],
    ["\uFEFF__proto__ = 1", "__proto__"],
    ["[__proto__]\nname = 1", "__proto__"],
    ["[metrics.__proto__]\nvalue = 1", "metrics.__proto__"],
    ["[metrics.x.__proto__.polluted]\nvalue = 1", "metrics.x.__proto__"],
    ['[metrics.x]\nlabels = { a = "b", __proto__ = "c" }', "metrics.x.labels.__proto__"],
    ['[labels]\n"__pr\\u006Fto__" = "c"', "labels.__proto__"],
    ["labels.__proto__.x = 1\nlabels.__proto__.y = 1\nx = [{ __proto__ = 1 }]", ...[
      ...["labels.__proto__", "x.__proto__"],
    ]],
  ] as const
) {
  Deno.test(`parseConfig() reports __proto__ in ${JSON.stringify(text)}`, () => {
    const expected = paths.map((path) => `${path}: the key "__proto__" is not supported`);
    assertEquals(problemsOf(text), expected);
  });
}

Deno.test("parseConfig() accepts __proto__ in values", () => {
  const { metrics } = parseConfig('[metrics.x]\nhelp = """\n__proto__ = 1\n""" # __proto__ = 1');
  assertEquals(metrics[0]?.help, "__proto__ = 1\n");
});

Deno.test("parseConfig() accepts two metrics of one name with different labels", () => {
  const text = '[metrics.a_b]\nlabels = {x = "1"}\n[metrics."a b"]\nlabels = {x = "2"}';
  assertEquals(parseConfig(text).metrics.map(({ name }) => name), ["a_b", "a_b"]);
});

Deno.test("parseConfig() distinguishes label sets that are equal when joined", () => {
  const text =
    `[metrics.a_b]\nlabels = {x = '1,y="2'}\n[metrics."a b"]\nlabels = {x = "1", y = "2"}`;
  assertEquals(parseConfig(text).metrics.length, 2);
});

Deno.test("parseConfig() truncates long values in messages", () => {
  assertEquals(problemsOf(`listen_port = "${"x".repeat(1000)}"`), [
    `listen_port: expected an integer from 0 to 65535, got "${"x".repeat(60)}…"`,
  ]);
});

Deno.test("parseConfig() reports every problem", () => {
  const error = assertThrows(
    () => parseConfig('listen_port = "abc"\nlisten_prot = 1\n[metrics.a]\nvalue = true'),
    ConfigError,
  );
  const problems: ConfigProblem[] = [
    { path: "", message: 'unknown key "listen_prot", did you mean "listen_port"?' },
    { path: "listen_port", message: 'expected an integer from 0 to 65535, got "abc"' },
    { path: "metrics.a.value", message: "expected a number, got true" },
  ];
  assertEquals(error.problems, problems);
  assertEquals(
    error.message,
    'Cannot read configuration: unknown key "listen_prot", did you mean "listen_port"?; ' +
      'listen_port: expected an integer from 0 to 65535, got "abc"; ' +
      "metrics.a.value: expected a number, got true",
  );
});

Deno.test("parseConfig() names the source in its error", () => {
  const error = assertThrows(
    () => parseConfig('listen_port = "abc"', { source: "config.toml" }),
    ConfigError,
    'Cannot read configuration "config.toml": listen_port: expected an integer from 0 to 65535, got "abc"',
  );
  assertEquals([error.name, error.source], ["ConfigError", "config.toml"]);
});

Deno.test("parseConfig() returns extra keys", () => {
  const { extra } = parseConfig('url = "http://x"\n[limits]\nrooms = 3', {
    extraKeys: ["url", "limits", "absent"],
  });
  assertEquals(Object.keys(extra), ["url", "limits"]);
  assertEquals(extra.url, "http://x");
  assertEquals({ ...extra.limits as Record<string, unknown> }, { rooms: 3 });
});

Deno.test("parseConfig() suggests extra keys", () => {
  assertEquals(problemsOf("ulr = 1", { extraKeys: ["url"] }), [
    'unknown key "ulr", did you mean "url"?',
  ]);
});

for (
  const text of [
    "listen_port =",
    "a = 1\nb",
    "[metrics.a",
    "name = 'a\n",
    "name = '''a\nb\n",
    "listen_port = 08",
    'name = "\\q"',
  ]
) {
  Deno.test(`parseConfig() rejects ${JSON.stringify(text)}, which is not TOML`, () => {
    const error = assertThrows(
      () => parseConfig(text, { source: "x" }),
      ConfigError,
      'Cannot read configuration "x": not valid TOML: line ',
    );
    assertEquals(error.problems.length, 1);
    assert(!error.message.includes("\n"), error.message);
    assertInstanceOf(error.cause, SyntaxError);
  });
}

for (const count of [100, 101, 20_000]) {
  Deno.test(`parseConfig() lists at most 100 of ${count} problems`, () => {
    const text = Array.from({ length: count }, (_, i) => `k${i} = 1`).join("\n");
    const problems = problemsOf(text);
    assertMatch(problems[99]!, /^unknown key "k99", /);
    assertEquals(problems.slice(100), count === 100 ? [] : [`and ${count - 100} more problems`]);
  });
}

Deno.test("parseConfig() rejects unknown options", () => {
  assertThrows(
    () => parseConfig("", { extrakeys: [] } as ParseConfigOptions),
    TypeError,
    'Cannot parse configuration: unknown option "extrakeys", did you mean "extraKeys"?',
  );
});

Deno.test("parseConfig() reads [web] tables, which do not appear in the configuration", () => {
  const hash = `$2y$10$${"a".repeat(53)}`;
  const config = parseConfig(`
    [web]
    allowed_hosts = ["metrics.example.org"]
    [web.tls_server_config]
    cert_file = "server.crt"
    key = """
-----BEGIN PRIVATE KEY-----
s3cret
-----END PRIVATE KEY-----"""
    [web.http_server_config.headers]
    X-Frame-Options = "deny"
    [web.basic_auth_users]
    alice = "${hash}"
    [web.rate_limit]
    interval = "1s"
    burst = 10
  `);
  const web = webConfigOf(config)!;
  assertEquals(web.tls?.cert, { key: "web.tls_server_config.cert_file", file: "server.crt" });
  assertEquals(web.users.get("alice")?.reveal(), hash);
  assertEquals([web.allowedHosts, web.rateLimit], [["metrics.example.org"], {
    interval: 1,
    burst: 10,
  }]);
  const printed = Deno.inspect(config, { depth: 9, showHidden: true }) + JSON.stringify(config);
  assert(!/s3cret|\$2y/.test(printed), printed);
  assertEquals(webConfigOf(parseConfig("")), undefined);
});

Deno.test("parseConfig() reports problems of [web] tables with their keys and without secrets", () => {
  const error = assertThrows(
    () =>
      parseConfig(`
        [web]
        allowed_host = ["a"]
        bearer_token_hashes = "s3cret"
        [web.tls_server_config]
        key = ["s3cret"]
        cert_file = "server.crt"
        [web.basic_auth_users]
        alice = "s3cret"
      `),
    ConfigError,
  );
  assertEquals(error.problems.map(({ path }) => path), [
    "web",
    "web.tls_server_config.key",
    "web.tls_server_config",
    "web.basic_auth_users.alice",
    "web.bearer_token_hashes",
  ]);
  assert(!error.message.includes("s3cret"), error.message);
  assertThrows(
    () => parseConfig('web = "s3cret"'),
    ConfigError,
    "web: expected a table, got a string",
  );
});

Deno.test("parseConfig() keeps tables about probes, unless their keys are the program's own", () => {
  const text = '[[targets]]\ntargets = ["a"]\n[modules.web]\nprober = "http"\n';
  const config = parseConfig(text);
  assertEquals(Object.keys(probeTablesOf(config) ?? {}), ["targets", "modules"]);
  assert(!JSON.stringify(config).includes("prober"));
  const own = parseConfig(text, { extraKeys: ["modules", "targets"] });
  assertEquals(probeTablesOf(own), undefined);
  assertEquals(Object.keys(own.extra), ["targets", "modules"]);
});
