import { assert, assertArrayIncludes, assertEquals } from "@std/assert";

const ROOT = new URL("../", import.meta.url);
const CONFIG = JSON.parse(Deno.readTextFileSync(new URL("deno.json", ROOT)));

/** What users import, and the examples with them. */
const OWN_ENTRIES = Object.keys(CONFIG.exports).map((entry) => CONFIG.name + entry.slice(1));

/** The root modules that may use Deno's own interface; the others run in any JavaScript runtime. */
const DENO_ONLY = [
  "config.ts",
  "config_file.ts",
  "exporter.ts",
  "lint_command.ts",
  "log.ts",
  "main.ts",
  "runtime.ts",
  "server.ts",
  "signals.ts",
];

/** Packages as only the libraries that this one is compared with are imported: by an exact version. */
const PINNED = /^npm:(@[\w-]+\/)?[\w-]+@\d+\.\d+\.\d+$/;

const JUNK_DRAWERS = ["common.ts", "helper.ts", "helpers.ts", "misc.ts", "util.ts", "utils.ts"];

/** The code of the modules of a folder, without comments. */
function readModules(folder: string): Map<string, string> {
  const url = new URL(folder, ROOT);
  const names = existing(url).filter((name) => name.endsWith(".ts")).sort();
  return new Map(
    names.map((name) => [name, withoutComments(Deno.readTextFileSync(new URL(name, url)))]),
  );
}

