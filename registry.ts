/**
 * Registries: what to collect from, and how one scrape of it all goes.
 *
 * ```ts
 * import { Metric, Registry } from "@exporter/prometheus";
 *
 * const registry = new Registry();
 * registry.register({
 *   collect: () => [new Metric("doors_open", { type: "gauge", value: 2 })],
 * }, { name: "doors" });
 * const exposition = await registry.expose();
 * console.log(exposition.text());
 * ```
 *
 * @module
 */

import type { Collector, CollectorOptions } from "./collector.ts";
import { deadlineIn, DEFAULT_SCRAPE_TIMEOUT } from "./deadline.ts";
import { describe } from "./describe.ts";
import { compress, encode, type Format } from "./encode.ts";
import type { Exposition } from "./exposition.ts";
import { MetricFamily } from "./family.ts";
import type { ScrapeFilter } from "./filter.ts";
import { Labels, type LabelsInit } from "./labels.ts";
import { type Clash, Merger } from "./merge.ts";
import type { Encoding } from "./negotiate.ts";
import { type Outcome, Runner } from "./runner.ts";
import type { Family } from "./sample.ts";

/** Options of {@linkcode Registry}. */
export interface RegistryOptions {
  /**
   * The clock of caches and durations, in seconds. Only differences count.
   *
   * @default {() => performance.now() / 1000}
   */
  now?: () => number;
}

/** Options of {@linkcode Registry.gather}. */
export interface GatherOptions {
  /** Labels for every sample that does not have them itself. */
  labels?: LabelsInit;
  /** What is asked for. */
  filter?: Partial<ScrapeFilter>;
  /**
   * When the answer has to be there.
   *
   * @default ten seconds from now
   */
  deadline?: Date;
  /** The request that asks, for collectors that want to see it. */
  request?: Request;
}

/** Options of {@linkcode Registry.expose}. */
export interface ExposeOptions extends GatherOptions {
  /**
   * The format.
   *
   * @default {"text"}
   */
  format?: Format;
  /**
   * The content coding.
   *
   * @default {"identity"}
   */
  encoding?: Encoding;
}

/** What one scrape found. */
export interface Gathering {
  /** The families, sorted by name: no name, no series twice. */
  readonly families: readonly Family[];
  /** How many samples they have together. */
  readonly samples: number;
  /** How each collector fared, in the order of registration. */
  readonly outcomes: readonly Outcome[];
  /** What was left out because it clashed with something else. */
  readonly clashes: readonly Clash[];
}

const SUCCESS = "exporter_collector_success";
const DURATION = "exporter_collector_duration_seconds";
const CACHE_AGE = "exporter_collector_cache_age_seconds";
const DUPLICATES = "exporter_duplicate_samples_total";
const CONFLICTS = "exporter_conflicting_families_total";
const OWN_NAMES = new Set([SUCCESS, DURATION, CACHE_AGE, DUPLICATES, CONFLICTS]);

/** A set of collectors that are scraped together. A registry can be registered in another one. */
export class Registry {
  readonly #members = new Map<Collector | Registry, Runner | undefined>();
  readonly #now: () => number;
  #duplicates = 0;
  #conflicts = 0;

  /** Makes an empty registry. */
  constructor(options: RegistryOptions = {}) {
    this.#now = options.now ?? (() => performance.now() / 1000);
  }

  /**
   * Registers a collector, or another registry with all that is registered there now and later.
   *
   * @returns What was given.
   * @throws {TypeError} If it is neither.
   * @throws {RangeError} If it is registered, if the name is in use, or if an option is out of its range. Nothing is changed
   *   then.
   */
  register<C extends Collector | Registry>(collector: C, options: CollectorOptions = {}): C {
    const { name = "" } = options;
    if (this.#members.has(collector)) {
      throw new RangeError(`Cannot register collector "${name}": it is registered already`);
    }
    if (collector instanceof Registry) {
      this.#admitRegistry(collector);
    } else {
      this.#members.set(collector, this.#runnerFor(collector, options));
    }
    return collector;
  }

  /**
   * Gives a registered collector other options. It keeps its place; what it has cached is gone.
   *
   * @throws {RangeError} If it is not registered, if the name is in use, or if an option is out of its range. Nothing is
   *   changed then.
   */
  configure(collector: Collector, options: CollectorOptions): void {
    const runner = this.#members.get(collector);
    if (runner === undefined) {
      throw new RangeError(`Cannot configure collector "${options.name ?? ""}": not registered`);
    }
    this.#members.set(collector, this.#runnerFor(collector, options, runner.name));
  }

  /** Takes a collector or a registry out again. Tells whether it was there. */
  unregister(collector: Collector | Registry): boolean {
    return this.#members.delete(collector);
  }

