/**
 * Options of the exporter.
 *
 * @module
 */

import { describe } from "./model/describe.ts";
import { parseHost } from "./model/host.ts";
import { LISTEN_ADDRESS, parseListenAddress } from "./model/listen_address.ts";
import {
  EXTERNAL_URL,
  isRoutePath,
  parseExternalUrl,
  parseRoutePrefix,
  ROUTE_PREFIX,
} from "./model/route_prefix.ts";
import { parseSocketMode, SOCKET_MODE } from "./model/socket_mode.ts";
import { STATUS_PAGES } from "./model/status_page.ts";
import type { LabelsInit } from "./labels.ts";
import { LOG_FORMATS, LOG_LEVELS, type LogFormat, type LogLevelName } from "./log.ts";
import type { Logger } from "./model/logger.ts";
import { expectedOf, isLimit, LIMIT_NAMES, type Limits } from "./model/limits.ts";
import { checkNames, checkOption } from "./model/options.ts";
import { defaultRegistry, type Registry } from "./registry.ts";

/** Options of {@linkcode Exporter}. They take precedence over the configuration file, except for `defaults`. */
export interface ExporterOptions extends Partial<Limits> {
  /**
   * The path of the configuration file, which must exist, or `false` for none.
   *
   * @default {"config.toml"} if it exists
   */
  configFile?: string | URL | false;
  /**
   * Settings that apply unless the configuration file has them, so that they stay the operator's choice. Labels are merged: for a
   * label in several places, the option `labels` wins over the file, and the file over `defaults`.
   *
   * @default {{}}
   */
  defaults?: Pick<
    ExporterOptions,
    | "name"
    | "labels"
    | "listenIp"
    | "listenPort"
    | "listen"
    | "socketMode"
    | "externalUrl"
    | "routePrefix"
    | "reloadEndpoint"
    | "otlp"
    | "statusPage"
    | "cacheLife"
    | "logLevel"
    | "logFormat"
    | keyof Limits
  >;
  /**
   * Top-level keys of the configuration file for the program itself, to be read from {@linkcode Config.extra}. Other unknown keys
   * are errors.
   *
   * @default {[]}
   */
  configKeys?: readonly string[];
  /**
   * The name of the exporter on its status page.
   *
   * @default the name of the class
   */
  name?: string;
  /**
   * The version of the program, shown on the status page.
   *
   * @default the version of this library
   */
  version?: string;
  /** Labels to add to every metric, unless it has them. */
  labels?: LabelsInit;
  /**
   * The host name or IP address to listen on.
   *
   * @default {"127.0.0.1"}
   */
  listenIp?: string;
  /**
   * The port to listen on. 0 selects a free one.
   *
   * @default {9999}
   */
  listenPort?: number;
  /**
   * Addresses to listen on instead of `listenIp` and `listenPort`: `127.0.0.1:9999`, `[::1]:9999`, `:9999` for all interfaces, or
   * `unix:/run/exporter.sock` for a Unix socket.
   *
   * @default one address of `listenIp` and `listenPort`
   */
  listen?: readonly string[];
  /**
   * The permissions of the files of Unix sockets, in octal digits, such as `660`.
   *
   * @default those that follow from the umask
   */
  socketMode?: string;
  /**
   * The URL under which the exporter can be reached from outside, for example through a reverse proxy. Requests may name its host.
   *
   * @default none
   */
  externalUrl?: string;
  /**
   * The prefix of all paths, such as `/exporter`.
   *
   * @default the path of `externalUrl`, or `/`
   */
  routePrefix?: string;
  /**
   * Whether `POST /-/reload` reloads the configuration, like SIGHUP.
   *
   * @default {false}
   */
  reloadEndpoint?: boolean;
  /**
   * Whether `POST /v1/metrics` takes metrics of OpenTelemetry (OTLP over HTTP), which are then exposed.
   *
   * @default {false}
   */
  otlp?: boolean;
  /**
   * What `/` serves. `auto`: a status page, with error messages and the configuration for clients that have authenticated or are on
   * the same machine. `full`: the same with everything for all clients. `off`: a page with links.
   *
   * @default {"auto"}
   */
  statusPage?: "auto" | "full" | "off";
  /**
   * The path of a web configuration file of exporter-toolkit, with TLS, authentication and headers.
   *
   * @default none
   */
  webConfigFile?: string | URL;
  /**
   * The path at which metrics are served. With `/`, there is no status page.
   *
   * @default {"/metrics"}
   */
  metricsPath?: string;
  /**
   * Seconds for which the result of {@linkcode Exporter.getMetrics} is cached. 0 disables the cache.
   *
   * @default {0}
   */
  cacheLife?: number;
  /**
   * Seconds for which {@linkcode Exporter.shutdown} waits for responses in flight.
   *
   * @default {5}
   */
  shutdownTimeout?: number;
  /** Runs before the first scrape, after {@linkcode Exporter.onStartup}, to acquire what collectors need. */
  onStartup?: () => void | Promise<void>;
  /** Runs after the last scrape, before {@linkcode Exporter.onShutdown}, if the startup succeeded. */
  onShutdown?: () => void | Promise<void>;
  /**
   * The registry to expose in addition to the exporter's own collectors.
   *
   * @default {defaultRegistry}
   */
  registry?: Registry;
  /**
   * Whether metric and label names can be any text, such as `http.requests`, see {@linkcode RegistryOptions.utf8Names}.
   *
   * @default the option of the registry
   */
  utf8Names?: boolean;
  /**
   * Whether expositions in OpenMetrics 1.0 have `_created` samples, see {@linkcode RegistryOptions.createdSamples}.
   *
   * @default {false}
   */
  createdSamples?: boolean;
  /**
   * Whether to offer OpenMetrics 2.0, a release candidate that may change, see {@linkcode RegistryOptions.openMetrics2}.
   *
   * @default {false}
   */
  openMetrics2?: boolean;
  /**
   * Whether to expose metrics about the process and the Deno runtime, see {@linkcode RuntimeMetrics}.
   *
   * @default {true}
   */
  runtimeMetrics?: boolean;
  /** The logger. Its own level and format apply. By default, the exporter logs to standard error. */
  logger?: Logger;
  /**
   * The minimum level to log, without a `logger`.
   *
   * @default {"info"}
   */
  logLevel?: LogLevelName;
  /**
   * The format of log lines, without a `logger`.
   *
   * @default {"text"}
   */
  logFormat?: LogFormat;
}

