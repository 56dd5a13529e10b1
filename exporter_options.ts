/**
 * The options of an exporter.
 *
 * @module
 */

import { describe } from "./describe.ts";
import { parseHost } from "./host.ts";
import type { LabelsInit } from "./labels.ts";
import type { LogFormat, LogLevelName } from "./log.ts";
import type { Logger } from "./logger.ts";
import type { Registry } from "./registry.ts";

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

/**
 * Checks what types cannot.
 *
 * @throws {RangeError} If an option has a value that it cannot have.
 */
export function checkExporterOptions(
  { listenIp, listenPort, cacheLife, shutdownTimeout }: ExporterOptions,
): void {
  checkOption("listenIp", listenIp, "a host name or an IP address", (ip) => {
    return typeof ip === "string" && parseHost(ip) !== undefined;
  });
  checkOption("listenPort", listenPort, "an integer from 0 to 65535", (port) => {
    return Number.isInteger(port) && 0 <= port && port <= 65535;
  });
  for (const [name, seconds] of Object.entries({ cacheLife, shutdownTimeout })) {
    checkOption(name, seconds, "a number of seconds, 0 or more", (seconds) => {
      return Number.isFinite(seconds) && seconds >= 0;
    });
  }
}

function checkOption<T>(
  name: string,
  value: T | undefined,
  expected: string,
  isValid: (value: T) => boolean,
): void {
  if (value === undefined || isValid(value)) return;
  throw new RangeError(
    `Cannot create exporter: expected ${name} to be ${expected}, got ${describe(value)}`,
  );
}
