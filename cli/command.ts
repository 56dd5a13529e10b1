/**
 * Parsing of the command line.
 *
 * @module
 */

import { describe } from "../model/describe.ts";
import { MAX_COST } from "../access/bcrypt_hash.ts";
import type { ExporterOptions } from "../exporter_options.ts";
import { parseHost } from "../model/host.ts";
import { parseArguments, UsageError } from "./arguments.ts";

/** A parsed command line. */
export interface Command {
  /** The action. */
  readonly mode:
    | "serve"
    | "once"
    | "check"
    | "lint"
    | "hash"
    | "permissions"
    | "version"
    | "help";
  /** The options of the exporter that were given. */
  readonly options: ExporterOptions;
  /** The exposition to lint: a file, a URL, or `-` for standard input. */
  readonly target?: string;
  /** Whether the check of a configuration runs its collectors. */
  readonly runsCollectors?: boolean;
  /** The cost of the hash of a password. */
  readonly cost?: number;
  /** The web configuration file of exporter-toolkit. */
  readonly webConfigFile?: string;
}

/** The cost of hashes unless another one is given. Checking one takes about 100 ms. */
const DEFAULT_COST = 10;

const CHECK = "--check-config";

/** The only option with an optional value, which `parseArgs()` does not have. */
const RUN = `${CHECK}=run`;

const OPTIONS = {
  port: { type: "string", short: "p" },
  "listen-port": { type: "string" },
  address: { type: "string", short: "a" },
  "listen-ip": { type: "string" },
  "web.config.file": { type: "string" },
  cost: { type: "string" },
  verbose: { type: "boolean", short: "v" },
  "check-config": { type: "boolean" },
  once: { type: "boolean" },
  version: { type: "boolean" },
  help: { type: "boolean", short: "h" },
} as const;

/** Returns the help text of a program. */
export function usage(program: string): string {
  return `Usage: ${program} [options] [config_file]
       ${program} permissions [options] [config_file]
       ${program} init [config_file]
       ${program} lint [file | url | -]
       ${program} watch [options] [url | file | -]
       ${program} dashboard [options] [url | file | - | config_file]
       ${program} rules [options] [url | file | - | config_file]
       ${program} hash-password [--cost <cost>]

Serves metrics to Prometheus, prints the permissions that it needs for that, writes a configuration
file to begin with, checks or watches the exposition of any exporter, makes a dashboard or alerting
rules for it, or hashes a password for basic authentication.

Options:
  -p, --port <port>        Listen on this port (0 selects a free one); also --listen-port
  -a, --address <address>  Listen on this host name or IP address; also --listen-ip
      --web.config.file <file>
                           Take TLS and authentication from this file of exporter-toolkit
  -v, --verbose            Log every scrape
      --check-config       Check the configuration file and exit
      --check-config=run   Run each collector of the file once as well
      --once               Print the metrics once and exit
      --cost <cost>        The cost of a hash, from 4 to ${MAX_COST}, by default ${DEFAULT_COST}
      --version            Print the version and exit
  -h, --help               Print this help, or that of watch, dashboard or rules, and exit

The command line overrides options of the program, which override the configuration file, which
overrides defaults of the program. Without any of these, the address is 127.0.0.1, the port 9999 and
the configuration file config.toml, if it exists.`;
}

/**
 * Parses the arguments of a program.
 *
 * @throws {UsageError} If an option is unknown, lacks its value or has an invalid one, or if options exclude each other.
 */
export function parseCommand(args: readonly string[]): Command {
  const runsCollectors = args.includes(RUN);
  const wrong = args.find((arg) => arg.startsWith(`${CHECK}=`) && arg !== RUN);
  if (wrong !== undefined) {
    throw new UsageError(`Expected "${CHECK}" or "${RUN}", got ${describe(wrong)}`);
  }
  const { values, positionals } = parseArguments(
    args.map((arg) => arg === RUN ? CHECK : arg),
    OPTIONS,
  );
  const { verbose, help, version, once, "check-config": check } = values;
  const [first, second = "-"] = positionals;
  if (first === "lint" && positionals.length <= 2) {
    return { mode: help ? "help" : "lint", options: {}, target: second };
  }
  if (first === "hash-password" && positionals.length === 1) {
    const cost = values.cost === undefined ? DEFAULT_COST : parseCost(values.cost);
    return { mode: help ? "help" : "hash", options: {}, cost };
  }
  if (values.cost !== undefined) {
    throw new UsageError('Cannot use "--cost" without "hash-password"');
  }
  const webConfigFile = values["web.config.file"];
  if (webConfigFile === "") throw new UsageError('Expected "--web.config.file" to be a file name');
  const isPermissions = first === "permissions";
  const [configFile, excess] = isPermissions ? positionals.slice(1) : positionals;
  if (excess !== undefined) {
    throw new UsageError(`Expected one configuration file, got ${describe(excess)} as well`);
  }
  const port = oneOf(values, "port", "listen-port");
  const address = oneOf(values, "address", "listen-ip");
  if (check && once) throw cannotCombine("check-config", "once");
  if (isPermissions && (check || once)) {
    throw new UsageError(`Cannot use "--${check ? "check-config" : "once"}" with permissions`);
  }
  const action = isPermissions ? "permissions" : check ? "check" : once ? "once" : "serve";
  return {
    mode: help ? "help" : version ? "version" : action,
    options: {
      ...(configFile !== undefined && { configFile }),
      ...(port !== undefined && { listenPort: parsePort(...port) }),
      ...(address !== undefined && { listenIp: parseAddress(...address) }),
      ...(verbose && { logLevel: "debug" }),
    },
    ...(webConfigFile !== undefined && { webConfigFile }),
    ...(runsCollectors && { runsCollectors }),
  };
}

/** Returns the name and the value of an option that has two names. */
function oneOf<N extends "port" | "listen-port" | "address" | "listen-ip">(
  values: Readonly<Partial<Record<N, string>>>,
  ...names: readonly [N, N]
): [name: string, value: string] | undefined {
  const [given, another] = names.filter((name) => values[name] !== undefined);
  if (given === undefined) return undefined;
  if (another !== undefined) throw cannotCombine(given, another);
  return [given, values[given]!];
}

function cannotCombine(a: string, b: string): UsageError {
  return new UsageError(`Cannot use "--${a}" and "--${b}" together`);
}

function parsePort(name: string, text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65535) return port;
  throw new UsageError(
    `Expected "--${name}" to be an integer from 0 to 65535, got ${describe(text)}`,
  );
}

function parseCost(text: string): number {
  const cost = Number(text);
  if (/^\d+$/.test(text) && 4 <= cost && cost <= MAX_COST) return cost;
  throw new UsageError(
    `Expected "--cost" to be an integer from 4 to ${MAX_COST}, got ${describe(text)}`,
  );
}

function parseAddress(name: string, text: string): string {
  const host = parseHost(text);
  if (host !== undefined) return host;
  throw new UsageError(
    `Expected "--${name}" to be a host name or an IP address, got ${describe(text)}`,
  );
}