const SETTINGS: readonly (keyof NonNullable<ExporterOptions["defaults"]>)[] = [
  "name",
  "labels",
  "listenIp",
  "listenPort",
  "listen",
  "socketMode",
  "externalUrl",
  "routePrefix",
  "reloadEndpoint",
  "otlp",
  "statusPage",
  "cacheLife",
  "logLevel",
  "logFormat",
  ...LIMIT_NAMES,
];

const NAMES: readonly (keyof ExporterOptions)[] = [
  ...SETTINGS,
  "defaults",
  "configFile",
  "configKeys",
  "webConfigFile",
  "version",
  "metricsPath",
  "shutdownTimeout",
  "onStartup",
  "onShutdown",
  "registry",
  "utf8Names",
  "createdSamples",
  "openMetrics2",
  "runtimeMetrics",
  "logger",
];

/**
 * Checks options at run time.
 *
 * @throws {TypeError} If an option has the wrong type, or is unknown.
 * @throws {RangeError} If an option has an invalid value.
 */
export function checkExporterOptions(options: ExporterOptions): void {
  const action = "Cannot create exporter";
  const { version, metricsPath, shutdownTimeout, onStartup, onShutdown, defaults = {} } = options;
  const { runtimeMetrics, utf8Names, createdSamples, openMetrics2 } = options;
  checkNames(action, options, NAMES);
  checkSettings(action, options);
  checkText(action, ["version", version]);
  checkOption(
    action,
    ["metricsPath", metricsPath],
    "string",
    'a path such as "/metrics"',
    isRoutePath,
  );
  checkDuration(action, ["shutdownTimeout", shutdownTimeout]);
  for (const [name, hook] of Object.entries({ onStartup, onShutdown })) {
    if (hook === undefined || typeof hook === "function") continue;
    throw new TypeError(`${action}: expected ${name} to be a function, got ${describe(hook)}`);
  }
  for (const flag of Object.entries({ runtimeMetrics, utf8Names, createdSamples, openMetrics2 })) {
    checkOption(action, flag, "boolean", "true or false");
  }
  checkNames(`${action} with these defaults`, defaults, SETTINGS);
  checkSettings(`${action} with these defaults`, defaults);
}

