/**
 * The collectors of a configuration file, which come and go with it.
 *
 * @module
 */

import { dirname } from "node:path";
import type { CollectContext, Collector, CollectorOptions } from "../collector.ts";
import { collectorTablesOf, type Config } from "../config.ts";
import { ConfigError, type ConfigProblem, firstProblems } from "../config_error.ts";
import { type MetricFamily, restoreFamily } from "../family.ts";
import { formatTomlPath, Table, toTable } from "../model/config_table.ts";
import type { Registry } from "../registry.ts";
import { type CollectorConfig, readCollector, sourceKindsIn } from "./collector_config.ts";

/** A collector with the text of its configuration. */
interface Entry {
  readonly config: CollectorConfig;
  /** Equal texts mean equal configurations. */
  readonly text: string;
}

/** A collector that reads a source, which can be exchanged. */
export class ConfiguredCollector implements Collector {
  #entry: Entry;
  /** The runs that have not ended, and how to end them. */
  readonly #runs = new Map<AbortController, Promise<void>>();

  /** Creates a collector. */
  constructor(entry: Entry) {
    this.#entry = entry;
  }

  /** The configuration. */
  get config(): CollectorConfig {
    return this.#entry.config;
  }

  /** The options of the collector. */
  get options(): CollectorOptions {
    const { name, options, source } = this.config;
    return { ...options, name, permissions: source.permissions };
  }

  /** Returns whether the collector has a configuration with this text. */
  has(text: string): boolean {
    return this.#entry.text === text;
  }

  /** Exchanges the configuration. A run in progress goes on with the old one. */
  replace(entry: Entry): void {
    this.#entry = entry;
  }

  /** Reads the source. */
  readonly collect = async function* (
    this: ConfiguredCollector,
    context: CollectContext,
  ): AsyncGenerator<MetricFamily> {
    const { source, selection } = this.config;
    const controller = new AbortController();
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#runs.set(controller, promise);
    const abort = () => controller.abort(context.signal.reason);
    context.signal.addEventListener("abort", abort);
    if (context.signal.aborted) abort();
    try {
      const { deadline, logger } = context;
      for await (const family of source.read({ signal: controller.signal, deadline, logger })) {
        const selected = selection.apply(family);
        if (selected !== undefined) yield restoreFamily(selected, selected.samples);
      }
    } finally {
      context.signal.removeEventListener("abort", abort);
      this.#runs.delete(controller);
      resolve();
    }
  }.bind(this);

  /** Ends all runs, and waits for them. */
  async end(): Promise<void> {
    for (const controller of this.#runs.keys()) controller.abort();
    await Promise.all(this.#runs.values());
  }
}

/** The collectors of the configuration file of an exporter. */
export class ConfiguredCollectors {
  readonly #registry: Registry;
  #collectors: ReadonlyMap<string, ConfiguredCollector> = new Map();

  /** Creates an empty set of collectors in a registry. */
  constructor(registry: Registry) {
    this.#registry = registry;
  }

  /** The configurations of the collectors, in the order of the file. */
  get configs(): readonly CollectorConfig[] {
    return Array.from(this.#collectors.values(), ({ config }) => config);
  }

  /**
   * Reads and checks the tables of a configuration, and returns a function that puts them into effect: it registers new collectors
   * and removes those that are gone, whose runs are ended. Collectors whose tables are the same keep their caches.
   *
   * @throws {ConfigError} If a table is invalid.
   */
  async prepare(config: Config): Promise<() => void> {
    const problems: ConfigProblem[] = [];
    const entries = await readEntries(config, problems);
    const own = new Set(this.#collectors.keys());
    const others = this.#registry.collectorNames().difference(own);
    for (const { name } of entries.map((entry) => entry.config)) {
      if (!others.has(name)) continue;
      const path = formatTomlPath(["collectors", name]);
      problems.push({ path, message: "the program has a collector of this name" });
    }
    if (problems.length > 0) throw new ConfigError(config.source, firstProblems(problems));
    return () => this.#apply(entries);
  }

  /** Ends all runs, and waits for them. */
  async close(): Promise<void> {
    await Promise.all(Array.from(this.#collectors.values(), (collector) => collector.end()));
  }

  #apply(entries: readonly Entry[]): void {
    const names = new Set(entries.map(({ config }) => config.name));
    for (const [name, collector] of this.#collectors) {
      if (names.has(name)) continue;
      this.#registry.unregister(collector);
      void collector.end();
    }
    this.#collectors = new Map(entries.map((entry) => [entry.config.name, this.#register(entry)]));
  }

  #register(entry: Entry): ConfiguredCollector {
    const known = this.#collectors.get(entry.config.name);
    if (known?.has(entry.text)) return known;
    if (known === undefined) {
      const collector = new ConfiguredCollector(entry);
      return this.#registry.register(collector, collector.options);
    }
    known.replace(entry);
    this.#registry.configure(known, known.options);
    return known;
  }
}

async function readEntries(config: Config, problems: ConfigProblem[]): Promise<Entry[]> {
  const tables = collectorTablesOf(config) ?? {};
  const folder = dirname(config.source === "" ? "./config.toml" : config.source);
  const root = new Table(tables, ["collectors"], problems);
  const entries: Entry[] = [];
  const fileSources = Object.values(tables).filter((value) => hasFile(value)).length;
  const isOnly = fileSources <= 1;
  for (const name of root.keys()) {
    const value = root.takeSecret(name, "a table", toTable);
    if (value === undefined) continue;
    const collector = await readCollector(name, value, { folder, isOnly }, problems);
    if (collector === undefined) continue;
    entries.push({ config: collector, text: JSON.stringify([folder, isOnly, value]) });
  }
  return entries;
}

function hasFile(value: unknown): boolean {
  const table = toTable(value);
  return table !== undefined && sourceKindsIn(table).includes("file");
}
