/**
 * The exporter: collectors and a configuration file behind an HTTP server.
 *
 * ```ts
 * import { Exporter, Metric } from "@exporter/prometheus";
 *
 * const exporter = new Exporter({ listenPort: 0 });
 * exporter.collector("doors", async ({ signal }) => {
 *   const response = await fetch("data:text/plain,2", { signal });
 *   return [new Metric("doors_open", { type: "gauge", value: Number(await response.text()) })];
 * }, { ttl: 30 });
 * await exporter.start();
 * console.log(`Listening on ${exporter.url}`);
 * await exporter.shutdown();
 * ```
 *
 * @module
 */

import type { Collect, CollectContext, Collector, CollectorOptions } from "./collector.ts";
import type { Config } from "./config.ts";
import { ConfigFile } from "./serve/config_file.ts";
import {
  deadlineIn,
  DEFAULT_SCRAPE_TIMEOUT,
  roundSeconds,
  settlesWithin,
} from "./model/deadline.ts";
import { scrapeTimeout } from "./serve/scrape_timeout.ts";
import { checkExporterOptions, type ExporterOptions, hasUtf8Names } from "./exporter_options.ts";
import { parseScrapeFilter } from "./serve/query.ts";
import type { ScrapeFilter } from "./collect/filter.ts";
import { DEFAULT_VARIANT } from "./encode/format.ts";
import { parseHost } from "./model/host.ts";
import { Labels, type LabelsInit } from "./labels.ts";
import { Lifecycle } from "./serve/lifecycle.ts";
import { configureLogger, createLogger } from "./log.ts";
import { guarded, type Logger } from "./model/logger.ts";
import { Metric } from "./metric.ts";
import { negotiateEncoding, negotiateFormat } from "./encode/negotiate.ts";
import { LANDING_PAGE_POLICY, landingPage, type LandingPageLink } from "./serve/page.ts";
import { defaultRegistry, Registry } from "./registry.ts";
import type { GatherOptions } from "./registry_options.ts";
import { expositionResponse, htmlResponse, textResponse } from "./serve/response.ts";
import { router } from "./serve/router.ts";
import { RuntimeMetrics } from "./runtime.ts";
import { Scraper } from "./serve/scraper.ts";
import { Server } from "./serve/server.ts";
import { addSignalListeners } from "./serve/signals.ts";
import { ThrottledLog } from "./serve/log_throttle.ts";
import { VERSION } from "./version.ts";

const DEFAULT_SHUTDOWN_TIMEOUT = 5;

const LINKS: readonly LandingPageLink[] = [
  { href: "metrics", text: "/metrics", about: "What Prometheus scrapes." },
  { href: "-/healthy", text: "/-/healthy", about: "Whether the process answers." },
  { href: "-/ready", text: "/-/ready", about: "Whether it has started up and takes scrapes." },
];

/** Seconds before the end of a shutdown that are left for sending what scrapes under way have found. */
const ANSWER_TIME = 0.5;

/** The name of the collector that {@linkcode Exporter.getMetrics} is. */
const DEFAULT_COLLECTOR = "default";

/**
 * Serves metrics to Prometheus.
 *
 * It works as it is, with collectors and a configuration file; with methods overridden in a subclass; and, since it has
 * `fetch`, as the default export of a program for `deno serve`.
 */
export class Exporter implements AsyncDisposable {
  /**
   * Answers any request: `/metrics`, `/`, `/-/healthy`, `/-/ready`. The first one starts the exporter up if
   * {@linkcode Exporter.start} has not. Never rejects.
   *
   * It is a property of the object itself because `deno serve` insists on that.
   */
  readonly fetch: (request: Request) => Promise<Response>;
  /** Resolves once the exporter has shut down. */
  readonly finished: Promise<void>;
  /** Where the exporter logs. */
  readonly logger: Logger;
  readonly #options: ExporterOptions;
  readonly #configFile: ConfigFile;
  readonly #registry: Registry;
  readonly #default: Collector = { collect: (context) => this.getMetrics(context) };
  readonly #scraper: Scraper;
  readonly #lifecycle: Lifecycle;
  readonly #runtime: RuntimeMetrics | undefined;
  readonly #log: ThrottledLog;
  /** Aborts when scrapes under way have to come to an end. */
  readonly #hurry = new AbortController();
  #labels = new Labels();
  #server: Server | undefined;
  #isClosed = true;
  #removeSignalListeners: () => void = () => {};

