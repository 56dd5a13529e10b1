import { assert, assertArrayIncludes, assertEquals, assertStringIncludes } from "@std/assert";

const ROOT = new URL("../", import.meta.url);
const CONFIG = JSON.parse(Deno.readTextFileSync(new URL("deno.json", ROOT)));

/** What users import, and the examples with them. */
const OWN_ENTRIES = Object.keys(CONFIG.exports).map((entry) => CONFIG.name + entry.slice(1));

/**
 * The stair that imports run down: a module may import from the steps below its own. Within a folder, and between root modules of one
 * step, any import is allowed that makes no cycle.
 */
const STAIR = [
  ["model/"],
  [
    ...["buckets.ts", "cache.ts", "collector.ts", "config_error.ts", "exemplar.ts"],
    ...["exposition.ts", "exposition_error.ts", "family.ts", "labels.ts", "log.ts"],
    ...["metric.ts", "timer.ts", "version.ts"],
  ],
  ["access/", "deflate/", "parse/", "series/"],
  [
    ...["config.ts", "counter.ts", "gauge.ts", "histogram.ts", "info.ts", "instrument.ts"],
    ...["lint.ts", "parse.ts", "stateset.ts", "summary.ts"],
  ],
  ["collect/", "encode/"],
  [
    "registry.ts",
    "registry_options.ts",
    "runtime.ts",
    "shorthand.ts",
    "worker_collector.ts",
    "probe.ts",
  ],
  ["otlp/", "probes/", "status/"],
  ["send/", "serve/", "sources/"],
  ["exporter.ts", "exporter_options.ts", "probers.ts", "push.ts", "remote_write.ts", "testing.ts"],
  ["cli/"],
  ["main.ts", "mod.ts"],
];

/** The folders of the package; everything in them is private. */
const FOLDERS = STAIR.flat().filter((place) => place.endsWith("/"));

/** The folders of the repository that hold no module of the package. */
const OUTSIDE = ["benches/", "docs/", "examples/", "offline/", "tests/", "tools/"];

/** Folders that tools create. */
const MADE = ["coverage", "node_modules"];

/** The modules of the package that use the `Deno` namespace. The others run in any JavaScript runtime. */
const DENO_ONLY = [
  "access/read_file.ts",
  "cli/hash_password.ts",
  "cli/init.ts",
  "cli/progress.ts",
  "cli/source.ts",
  "cli/watch.ts",
  "cli/watch_screen.ts",
  "collect/permissions.ts",
  "log.ts",
  "main.ts",
  "runtime.ts",
  "send/textfile.ts",
  "serve/config_file.ts",
  "serve/connection_stream.ts",
  "serve/inherited_connection.ts",
  "serve/listener.ts",
  "serve/read_config.ts",
  "serve/signals.ts",
  "sources/file_pattern.ts",
  "sources/file_reader.ts",
  "sources/file_source.ts",
  "sources/process.ts",
];

/** The types that users write or receive, and whose modules are in folders. */
const PUBLIC_IN_FOLDERS = [
  "collect/gather.ts#Gathering",
  "collect/merge.ts#Clash",
  "model/family.ts#Family",
  "model/limits.ts#Limits",
  "model/logger.ts#Logger",
  "model/metric_type.ts#MetricType",
  "model/names.ts#Escaping",
  "model/sample.ts#NativeHistogram",
  "model/sample.ts#Sample",
  "model/sample.ts#SampleDetails",
  "model/sample.ts#SampleExemplar",
  "model/label_schema.ts#LabelArguments",
  "model/label_schema.ts#LabelName",
  "model/label_schema.ts#LabelSpec",
  "model/label_schema.ts#LabelValues",
  "probes/http_options.ts#HeaderMatch",
  "probes/http_options.ts#HttpProbeOptions",
  "probes/tcp_options.ts#TcpProbeOptions",
  "probes/tcp_options.ts#TcpStep",
  "probes/tls_options.ts#ProbeTlsOptions",
  "send/push_error.ts#PushError",
  "send/push_options.ts#PushOptions",
  "send/remote_write_options.ts#RemoteWriteOptions",
  "send/textfile.ts#writeTextfile",
  "series/native_options.ts#NativeOptions",
  "series/options.ts#InstrumentOptions",
];

