import { assertEquals } from "@std/assert";
import { ConfigError, type ConfigProblem } from "../../config_error.ts";
import { type CollectorConfig, readCollector } from "../../sources/collector_config.ts";
import { problemsOf } from "../support/configured.ts";
import { fuzz, likeText } from "../support/fuzz.ts";

async function read(value: Record<string, unknown>): Promise<CollectorConfig> {
  const problems: ConfigProblem[] = [];
  const place = { folder: "/etc/exporter", isOnly: true };
  const collector = await readCollector("a", value, place, problems);
  assertEquals(problems, []);
  return collector!;
}

Deno.test("readCollector() reads the options of the collector", async () => {
  const { name, options } = await read({
    ...{ command: ["a"], ttl: 60, timeout: 1.5, max_stale: 0, max_samples: 5, max_bytes: 1 },
  });
  assertEquals(name, "a");
  assertEquals(options, { ttl: 60, timeout: 1.5, maxStale: 0, maxSamples: 5 });
  assertEquals((await read({ command: ["a"] })).options, {});
});

for (
  const [value, kind, target, permissions] of [
    [{ command: ["./a", "b"] }, "command", "./a …", { run: true }],
    [{ command: ["a"], inherit_env: ["HOME"] }, "command", "a", { run: true, env: ["HOME"] }],
    [{ url: "https://a/m?token=b" }, "url", "https://a/m", { net: ["a:443"] }],
    [
      { url: "http://a:9100/m", bearer_token_file: "t", tls_config: { ca_file: "/ca" } },
      "url",
      "http://a:9100/m",
      { net: ["a:9100"], read: ["/etc/exporter/t", "/ca"] },
    ],
    [
      { file: ["/a/*.prom", "b/c.prom"] },
      "file",
      "/a/*.prom, /etc/exporter/b/c.prom",
      { read: ["/a", "/etc/exporter/b/c.prom"] },
    ],
    [
      { json: "a.json", metrics: [{ name: "a", path: "$" }] },
      "json",
      "/etc/exporter/a.json",
      { read: ["/etc/exporter/a.json"] },
    ],
    [
      { json: "http://a/?key=b", metrics: [{ name: "a", path: "$" }] },
      "json",
      "http://a/",
      { net: ["a:80"] },
    ],
  ] as const
) {
  Deno.test(`readCollector() tells what ${JSON.stringify(value)} reads and needs`, async () => {
    const { source } = await read(value);
    assertEquals([source.kind, source.target], [kind, target]);
    assertEquals(source.permissions, permissions as typeof source.permissions);
  });
}

Deno.test("readCollector() reports all problems at once", async () => {
  const toml = `[collectors."a b"]
command = ["x"]
ttl = "60"
timeout = 0
max_stale = -1
max_samples = 1.5
max_bytes = 0
keep = "a*"
drop = [5]
labels = { "x-y" = "a", z = "" }
rename = { a = 5 }
`;
  assertEquals(await problemsOf(toml), [
    'collectors."a b".ttl: expected a number of seconds, 0 or more, got "60"',
    'collectors."a b".timeout: expected a number of seconds above 0, got 0',
    'collectors."a b".max_stale: expected a number of seconds, 0 or more, got -1',
    'collectors."a b".max_samples: expected an integer, 1 or more, got 1.5',
    'collectors."a b".keep: expected a list, each item a pattern such as "node_*", or a regular expression, got "a*"',
    'collectors."a b".drop: expected a list, each item a pattern such as "node_*", or a regular expression, got an array',
    'collectors."a b".rename.a: expected a metric name, got 5',
    'collectors."a b".labels.x-y: expected a label name that matches [a-zA-Z_][a-zA-Z0-9_]*',
    'collectors."a b".labels.z: expected a string that is not empty, got ""',
    'collectors."a b".max_bytes: expected an integer, 1 or more, got 0',
  ]);
});

for (
  const [toml, expected] of [
    ["a = 5", "collectors.a: expected a table, got a number"],
    [
      "[collectors.a]\nttl = 5",
      "collectors.a: expected one of command, url, file, json, got none of them",
    ],
    [
      '[collectors.a]\nurl = "http://a/"\nfile = "b"',
      "collectors.a: expected one of command, url, file, json, got url and file",
    ],
  ] as const
) {
  Deno.test(`readCollector() rejects ${toml.replaceAll("\n", ", ")}`, async () => {
    assertEquals(await problemsOf(`[collectors]\n${toml}`), [expected]);
  });
}

Deno.test("readCollector() reads any table or reports problems", async () => {
  const documents = [
    `[collectors.a]
command = ["a", "b"]
env = { A = "1" }
metric = { name = "a", values = { ok = 1 } }
keep = ["a*", "b|c"]
rename = { "a*" = "b*" }
labels = { x = "y" }
ttl = 5
`,
    `[collectors.b]
json = "http://a/b"
basic_auth = { username = "a", password = "b" }
tls_config = { ca_file = "a" }
[[collectors.b.metrics]]
name = "a"
for_each = "$.a[?@.b == 'c']"
path = "$.d"
labels = { x = "{$.e}-{$$.f}" }
`,
    '[collectors.c]\nfile = ["a/*.prom", "b"]\n[collectors.d]\nurl = "unix:/a:/b"\n',
  ];
  const tokens = [
    ...["\n", " ", "[", "]", "{", "}", '"', "'", "=", ".", ",", "$", "$$", "{$", "*", "(", "?"],
    ...["5", "true", "{}", "[]", "nan", "1979-05-27", "metrics = [{}]\n", 'path = "$["\n'],
  ];
  await fuzz(likeText(documents, tokens), async (toml) => {
    try {
      await problemsOf(toml);
    } catch (error) {
      // The document itself is invalid.
      if (!(error instanceof ConfigError)) throw error;
    }
  });
});
