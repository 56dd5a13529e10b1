import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { parse } from "@std/toml";
import { ConfigError, formatConfigProblem } from "../../config_error.ts";
import { readProbeConfig, type ReadProbeConfigOptions } from "../../probes/config.ts";
import { RawTarget } from "../support/raw_target.ts";
import { probeTarget } from "../support/probe.ts";

const OPTIONS: ReadProbeConfigOptions = {
  source: "config.toml",
  isInUse: (path) => path === "/metrics" || path === "/snmp",
  paths: ["/snmp"],
};

function read(toml: string, options: Partial<ReadProbeConfigOptions> = {}) {
  return readProbeConfig(parse(toml), { ...OPTIONS, ...options });
}

async function problemsOf(toml: string): Promise<string[]> {
  const error = await assertRejects(() => read(toml), ConfigError);
  return error.problems.map(formatConfigProblem);
}

Deno.test("readProbeConfig() reads modules as blackbox_exporter has them", async () => {
  const { probe } = await read(`
    [probe]
    path = "/blackbox"
    targets = ["*.example.com"]
    allow_private = ["10.0.0.0/8"]
    timeout = "20s"
    max_concurrent = 5
    [modules.http_post_2xx]
    prober = "http"
    timeout = "5s"
    [modules.http_post_2xx.http]
    method = "POST"
    headers = { Accept = "*/*" }
    basic_auth = { username = "u", password = "p" }
    body = "{}"
    valid_status_codes = [200, 204]
    body_size_limit = "1MB"
    preferred_ip_protocol = "ip4"
    fail_if_header_not_matches = [{ header = "Accept", regexp = "json", allow_missing = true }]
    tls_config = { insecure_skip_verify = true, min_version = "TLS13" }
    [modules.smtp_starttls]
    prober = "tcp"
    timeout = 3
    [modules.smtp_starttls.tcp]
    query_response = [
      { expect = "^220 (.*)$", labels = [{ name = "banner", value = "\${1}" }] },
      { send = "STARTTLS", starttls = true },
    ]
  `);
  assertEquals(probe?.path, "/blackbox");
  assertEquals(probe?.options, {
    targets: ["*.example.com"],
    allowPrivate: ["10.0.0.0/8"],
    timeout: 20,
    maxConcurrent: 5,
  });
  assertEquals(
    Array.from(probe!.modules, ([name, { timeout }]) => [name, timeout]),
    [["http_post_2xx", 5], ["smtp_starttls", 3]],
  );
  const { settings = "" } = probe!.modules.get("http_post_2xx")!;
  assertStringIncludes(settings, '"password": "<secret>"');
  assertEquals(settings.includes('"p"'), false);
});

Deno.test("readProbeConfig() makes probes of modules", async () => {
  const { probe } = await read(`
    [modules.web]
    prober = "http"
    [modules.web.http]
    method = "PUT"
    headers = { X-A = "1" }
    body = "hello"
    valid_status_codes = [418]
    fail_if_body_not_matches_regexp = ["tea"]
  `);
  await using target = new RawTarget("HTTP/1.1 418 X\r\nContent-Length: 3\r\n\r\ntea");
  const found = await probeTarget(probe!.modules.get("web")!.probe, target.host);
  assert(found.isSuccess, found.problem);
  assertStringIncludes(target.heads[0]!, "PUT / HTTP/1.1");
});

Deno.test("readProbeConfig() reads targets with their modules and labels", async () => {
  const { targets } = await read(`
    [[targets]]
    targets = ["https://a.example", "https://b.example"]
    module = "web"
    labels = { team = "x" }
    [[targets]]
    path = "/snmp"
    targets = ["switch 7"]
    [modules.web]
    prober = "http"
  `);
  assertEquals(targets.map((one) => ({ ...one, labels: [...one.labels as Map<string, string>] })), [
    {
      path: "/probe",
      targets: ["https://a.example", "https://b.example"],
      module: "web",
      labels: [["team", "x"]],
    },
    { path: "/snmp", targets: ["switch 7"], labels: [] },
  ]);
});