/** Tests of a station as a whole. */
const WHOLE_STATIONS = [
  "collect/hostile.ts",
  "deflate/decoders.ts",
  "encode/fuzz.ts",
  "encode/incremental.ts",
  "encode/openmetrics2_property.ts",
  "encode/protobuf_property.ts",
  "encode/selection.ts",
  "encode/utf8_names.ts",
  "parse/conformance.ts",
  "parse/fuzz.ts",
  "parse/property.ts",
  "probes/fuzz.ts",
  "serve/fuzz.ts",
];

/** The maximum number of names that `mod.ts` exports. */
const MAX_NAMES = 102;

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

/** Returns whether a specifier names one of these packages, or an entry point of one. */
function isOf(from: string, packages: readonly string[]): boolean {
  return packages.some((name) => from === name || from.startsWith(`${name}/`));
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

/** The modules of the package, by their paths. */
const modules = new Map(
  ["./", ...FOLDERS].flatMap((folder) =>
    Array.from(readModules(folder), ([name, code]) => [`${folder}${name}`.replace("./", ""), code])
  ),
);

/** The modules of the package that each one imports. */
const edges = new Map(
  Array.from(modules, ([path, code]) => [
    path,
    specifiers(code).filter((from) => from.startsWith(".")).map((from) => resolve(path, from)),
  ]),
);

function resolve(path: string, from: string): string {
  return new URL(from, new URL(path, ROOT)).href.slice(ROOT.href.length);
}

/** The place of a module on the stair: its folder, or the module itself. */
function placeOf(path: string): string {
  return path.includes("/") ? `${path.split("/")[0]}/` : path;
}

function stepOf(path: string): number {
  return STAIR.findIndex((places) => places.includes(placeOf(path)));
}

/** The names that a module exports itself, by the module that defines them. */
function exportsOf(path: string): Map<string, string> {
  const code = modules.get(path)!;
  const declared = code.matchAll(
    /^export (?:abstract )?(?:async )?(?:class|const|function|interface|let|type) (\w+)/gm,
  );
  const names = new Map(Array.from(declared, ([, name]) => [name!, path]));
  for (const [, list, from] of code.matchAll(/^export (?:type )?\{([^}]*)\} from "([^"]+)"/gm)) {
    for (const item of list!.split(",").map((item) => item.trim()).filter((item) => item !== "")) {
      names.set(item.replace("type ", ""), resolve(path, from!));
    }
  }
  return names;
}

const peers = existing(new URL("benches/peers/", ROOT))
  .filter((name) => !name.includes("."))
  .map((name) => `benches/peers/${name}/`);
const everywhere = [
  "./",
  ...FOLDERS,
  "benches/",
  "benches/compare/",
  "benches/compare/measures/",
  "benches/peers/",
  ...peers,
  "examples/",
  "tests/",
  ...FOLDERS.map((folder) => `tests/${folder}`),
  "tests/benches/",
  "tests/integration/",
  "tests/support/",
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
import { c } from "./c.ts";
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

Deno.test("modules of the package import each other without a cycle", () => {
  assertArrayIncludes([...modules.keys()], [...edges.values()].flat());
  assertEquals(findCycle(edges), undefined);
});

Deno.test("every module of the package has a place on the stair", () => {
  const places = [...modules.keys()].map(placeOf);
  assertEquals(places.filter((place) => !STAIR.flat().includes(place)), []);
  assertEquals(STAIR.flat().filter((place) => !places.includes(place)), []);
});

Deno.test("every folder is a station of the package, or known not to belong to it", () => {
  const folders = Array.from(Deno.readDirSync(ROOT))
    .filter(({ name, isDirectory }) => isDirectory && !name.startsWith(".") && !MADE.includes(name))
    .map(({ name }) => `${name}/`);
  assertEquals(folders.sort(), [...FOLDERS, ...OUTSIDE].sort());
  assertArrayIncludes(CONFIG.publish.include, FOLDERS);
});

Deno.test("imports run down the stair", () => {
  const upwards = Array.from(edges).flatMap(([path, targets]) =>
    targets
      .filter((target) => {
        const isSibling = placeOf(target) === placeOf(path) ||
          ![path, target].some((module) => module.includes("/"));
        return isSibling ? stepOf(target) > stepOf(path) : stepOf(target) >= stepOf(path);
      })
      .map((target) => `${path} -> ${target}`)
  );
  assertEquals(upwards, []);
});

Deno.test("sources/ is loaded on demand", () => {
  const eager = /^import (?!type )[^;]* from "[^"]*\/sources\/\w+\.ts"/m;
  const importers = Array.from(modules)
    .filter(([path, code]) => placeOf(path) !== "sources/" && eager.test(code))
    .map(([path]) => path);
  // This one is loaded on demand itself.
  assertEquals(importers, ["cli/check_collectors.ts"]);
});

