/**
 * The settings that an exporter can have in code and in its configuration file, and which of them take effect.
 *
 * @module
 */

import type { Config, ConfigProblem, MetricConfig } from "../config.ts";
import { Labels, type LabelsInit } from "../labels.ts";
import { configureLogger } from "../log.ts";
import { familyOf } from "../model/family.ts";
import { parseHost } from "../model/host.ts";
import { DEFAULT_LIMITS, forEachLimit, LIMITS, type Limits } from "../model/limits.ts";
import { type ListenAddress, parseListenAddress } from "../model/listen_address.ts";
import type { Logger } from "../model/logger.ts";
import { parseExternalUrl, parseRoutePrefix } from "../model/route_prefix.ts";
import { parseSocketMode } from "../model/socket_mode.ts";
import { ConfigFile } from "./config_file.ts";
import { pathOf } from "./read_config.ts";

const DEFAULT_IP = "127.0.0.1";
const DEFAULT_PORT = 9999;

/** The keys of the configuration file, by the names of the options in code. */
const FILE_KEYS = {
  name: "name",
  listenIp: "listen_ip",
  listenPort: "listen_port",
  listen: "listen",
  socketMode: "socket_mode",
  externalUrl: "external_url",
  routePrefix: "route_prefix",
  reloadEndpoint: "reload_endpoint",
  otlp: "otlp",
  statusPage: "status_page",
  cacheLife: "cache_life",
  logLevel: "log_level",
  logFormat: "log_format",
  ...forEachLimit((name) => LIMITS[name].key),
} as const;

/** The names of the settings with one value. Labels have many. */
export type SettingName = keyof typeof FILE_KEYS;

/** Settings given in code. */
export interface GivenSettings extends Pick<Config, SettingName> {
  /** The labels for every metric. */
  readonly labels?: LabelsInit;
}

/** All settings that are given in code. */
export interface SettingsInit extends GivenSettings {
  /** The path of the configuration file, see {@linkcode ConfigFile}. */
  readonly configFile?: string | URL | false;
  /** The keys of the file for the program itself. */
  readonly configKeys?: readonly string[];
  /** The web configuration file. */
  readonly webConfigFile?: string | URL;
  /** The settings that the file overrides. */
  readonly defaults?: GivenSettings;
  /** A logger with a level and a format of its own. */
  readonly logger?: Logger;
}

/** The settings of an exporter: options in code override the file, which overrides defaults in code. */
export class Settings {
  readonly #options: SettingsInit;
  /** The configuration file. */
  readonly file: ConfigFile;
  #commandLine: GivenSettings = {};
  /** The limits with this configuration: they are looked at several times in each request. */
  #limits: { readonly config: Config; readonly limits: Limits } | undefined;

  /** Creates the settings. The file is not read yet. */
  constructor(options: SettingsInit) {
    this.#options = options;
    this.file = new ConfigFile(options.configFile, { extraKeys: options.configKeys ?? [] });
  }

  /** Returns a setting; undefined if it is given nowhere. */
  get<N extends SettingName>(name: N): GivenSettings[N] | undefined {
    return this.#places.find((settings) => settings[name] !== undefined)?.[name];
  }

  /** The addresses to listen on. `listen` wins over an address and a port that are given in the same place or a weaker one. */
  get addresses(): readonly ListenAddress[] {
    for (const { listen, listenIp, listenPort } of this.#places) {
      if (listen !== undefined) return listen.map((text) => parseListenAddress(text)!);
      if (listenIp !== undefined || listenPort !== undefined) break;
    }
    const hostname = parseHost(this.get("listenIp") ?? DEFAULT_IP)!;
    return [{ hostname, port: this.get("listenPort") ?? DEFAULT_PORT }];
  }

  /** The permission bits of the files of Unix sockets. */
  get socketMode(): number | undefined {
    const mode = this.get("socketMode");
    return mode === undefined ? undefined : parseSocketMode(mode);
  }

  /** The URL under which the exporter can be reached from outside. */
  get externalUrl(): URL | undefined {
    const url = this.get("externalUrl");
    return url === undefined ? undefined : parseExternalUrl(url);
  }

  /** The prefix of all paths, without a slash at the end: by default, the path of the external URL. */
  get routePrefix(): string {
    return parseRoutePrefix(this.get("routePrefix") ?? this.externalUrl?.pathname ?? "/") ?? "";
  }

