/**
 * The libraries in the comparison, and how to start them.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";

/** The names of the libraries, this one first. */
export const PEERS = [
  "exporter",
  "client_js",
  "prom-client",
  "opentelemetry",
  "client_golang",
  "client_golang_1.23",
  "victoriametrics",
  "rust-prometheus",
  "client_python",
] as const;

/** The name of a library. */
export type PeerName = typeof PEERS[number];

/** This library. */
export const OURS: PeerName = "exporter";

/** A library that can be started. */
export interface Peer {
  readonly name: PeerName;
  /** The package, with its version. */
  readonly version: string;
  /** The command of its program. */
  readonly command: readonly [program: string, ...args: string[]];
}

/** A library that cannot be started on this machine. */
export interface MissingPeer {
  readonly name: PeerName;
  /** The reason, and how to install it. */
  readonly reason: string;
}

/** Options of {@linkcode preparePeers}. */
export interface PrepareOptions {
  /** A folder for build results. */
  readonly folder: string;
}

/** The environment variable for a folder into which packages of a newer Debian are unpacked. */
const NEWER_DEBIAN = "NEWER_DEBIAN";
const NEWER_GO = "usr/lib/go-1.24";
const GO_PATH = "usr/share/gocode";
const CLIENT_GOLANG = {
  program: "client_golang",
  library: "github.com/prometheus/client_golang",
  debian: "golang-github-prometheus-client-golang-dev",
};
const VICTORIAMETRICS = {
  program: "victoriametrics",
  library: "github.com/VictoriaMetrics/metrics",
  debian: "golang-github-victoriametrics-metrics-dev",
};
const RUST_PACKAGE = "librust-prometheus-dev";
const RUST_PACKAGES = [RUST_PACKAGE, "librust-serde-json-dev", "librust-serde+derive-dev"];
/** Takes crates from packages of Debian instead of the registry. */
const RUST_SOURCE = [
  "--offline",
  "--config=source.crates-io.replace-with='debian'",
  "--config=source.debian.directory='/usr/share/cargo/registry'",
];
const PYTHON_PACKAGE = "python3-prometheus-client";

type Preparation = (options: PrepareOptions) => Promise<Omit<Peer, "name"> | string>;

const PREPARATIONS: Readonly<Record<PeerName, Preparation>> = {
  exporter: async () => await script("exporter/side.ts", "this library"),
  client_js: async () => await script("client_js/side.ts"),
  "prom-client": async () => await script("prom_client/side.ts"),
  opentelemetry: async () => await script("opentelemetry/side.ts"),
  client_golang: ({ folder }) => findGo(CLIENT_GOLANG, folder),
  "client_golang_1.23": ({ folder }) => findNewerGo(CLIENT_GOLANG, "1.23", folder),
  victoriametrics: ({ folder }) => findGo(VICTORIAMETRICS, folder),
  "rust-prometheus": buildRust,
  client_python: findPython,
};

/**
 * Prepares the libraries: fetches packages and builds programs.
 *
 * @throws {Error} If this library cannot be started, or a build fails.
 */
export async function preparePeers(
  options: PrepareOptions,
): Promise<{ peers: Peer[]; missing: MissingPeer[] }> {
  const peers: Peer[] = [];
  const missing: MissingPeer[] = [];
  for (const name of PEERS) {
    const prepared = await PREPARATIONS[name](options);
    if (typeof prepared !== "string") peers.push({ name, ...prepared });
    else if (name === OURS) throw new Error(prepared);
    else missing.push({ name, reason: prepared });
  }
  return { peers, missing };
}

