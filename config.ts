/**
 * The configuration file of an exporter, in TOML.
 *
 * @module
 */

import { parse } from "@std/toml";
import { readWebConfig, type WebConfig } from "./access/web_config.ts";
import { ConfigError, type ConfigProblem, firstProblems } from "./config_error.ts";
import { toOneLine } from "./model/describe.ts";
import { isLabelName, isReservedLabelName } from "./model/names.ts";
import {
  listed,
  parsable,
  toAddresses,
  toFilledString,
  toFlag,
  toHost,
  toNumber,
  toOneOf,
  toPort,
  toSeconds,
  toText,
} from "./model/config_values.ts";
import { LISTEN_ADDRESS } from "./model/listen_address.ts";
import {
  EXTERNAL_URL,
  parseExternalUrl,
  parseRoutePrefix,
  ROUTE_PREFIX,
} from "./model/route_prefix.ts";
import { parseSocketMode, SOCKET_MODE } from "./model/socket_mode.ts";
import { STATUS_PAGES } from "./model/status_page.ts";
import { expectedOf, forEachLimit, isLimit, LIMITS, type Limits } from "./model/limits.ts";
import { Labels } from "./labels.ts";
import { LOG_FORMATS, LOG_LEVELS, type LogFormat, type LogLevelName } from "./log.ts";
import { Metric } from "./metric.ts";
import { METRIC_TYPES, type MetricType } from "./model/metric_type.ts";
import { formatTomlPath, Table } from "./model/config_table.ts";
import { checkNames } from "./model/options.ts";
import { visitTomlKeys } from "./model/toml_keys.ts";

export { ConfigError, type ConfigProblem, formatConfigProblem } from "./config_error.ts";

/** A metric of a configuration file. */
export interface MetricConfig {
  /** The name, with spaces replaced by underscores. */
  readonly name: string;
  /** The type, in lower case. By default `untyped`. */
  readonly type: MetricType;
  /** The value. By default 0. */
  readonly value: number;
  /** The help text. */
  readonly help?: string;
  /** The labels of the metric, without those for every metric. */
  readonly labels: Labels;
}

/**
 * The settings of a configuration file. Settings that the file does not have are absent.
 *
 * The limits have the names and the meaning of the options of {@linkcode Exporter}.
 */
export interface Config extends Readonly<Partial<Limits>> {
  /** The source, such as a file name. Empty if there is none, or it is unknown. */
  readonly source: string;
  /** The name of the exporter. */
  readonly name?: string;
  /** The host name or IP address to listen on, an IPv6 address without brackets. */
  readonly listenIp?: string;
  /** The port to listen on, from 0 to 65535. 0 selects a free one. */
  readonly listenPort?: number;
  /** The addresses to listen on instead, such as `127.0.0.1:9999`, `:9999` or `unix:/run/exporter.sock`. */
  readonly listen?: readonly string[];
  /** The permissions of the files of Unix sockets, in octal digits. */
  readonly socketMode?: string;
  /** The URL under which the exporter can be reached from outside. */
  readonly externalUrl?: string;
  /** The prefix of all paths. */
  readonly routePrefix?: string;
  /** Whether `POST /-/reload` reloads the configuration. */
  readonly reloadEndpoint?: boolean;
  /** Whether `POST /v1/metrics` takes metrics of OpenTelemetry. */
  readonly otlp?: boolean;
  /** Whether there is a status page, and who sees error messages and the configuration on it. */
  readonly statusPage?: "auto" | "full" | "off";
  /** Seconds for which the exporter's own metrics are cached. 0 disables the cache. */
  readonly cacheLife?: number;
  /** The minimum level to log. */
  readonly logLevel?: LogLevelName;
  /** The format of log lines. */
  readonly logFormat?: LogFormat;
  /** The labels for every metric. */
  readonly labels: Labels;
  /** The metrics, in the order of the file. */
  readonly metrics: readonly MetricConfig[];
  /** The values of {@linkcode ParseConfigOptions.extraKeys}, as the TOML parser returns them. */
  readonly extra: Readonly<Record<string, unknown>>;
}

/** Options of {@linkcode parseConfig}. */
export interface ParseConfigOptions {
  /**
   * The source for error messages, such as a file name.
   *
   * @default {""}
   */
  source?: string;
  /**
   * Top-level keys for the program itself, to be read from {@linkcode Config.extra}. Other unknown keys are errors.
   *
   * @default {[]}
   */
  extraKeys?: readonly string[];
}

const OPTIONS: readonly (keyof ParseConfigOptions)[] = ["source", "extraKeys"];

/** The key of the tables of collectors. */
const COLLECTORS = "collectors";

const KEYS = [
  "name",
  "listen_ip",
  "listen_port",
  "listen",
  "socket_mode",
  "external_url",
  "route_prefix",
  "reload_endpoint",
  "otlp",
  "status_page",
  "cache_life",
  "log_level",
  "log_format",
  ...Object.values(LIMITS).map(({ key }) => key),
  "labels",
  "metrics",
  "web",
  COLLECTORS,
];
/** The tables that describe probes. They are checked by `probes/config.ts`, which is loaded if there are any. */
const PROBE_KEYS = ["probe", "modules", "targets"];
const METRIC_KEYS = ["type", "value", "help", "labels"];

