/**
 * The options of an exporter.
 *
 * @module
 */

import { parseHost } from "./model/host.ts";
import type { LabelsInit } from "./labels.ts";
import type { LogFormat, LogLevelName } from "./log.ts";
import type { Logger } from "./model/logger.ts";
import { checkNames, checkOption } from "./model/options.ts";
import { defaultRegistry, type Registry } from "./registry.ts";

/** Options of {@linkcode Exporter}. What is given here wins over the configuration file. */
export interface ExporterOptions {
  /**
   * The configuration file; `false`: none. A file that is named must exist.
   *
   * @default {"config.toml"} if it exists
   */
  configFile?: string | URL | false;
  /**
   * Keys at the top of the configuration file that are not the exporter's, to be read from {@linkcode Exporter.config}.
   * Other unknown keys are errors.
   *
   * @default {[]}
   */
  configKeys?: readonly string[];
  /**
   * What the exporter is called on its landing page.
   *
   * @default the name of the class
   */
  name?: string;
  /**
   * The version of the program, for its landing page.
   *
   * @default the version of this library
   */
  version?: string;
  /** Labels for every metric that does not have them itself. */
  labels?: LabelsInit;
  /**
   * The host name or IP address to listen on.
   *
   * @default {"127.0.0.1"}
   */
  listenIp?: string;
  /**
   * The port to listen on; 0: any that is free.
   *
   * @default {9999}
   */
  listenPort?: number;
  /**
   * Seconds for which what {@linkcode Exporter.getMetrics} returned is given again; 0: not at all.
   *
   * @default {0}
   */
  cacheLife?: number;
  /**
   * Seconds for which {@linkcode Exporter.shutdown} lets responses be read to their end.
   *
   * @default {5}
   */
  shutdownTimeout?: number;
  /**
   * The registry that is exposed besides the exporter's own collectors.
   *
   * @default {defaultRegistry}
   */
  registry?: Registry;
  /**
   * Whether names can be any text, such as `http.requests`, see {@linkcode RegistryOptions.utf8Names}.
   *
   * @default what the registry says
   */
  utf8Names?: boolean;
  /**
   * Whether expositions in OpenMetrics 1.0 say when series began, see {@linkcode RegistryOptions.createdSamples}.
   *
   * @default {false}
   */
  createdSamples?: boolean;
  /**
   * Whether scrapers that ask for OpenMetrics 2.0, a release candidate that may change, get it, see
   * {@linkcode RegistryOptions.openMetrics2}.
   *
   * @default {false}
   */
  openMetrics2?: boolean;
  /**
   * Whether figures of the process and of Deno itself are exposed, see {@linkcode RuntimeMetrics}.
   *
   * @default {true}
   */
  runtimeMetrics?: boolean;
  /** Where to log; level and format are then the logger's own. By default to standard error. */
  logger?: Logger;
  /**
   * The least severe level that is logged, if no `logger` is given.
   *
   * @default {"info"}
   */
  logLevel?: LogLevelName;
  /**
   * The format of log lines, if no `logger` is given.
   *
   * @default {"text"}
   */
  logFormat?: LogFormat;
}

const NAMES: readonly (keyof ExporterOptions)[] = [
  "configFile",
  "configKeys",
  "name",
  "version",
  "labels",
  "listenIp",
  "listenPort",
  "cacheLife",
  "shutdownTimeout",
  "registry",
  "utf8Names",
  "createdSamples",
  "openMetrics2",
  "runtimeMetrics",
  "logger",
  "logLevel",
  "logFormat",
];

/**
 * Checks what types do not at run time.
 *
 * @throws {TypeError} If an option is of the wrong kind, or there is no such option.
 * @throws {RangeError} If an option has a value that it cannot have.
 */
export function checkExporterOptions(options: ExporterOptions): void {
  const action = "Cannot create exporter";
  const { name, version, listenIp, listenPort, cacheLife, shutdownTimeout } = options;
  const { runtimeMetrics, utf8Names, createdSamples, openMetrics2 } = options;
  checkNames(action, options, NAMES);
  for (const text of Object.entries({ name, version })) {
    checkOption(action, text, "string", "a string that is not empty", (text) => text !== "");
  }
  checkOption(
    action,
    ["listenIp", listenIp],
    "string",
    "a host name or an IP address",
    (ip) => parseHost(ip) !== undefined,
  );
  checkOption(action, ["listenPort", listenPort], "number", "an integer from 0 to 65535", isPort);
  for (const seconds of Object.entries({ cacheLife, shutdownTimeout })) {
    checkOption(action, seconds, "number", "a number of seconds, 0 or more", isDuration);
  }
  for (const flag of Object.entries({ runtimeMetrics, utf8Names, createdSamples, openMetrics2 })) {
    checkOption(action, flag, "boolean", "true or false");
  }
}

/** Whether the names of an exporter can be any text. */
export function hasUtf8Names({ utf8Names, registry = defaultRegistry }: ExporterOptions): boolean {
  return utf8Names ?? registry.utf8Names;
}

function isPort(port: number): boolean {
  return Number.isInteger(port) && 0 <= port && port <= 65535;
}

function isDuration(seconds: number): boolean {
  return Number.isFinite(seconds) && seconds >= 0;
}
