/**
 * The exporter: collectors and a configuration file behind an HTTP server.
 *
 * @module
 */

import type { Collect, CollectContext, Collector, CollectorOptions } from "./collector.ts";
import { collectorTablesOf, type Config } from "./config.ts";
import { DEFAULT_VARIANT } from "./encode/format.ts";
import { checkExporterOptions, type ExporterOptions, hasUtf8Names } from "./exporter_options.ts";
import { Labels, type LabelsInit } from "./labels.ts";
import { createLogger } from "./log.ts";
import { Metric } from "./metric.ts";
import { deadlineIn, DEFAULT_SCRAPE_TIMEOUT } from "./model/deadline.ts";
import { guarded, type Logger } from "./model/logger.ts";
import type { OtlpReceiver } from "./otlp/receiver.ts";
import { checkProbe, type Probe, type ProbeOptions } from "./probe.ts";
import { defaultRegistry, Registry } from "./registry.ts";
import type { ScrapeOptions } from "./registry_options.ts";
import { RuntimeMetrics } from "./runtime.ts";
import { coalesced } from "./serve/coalesce.ts";
import { Lifecycle } from "./serve/lifecycle.ts";
import { ThrottledLog } from "./serve/log_throttle.ts";
import { Scraper } from "./serve/scraper.ts";
import { Service } from "./serve/service.ts";
import { Settings } from "./serve/settings.ts";
import { handleSignals } from "./serve/signals.ts";
import type { CollectorConfig } from "./sources/collector_config.ts";
import type { ConfiguredCollectors } from "./sources/configured_collectors.ts";
import { VERSION } from "./version.ts";
import { WorkerCollector, type WorkerCollectorOptions } from "./worker_collector.ts";

const DEFAULT_SHUTDOWN_TIMEOUT = 5;

/** Seconds before the shutdown timeout at which scrapes in flight are ended, to leave time for sending their results. */
const RESPONSE_TIME = 0.5;

/** The name of the collector that calls {@linkcode Exporter.getMetrics}. */
const DEFAULT_COLLECTOR = "default";

/** Gives the command line access to parts that are not public. */
export let partsOf: (exporter: Exporter) => {
  readonly settings: Settings;
  readonly scraper: Scraper;
  readonly service: Service;
  readonly registry: Registry;
  /** Registers the collectors of the configuration file, if that has not happened yet. */
  readonly loadCollectors: () => Promise<readonly CollectorConfig[]>;
};

/**
 * Serves metrics to Prometheus.
 *
 * Use it as it is, with collectors and a configuration file, or override its methods in a subclass. As it has a `fetch` method, it
 * can also be the default export of a program for `deno serve`.
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
 */
export class Exporter implements AsyncDisposable {
  /**
   * Handles any request: metrics at {@linkcode ExporterOptions.metricsPath}, the status at `/` and `/-/status`, `/-/healthy` and
   * `/-/ready`. Never rejects. A request for metrics, status or readiness starts the exporter if {@linkcode Exporter.start} was not called.
   *
   * The second argument is what `Deno.serve` and `deno serve` pass. From it, the access control takes the address of the client.
   *
   * This is an own property, because `deno serve` requires that.
   */
  readonly fetch: (request: Request, info?: unknown) => Promise<Response>;
  /** Resolves when the exporter has shut down. */
  readonly finished: Promise<void>;
  /** The logger of the exporter. */
  readonly logger: Logger;
  readonly #settings: Settings;
  readonly #registry: Registry;
  readonly #defaultCollector: Collector = { collect: (context) => this.getMetrics(context) };
  readonly #scraper: Scraper;
  readonly #service: Service;
  readonly #lifecycle: Lifecycle;
  readonly #shutdownTimeout: number;
  readonly #runtime: RuntimeMetrics | undefined;
  readonly #log: ThrottledLog;
  readonly #reload = coalesced(() => this.#reloadNow());
  readonly #workers: WorkerCollector[] = [];
  /** The collectors of the configuration file. Their modules are loaded when there is one. */
  #configured: ConfiguredCollectors | undefined;
  /** The receiver of OpenTelemetry metrics. Its modules are loaded when it is first needed. */
  #loadingOtlp: Promise<OtlpReceiver> | undefined;
  #labels = new Labels();
  #stopHandlingSignals: (finished: Promise<void>) => void = () => {};