/**
 * Parses and checks a configuration in TOML:
 *
 * | key | value |
 * | --- | --- |
 * | `name` | the name of the exporter |
 * | `listen_ip` | the host name, IPv4 or IPv6 address to listen on |
 * | `listen_port` | the port to listen on, from 0 to 65535; 0 selects a free one |
 * | `listen` | a list of addresses to listen on instead: `127.0.0.1:9999`, `:9999`, `unix:/run/exporter.sock` |
 * | `socket_mode` | the permissions of the files of Unix sockets, in octal digits |
 * | `external_url` | the URL under which the exporter can be reached from outside |
 * | `route_prefix` | the prefix of all paths, by default the path of `external_url` |
 * | `reload_endpoint` | whether `POST /-/reload` reloads the configuration |
 * | `otlp` | whether `POST /v1/metrics` takes metrics of OpenTelemetry |
 * | `status_page` | `auto`, `full` or `off`: whether there is a status page, and who sees details on it |
 * | `cache_life` | seconds for which the exporter's own metrics are cached; 0 disables the cache |
 * | `log_level` | `debug`, `info`, `warn`, `error` or `critical` |
 * | `log_format` | `text` or `json` |
 * | `max_requests_in_flight`, … | limits, see the options of the exporter |
 * | `[labels]` | labels for every metric |
 * | `[metrics.NAME]` | a metric with optional `type`, `value`, `help` and a table of `labels` |
 * | `[web]` | TLS, authentication and headers |
 * | `[probe]`, `[modules.NAME]`, `[[targets]]` | probes, which are checked when the exporter starts |
 * | `[collectors.NAME]` | a collector; an {@linkcode Exporter} checks these tables when it starts |
 *
 * ```ts
 * import { parseConfig } from "@exporter/prometheus";
 *
 * const config = parseConfig(`
 *   listen_port = 9100
 *   [metrics.doors_open]
 *   type = "gauge"
 *   value = 2
 *   labels = { floor = "1" }
 * `);
 * console.log(config.listenPort); // 9100
 * console.log(config.metrics[0]?.name); // doors_open
 * ```
 *
 * @param text The TOML document. A leading byte order mark is ignored.
 * @throws {TypeError} If an option is unknown.
 * @throws {ConfigError} If the text is not valid TOML, or has invalid keys or values. The error lists the
 *   first 100 of them, and how many more there are.
 */
export function parseConfig(text: string, options: ParseConfigOptions = {}): Config {
  checkNames("Cannot parse configuration", options, OPTIONS);
  const { source = "", extraKeys = [] } = options;
  const problems = findPrototypeKeys(text);
  if (problems.length > 0) throw new ConfigError(source, firstProblems(problems));
  const root = new Table(parseToml(text, source), [], problems);
  root.checkKeys([...KEYS, ...PROBE_KEYS, ...extraKeys]);
  const labels = readLabels(root);
  const config: Config = {
    source,
    ...present({
      name: root.take("name", "a string that is not empty", toFilledString),
      listenIp: root.take("listen_ip", "a host name or an IP address", toHost),
      listenPort: root.take("listen_port", "an integer from 0 to 65535", toPort),
      listen: root.take("listen", `a list, each item ${LISTEN_ADDRESS}`, toAddresses),
      socketMode: root.take("socket_mode", SOCKET_MODE, parsable(parseSocketMode)),
      externalUrl: root.take("external_url", EXTERNAL_URL, parsable(parseExternalUrl)),
      routePrefix: root.take("route_prefix", ROUTE_PREFIX, parsable(parseRoutePrefix)),
      reloadEndpoint: root.take("reload_endpoint", "true or false", toFlag),
      otlp: root.take("otlp", "true or false", toFlag),
      statusPage: root.take(
        "status_page",
        listed(STATUS_PAGES),
        (value) => toOneOf(STATUS_PAGES, value),
      ),
      cacheLife: root.take("cache_life", "a number of seconds, 0 or more", toSeconds),
      logLevel: root.take("log_level", listed(LOG_LEVELS), (value) => toOneOf(LOG_LEVELS, value)),
      logFormat: root.take(
        "log_format",
        listed(LOG_FORMATS),
        (value) => toOneOf(LOG_FORMATS, value),
      ),
      ...readLimits(root),
    }),
    labels,
    metrics: readMetrics(root, labels),
    extra: root.pick(extraKeys),
  };
  const web = root.has("web") ? readWebConfig(root.secretTable("web"), true) : undefined;
  if (!extraKeys.includes(COLLECTORS)) {
    root.secretTable(COLLECTORS);
    collectorTables.set(config, root.pick([COLLECTORS])[COLLECTORS]);
  }
  if (problems.length > 0) throw new ConfigError(source, firstProblems(problems));
  if (web !== undefined) webConfigs.set(config, web);
  const probeKeys = PROBE_KEYS.filter((key) => root.has(key) && !extraKeys.includes(key));
  if (probeKeys.length > 0) probeTables.set(config, root.pick(probeKeys));
  return config;
}