  /**
   * Reads the configuration file. Nothing runs and nothing listens yet.
   *
   * @throws {ConfigError} If the configuration file is wrong, or was named and cannot be read.
   * @throws {TypeError} If an option is of the wrong kind.
   * @throws {RangeError} If an option has a value that it cannot have.
   */
  constructor(options: ExporterOptions = {}) {
    checkExporterOptions(options);
    this.#options = options;
    this.logger = options.logger ? guarded(options.logger) : createLogger("exporter");
    this.#log = new ThrottledLog(this.logger);
    this.#configFile = new ConfigFile(options.configFile, { extraKeys: options.configKeys ?? [] });
    this.#registry = new Registry({
      utf8Names: hasUtf8Names(options),
      createdSamples: options.createdSamples ?? false,
      openMetrics2: options.openMetrics2 ?? false,
    });
    this.#registry.register(this.#default);
    this.#registry.register(this.#configFile);
    this.#registry.register(options.registry ?? defaultRegistry);
    if (options.runtimeMetrics ?? true) {
      this.#runtime = new RuntimeMetrics();
      this.#registry.register(this.#runtime.registry);
    }
    this.#scraper = new Scraper(this.#registry, this.#log);
    this.#apply(this.#configFile.read());
    this.#lifecycle = new Lifecycle({
      onStartup: async () => {
        await this.onStartup();
        this.#runtime?.start();
      },
      onShutdown: () => {
        this.#runtime?.stop();
        return this.onShutdown();
      },
    }, this.logger);
    this.finished = this.#lifecycle.finished;
    this.fetch = router({
      "/metrics": (request) => this.handleMetrics(request),
      "/": () => this.#welcome(),
      "/-/healthy": () => textResponse(200, "Healthy"),
      "/-/ready": () => this.#tellReadiness(),
    }, (error, { url }) => this.logger.error("request failed", { url, error }));
  }

  /** What the exporter is called. */
  get name(): string {
    return this.#options.name ?? this.config.name ?? this.constructor.name;
  }

  /** What the configuration file says, without what is given in code. */
  get config(): Config {
    return this.#configFile.config;
  }

  /**
   * Where the exporter listens, with the port that it got.
   *
   * @throws {Error} If it does not listen.
   */
  get url(): URL {
    if (this.#server) return this.#server.url;
    throw new Error("Cannot tell URL of exporter: it does not listen");
  }

  /**
   * Adds a collector: a function that returns metrics, at once or not, run when somebody scrapes.
   *
   * @param name Selects it in a scrape, and labels what is exposed about it.
   * @throws {RangeError} If the name is in use, or an option is out of its range.
   */
  collector(
    name: string,
    collect: Collect,
    options: Omit<CollectorOptions, "name"> = {},
  ): this {
    this.#registry.register({ collect }, { ...options, name });
    return this;
  }

  /** The labels for every metric, in a copy. Override it to add labels that change. */
  getLabels(): Labels {
    return this.#labels.copy();
  }

  /** The exporter's own metrics: those of the configuration. Override it to return others, or more. */
  getMetrics(_context: CollectContext): Promise<Metric[]> {
    return Promise.resolve(
      this.config.metrics.map(({ name, ...options }) => new Metric(name, options)),
    );
  }

  /** Runs before the first scrape. Override it to open what collectors need. */
  onStartup(): Promise<void> {
    return Promise.resolve();
  }

  /** Runs when the last scrape is over, if `onStartup` succeeded. Override it to close what collectors needed. */
  onShutdown(): Promise<void> {
    return Promise.resolve();
  }

  /**
   * Collects, and gives the samples that have all the given labels in the text format. The first time it starts the exporter
   * up, if nobody else has.
   *
   * @throws {TypeError} If a label is not a string.
   * @throws {RangeError} If a label cannot be one.
   */
  async export(filter: LabelsInit = {}): Promise<string> {
    await this.#lifecycle.startUp();
    const options = this.#gatherOptions({
      filter: { labels: this.#labelsOf(filter) },
      deadline: deadlineIn(DEFAULT_SCRAPE_TIMEOUT),
    });
    const scrape = await this.#scraper.scrape(options);
    using exposition = await scrape.expose(DEFAULT_VARIANT, "identity");
    return exposition.text();
  }

  /** Answers a request for metrics. */
  async handleMetrics(request: Request): Promise<Response> {
    const began = performance.now();
    const { search } = new URL(request.url);
    const { response, samples = 0 } = await this.#scrape(request);
    this.logger.debug("scrape", {
      status: response.status,
      duration: roundSeconds((performance.now() - began) / 1000),
      bytes: Number(response.headers.get("content-length")),
      samples,
      query: search,
    });
    return response;
  }

  /**
   * Listens, runs {@linkcode Exporter.onStartup}, and from then on heeds signals: SIGHUP reads the configuration again, SIGINT
   * and SIGTERM shut down. Resolves once all that is done, or once the exporter was shut down meanwhile.
   *
   * A signal ends the process with status 0 even if something keeps it alive: at the latest when the time that a shutdown may
   * take has passed once more after the shutdown.
   *
   * @throws {Error} If it cannot listen, or was shut down before; and what `onStartup` throws.
   */
  async start(): Promise<void> {
    if (this.#lifecycle.isEnding) throw new Error("Cannot start exporter: it was shut down");
    if (this.#server) return this.#lifecycle.startUp();
    this.#server = new Server({
      hostname: parseHost(this.#options.listenIp ?? this.config.listenIp ?? "127.0.0.1")!,
      port: this.#options.listenPort ?? this.config.listenPort ?? 9999,
      handler: this.fetch,
      onFailure: (error) =>
        this.#log.failed("error", "server", error, "server failed, listening anew", { error }),
    });
    this.#removeSignalListeners = addSignalListeners({
      SIGHUP: () => void this.reload().catch(() => {}),
      SIGINT: () => void this.#terminate(),
      SIGTERM: () => void this.#terminate(),
    });
    try {
      await this.#lifecycle.startUp();
    } catch (error) {
      await this.shutdown();
      throw error;
    }
    if (this.#lifecycle.isReady) this.logger.info("listening", { url: this.url.href });
  }

  /**
   * Reads the configuration file again and applies it, except for the address to listen on.
   *
   * @throws {ConfigError} If the file is wrong or gone. It is logged, and everything stays as it was.
   */
  // deno-lint-ignore require-await -- it rejects rather than throws
  async reload(): Promise<void> {
    if (this.#options.configFile === false) return;
    const before = this.config;
    try {
      this.#apply(this.#configFile.read());
    } catch (error) {
      this.logger.error("configuration not reloaded", { error });
      throw error;
    }
    const { listenIp, listenPort } = this.config;
    if (listenIp !== before.listenIp || listenPort !== before.listenPort) {
      this.logger.warn("the address to listen on changes with a restart only");
    }
    this.logger.info("configuration reloaded");
  }

  /**
   * Lets scrapes under way end within a limit, ceases to listen, and runs {@linkcode Exporter.onShutdown}. What that throws
   * is logged.
   */
  shutdown(): Promise<void> {
    const { shutdownTimeout = DEFAULT_SHUTDOWN_TIMEOUT } = this.#options;
    return this.#lifecycle.shutDown(shutdownTimeout, (secondsLeft) => this.#close(secondsLeft));
  }

  /** Shuts down: `await using exporter = new Exporter()`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.shutdown();
  }

  #apply(config: Config): void {
    const { logger, labels = {}, cacheLife, logLevel, logFormat } = this.#options;
    if (logger === undefined) {
      configureLogger(this.logger, {
        level: logLevel ?? config.logLevel ?? "info",
        format: logFormat ?? config.logFormat ?? "text",
      });
    }
    this.#labels = this.#labelsOf(config.labels).update(labels);
    const ttl = cacheLife ?? config.cacheLife ?? 0;
    this.#registry.configure(this.#default, { name: DEFAULT_COLLECTOR, ttl });
  }

  async #scrape(request: Request): Promise<{ response: Response; samples?: number }> {
    const timeout = scrapeTimeout(request.headers);
    const deadline = deadlineIn(timeout);
    await settlesWithin(this.#startUpForRequest(), timeout);
    if (!this.#lifecycle.isReady) {
      return { response: textResponse(503, "The exporter is not ready") };
    }
    const { search, searchParams } = new URL(request.url);
    let filter: ScrapeFilter;
    try {
      filter = parseScrapeFilter(
        searchParams,
        this.#registry.collectorNames(),
        this.#registry.utf8Names,
      );
    } catch (error) {
      return { response: textResponse(400, (error as Error).message) };
    }
    const scrape = await this.#scraper.share(
      `${timeout} ${search}`,
      () => this.#gatherOptions({ filter, request, deadline }),
    );
    const format = negotiateFormat(request.headers.get("accept"), this.#registry);
    const encoding = negotiateEncoding(request.headers.get("accept-encoding"));
    const response = expositionResponse(await scrape.expose(format, encoding));
    return { response, samples: scrape.samples };
  }

  #labelsOf(labels: LabelsInit): Labels {
    return new Labels(labels, { utf8Names: this.#registry.utf8Names });
  }

  #gatherOptions(options: GatherOptions): GatherOptions {
    const { signal } = this.#hurry;
    try {
      return { ...options, signal, labels: this.#labelsOf(this.getLabels()) };
    } catch (error) {
      const message = "labels failed, using those of the configuration";
      this.#log.failed("warn", "labels", error, message, { error });
      return { ...options, signal, labels: this.#labels };
    }
  }

  #startUpForRequest(): Promise<void> {
    return this.#lifecycle.startUp((error) =>
      this.#log.failed("error", "startup", error, "startup failed", { error })
    );
  }

  async #close(secondsLeft: () => number): Promise<void> {
    this.#removeSignalListeners();
    const inTime = Math.max(secondsLeft() - ANSWER_TIME, secondsLeft() / 2);
    const timer = setTimeout(() => this.#hurry.abort(), inTime * 1000);
    if (this.#server) {
      this.logger.info("shutting down");
      this.#isClosed = await this.#server.close(secondsLeft());
    }
    await settlesWithin(this.#scraper.idle(), secondsLeft());
    clearTimeout(timer);
    this.#hurry.abort();
  }

  /**
   * Shuts down, and makes sure that the process ends: at once if there is a connection that Deno cannot close, else after
   * the time that a shutdown may take, for whatever else the program does when it has `finished`.
   */
  async #terminate(): Promise<void> {
    await this.shutdown();
    const { shutdownTimeout = DEFAULT_SHUTDOWN_TIMEOUT } = this.#options;
    const timer = setTimeout(() => Deno.exit(), this.#isClosed ? shutdownTimeout * 1000 : 0);
    if (this.#isClosed) Deno.unrefTimer(timer);
  }

  #tellReadiness(): Response {
    this.#startUpForRequest().catch(() => {});
    return this.#lifecycle.isReady ? textResponse(200, "Ready") : textResponse(503, "Not ready");
  }

  #welcome(): Response {
    const { version = VERSION } = this.#options;
    const page = landingPage({ name: this.name, version, links: LINKS });
    return htmlResponse(page, LANDING_PAGE_POLICY);
  }
}