/** Prepares a program for Deno, and fetches the packages that it imports. */
async function script(path: string, version?: string): Promise<Omit<Peer, "name"> | string> {
  const file = fileURLToPath(new URL(path, import.meta.url));
  const code = await Deno.readTextFile(file);
  const packages = Array.from(code.matchAll(/"npm:([^"]+)"/g), ([, name]) => name!);
  const { success, output } = await run([Deno.execPath(), "install", "--entrypoint", file]);
  if (!success) {
    return `Cannot get what ${path} imports${
      packages.length > 0 ? `, ${packages.join(" and ")} from npm's registry` : ""
    }: ${firstError(output)}`;
  }
  return {
    version: version ?? packages.join(", "),
    command: [Deno.execPath(), "run", "--allow-all", "--v8-flags=--expose-gc", file],
  };
}

/** A program in Go. */
interface GoProgram {
  /** Its folder in this one. */
  readonly program: string;
  /** The import path of its library. */
  readonly library: string;
  /** The package of Debian that has the library. */
  readonly debian: string;
}

/** Builds a program with what is installed. */
async function findGo(
  { program, library, debian }: GoProgram,
  folder: string,
): Promise<Omit<Peer, "name"> | string> {
  const hint = `apt-get install golang-go ${debian}`;
  if (!(await run(["go", "version"])).success) return `Cannot find Go: ${hint}`;
  const source = `/${GO_PATH}/src/${library}`;
  if (!await exists(source)) return `Cannot find ${source}: ${hint}`;
  const command = await buildGo(program, `${folder}/${program}`, ["go", "build"], {
    GOPATH: `/${GO_PATH}`,
  });
  return { version: await debianVersion(debian), command };
}

/** Builds a program with the newer Go and library that are unpacked, and else with what is installed. */
async function findNewerGo(
  { program, library, debian }: GoProgram,
  expected: string,
  folder: string,
): Promise<Omit<Peer, "name"> | string> {
  const newer = Deno.env.get(NEWER_DEBIAN);
  if (newer === undefined) {
    return `Cannot find a newer Debian: set ${NEWER_DEBIAN} as in docs/performance.md`;
  }
  const goRoot = `${newer}/${NEWER_GO}`;
  const changes = `${newer}/usr/share/doc/${debian}/changelog.Debian.gz`;
  for (const path of [`${goRoot}/bin/go`, `${newer}/${GO_PATH}/src/${library}`, changes]) {
    if (!await exists(path)) return `Cannot find ${path}: unpack what docs/performance.md lists`;
  }
  const log = gunzipSync(await Deno.readFile(changes)).toString();
  const version = /\(([^)]*)\)/.exec(log)?.[1] ?? "unknown";
  if (!version.startsWith(`${expected}.`)) {
    return `Cannot use ${debian} in ${newer}: expected version ${expected}, got ${version}`;
  }
  const build = [`${goRoot}/bin/go`, "build", "-tags", "newer"] as const;
  const command = await buildGo(program, `${folder}/${program}_${expected}`, build, {
    GOROOT: goRoot,
    GOTOOLCHAIN: "local",
    GOPATH: `${newer}/${GO_PATH}:/${GO_PATH}`,
  });
  return { version: `${debian} ${version}`, command };
}

/** Builds without modules, because the packages of Debian are for GOPATH. */
async function buildGo(
  program: string,
  file: string,
  build: Peer["command"],
  env: Readonly<Record<string, string>>,
): Promise<Peer["command"]> {
  const built = await run([...build, "-o", file, "."], {
    cwd: new URL(`${program}/`, import.meta.url),
    env: { GO111MODULE: "off", GOFLAGS: "", ...env },
  });
  if (!built.success) throw new Error(`Cannot build ${file}:\n${built.output}`);
  return [file];
}

/** Builds in the folder of the program, so that the next build takes no time. */
async function buildRust(): Promise<Omit<Peer, "name"> | string> {
  const hint = `apt-get install cargo ${RUST_PACKAGES.join(" ")}`;
  const cwd = new URL("rust_prometheus/", import.meta.url);
  if (!(await run(["cargo", "--version"])).success) return `Cannot find cargo: ${hint}`;
  const installed = await run(["dpkg-query", "-W", ...RUST_PACKAGES]);
  if (!installed.success) return `Cannot find Rust's library: ${hint}`;
  for (const step of [["generate-lockfile"], ["build", "--release", "--target-dir=target"]]) {
    const { success, output } = await run(["cargo", ...step, ...RUST_SOURCE], { cwd });
    if (!success) throw new Error(`Cannot build rust-prometheus:\n${output}`);
  }
  const file = fileURLToPath(new URL("target/release/rust_prometheus", cwd));
  return { version: await debianVersion(RUST_PACKAGE), command: [file] };
}

/** The Python of Debian, which has the packages of Debian, whatever else is on the PATH. */
async function findPython(): Promise<Omit<Peer, "name"> | string> {
  const file = fileURLToPath(new URL("client_python/side.py", import.meta.url));
  for (const python of ["/usr/bin/python3", "python3"]) {
    const { success } = await run([python, "-c", "import prometheus_client"]);
    if (success) {
      return { version: await debianVersion(PYTHON_PACKAGE), command: [python, file] };
    }
  }
  return `Cannot find Python's library: apt-get install ${PYTHON_PACKAGE}`;
}

async function debianVersion(name: string): Promise<string> {
  const { success, output } = await run(["dpkg-query", "-W", "-f", "${Version}", name]);
  return success ? `${name} ${output}` : `${name}, version unknown`;
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}

/** Removes download messages, which Deno prints before an error. */
function firstError(text: string): string {
  return /^error: (.*)$/m.exec(text)?.[1] ?? text.trim();
}

/** Runs a program. A missing program counts as failed. */
async function run(
  [program, ...args]: readonly [string, ...string[]],
  options: Pick<Deno.CommandOptions, "cwd" | "env"> = {},
): Promise<{ success: boolean; output: string }> {
  try {
    const command = new Deno.Command(program, { ...options, args, stdin: "null" });
    const { success, stdout, stderr } = await command.output();
    const decoder = new TextDecoder();
    return { success, output: decoder.decode(success ? stdout : stderr) };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return { success: false, output: error.message };
    throw error;
  }
}
