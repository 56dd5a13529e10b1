/**
 * The command line of exporters. As a program, this module runs an exporter from a configuration file:
 *
 * ```sh
 * deno run -A jsr:@exporter/prometheus/cli --port 9100 config.toml
 * ```
 *
 * @module
 */

import { UsageError } from "./cli/arguments.ts";
import { type Command, parseCommand, usage } from "./cli/command.ts";
import { COMMANDS } from "./cli/commands.ts";
import { ConfigError, formatConfigProblem, type MetricConfig } from "./config.ts";
import { Exporter, partsOf } from "./exporter.ts";
import type { ExporterOptions } from "./exporter_options.ts";
import { lint } from "./lint.ts";
import { flushLog } from "./log.ts";
import { permissionFlags } from "./collect/permissions.ts";
import type { Family } from "./model/family.ts";
import { Sample } from "./model/sample.ts";
import { declaredPermissions } from "./registry.ts";
import { VERSION } from "./version.ts";

/** Creates an exporter from the options of the command line. Options that were not given are absent. */
export type CreateExporter = (options: ExporterOptions) => Exporter;

/**
 * Runs the command line of an exporter. By default, it serves metrics until SIGINT or SIGTERM; `--help` lists all options.
 *
 * To use it in a program with its own exporter, call `Deno.exit(await main(Deno.args, …))`. Spread the options of the command line
 * last, so that they take precedence. Give the program's own settings as `defaults`, which the configuration file overrides; other
 * options in code override the file.
 *
 * ```ts
 * import { Exporter } from "@exporter/prometheus";
 * import { main } from "@exporter/prometheus/cli";
 *
 * class DoorExporter extends Exporter {}
 *
 * const status = await main(["--once"], (options) =>
 *   new DoorExporter({ defaults: { listenPort: 9100 }, ...options }));
 * console.log(status); // 0
 * ```
 *
 * @param args The arguments of the program.
 * @param create Creates the exporter, if one is needed.
 * @returns The exit status: 0 on success, including SIGINT and SIGTERM, 1 on failure, and 2 if the arguments are invalid. Errors
 *   are printed on standard error. Never rejects.
 */
export async function main(
  args: readonly string[],
  create: CreateExporter = (options) => new Exporter(options),
): Promise<number> {
  try {
    const [name = "", ...rest] = args;
    const runCommand = COMMANDS.get(name);
    if (runCommand !== undefined) {
      return await runCommand(rest, { program: programName(), create });
    }
    const { mode, options: given, webConfigFile, ...command } = parseCommand(args);
    const options = { ...given, ...(webConfigFile !== undefined && { webConfigFile }) };
    // Commands that serve nothing are loaded when they are given.
    if (mode === "lint") {
      const { lintTarget } = await import("./cli/lint.ts");
      return await lintTarget(command.target!) ? 0 : 1;
    }
    if (mode === "hash") {
      const { hashPassword } = await import("./cli/hash_password.ts");
      return await hashPassword(command.cost!);
    }
    const open = () => {
      const exporter = create(options);
      partsOf(exporter).settings.acceptOverrides(options);
      return exporter;
    };
    return mode === "check"
      ? await checkConfig(open, command.runsCollectors ?? false)
      : await run(mode, open);
  } catch (error) {
    await flushLog(FLUSH_TIMEOUT); // so that the errors come last
    for (const line of describeError(error)) console.error(line);
    if (!(error instanceof UsageError)) return 1;
    console.error(`Run ${programName()} --help for the usage`);
    return 2;
  } finally {
    await flushLog(FLUSH_TIMEOUT);
  }
}

/** Seconds that the end of the program waits for a slow reader of the log. */
const FLUSH_TIMEOUT = 1;

/** Describes an error in a line, or an invalid configuration in one for each problem. */
function describeError(error: unknown): string[] {
  if (!(error instanceof ConfigError)) {
    return [error instanceof Error ? error.message : String(error)];
  }
  const { source, problems, cause } = error;
  return problems.map((problem) => new ConfigError(source, [problem], { cause }).message);
}