Deno.test("every root module is an entry point, or defines a public name", () => {
  const entries = Object.values<string>(CONFIG.exports).map((target) => target.replace("./", ""));
  const defining = new Set(entries.flatMap((entry) => [...exportsOf(entry).values()]));
  const roots = [...modules.keys()].filter((path) => !path.includes("/"));
  assertEquals(roots.filter((path) => !entries.includes(path) && !defining.has(path)), []);
});

Deno.test("entry points export from folders only what a user writes or receives", () => {
  const fromFolders = Object.values<string>(CONFIG.exports)
    .flatMap((target) => [...exportsOf(target.replace("./", ""))])
    .filter(([, path]) => path.includes("/"))
    .map(([name, path]) => `${path}#${name}`);
  assertEquals(new Set(fromFolders), new Set(PUBLIC_IN_FOLDERS));
});

Deno.test(`mod.ts exports no more than ${MAX_NAMES} names`, () => {
  const names = [...exportsOf("mod.ts").keys()];
  assert(names.length > 50);
  assert(names.length <= MAX_NAMES, `${names.length} names`);
});

Deno.test("modules use the Deno namespace only where they have to", () => {
  const users = Array.from(modules).filter(([, code]) => /\bDeno\b/.test(code));
  assertEquals(users.map(([path]) => path).sort(), DENO_ONLY);
  const architecture = Deno.readTextFileSync(new URL("docs/architecture.md", ROOT));
  for (const path of DENO_ONLY) assertStringIncludes(architecture, `\`${path}\``);
});

Deno.test("modules have names that say what is in them", () => {
  const names = [...modules.keys()].map((path) => path.split("/").at(-1)!);
  assertEquals(names.filter((name) => JUNK_DRAWERS.includes(name)), []);
});

Deno.test("what only viewers of the status need is loaded on demand", () => {
  const eager = new Set<string>();
  function visit(path: string): void {
    if (eager.has(path)) return;
    eager.add(path);
    const code = modules.get(path)!;
    const imports = code.matchAll(/^(?:im|ex)port (?!type )[^;]*?"(\.[^"]+)";/gm);
    for (const [, from] of imports) visit(resolve(path, from!));
  }
  for (const entry of ["mod.ts", "main.ts"]) visit(entry);
  assertArrayIncludes([...eager], ["exporter.ts", "serve/service.ts", "collect/runner.ts"]);
  const late = [
    "serve/details.ts",
    "serve/effective_settings.ts",
    "serve/status_routes.ts",
    "serve/status_service.ts",
  ];
  const early = [...eager].filter((path) => path.startsWith("status/") || late.includes(path));
  assertEquals(early, []);
});

Deno.test("tests stand where their modules do", () => {
  const orphans = FOLDERS.flatMap((folder) =>
    existing(new URL(`tests/${folder}`, ROOT))
      .filter((name) => name.endsWith("_test.ts"))
      .map((name) => `${folder}${name.replace("_test", "")}`)
      .filter((path) => !modules.has(path) && !WHOLE_STATIONS.includes(path))
  );
  assertEquals(orphans, []);
});

Deno.test("modules import packages by the names in deno.json, from Node, or as a pinned peer", () => {
  const foreign = everywhere.flatMap(({ path, code }) =>
    specifiers(code)
      .filter((from) => !from.startsWith(".") && !from.startsWith("node:"))
      .filter((from) => !isOf(from, Object.keys(CONFIG.imports)) && !OWN_ENTRIES.includes(from))
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

const ONLY_FOR_TESTS = [
  ...["@std/assert", "axe-core", "fast-check", "hono", "playwright-core", "protobufjs"],
];

for (const name of ONLY_FOR_TESTS) {
  Deno.test(`published modules do not import ${name}`, () => {
    const importers = Array.from(modules).filter(([, code]) =>
      specifiers(code).some((from) => isOf(from, [name]))
    );
    assertEquals(importers.map(([name]) => name), []);
  });
}

Deno.test("mod.ts only re-exports, name by name", () => {
  const code = modules.get("mod.ts") ?? "";
  const rest = code.replaceAll(/export (?:type )?\{[^}]*\} from "\.\/[\w/]+\.ts";/g, "");
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