Deno.test("readProbeConfig() reads secrets from files, relative to the configuration", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/token`, "t0ken\n");
    const { probe, files } = await read(
      `
      [modules.web]
      prober = "http"
      http = { bearer_token_file = "token" }
    `,
      { source: `${folder}/config.toml` },
    );
    assertEquals(files, [`${folder}/token`]);
    await using target = new RawTarget("HTTP/1.1 200 X\r\nContent-Length: 0\r\n\r\n");
    await probeTarget(probe!.modules.get("web")!.probe, target.host);
    assertStringIncludes(target.heads[0]!, "Bearer t0ken\r\n");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("readProbeConfig() reads credentials of any scheme", async () => {
  const { probe } = await read(`
    [modules.web]
    prober = "http"
    http = { authorization = { type = "ApiKey", credentials = "k" } }
  `);
  await using target = new RawTarget("HTTP/1.1 200 X\r\nContent-Length: 0\r\n\r\n");
  await probeTarget(probe!.modules.get("web")!.probe, target.host);
  assertStringIncludes(target.heads[0]!, "ApiKey k\r\n");
  assertEquals(probe!.modules.get("web")!.settings?.includes('"k"'), false);
});

Deno.test("readProbeConfig() needs nothing", async () => {
  assertEquals(await read(""), { probe: undefined, targets: [], files: [] });
});

const WEB = '[modules.web]\nprober = "http"\n';

const PROBLEMS: [toml: string, problem: string][] = [
  ["[probe]", "modules: expected at least one table [modules.NAME]"],
  [
    `${WEB}[probe]\ntarget = []`,
    'probe: unknown key "target", did you mean "targets"?',
  ],
  [
    `${WEB}[probe]\ntargets = ["a b"]`,
    'probe.targets: Cannot allow targets "a b": expected a host such as "example.com", "*.example.com" or "*", or a range such as "10.0.0.0/8", with or without a port',
  ],
  [
    `${WEB}[probe]\nallow_private = ["x"]`,
    'probe.allow_private: Cannot allow addresses "x": expected a range such as "10.0.0.0/8"',
  ],
  [
    `${WEB}[probe]\nallow_private = 1`,
    "probe.allow_private: expected true, false or a list of ranges, got 1",
  ],
  [`${WEB}[probe]\npath = "/metrics"`, "probe.path: path already in use"],
  [`${WEB}[probe]\npath = "/sd"`, 'probe.path: expected a path such as "/probe", got "/sd"'],
  [`${WEB}[probe]\ntimeout = -1`, 'probe.timeout: expected a number of seconds, or "5s", got -1'],
  [
    `${WEB}[probe]\nmax_concurrent = 0`,
    "probe.max_concurrent: expected an integer, 1 or more, got 0",
  ],
  ["[modules.a]", "modules.a: missing prober, expected http or tcp"],
  ['[modules.a]\nprober = "icmp"', 'modules.a.prober: expected http or tcp, got "icmp"'],
  [
    `${WEB}[modules.web.tcp]\ntls = true`,
    "modules.web.tcp: has no effect with prober http",
  ],
  [
    `${WEB}[modules.web.http]\nmethd = "GET"`,
    'modules.web.http: unknown key "methd", did you mean "method"?',
  ],
  [
    `${WEB}[modules.web.http]\nfail_if_body_matches_regexp = ["("]`,
    'modules.web.http: Cannot compile "(": expected a regular expression of RE2',
  ],
  [
    `${WEB}[modules.web.http]\nvalid_status_codes = ["2xx"]`,
    "modules.web.http.valid_status_codes: expected a list of integers, got an array",
  ],
  [
    `${WEB}[modules.web.http]\nbearer_token_file = "/nowhere"`,
    "modules.web.http.bearer_token_file: no such file",
  ],
  [
    `${WEB}[modules.web.http]\nbearer_token = 1`,
    "modules.web.http.bearer_token: expected a string, got a number",
  ],
  [
    `${WEB}[modules.web.http]\nauthorization = { credentials = "a" }\nbearer_token = "b"`,
    "modules.web.http.authorization: cannot be combined with bearer_token",
  ],
  [
    `${WEB}[modules.web.http]\nfail_if_header_matches = [{ header = "a" }]`,
    "modules.web.http.fail_if_header_matches[0]: missing regexp",
  ],
  [
    '[modules.a]\nprober = "tcp"\ntcp = { query_response = [{ expct = "a" }] }',
    'modules.a.tcp.query_response[0]: unknown key "expct", did you mean "expect"?',
  ],
  [
    `${WEB}[[targets]]\ntargets = ["a"]\nmodule = "wab"`,
    "targets[0].module: no such module, expected one of web",
  ],
  [
    `${WEB}[[targets]]\ntargets = ["a@b"]`,
    'targets[0].targets: Cannot probe "a@b": expected no user name and no password',
  ],
  [
    `${WEB}[[targets]]\ntargets = ["a"]\npath = "/x"`,
    "targets[0].path: not the path of a probe, expected /snmp or /probe",
  ],
  [
    '[[targets]]\ntargets = ["a"]',
    "targets[0].path: not the path of a probe, expected /snmp",
  ],
  [`${WEB}[[targets]]`, "targets[0]: missing targets"],
  [
    `${WEB}[[targets]]\ntargets = ["a"]\nlabels = { __x = "1" }`,
    'targets[0].labels.__x: label names that begin with "__" are reserved',
  ],
];

for (const [toml, problem] of PROBLEMS) {
  Deno.test(`readProbeConfig() reports ${problem.slice(0, 70)}`, async () => {
    assertEquals(await problemsOf(toml), [problem]);
  });
}