function checkSettings(action: string, settings: NonNullable<ExporterOptions["defaults"]>): void {
  const { name, listenIp, listenPort, listen, cacheLife, logLevel, logFormat } = settings;
  checkText(action, ["name", name]);
  checkOption(
    action,
    ["listenIp", listenIp],
    "string",
    "a host name or an IP address",
    (ip) => parseHost(ip) !== undefined,
  );
  checkOption(action, ["listenPort", listenPort], "number", "an integer from 0 to 65535", isPort);
  const isList = listen === undefined || Array.isArray(listen) && listen.length > 0;
  if (!isList) {
    throw new TypeError(`${action}: expected listen to be a list, got ${describe(listen)}`);
  }
  for (const address of listen ?? []) {
    checkParsable(action, ["listen", address], LISTEN_ADDRESS, parseListenAddress);
  }
  checkParsable(action, ["socketMode", settings.socketMode], SOCKET_MODE, parseSocketMode);
  checkParsable(action, ["externalUrl", settings.externalUrl], EXTERNAL_URL, parseExternalUrl);
  checkParsable(action, ["routePrefix", settings.routePrefix], ROUTE_PREFIX, parseRoutePrefix);
  checkOption(action, ["otlp", settings.otlp], "boolean", "true or false");
  checkOption(action, ["reloadEndpoint", settings.reloadEndpoint], "boolean", "true or false");
  checkChoice(action, ["statusPage", settings.statusPage], STATUS_PAGES);
  checkDuration(action, ["cacheLife", cacheLife]);
  checkChoice(action, ["logLevel", logLevel], LOG_LEVELS);
  checkChoice(action, ["logFormat", logFormat], LOG_FORMATS);
  for (const name of LIMIT_NAMES) {
    const isValid = (value: number) => isLimit(name, value);
    checkOption(action, [name, settings[name]], "number", expectedOf(name), isValid);
  }
}

function checkParsable(
  action: string,
  text: [name: string, value: string | undefined],
  expected: string,
  parse: (text: string) => unknown,
): void {
  checkOption(action, text, "string", expected, (value) => parse(value) !== undefined);
}

function checkChoice<T extends string>(
  action: string,
  choice: [name: string, value: T | undefined],
  choices: readonly T[],
): void {
  const expected = `one of ${choices.join(", ")}`;
  checkOption(action, choice, "string", expected, (value) => choices.includes(value));
}

function checkText(action: string, text: [name: string, value: string | undefined]): void {
  checkOption(action, text, "string", "a string that is not empty", (text) => text !== "");
}

function checkDuration(action: string, seconds: [name: string, value: number | undefined]): void {
  checkOption(action, seconds, "number", "a number of seconds, 0 or more", isDuration);
}

/** Returns whether the names of an exporter can be any text. */
export function hasUtf8Names({ utf8Names, registry = defaultRegistry }: ExporterOptions): boolean {
  return utf8Names ?? registry.utf8Names;
}

function isPort(port: number): boolean {
  return Number.isInteger(port) && 0 <= port && port <= 65535;
}

function isDuration(seconds: number): boolean {
  return Number.isFinite(seconds) && seconds >= 0;
}
