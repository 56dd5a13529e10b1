/**
 * What an exporter serves over HTTP: its endpoints behind its access control, on the addresses that it listens on.
 *
 * @module
 */

import type { Guard } from "../access/guard.ts";
import { type Config, type ConfigProblem, probeTablesOf } from "../config.ts";
import type { PermissionSet } from "../collector.ts";
import { loadPatching } from "../deflate/patching.ts";
import { loadZlib } from "../deflate/zlib.ts";
import type { MetricFamily } from "../family.ts";
import { droppedLogLines } from "../log.ts";
import type { Logger } from "../model/logger.ts";
import type { StatusPage } from "../model/status_page.ts";
import type { Registry } from "../registry.ts";
import type { ScrapeOptions } from "../registry_options.ts";
import { AccessControl } from "./access_control.ts";
import { endpoints, type EndpointsOptions } from "./endpoints.ts";
import { serviceFamilies } from "./service_metrics.ts";
import { InFlight } from "./in_flight.ts";
import type { DeclaredProbe, Probes } from "./probes.ts";
import type { ThrottledLog } from "./log_throttle.ts";
import { type HttpRequest, requestOf } from "./request.ts";
import { type Reply, replyOf, responseOf, textReply } from "./response.ts";
import { ScrapeHandler } from "./scrape_handler.ts";
import type { Route } from "./router.ts";
import type { Scraper } from "./scraper.ts";
import { Server } from "./server.ts";
import { serverEvents } from "./server_log.ts";
import type { Settings } from "./settings.ts";
import type { StatusRoutes } from "./status_routes.ts";

/** Milliseconds after which compression is loaded, so that this delays neither the startup nor, usually, the first scrape. */
const LOAD_DELAY = 100;

/** Options of {@linkcode Service}. */
export interface ServiceOptions extends Pick<EndpointsOptions, "metricsPath" | "version" | "name"> {
  /** The settings of the exporter. */
  readonly settings: Settings;
  /** The registry that is scraped. */
  readonly registry: Registry;
  /** Scrapes the registry. */
  readonly scraper: Scraper;
  /** Logs every scrape. */
  readonly logger: Logger;
  /** Logs failures, throttled. */
  readonly log: ThrottledLog;
  /** Starts the exporter. */
  readonly startUp: () => Promise<void>;
  /** Returns whether the exporter accepts scrapes. */
  readonly isReady: () => boolean;
  /** Adds the options that all scrapes have in common. */
  readonly gatherOptions: (options: ScrapeOptions) => ScrapeOptions;
  /** Returns what answers requests for metrics instead of the service; undefined if nothing does. */
  readonly override: () => ((request: Request) => Promise<Response>) | undefined;
  /** Takes metrics of OpenTelemetry; undefined if that is not enabled. */
  readonly otlp: Route | undefined;
  /** Reloads the configuration. */
  readonly reload: () => Promise<void>;
}

/** Serves an exporter. */
export class Service {
  readonly #options: ServiceOptions;
  readonly #inFlight: InFlight;
  readonly #scrapeHandler: ScrapeHandler;
  readonly #access: AccessControl;
  readonly #endpoints: (request: HttpRequest) => Promise<Reply>;
  /** The requests whose clients have authenticated. */
  readonly #authenticated = new WeakSet<HttpRequest>();
  #loadingStatus: Promise<StatusRoutes> | undefined;
  #status: StatusRoutes | undefined;
  readonly #declaredProbes: DeclaredProbe[] = [];
  #probes: Probes | undefined;
  #preparingProbes: Promise<void> | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #listening: Promise<Server> | undefined;
  #server: Server | undefined;