function run(
  mode: Exclude<Command["mode"], "check" | "hash" | "lint">,
  create: () => Exporter,
): number | Promise<number> {
  switch (mode) {
    case "serve":
      return serve(create());
    case "once":
      return exposeOnce(create());
    case "permissions":
      return printPermissions(create());
    case "version":
      console.log(`@exporter/prometheus ${VERSION} (Deno ${Deno.version.deno})`);
      return 0;
    case "help":
      console.log(usage(programName()));
      return 0;
  }
}

async function serve(exporter: Exporter): Promise<number> {
  await exporter.start();
  await exporter.finished;
  return 0;
}

async function exposeOnce(exporter: Exporter): Promise<number> {
  try {
    const response = await exporter.handleMetrics(new Request("http://localhost/metrics"));
    if (!response.ok) throw new Error((await response.text()).trim());
    await writeToStandardOutput(await response.bytes());
    const { failed } = partsOf(exporter).scraper;
    for (const name of failed) {
      console.error(name === undefined ? "A collector failed" : `Collector "${name}" failed`);
    }
    return failed.length === 0 ? 0 : 1;
  } finally {
    await exporter.shutdown();
  }
}

/** Unlike `Deno.stdout.writable`, this reports a full disk. A closed pipe is not an error. */
async function writeToStandardOutput(bytes: Uint8Array): Promise<void> {
  try {
    while (bytes.length > 0) bytes = bytes.subarray(await Deno.stdout.write(bytes));
  } catch (error) {
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
  }
}

async function checkConfig(create: () => Exporter, runsCollectors: boolean): Promise<number> {
  try {
    const exporter = create();
    const { settings, service, registry, loadCollectors } = partsOf(exporter);
    const webWarnings = await service.checkAccess();
    const collectors = await loadCollectors();
    const { config: { source, metrics } } = exporter;
    const lintProblems = lint(metrics.map(familyOf)).map(({ name, problem }) => ({
      path: `metrics.${name}`,
      message: problem,
    }));
    for (const problem of [...settings.warnings(), ...lintProblems]) {
      console.error(`${source}: warning: ${formatConfigProblem(problem)}`);
    }
    const { webConfigFile = source } = settings;
    for (const problem of webWarnings) {
      console.error(`${webConfigFile}: warning: ${formatConfigProblem(problem)}`);
    }
    console.log(source === "" ? "No configuration file" : `${source}: valid`);
    if (webConfigFile !== source) console.log(`${webConfigFile}: valid`);
    if (collectors.length === 0) return 0;
    const { checkCollectors } = await import("./cli/check_collectors.ts");
    return await checkCollectors(collectors, { source, registry, runsCollectors }) ? 0 : 1;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const { source, problems } = error;
    for (const problem of problems) console.error(`${source}: ${formatConfigProblem(problem)}`);
    return 1;
  }
}

async function printPermissions(exporter: Exporter): Promise<number> {
  const { neededPermissions, shellWords } = await import("./cli/permissions.ts");
  const { settings, registry, service, loadCollectors } = partsOf(exporter);
  const { source } = exporter.config;
  await loadCollectors();
  const files = await service.accessFiles();
  const needed = neededPermissions({
    listen: settings.addresses,
    files: [...(source === "" ? [] : [source]), ...files],
    collectors: [...declaredPermissions(registry), ...service.permissions],
  });
  console.log(shellWords(permissionFlags(needed)));
  return 0;
}

function familyOf({ name, type, help, labels }: MetricConfig): Family {
  return { name, type, help, samples: [new Sample(name, [...labels].flat(), 0)] };
}

function programName(): string {
  return new URL(Deno.mainModule).pathname.split("/").at(-1)!;
}

if (import.meta.main) Deno.exit(await main(Deno.args));