/** The tables are not part of {@linkcode Config}, since they can contain passwords. */
const probeTables = new WeakMap<Config, Readonly<Record<string, unknown>>>();

/** Returns the unchecked tables about probes of a configuration; undefined if it has none. */
export function probeTablesOf(config: Config): Readonly<Record<string, unknown>> | undefined {
  return probeTables.get(config);
}

/** The web configurations are not part of {@linkcode Config}, which programs may print. */
const webConfigs = new WeakMap<Config, WebConfig>();

/** Returns the tables `[web]` of a configuration; undefined if it has none. Relative paths in them are as they were written. */
export function webConfigOf(config: Config): WebConfig | undefined {
  return webConfigs.get(config);
}

/** The tables of collectors, which can contain secrets. */
const collectorTables = new WeakMap<Config, unknown>();

/** Returns the tables `[collectors.NAME]` of a configuration, not checked yet; undefined if it has none. */
export function collectorTablesOf(config: Config): Readonly<Record<string, unknown>> | undefined {
  return collectorTables.get(config) as Readonly<Record<string, unknown>> | undefined;
}

/** Finds keys that the parser drops without an error, or confuses with the prototype of a table. */
function findPrototypeKeys(text: string): ConfigProblem[] {
  const paths = new Set<string>();
  // Most files have neither such a key nor a character that is escaped by its number.
  if (/__proto__|\\u/i.test(text)) {
    visitTomlKeys(text, ({ path }) => {
      const index = path.indexOf("__proto__");
      if (index !== -1) paths.add(formatTomlPath(path.slice(0, index + 1)));
    });
  }
  return Array.from(paths, (path) => ({ path, message: 'the key "__proto__" is not supported' }));
}

function parseToml(text: string, source: string): Record<string, unknown> {
  try {
    return parse(text.replace(/^\uFEFF/, ""));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.replace(/^Parse error on /, "") : cause;
    const message = `not valid TOML: ${toOneLine(String(reason))}`;
    throw new ConfigError(source, [{ path: "", message }], { cause });
  }
}

function readLimits(root: Table): Record<keyof Limits, number | undefined> {
  return forEachLimit((name) => {
    const toLimit = (value: unknown) => isLimit(name, value) ? value : undefined;
    return root.take(LIMITS[name].key, expectedOf(name), toLimit);
  });
}

/** Reads and checks the table `labels` of another table. */
export function readLabels(owner: Table): Labels {
  const labels = new Labels();
  const table = owner.table("labels");
  for (const name of table.keys()) {
    const value = table.take(name, "a string that is not empty", toFilledString);
    if (!isLabelName(name)) {
      table.report("expected a label name that matches [a-zA-Z_][a-zA-Z0-9_]*", name);
    } else if (isReservedLabelName(name)) {
      table.report('label names that begin with "__" are reserved', name);
    } else if (value !== undefined) {
      labels.set(name, value);
    }
  }
  return labels;
}

function readMetrics(root: Table, labels: Labels): MetricConfig[] {
  const metrics: MetricConfig[] = [];
  const places = new Map<string, string>();
  const first = new Map<string, { type: MetricType; place: string }>();
  const tables = root.table("metrics");
  for (const key of tables.keys()) {
    const metric = readMetric(tables, key);
    if (metric === undefined) continue;
    metrics.push(metric);
    const { name, type } = metric;
    const sameName = first.get(name) ?? { type, place: tables.pathOf(key) };
    first.set(name, sameName);
    if (sameName.type !== type) {
      tables.report(`has the same name as ${sameName.place} and another type`, key);
    }
    const exposed = labels.copy().update(metric.labels);
    const series = JSON.stringify([metric.name, [...exposed].sort()]);
    const place = places.get(series);
    if (place !== undefined) tables.report(`has the same name and labels as ${place}`, key);
    else places.set(series, tables.pathOf(key));
  }
  return metrics;
}

function readMetric(tables: Table, key: string): MetricConfig | undefined {
  const name = toMetricName(key);
  if (name === undefined) {
    tables.report("expected a metric name that matches [a-zA-Z_:][a-zA-Z0-9_:]*", key);
  }
  const table = tables.table(key);
  table.checkKeys(METRIC_KEYS);
  const type = table.take("type", listed(METRIC_TYPES), (value) => toOneOf(METRIC_TYPES, value));
  const value = table.take("value", "a number", toNumber);
  const help = table.take("help", "a string", toText);
  const labels = readLabels(table);
  if (name === undefined) return undefined;
  return { name, type: type ?? "untyped", value: value ?? 0, ...present({ help }), labels };
}

function toMetricName(key: string): string | undefined {
  try {
    return new Metric(key).name;
  } catch {
    return undefined;
  }
}

/** Removes undefined properties. */
function present<T extends object>(
  properties: { [K in keyof T]: T[K] | undefined },
): Partial<T> {
  const entries = Object.entries(properties).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as Partial<T>;
}