  /** Creates a service. Nothing listens yet. */
  constructor(options: ServiceOptions) {
    const { settings, startUp, isReady, reload } = options;
    this.#options = options;
    this.#inFlight = new InFlight({ max: () => settings.limits.maxRequestsInFlight });
    this.#scrapeHandler = new ScrapeHandler({
      ...options,
      inFlight: this.#inFlight,
      limits: () => settings.limits,
      identity: () => `${options.name()} ${options.version}`,
      mayReadDetails: (request) => this.#mayReadDetails(request),
    });
    this.#access = new AccessControl({
      webConfigFile: settings.webConfigFile,
      externalHost: settings.externalUrl?.hostname,
      config: () => settings.file.config,
      log: options.log,
    });
    this.#endpoints = endpoints({
      ...options,
      metrics: (request) => this.#metrics(request),
      status: () => this.#statusPage === "off" ? undefined : this.#loadStatus(),
      prefix: settings.routePrefix,
      isReady: () => {
        startUp().catch(() => {});
        return isReady();
      },
      reload: settings.get("reloadEndpoint") ? reload : undefined,
      find: (path) => this.#probes?.route(path),
    });
  }

  /** The URLs that the server listens on, with the actual ports. Empty before that. */
  get urls(): readonly URL[] {
    return this.#server?.urls ?? [];
  }

  /** Answers a request for metrics. */
  async handleMetrics(request: Request): Promise<Response> {
    return responseOf(await this.#scrapeHandler.handle(requestOf(request)));
  }

  /**
   * Answers any request, if the access control lets it in. Never rejects.
   *
   * @param info What a server of the program's own knows, such as a `ServeHandlerInfo` of Deno with the address of the client.
   */
  async fetch(request: Request, info: unknown): Promise<Response> {
    const address = addressIn(info);
    const client = address === undefined ? undefined : { address, isLoopback: false };
    return responseOf(await this.#handle(requestOf(request, client), false));
  }

  /** Returns metrics about requests, connections and the log. */
  collect(): MetricFamily[] {
    const connections = this.#server?.connections;
    const probes = this.#probes?.collect() ?? [];
    const own = serviceFamilies({
      inFlight: this.#inFlight.size,
      refused: new Map([["in_flight", this.#inFlight.rejected], ...this.#access.refusals]),
      stalled: this.#inFlight.ended,
      connections: connections?.size,
      excess: connections?.excess ?? 0,
      droppedLogLines: droppedLogLines(),
    });
    return [...own, ...probes];
  }

  /**
   * Listens, once.
   *
   * @throws {ConfigError} If the web configuration is invalid.
   * @throws {Error} If it cannot listen.
   */
  async listen(): Promise<void> {
    this.#listening ??= this.#listen();
    try {
      this.#server = await this.#listening;
    } catch (error) {
      this.#listening = undefined;
      throw error;
    }
  }

  /** Whether {@linkcode Service.listen} was called. */
  get isListening(): boolean {
    return this.#listening !== undefined;
  }

  /**
   * Reads the web configuration and the files that it names, and returns what is questionable in it.
   *
   * @throws {ConfigError} If it is invalid, or a file cannot be read.
   */
  async checkAccess(): Promise<readonly ConfigProblem[]> {
    await this.#access.guard();
    await this.#loadProbes();
    return this.#access.warnings;
  }

  /**
   * Returns the paths of the files that the access control and the probes read.
   *
   * @throws {ConfigError} If the web configuration is invalid, or a file cannot be read.
   */
  async accessFiles(): Promise<readonly string[]> {
    await this.#access.guard();
    await this.#loadProbes();
    return [...this.#access.files, ...this.#probes?.files ?? []];
  }

  /** The permissions for probes, which are known after {@linkcode Service.accessFiles}. */
  get permissions(): readonly PermissionSet[] {
    return this.#probes === undefined ? [] : [{ net: true }];
  }

  /** What is questionable in the web configuration. */
  get warnings(): readonly ConfigProblem[] {
    return this.#access.warnings;
  }

  /** Reads the web configuration and the probes of another configuration, and returns a function that puts them into effect. */
  async prepare(config: Config): Promise<() => void> {
    const parts = [await this.#access.prepare(config), await this.#prepareProbes(config)];
    return () => parts.forEach((apply) => apply());
  }

  /** Adds a probe, whose arguments have been checked. */
  addProbe(probe: DeclaredProbe): void {
    this.#declaredProbes.push(probe);
    this.#preparingProbes = undefined;
  }

  /** Returns whether a path belongs to the metrics, or to a probe. */
  isInUse(path: string): boolean {
    return path === this.#options.metricsPath ||
      this.#declaredProbes.some((probe) => probe.path === path);
  }

  /** Waits for responses in flight, at most the given number of seconds, and closes all connections. */
  async close(secondsLeft: () => number): Promise<void> {
    clearTimeout(this.#timer);
    const server = await this.#listening?.catch(() => undefined);
    if (server !== undefined) {
      this.#options.logger.info("shutting down");
      await server.close(secondsLeft());
    }
    this.#access.close();
  }

  get #statusPage(): StatusPage {
    return this.#options.settings.get("statusPage") ?? "auto";
  }

  async #mayReadDetails(request: HttpRequest): Promise<boolean> {
    const { mayReadDetails } = await import("./details.ts");
    return mayReadDetails(request, {
      mode: this.#statusPage,
      isAuthenticated: this.#authenticated.has(request),
      isProxied: this.#options.settings.externalUrl !== undefined,
    });
  }

  #loadStatus(): Promise<StatusRoutes> {
    return this.#loadingStatus ??= this.#createStatus();
  }

  async #createStatus(): Promise<StatusRoutes> {
    const { createStatusRoutes } = await import("./status_service.ts");
    return this.#status = createStatusRoutes({
      ...this.#options,
      scrapeHandler: this.#scrapeHandler,
      access: this.#access,
      inFlight: this.#inFlight,
      urls: () => this.urls,
      startUp: () => this.#options.startUp().catch(() => {}),
      mayReadDetails: (request) => this.#mayReadDetails(request),
    });
  }

  /** @param isOwn Whether it arrived at the exporter's own server, which checks certificates of clients if it is to do that. */
  async #handle(request: HttpRequest, isOwn: boolean): Promise<Reply> {
    const { log } = this.#options;
    try {
      const guard = await this.#access.guard();
      if (this.#access.secure !== undefined && !this.isListening) this.#warnOfTls();
      const refused = await guard.check(request, originOf(request));
      const isAuthenticated = guard.isAuthenticating ||
        (isOwn && this.#access.isCheckingClients);
      if (refused === undefined && isAuthenticated) this.#authenticated.add(request);
      const loading = this.#loadProbes();
      if (loading !== undefined) await loading;
      const reply = refused === undefined ? await this.#endpoints(request) : replyOf(refused);
      guard.addHeaders(reply.headers);
      return reply;
    } catch (error) {
      log.logFailure("error", "access", error, "access control failed", { error });
      return textReply(503, "The exporter is not ready");
    }
  }

  async #metrics(request: HttpRequest): Promise<Reply> {
    this.#status?.forgetIfUnwatched();
    const override = this.#options.override();
    return override === undefined
      ? await this.#scrapeHandler.handle(request)
      : replyOf(await override(request.toWeb()));
  }

  /** Reads the probes of the configuration in effect, unless that was done. */
  #loadProbes(): Promise<void> | undefined {
    const { config } = this.#options.settings.file;
    if (this.#declaredProbes.length === 0 && probeTablesOf(config) === undefined) return undefined;
    return this.#preparingProbes ??= this.#prepareProbes(config).then((apply) => apply()).catch(
      (error) => {
        this.#preparingProbes = undefined;
        throw error;
      },
    );
  }

  async #prepareProbes(config: Config): Promise<() => void> {
    const isNeeded = this.#declaredProbes.length > 0 || probeTablesOf(config) !== undefined;
    if (!isNeeded && this.#probes === undefined) return () => {};
    const { Probes } = await import("./probes.ts");
    const { settings } = this.#options;
    const { routePrefix: prefix, externalUrl } = settings;
    const limits = () => settings.limits;
    const isInUse = (path: string) => this.isInUse(path);
    const probes = this.#probes ??
      new Probes({ ...this.#options, limits, prefix, externalUrl, isInUse });
    const apply = await probes.prepare(this.#declaredProbes, config);
    return () => {
      this.#probes = probes;
      apply();
    };
  }

  #warnOfTls(): void {
    const message = "tls_server_config has no effect in a server of the program's own";
    this.#options.log.logFailure("warn", "tls_server_config", message, message, {});
  }

  async #listen(): Promise<Server> {
    const { settings, log } = this.#options;
    await this.#access.guard();
    await this.#loadProbes();
    const server = await Server.listen({
      addresses: settings.addresses,
      socketMode: settings.socketMode,
      secure: this.#access.secure,
      handler: (request) => this.#handle(request, true),
      limits: () => settings.limits,
      events: serverEvents(log),
    });
    this.#access.watch((secure) => server.replaceSecure(secure));
    this.#timer = setTimeout(() => void Promise.all([loadZlib(), loadPatching()]), LOAD_DELAY);
    return server;
  }
}

function originOf({ client }: HttpRequest): Parameters<Guard["check"]>[1] {
  const { address, isLoopback } = client;
  return { remoteAddress: address === "" ? undefined : address, isLoopback };
}

/** Returns the address of a client, if a server of the program's own tells it. */
function addressIn(info: unknown): string | undefined {
  const { remoteAddr } = (info ?? {}) as { readonly remoteAddr?: { readonly hostname?: string } };
  return remoteAddr?.hostname;
}
