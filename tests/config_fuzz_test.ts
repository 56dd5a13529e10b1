import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { type Config, ConfigError, parseConfig } from "../config.ts";
import { parse } from "@std/toml";
import { visitTomlKeys } from "../model/toml_keys.ts";
import { fuzz, likeText } from "./support/fuzz.ts";

const DOCUMENTS = [
  `name = "doors"
listen_ip = "::1"
listen_port = 9100
cache_life = 1.5
log_level = "debug"
[labels]
site = "north"
[metrics.doors_open]
type = "gauge"
value = 2
help = """
Doors
open"""
labels = { floor = "1", wing = 'b' }
[metrics."windows open"]
value = -inf
[metrics.windows_open.labels]
floor = "\\u00fc\\t\\""
`,
  `listen_port = 0x10
extra = [1, 2.5, "x", { a = [true, 1979-05-27T07:32:00Z] }, [[]]]
metrics.a.value = nan
metrics.a.labels.x = "1"
[[extra2.x]]
y = 1
[[extra2.x]]
y = 07:32:00
`,
];
const TOKENS = [
  ...["\n", " ", "[", "]", "[[", "]]", "{", "}", '"', "'", '"""', "'''", "\\", "=", ".", ",", "#"],
  ...[
    "__proto__",
    "constructor",
    "= {}",
    "= []",
    "1e400",
    "\\ud800",
    "\\UFFFFFFFF",
    "\uFEFF",
    "\0",
    "\r",
  ],
  ...["[labels]\n", "[metrics.x]\n", "[metrics.__proto__]\n", "listen_port = -1\n", "\ud800"],
];
const documents = fc.oneof(
  fc.string({ unit: "binary", maxLength: 100 }),
  likeText(DOCUMENTS, TOKENS),
);

Deno.test("parseConfig() reads any text or throws a ConfigError, and what it reads is valid", async () => {
  const before = Object.getOwnPropertyNames(Object.prototype);
  await fuzz(documents, (text) => {
    let config: Config;
    try {
      config = parseConfig(text, { source: "x.toml", extraKeys: ["extra", "extra2"] });
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      assert(error.problems.length > 0 && error.problems.length <= 101);
      assert(!/[\r\n]/.test(error.message), error.message);
      return;
    } finally {
      assertEquals(Object.getOwnPropertyNames(Object.prototype), before);
    }
    const { listenPort = 0, cacheLife = 0, labels, metrics } = config;
    assert(Number.isInteger(listenPort) && listenPort >= 0 && listenPort <= 65535);
    assert(cacheLife >= 0 && cacheLife < Infinity);
    for (const [name, value] of labels) assert(name !== "" && value !== "");
    for (const { name, value } of metrics) {
      assert(/^[a-zA-Z_:][a-zA-Z0-9_:]*$/.test(name));
      assert(typeof value === "number");
    }
  });
});

/** The paths of all keys in a value. The elements of an array have no place in them. */
function pathsIn(value: unknown, path: readonly string[] = []): string[] {
  if (Array.isArray(value)) return value.flatMap((element) => pathsIn(element, path));
  if (typeof value !== "object" || value === null || value instanceof Date) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const here = [...path, key];
    return [JSON.stringify(here), ...pathsIn(inner, here)];
  });
}

Deno.test("visitTomlKeys() finds the keys of any document that the parser reads", async () => {
  await fuzz(documents.filter((text) => !text.includes("__proto__")), (text) => {
    let parsed: unknown;
    try {
      parsed = parse(text);
    } catch {
      return;
    }
    const found = new Set<string>();
    visitTomlKeys(text, ({ path }) => {
      for (let end = 1; end <= path.length; end++) found.add(JSON.stringify(path.slice(0, end)));
    });
    assertEquals([...found].sort(), [...new Set(pathsIn(parsed))].sort());
  }, ['\uFEFF\uFEFFname = "doors"\n']);
});

Deno.test("parseConfig() reads back what is written in any names and values", async () => {
  const value = fc.oneof(fc.integer(), fc.double());
  const metrics = fc.dictionary(
    fc.stringMatching(/^[a-z_:][a-z0-9_:]{0,8}$/),
    fc.record({ value, help: fc.string({ unit: "grapheme" }), label: fc.string({ minLength: 1 }) }),
    { maxKeys: 8 },
  );
  await fuzz(metrics, (metrics) => {
    const text = Object.entries(metrics).map(([name, { value, help, label }]) =>
      `[metrics."${name}"]\nvalue = ${toToml(value)}\nhelp = ${JSON.stringify(help)}\n` +
      `labels = { l = ${JSON.stringify(label)} }\n`
    ).join("");
    const read = parseConfig(text).metrics.map(({ name, value, help, labels }) =>
      [name, { value: value + 0, help, label: labels.get("l") }] as const
    );
    assertEquals(
      Object.fromEntries(read),
      Object.fromEntries(
        Object.entries(metrics).map((
          [name, metric],
        ) => [name, { ...metric, value: metric.value + 0 }]),
      ),
    );
  });
});

/** TOML writes infinities and NaN in its own way, and its floats need a digit after the point. */
function toToml(value: number): string {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  return String(value).replace(/^(-?\d+)e/, "$1.0e");
}