  /** The names of all collectors, those of registered registries included. */
  collectorNames(): Set<string> {
    const names = new Set<string>();
    for (const { name } of this.#runners()) {
      if (name !== undefined) names.add(name);
    }
    return names;
  }

  /**
   * Runs the collectors at the same time, and gives what is there when all have answered or the deadline has come.
   *
   * What goes wrong in a collector is told in the outcome, and never makes this reject.
   */
  async gather(options: GatherOptions = {}): Promise<Gathering> {
    const filter: ScrapeFilter = {
      labels: new Labels(),
      names: new Set(),
      collect: new Set(),
      exclude: new Set(),
      ...options.filter,
    };
    const {
      labels = {},
      deadline = deadlineIn(DEFAULT_SCRAPE_TIMEOUT),
      request,
    } = options;
    const context = { deadline, filter: filter.labels, ...(request && { request }) };
    const runners = this.#runners().filter(({ name }) => isSelected(name, filter));
    const merger = new Merger(new Labels(labels), filter);
    const outcomes = await Promise.all(runners.map((runner) => runner.run(context)));

    merger.reserve(OWN_NAMES);
    for (const { families, collector } of outcomes) await merger.add(families, collector);
    this.#duplicates += merger.duplicates;
    this.#conflicts += merger.clashes.filter(({ kind }) => kind === "conflict").length;
    merger.release();
    await merger.add([...statusFamilies(outcomes), ...this.#clashFamilies()]);

    const { samples, clashes } = merger;
    return { families: await merger.families(), samples, outcomes, clashes };
  }

  /** Gathers and writes it in a format. */
  async expose(options: ExposeOptions = {}): Promise<Exposition> {
    const { families } = await this.gather(options);
    const exposition = await encode(families, options.format ?? "text");
    return compress(exposition, options.encoding ?? "identity");
  }

  #runners(): Runner[] {
    return [...this.#members].flatMap(([member, runner]) =>
      member instanceof Registry ? member.#runners() : runner!
    );
  }

  #includes(registry: Registry): boolean {
    return this === registry ||
      [...this.#members.keys()].some((member) =>
        member instanceof Registry && member.#includes(registry)
      );
  }

  #admitRegistry(registry: Registry): void {
    if (registry.#includes(this)) {
      throw new RangeError("Cannot register registry: it contains the one that it would be put in");
    }
    const names = this.collectorNames();
    for (const name of registry.collectorNames()) assertUnused(name, names);
    this.#members.set(registry, undefined);
  }

  #runnerFor(collector: Collector, options: CollectorOptions, oldName?: string): Runner {
    const { name } = options;
    if (typeof collector?.collect !== "function") {
      throw new TypeError(
        `Cannot register collector "${name ?? ""}": expected an object with a method collect, got ${
          describe(collector)
        }`,
      );
    }
    if (name === "") throw new RangeError("Cannot register collector: its name is empty");
    if (name !== undefined && name !== oldName) assertUnused(name, this.collectorNames());
    return new Runner(collector, options, this.#now);
  }

  #clashFamilies(): Family[] {
    return [
      new MetricFamily(DUPLICATES, {
        type: "counter",
        help: "Samples left out because their series was there already.",
      }).add(this.#duplicates),
      new MetricFamily(CONFLICTS, {
        type: "counter",
        help: "Families left out because their name or type clashed with another one.",
      }).add(this.#conflicts),
    ];
  }
}

/** The registry that programs share when they do not make one. */
export const defaultRegistry: Registry = new Registry();

function isSelected(name: string | undefined, { collect, exclude }: ScrapeFilter): boolean {
  if (name === undefined) return collect.size === 0;
  return (collect.size === 0 || collect.has(name)) && !exclude.has(name);
}

function assertUnused(name: string, names: ReadonlySet<string>): void {
  if (!names.has(name)) return;
  throw new RangeError(`Cannot register collector "${name}": name already in use`);
}

function statusFamilies(outcomes: readonly Outcome[]): Family[] {
  const success = new MetricFamily(SUCCESS, {
    type: "gauge",
    help: "Whether the last run of the collector succeeded.",
  });
  const duration = new MetricFamily(DURATION, {
    type: "gauge",
    help: "How long the last run of the collector took.",
    unit: "seconds",
  });
  const age = new MetricFamily(CACHE_AGE, {
    type: "gauge",
    help: "How old the cached result of the collector is.",
    unit: "seconds",
  });
  for (const outcome of outcomes) {
    if (outcome.collector === undefined) continue;
    const labels = { collector: outcome.collector };
    success.add(outcome.failure ? 0 : 1, labels);
    duration.add(outcome.duration, labels);
    if (outcome.age !== undefined) age.add(outcome.age, labels);
  }
  return [success, duration, age];
}
