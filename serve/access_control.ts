/**
 * The access control of a running exporter: its web configuration, which can be reloaded, and the guard in front of all endpoints.
 *
 * @module
 */

import { type Access, loadAccess, openAccess } from "../access/access.ts";
import { Guard, type RefusedRequest } from "../access/guard.ts";
import { fileVersion } from "../access/read_file.ts";
import type { WebConfig } from "../access/web_config.ts";
import { type Config, ConfigError, type ConfigProblem, webConfigOf } from "../config.ts";
import type { SecureOptions } from "./node_http.ts";
import type { ThrottledLog } from "./log_throttle.ts";

/** Milliseconds between two looks at whether certificates or other files have changed. */
const WATCH_INTERVAL = 5000;

/** Options of {@linkcode AccessControl}. */
export interface AccessControlOptions {
  /** The path of the web configuration file of exporter-toolkit, if there is one. */
  readonly webConfigFile: string | undefined;
  /** The host under which the exporter can be reached from outside, which requests may name as well. */
  readonly externalHost: string | undefined;
  /** Returns the configuration in effect, for its tables `[web]`. */
  readonly config: () => Config;
  /** Logs refused requests and failures. */
  readonly log: ThrottledLog;
}

/** A web configuration that was read, with everything that it names. */
interface Loaded {
  readonly access: Access;
  readonly web: WebConfig | undefined;
  readonly secure: SecureOptions | undefined;
  /** The state of the web configuration file when it was read. */
  readonly version: string | undefined;
}

/** Loads web configurations, and guards the endpoints by the last one that was valid. */
export class AccessControl {
  readonly #options: AccessControlOptions;
  #loaded: Loaded | undefined;
  #loading: Promise<Guard> | undefined;
  #guard: Guard | undefined;
  #timer: ReturnType<typeof setInterval> | undefined;
  #onSecure: (secure: SecureOptions) => void = () => {};

  /** Creates an access control. Nothing is read yet. */
  constructor(options: AccessControlOptions) {
    this.#options = options;
  }

  /** How many requests were refused, by reason. Empty before the first request. */
  get refusals(): ReadonlyMap<string, number> {
    return this.#guard?.refusals ?? new Map();
  }

  /** TLS; undefined if it is not configured, or nothing was loaded yet. */
  get secure(): SecureOptions | undefined {
    return this.#loaded?.secure;
  }

  /** Whether the exporter's own server lets only clients in that have a valid certificate. */
  get isCheckingClients(): boolean {
    return this.#loaded?.access.config.tls?.clientAuthType === "RequireAndVerifyClientCert";
  }

  /** What is in effect; undefined if nothing was loaded yet. It contains secrets. */
  get access(): Access | undefined {
    return this.#loaded?.access;
  }

  /** The paths of the web configuration file and of the files that were read for it. */
  get files(): readonly string[] {
    const { webConfigFile } = this.#options;
    return [
      ...(webConfigFile === undefined ? [] : [webConfigFile]),
      ...this.#loaded?.access.files ?? [],
    ];
  }

  /** What is questionable in the web configuration. */
  get warnings(): readonly ConfigProblem[] {
    return this.#loaded?.web?.warnings ?? [];
  }

  /**
   * Returns the guard, after reading the web configuration if that was not done yet.
   *
   * @throws {ConfigError} If it is invalid, or what it names cannot be read.
   */
  guard(): Guard | Promise<Guard> {
    if (this.#guard !== undefined) return this.#guard;
    this.#loading ??= this.#open().finally(() => this.#loading = undefined);
    return this.#loading;
  }

  /**
   * Reads the web configuration again, with the tables `[web]` of another configuration.
   *
   * @returns A function that puts it into effect.
   * @throws {ConfigError} If it is invalid, what it names cannot be read, or it changes what cannot be changed while serving.
   */
  async prepare(config: Config): Promise<() => void> {
    const loaded = await this.#load(config);
    const before = this.#loaded;
    if (before !== undefined) this.#assertReplaceable(before, loaded);
    return () => this.#apply(loaded);
  }

  /** Looks every five seconds whether a file of the web configuration has changed, and reads it again if so. */
  watch(onSecure: (secure: SecureOptions) => void): void {
    this.#onSecure = onSecure;
    this.#guard?.start();
    this.#timer ??= setInterval(() => void this.#reloadIfChanged(), WATCH_INTERVAL);
  }

  /** Ends what is running. */
  close(): void {
    clearInterval(this.#timer);
    this.#guard?.close();
  }

  async #open(): Promise<Guard> {
    const loaded = await this.#load(this.#options.config());
    const guard = new Guard(loaded.access, {
      onRefusal: (refused) => this.#logRefusal(refused),
      externalHost: this.#options.externalHost,
    });
    this.#loaded = loaded;
    this.#guard = guard;
    return guard;
  }

  #apply(loaded: Loaded): void {
    this.#loaded = loaded;
    this.#guard?.replace(loaded.access);
    if (loaded.secure !== undefined) this.#onSecure(loaded.secure);
  }

  async #load(config: Config): Promise<Loaded> {
    const { webConfigFile } = this.#options;
    const version = webConfigFile === undefined ? undefined : await fileVersion(webConfigFile);
    const web = await this.#readWebConfig(config);
    if (web === undefined) return { access: openAccess(), web, secure: undefined, version };
    const access = await loadAccess(web, { source: webConfigFile ?? config.source });
    const secure = access.tlsOptions === undefined
      ? undefined
      : (await import("./secure.ts")).secureOptions(access, (reason) => {
        this.#options.log.logFailure("warn", "tls", reason, "client refused", { reason });
      });
    return { access, web, secure, version };
  }

  async #readWebConfig(config: Config): Promise<WebConfig | undefined> {
    const { webConfigFile } = this.#options;
    const tables = webConfigOf(config);
    if (tables === undefined && webConfigFile === undefined) return undefined;
    const { loadWebConfig } = await import("../access/web_config_file.ts");
    return loadWebConfig({ file: webConfigFile, tables, source: config.source });
  }

  #assertReplaceable(before: Loaded, after: Loaded): void {
    const isSame = before.secure?.http2 === after.secure?.http2;
    if (isSame) return;
    const source = this.#options.webConfigFile ?? "";
    throw new ConfigError(source, [{
      path: "",
      message: "TLS and HTTP/2 can be turned on and off with a restart only",
    }]);
  }

  async #reloadIfChanged(): Promise<void> {
    const { log, config, webConfigFile } = this.#options;
    const { access, version } = this.#loaded!;
    try {
      const isSame = webConfigFile === undefined || await fileVersion(webConfigFile) === version;
      if (isSame && !await access.haveFilesChanged()) return;
      (await this.prepare(config()))();
      log.logRecovery("web", "web configuration can be read again", {});
    } catch (error) {
      log.logFailure("error", "web", error, "web configuration not reloaded", { error });
    }
  }

  #logRefusal({ reason, user, detail, remoteAddress }: RefusedRequest): void {
    const fields = { reason, client: remoteAddress, user, detail };
    this.#options.log.logFailure("warn", `refused ${reason}`, reason, "request refused", fields);
  }
}