function existing(folder: URL): string[] {
  try {
    return Array.from(Deno.readDirSync(folder), ({ name }) => name);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

/** Strings are matched too, so that a `//` in one of them does not count as a comment. */
function withoutComments(code: string): string {
  return code.replaceAll(
    /("(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`)|\/\*.*?\*\/|\/\/[^\n]*/gs,
    (_, string?: string) => string ?? "",
  );
}

function specifiers(code: string): string[] {
  const pattern =
    /^(?:im|ex)port (?:type )?(?:[\w*, ]*(?:\{[^}]*\})? from )?"([^"]+)"|\bimport\("([^"]+)"/gm;
  return Array.from(code.matchAll(pattern), ([, fixed, dynamic]) => fixed ?? dynamic ?? "");
}

/** One way round through `edges` that comes back to where it began, if there is one. */
function findCycle(edges: ReadonlyMap<string, readonly string[]>): string[] | undefined {
  const done = new Set<string>();
  function visit(module: string, path: readonly string[]): string[] | undefined {
    if (path.includes(module)) return [...path.slice(path.indexOf(module)), module];
    if (done.has(module)) return undefined;
    for (const next of edges.get(module) ?? []) {
      const cycle = visit(next, [...path, module]);
      if (cycle) return cycle;
    }
    done.add(module);
    return undefined;
  }
  for (const module of edges.keys()) {
    const cycle = visit(module, []);
    if (cycle) return cycle;
  }
  return undefined;
}

const modules = readModules("./");
const peers = existing(new URL("benches/peers/", ROOT))
  .filter((name) => !name.includes("."))
  .map((name) => `benches/peers/${name}/`);
const everywhere = [
  "./",
  "benches/",
  "benches/compare/",
  "benches/compare/measures/",
  "benches/peers/",
  ...peers,
  "examples/",
  "tests/",
  "tests/benches/",
  "tests/integration/",
  "tools/",
]
  .flatMap((folder) =>
    Array.from(readModules(folder), ([name, code]) => ({ path: `${folder}${name}`, code }))
  );

Deno.test("withoutComments() keeps strings", () => {
  const code = 'a("http://x"); // b\n/* "c" */ d(`//${e}`); /** f\n */g';
  assertEquals(withoutComments(code), 'a("http://x"); \n d(`//${e}`); g');
});

Deno.test("specifiers() finds every form of import", () => {
  const code = `import "./a.ts";
import type { b } from "./b.ts";
import {
  c,
} from "./c.ts";
import D, { d } from "./d.ts";
import * as e from "./e.ts";
export * from "./f.ts";
export const g = "./g.ts";
const h = await import("./h.ts");
`;
  assertEquals(
    specifiers(code).map((from) => from[2]),
    ["a", "b", "c", "d", "e", "f", "h"],
  );
});

Deno.test("findCycle() names the modules of a cycle", () => {
  const edges = new Map([["a", ["b", "d"]], ["b", ["c"]], ["c", ["b"]], ["d", []]]);
  assertEquals(findCycle(edges), ["b", "c", "b"]);
  assertEquals(findCycle(new Map([["a", ["b", "c"]], ["b", ["c"]]])), undefined);
});

Deno.test("root modules import each other without a cycle", () => {
  const edges = new Map(
    Array.from(modules, ([name, code]) => [
      name,
      specifiers(code).filter((from) => from.startsWith("./")).map((from) => from.slice(2)),
    ]),
  );
  assertArrayIncludes([...modules.keys()], [...edges.values()].flat());
  assertEquals(findCycle(edges), undefined);
});

Deno.test("root modules use Deno's interface only where they have to", () => {
  const users = Array.from(modules).filter(([, code]) => /\bDeno\b/.test(code));
  const unexpected = users.map(([name]) => name).filter((name) => !DENO_ONLY.includes(name));
  assertEquals(unexpected, []);
  const architecture = Deno.readTextFileSync(new URL("docs/architecture.md", ROOT));
  const sentence = DENO_ONLY.map((name) => `\`${name.slice(0, -3)}\``).join(", ");
  const [, listed] = /and only\s+([^.]*)\s+touch `Deno`/.exec(architecture)!;
  assertEquals(listed!.replaceAll(/\s+/g, " ").replace(" and ", ", "), sentence);
});

Deno.test("root modules have names that say what is in them", () => {
  assertEquals([...modules.keys()].filter((name) => JUNK_DRAWERS.includes(name)), []);
});

Deno.test("modules import packages by the names in deno.json, from Node, or as a pinned peer", () => {
  const foreign = everywhere.flatMap(({ path, code }) =>
    specifiers(code)
      .filter((from) => !from.startsWith(".") && !from.startsWith("node:"))
      .filter((from) => !(from in CONFIG.imports) && !OWN_ENTRIES.includes(from))
      .filter((from) => !(peers.some((folder) => path.startsWith(folder)) && PINNED.test(from)))
      .map((from) => `${path}: ${from}`)
  );
  assertEquals(foreign, []);
});

Deno.test("modules do not import the stand-ins by path", () => {
  const importers = everywhere.filter(({ code }) =>
    specifiers(code).some((from) => from.includes("offline/"))
  );
  assertEquals(importers.map(({ path }) => path), []);
});

for (const name of ["@std/assert", "protobufjs"]) {
  Deno.test(`published modules do not import ${name}`, () => {
    const importers = Array.from(modules).filter(([, code]) => specifiers(code).includes(name));
    assertEquals(importers.map(([name]) => name), []);
  });
}

Deno.test("mod.ts only re-exports, name by name", () => {
  const code = modules.get("mod.ts") ?? "";
  const rest = code.replaceAll(/export (?:type )?\{[^}]*\} from "\.\/\w+\.ts";/g, "");
  assert(code !== "");
  assertEquals(rest.trim(), "");
});

Deno.test("deno.json exports modules that exist", () => {
  const targets: string[] = Object.values(CONFIG.exports);
  assertArrayIncludes([...modules.keys()], targets.map((target) => target.replace("./", "")));
});

Deno.test("offline/jsr/ stands in for every package of JSR at the version in deno.json", () => {
  for (const [name, target] of Object.entries<string>(CONFIG.imports)) {
    if (!target.startsWith("jsr:")) continue;
    const version = target.replace(`jsr:${name}@^`, "");
    const folder = new URL(`offline/jsr/${name}/`, ROOT);
    const { versions } = JSON.parse(Deno.readTextFileSync(new URL("meta.json", folder)));
    const { exports } = JSON.parse(Deno.readTextFileSync(new URL(`${version}_meta.json`, folder)));
    assertEquals(Object.keys(versions), [version]);
    assert(Deno.statSync(new URL(`${version}/${exports["."]}`, folder)).isFile);
  }
});