  static {
    partsOf = (exporter) => ({
      settings: exporter.#settings,
      scraper: exporter.#scraper,
      service: exporter.#service,
      registry: exporter.#registry,
      loadCollectors: () => exporter.#loadCollectors(),
    });
  }

  /**
   * Creates an exporter and reads the configuration file. Nothing runs and nothing listens yet.
   *
   * @throws {ConfigError} If the configuration file is invalid, or if it was named and cannot be read.
   * @throws {TypeError} If an option has the wrong type, or is unknown.
   * @throws {RangeError} If an option has an invalid value.
   */
  constructor(options: ExporterOptions = {}) {
    checkExporterOptions(options);
    this.logger = options.logger ? guarded(options.logger) : createLogger("exporter");
    this.#log = new ThrottledLog(this.logger);
    this.#settings = new Settings(options);
    this.#shutdownTimeout = options.shutdownTimeout ?? DEFAULT_SHUTDOWN_TIMEOUT;
    this.#registry = new Registry({
      logger: this.logger,
      utf8Names: hasUtf8Names(options),
      createdSamples: options.createdSamples ?? false,
      openMetrics2: options.openMetrics2 ?? false,
    });
    this.#registry.register(this.#defaultCollector);
    this.#registry.register(this.#settings.file);
    this.#registry.register(options.registry ?? defaultRegistry);
    if (options.runtimeMetrics ?? true) {
      this.#runtime = new RuntimeMetrics();
      this.#registry.register(this.#runtime.registry);
    }
    this.#scraper = new Scraper(this.#registry, this.#log, () => this.#settings.limits);
    this.#settings.file.read();
    this.#applyConfig();
    const configured = {
      onStartup: async () => void await this.#loadCollectors(),
      onShutdown: () => this.#configured?.close(),
    };
    this.#lifecycle = new Lifecycle([configured, this, options, {
      onStartup: async () => {
        this.#runtime?.start();
        this.#logWarnings();
        await Promise.all(this.#workers.map((worker) => worker.start()));
      },
      onShutdown: () => this.#runtime?.stop(),
    }], this.logger);
    this.finished = this.#lifecycle.finished;
    const { version = VERSION, metricsPath = "/metrics" } = options;
    this.#service = new Service({
      settings: this.#settings,
      registry: this.#registry,
      scraper: this.#scraper,
      logger: this.logger,
      log: this.#log,
      version,
      metricsPath,
      name: () => this.name,
      startUp: () => this.#startUpForRequest(),
      isReady: () => this.#lifecycle.isReady,
      gatherOptions: (options) => this.#gatherOptions(options),
      override: () =>
        this.handleMetrics === Exporter.prototype.handleMetrics
          ? undefined
          : (request) => this.handleMetrics(request),
      otlp: this.#settings.get("otlp")
        ? async (request) => (await this.#otlpReceiver()).receive(request)
        : undefined,
      reload: () => this.reload(),
    });
    if (this.#runtime) this.#registry.register({ collect: () => this.#service.collect() });
    if (this.#settings.get("otlp")) {
      this.#registry.register({ collect: async () => (await this.#otlpReceiver()).collect() });
    }
    this.fetch = (request, info) => this.#service.fetch(request, info);
  }

  /** The name of the exporter, by default that of its class. */
  get name(): string {
    return this.#settings.get("name") ?? this.constructor.name;
  }

  /** The settings of the configuration file, without options given in code. */
  get config(): Config {
    return this.#settings.file.config;
  }

  /**
   * The URL that the exporter listens on, with the actual port. With several addresses, that of the first one; for a Unix socket, one
   * that begins with `unix:`.
   *
   * @throws {Error} If it does not listen.
   */
  get url(): URL {
    const [url] = this.#service.urls;
    if (url !== undefined) return url;
    throw new Error("Cannot tell URL of exporter: it does not listen");
  }

  /**
   * Adds a collector: a function that returns metrics, synchronously or not. It runs at each scrape, unless its result is cached.
   *
   * @param name The name for `collect[]` and `exclude[]` in a query string, and for the metrics about the collector.
   * @param collect The function, or the module of a {@linkcode WorkerCollector}, which is ended at shutdown.
   * @throws {TypeError} If an argument has the wrong type.
   * @throws {RangeError} If the name is empty or in use, or an option has an invalid value.
   */
  collector(
    name: string,
    collect: Collect | WorkerCollectorOptions,
    options: Omit<CollectorOptions, "name"> = {},
  ): this {
    if (typeof collect === "object" && collect !== null) {
      const { permissions } = collect;
      const worker = this.#registry.register(new WorkerCollector(collect), {
        ...(permissions && { permissions }),
        ...options,
        name,
      });
      this.#workers.push(worker);
    } else this.#registry.register({ collect }, { ...options, name });
    return this;
  }

  /**
   * Adds a probe: a function that examines the target of each request. The response has the metrics that it registers, and
   * `probe_success`, which is 0 if it throws.
   *
   * @param path The path of the requests, such as `/probe`.
   * @param probe The function, or functions by the names that requests give as `module`. The first one is the default.
   * @throws {TypeError} If an argument has the wrong type, or an option is unknown.
   * @throws {RangeError} If the path is invalid or in use, or an option has an invalid value. Patterns of targets are checked by
   *   {@linkcode Exporter.start}.
   */
  probe(
    path: string,
    probe: Probe | Readonly<Record<string, Probe>>,
    options: ProbeOptions = {},
  ): this {
    checkProbe(path, probe, options, (path) => this.#service.isInUse(path));
    this.#service.addProbe({ path, probe, options });
    return this;
  }

  /** Returns a copy of the labels for every metric. Override it to add labels that change. */
  getLabels(): Labels {
    return this.#labels.copy();
  }

  /**
   * Returns the metrics of the configuration file, as a promise of an array. Override it to return others, or more: an override can
   * return, or be, whatever a collector can, such as an async generator of metrics and families.
   */
  // deno-lint-ignore no-explicit-any -- no type is both that of the array which `super` returns, and one that all overrides fit
  getMetrics(_context: CollectContext): any {
    return Promise.resolve(
      this.config.metrics.map(({ name, ...options }) => new Metric(name, options)),
    );
  }

  /** Runs before the first scrape. Override it to acquire what collectors need. */
  onStartup(): Promise<void> {
    return Promise.resolve();
  }

  /** Runs after the last scrape, if `onStartup` succeeded. Override it to release what collectors needed. */
  onShutdown(): Promise<void> {
    return Promise.resolve();
  }

  /**
   * Scrapes in process, and returns the exposition in the text format. Starts the exporter if it has not been started, but does not
   * listen.
   *
   * @param filter Labels that samples must have.
   * @throws {TypeError} If a label is not a string.
   * @throws {RangeError} If a label is invalid.
   */
  async export(filter: LabelsInit = {}): Promise<string> {
    await this.#lifecycle.startUp();
    const options = this.#gatherOptions({ filter: { labels: this.#labelsOf(filter) } });
    const deadline = deadlineIn(DEFAULT_SCRAPE_TIMEOUT);
    return this.#scraper.scrape({ ...options, deadline }, async (scrape) => {
      using exposition = await scrape.expose(DEFAULT_VARIANT, "identity");
      return exposition.text();
    });
  }

  /** Handles a request for metrics. */
  handleMetrics(request: Request): Promise<Response> {
    return this.#service.handleMetrics(request);
  }

  /**
   * Listens, runs {@linkcode Exporter.onStartup}, and handles signals: SIGHUP reloads the configuration, SIGINT and SIGTERM shut
   * down. Resolves when the exporter is ready, or has been shut down in the meantime.
   *
   * After SIGINT or SIGTERM the process exits with status 0, even if something keeps it alive: at the latest one more
   * {@linkcode ExporterOptions.shutdownTimeout} after the shutdown, or a second after twice that time if `onShutdown` does not end.
   *
   * @throws {Error} If it cannot listen, or has been shut down. Errors of `onStartup` are thrown as they are.
   */
  async start(): Promise<void> {
    if (this.#lifecycle.isEnding) throw new Error("Cannot start exporter: it was shut down");
    const isFirst = !this.#service.isListening;
    await this.#service.listen();
    if (!isFirst || this.#lifecycle.isEnding) return this.#lifecycle.startUp();
    this.#stopHandlingSignals = handleSignals({
      longestShutdown: 2 * this.#shutdownTimeout + 1,
      reload: () => this.reload(),
      shutdown: async () => {
        await this.shutdown();
        return this.#shutdownTimeout;
      },
    });
    try {
      await this.#lifecycle.startUp();
    } catch (error) {
      await this.shutdown();
      throw error;
    }
    if (!this.#lifecycle.isReady) return;
    for (const { href } of this.#service.urls) this.logger.info("listening", { url: href });
  }

  /**
   * Reloads the configuration file and the web configuration. A new address to listen on requires a restart. Calls during a reload
   * cause one more reload after it.
   *
   * @throws {ConfigError} If a file is invalid or missing. The error is logged, and the previous configuration stays in effect.
   */
  reload(): Promise<void> {
    return this.#reload();
  }

  /**
   * Waits for scrapes in flight, at most {@linkcode ExporterOptions.shutdownTimeout}, stops listening, and runs
   * {@linkcode Exporter.onShutdown}, whose errors are logged.
   */
  shutdown(): Promise<void> {
    return this.#lifecycle.shutDown(this.#shutdownTimeout, (left) => this.#close(left));
  }

  /** Shuts down at the end of an `await using` block. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.shutdown();
  }

  async #reloadNow(): Promise<void> {
    const { file, webConfigFile } = this.#settings;
    if (!file.isWanted && webConfigFile === undefined) return;
    const before = JSON.stringify(this.#settings.addresses);
    try {
      await file.reload(async (config) => {
        const parts = [await this.#prepareCollectors(config), await this.#service.prepare(config)];
        return () => parts.forEach((apply) => apply());
      });
    } catch (error) {
      this.logger.error("configuration not reloaded", { error });
      throw error;
    }
    this.#applyConfig();
    if (JSON.stringify(this.#settings.addresses) !== before) {
      this.logger.warn("the address to listen on changes with a restart only");
    }
    this.#logWarnings();
    this.logger.info("configuration reloaded");
  }

  #otlpReceiver(): Promise<OtlpReceiver> {
    return this.#loadingOtlp ??= import("./otlp/receiver.ts").then(({ OtlpReceiver }) =>
      new OtlpReceiver({ utf8Names: this.#registry.utf8Names })
    );
  }

  async #prepareCollectors(config: Config): Promise<() => void> {
    if (this.#configured === undefined && collectorTablesOf(config) === undefined) return () => {};
    const { ConfiguredCollectors } = await import("./sources/configured_collectors.ts");
    this.#configured ??= new ConfiguredCollectors(this.#registry);
    return this.#configured.prepare(config);
  }

  async #loadCollectors(): Promise<readonly CollectorConfig[]> {
    const { config } = this;
    const apply = await this.#prepareCollectors(config);
    if (config === this.config) apply(); // otherwise a reload has come first
    return this.#configured?.configs ?? [];
  }

  #logWarnings(): void {
    this.#settings.logWarnings(this.logger, this.#service.warnings);
  }

  #applyConfig(): void {
    this.#settings.applyTo(this.logger);
    this.#labels = this.#settings.labels(this.#registry.utf8Names);
    const ttl = this.#settings.get("cacheLife") ?? 0;
    this.#registry.configure(this.#defaultCollector, { name: DEFAULT_COLLECTOR, ttl });
  }

  #labelsOf(labels: LabelsInit): Labels {
    return new Labels(labels, { utf8Names: this.#registry.utf8Names });
  }

  #gatherOptions(options: ScrapeOptions): ScrapeOptions {
    try {
      return { ...options, labels: this.#labelsOf(this.getLabels()) };
    } catch (error) {
      const message = "labels failed, using those of the configuration";
      this.#log.logFailure("warn", "labels", error, message, { error });
      return { ...options, labels: this.#labels };
    }
  }

  #startUpForRequest(): Promise<void> {
    return this.#lifecycle.startUpForRequest((error) =>
      this.#log.logFailure("error", "startup", error, "startup failed", { error })
    );
  }

  async #close(secondsLeft: () => number): Promise<void> {
    this.#stopHandlingSignals(this.finished);
    const scrapeTime = Math.max(secondsLeft() - RESPONSE_TIME, secondsLeft() / 2);
    this.#scraper.abortIn(scrapeTime);
    await this.#service.close(secondsLeft);
    await this.#scraper.close(secondsLeft());
    for (const worker of this.#workers) worker[Symbol.dispose]();
  }
}