  /** The path of the web configuration file. */
  get webConfigFile(): string | undefined {
    const { webConfigFile } = this.#options;
    return webConfigFile instanceof URL ? pathOf(webConfigFile) : webConfigFile;
  }

  /** The limits, with their defaults. */
  get limits(): Limits {
    const { config } = this.file;
    if (this.#limits?.config !== config) {
      const limits = forEachLimit((name) => this.get(name) ?? DEFAULT_LIMITS[name]);
      this.#limits = { config, limits };
    }
    return this.#limits.limits;
  }

  /** Returns the labels of all places. For a label in several of them, the precedence is that of other settings. */
  labels(utf8Names: boolean): Labels {
    const { labels = {}, defaults } = this.#options;
    return new Labels(defaults?.labels, { utf8Names })
      .update(this.file.config.labels)
      .update(labels);
  }

  /** The settings with one value, with their keys in the configuration file. */
  get keys(): readonly (readonly [name: SettingName, key: string])[] {
    return Object.entries(FILE_KEYS) as [SettingName, string][];
  }

  /** Returns where a setting comes from. */
  originOf(name: SettingName): "code" | "file" | "default" {
    const place = this.#places.find((settings) => settings[name] !== undefined);
    return place === undefined ? "default" : place === this.file.config ? "file" : "code";
  }

  /** Returns where a label for every metric comes from. */
  originOfLabel(name: string): "code" | "file" {
    const { labels = {} } = this.#options;
    const isInCode = new Labels(labels, { utf8Names: true }).has(name);
    return !isInCode && this.file.config.labels.has(name) ? "file" : "code";
  }

  get #places(): readonly GivenSettings[] {
    const { defaults = {} } = this.#options;
    return [this.#options, this.file.config, defaults];
  }

  /** Records which options the command line gave: there is no warning if these override the file. */
  acceptOverrides(commandLine: GivenSettings): void {
    this.#commandLine = commandLine;
  }

  /** Applies the level and the format of the log, unless the program has a logger of its own. */
  applyTo(logger: Logger): void {
    if (this.#options.logger !== undefined) return;
    const level = this.get("logLevel") ?? "info";
    configureLogger(logger, { level, format: this.get("logFormat") ?? "text" });
  }

  /** Logs {@linkcode Settings.warnings}, and others. */
  logWarnings(logger: Logger, others: readonly ConfigProblem[]): void {
    const { source } = this.file.config;
    for (const { path: key, message: problem } of [...this.warnings(), ...others]) {
      logger.warn("questionable configuration", { source, key, problem });
    }
  }

  /** Returns what is valid in the file, but does not have the effect that it seems to have. */
  warnings(): ConfigProblem[] {
    const { metrics } = this.file.config;
    return [...this.#overridden(), ...metrics.filter((metric) => !fitsType(metric)).map(untyped)];
  }

  #overridden(): ConfigProblem[] {
    const { config } = this.file;
    const { logger, labels = {} } = this.#options;
    const problems: ConfigProblem[] = [];
    for (const [name, key] of this.keys) {
      if (config[name] === undefined || this.#commandLine[name] !== undefined) continue;
      const winner = this.#options[name] !== undefined
        ? name
        : key.startsWith("log_") && logger !== undefined
        ? "logger"
        : undefined;
      if (winner !== undefined) problems.push(overridden(key, winner));
    }
    for (const name of new Labels(labels, { utf8Names: true }).keys()) {
      if (config.labels.has(name)) problems.push(overridden(`labels.${name}`, "labels"));
    }
    return problems;
  }
}

function overridden(path: string, option: string): ConfigProblem {
  return { path, message: `has no effect, because the program sets the option "${option}"` };
}

function fitsType({ name, type, labels }: MetricConfig): boolean {
  return familyOf(name, type, (label) => labels.get(label)).type === type;
}

const NEEDS: Readonly<Partial<Record<MetricConfig["type"], string>>> = {
  histogram: 'samples whose names end in "_bucket" (with the label "le"), "_sum" and "_count"',
  gaugehistogram:
    'samples whose names end in "_bucket" (with the label "le"), "_gsum" and "_gcount"',
  summary: 'samples with the label "quantile", and others whose names end in "_sum" and "_count"',
  info: 'a name that ends in "_info"',
  stateset: "a label with the name of the metric",
};

function untyped({ name, type }: MetricConfig): ConfigProblem {
  const article = type === "info" ? "an" : "a";
  return {
    path: `metrics.${name}.type`,
    message: `is exposed as untyped, because ${article} ${type} needs ${NEEDS[type]}`,
  };
}
