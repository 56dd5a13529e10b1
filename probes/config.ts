/**
 * The tables `[probe]`, `[modules.NAME]` and `[[targets]]` of the configuration file.
 *
 * @module
 */

import { readLabels } from "../config.ts";
import { ConfigError, type ConfigProblem, firstProblems } from "../config_error.ts";
import { Table } from "../model/config_table.ts";
import { toFilledString, toText } from "../model/config_values.ts";
import { isRoutePath } from "../model/route_prefix.ts";
import type { Probe, ProbeOptions, ProbeTargets } from "../probe.ts";
import { FileReader, oneOf, present, TEXTS, toDuration, toTexts } from "./config_tables.ts";
import { readHttpOptions } from "./http_config.ts";
import { formatSettings, type ProbeModule } from "./module.ts";
import { TargetPolicy } from "./target_policy.ts";
import { readTcpOptions } from "./tcp_config.ts";

/** The path of the probe unless the table `[probe]` has another one. */
const DEFAULT_PATH = "/probe";

/** Targets to discover, and the path of their probe. */
export interface ConfiguredTargets extends ProbeTargets {
  /** The path of the probe. */
  readonly path: string;
}

/** What a configuration file says about probes. */
export interface ProbeConfig {
  /** The probe that consists of the modules; undefined if there are none. */
  readonly probe: {
    readonly path: string;
    readonly modules: ReadonlyMap<string, ProbeModule>;
    readonly options: ProbeOptions;
  } | undefined;
  /** The targets to discover. */
  readonly targets: readonly ConfiguredTargets[];
  /** The paths of the files that were read. */
  readonly files: readonly string[];
}

/** Options of {@linkcode readProbeConfig}. */
export interface ReadProbeConfigOptions {
  /** The configuration file. */
  readonly source: string;
  /** Returns whether a path belongs to something else. */
  readonly isInUse: (path: string) => boolean;
  /** The paths of the probes of the program. */
  readonly paths: readonly string[];
}

/**
 * Reads and checks the tables, and the files that they name.
 *
 * @throws {ConfigError} If anything is invalid.
 */
export async function readProbeConfig(
  tables: Readonly<Record<string, unknown>>,
  { source, isInUse, paths }: ReadProbeConfigOptions,
): Promise<ProbeConfig> {
  const problems: ConfigProblem[] = [];
  const root = new Table(tables, [], problems);
  const files = new FileReader(source.replace(/[^/\\]*$/, ""));
  const modules = await readModules(root, files);
  const { path, options } = readProbe(root, (path) => modules.size > 0 && isInUse(path));
  if (modules.size === 0 && root.has("probe")) {
    root.report("expected at least one table [modules.NAME]", "modules");
  }
  const known = [...paths, ...(modules.size > 0 ? [path] : [])];
  const targets = readTargets(root, { path, modules, known });
  if (problems.length > 0) throw new ConfigError(source, firstProblems(problems));
  const probe = modules.size > 0 ? { path, modules, options } : undefined;
  return { probe, targets, files: files.paths };
}

function readProbe(
  root: Table,
  isInUse: (path: string) => boolean,
): { path: string; options: ProbeOptions } {
  const table = root.table("probe");
  table.checkKeys(["path", "targets", "allow_private", "timeout", "max_concurrent"]);
  const path = table.take("path", 'a path such as "/probe"', toPath) ?? DEFAULT_PATH;
  if (isInUse(path)) table.report("path already in use", "path");
  const options = present<ProbeOptions>({
    targets: table.take("targets", TEXTS, toTexts),
    allowPrivate: table.take("allow_private", "true, false or a list of ranges", (value) => {
      return typeof value === "boolean" ? value : toTexts(value);
    }),
    timeout: table.take("timeout", 'a number of seconds, or "5s"', toDuration),
    maxConcurrent: table.take("max_concurrent", "an integer, 1 or more", (value) => {
      return Number.isInteger(value) && Number(value) >= 1 ? Number(value) : undefined;
    }),
  });
  const { targets, allowPrivate } = options;
  reportError(table, "targets", () => new TargetPolicy({ targets }));
  reportError(table, "allow_private", () => new TargetPolicy({ allowPrivate }));
  return { path, options };
}

async function readModules(root: Table, files: FileReader): Promise<Map<string, ProbeModule>> {
  const modules = new Map<string, ProbeModule>();
  const tables = root.table("modules");
  for (const name of tables.keys()) {
    const table = tables.table(name);
    table.checkKeys(["prober", "timeout", "http", "tcp"]);
    const prober = table.take("prober", "http or tcp", oneOf(["http", "tcp"] as const));
    if (!table.has("prober")) table.report("missing prober, expected http or tcp");
    const timeout = table.take("timeout", 'a number of seconds, or "5s"', toDuration);
    const probe = await readProber(table, prober, files);
    if (probe === undefined) continue;
    const settings = formatSettings(table.pick(["prober", "timeout", "http", "tcp"]));
    modules.set(name, { probe, settings, ...(timeout !== undefined && { timeout }) });
  }
  return modules;
}

async function readProber(
  table: Table,
  prober: "http" | "tcp" | undefined,
  files: FileReader,
): Promise<Probe | undefined> {
  const other = prober === "tcp" ? "http" : "tcp";
  if (prober !== undefined && table.has(other)) {
    table.report(`has no effect with prober ${prober}`, other);
  }
  if (prober === "http") {
    const options = await readHttpOptions(table, files);
    const { createHttpProbe } = await import("./http.ts");
    return reportError(table, prober, () => createHttpProbe(options));
  }
  if (prober === "tcp") {
    const options = await readTcpOptions(table, files);
    const { createTcpProbe } = await import("./tcp.ts");
    return reportError(table, prober, () => createTcpProbe(options));
  }
  return undefined;
}

function readTargets(
  root: Table,
  { path, modules, known }: {
    readonly path: string;
    readonly modules: ReadonlyMap<string, ProbeModule>;
    readonly known: readonly string[];
  },
): ConfiguredTargets[] {
  return root.tables("targets").map((table) => {
    table.checkKeys(["targets", "module", "path", "labels"]);
    const targets = table.take("targets", "a list of strings that are not empty", (value) => {
      return toTexts(value)?.every((text) => text !== "") ? toTexts(value) : undefined;
    });
    if (!table.has("targets")) table.report("missing targets");
    const of = table.take("path", "a path", toText) ?? path;
    if (!known.includes(of)) {
      const expected = known.length === 0 ? "there is none" : `expected ${known.join(" or ")}`;
      table.report(`not the path of a probe, ${expected}`, "path");
    }
    const module = table.take("module", "a string that is not empty", toFilledString);
    if (module !== undefined && of === path && modules.size > 0 && !modules.has(module)) {
      table.report(`no such module, expected one of ${[...modules.keys()].join(", ")}`, "module");
    }
    if (of === path && modules.size > 0) {
      reportError(table, "targets", () => new TargetPolicy({ listed: targets ?? [] }));
    }
    const labels = readLabels(table);
    return { path: of, targets: targets ?? [], labels, ...(module !== undefined && { module }) };
  });
}

function toPath(value: unknown): string | undefined {
  const isPath = typeof value === "string" && isRoutePath(value) && value !== "/" &&
    value !== "/sd";
  return isPath ? value : undefined;
}

/** Reports what a function throws as a problem. */
function reportError<T>(table: Table, key: string, run: () => T): T | undefined {
  try {
    return run();
  } catch (error) {
    table.report((error as Error).message, key);
    return undefined;
  }
}
