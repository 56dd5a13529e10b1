/**
 * Registries: what is scraped together.
 *
 * @module
 */

import type { CollectionBounds } from "./collect/collection.ts";
import {
  collect,
  type Collected,
  Gatherer,
  type Gathering,
  type PlacedSource,
  type Source,
} from "./collect/gather.ts";
import { checkCollector, Runner, type RunnerState } from "./collect/runner.ts";
import { STATUS_NAMES } from "./collect/status.ts";
import type { Collector, CollectorOptions, PermissionSet } from "./collector.ts";
import { Encoder } from "./encode/encoder.ts";
import { DEFAULT_VARIANT, defaultVersion, versionsOf } from "./encode/format.ts";
import type { Encoding, Exposition } from "./exposition.ts";
import { Instrument, storeOf } from "./instrument.ts";
import { Labels } from "./labels.ts";
import { deadlineIn, DEFAULT_SCRAPE_TIMEOUT } from "./model/deadline.ts";
import {
  checkExposeOptions,
  type ExposeOptions,
  type GatherOptions,
  type RegistryOptions,
  resolveFilter,
  resolveRegistryOptions,
  type ScrapeOptions,
} from "./registry_options.ts";
import { assertNoConflict, type NameClaim } from "./series/name_conflicts.ts";
import { SeriesStore } from "./series/store.ts";

/** What can be registered: instruments, collectors, and other registries. */
export type Registrable = Instrument | Collector | Registry;

/** Returns the permissions that the collectors of a registry declare. */
export let declaredPermissions: (registry: Registry) => PermissionSet[];

/** Returns what is known about the collectors of a registry, in the order of registration, without running them. */
export let collectorStates: (registry: Registry) => RunnerState[];

/** A top registry, with the labels that it and those in between add to the samples of a nested one. */
interface Root {
  readonly registry: Registry;
  readonly labels: ReadonlyMap<string, string>;
}

/** Gives servers the steps of {@linkcode Registry.gather} one by one. */
export let gatheringSteps: (registry: Registry) => {
  readonly collect: (options: ScrapeOptions, bounds?: CollectionBounds) => Promise<Collected>;
  readonly merge: (collected: Collected, signal?: AbortSignal) => Promise<Gathering>;
};

/**
 * A set of instruments and collectors that are scraped together. A registry can be registered in another one.
 *
 * ```ts
 * import { Metric, Registry } from "@exporter/prometheus";
 *
 * const registry = new Registry();
 * registry.register({
 *   collect: () => [new Metric("doors_open", { type: "gauge", value: 2 })],
 * }, { name: "doors" });
 * console.log((await registry.expose()).text());
 * ```
 */
export class Registry {
  readonly #members = new Map<Registrable, Source | Registry>();
  /** The registries that this one is, or was, registered in. Weak, so that a shared registry does not keep them in memory. */
  readonly #parents = new Set<WeakRef<Registry>>();
  /** Whether names can be any text. */
  readonly utf8Names: boolean;
  /** Whether scrapers that ask for OpenMetrics 2.0 get it. */
  readonly openMetrics2: boolean;
  readonly #labels: Labels;
  readonly #options: Omit<Required<RegistryOptions>, "labels">;
  readonly #encoder: Encoder;
  readonly #gatherer: Gatherer;

  static {
    gatheringSteps = (registry) => ({
      collect: (options, bounds) => registry.#collect(options, bounds),
      merge: (collected, signal) => registry.#gatherer.merge(collected, signal),
    });
    collectorStates = (registry) =>
      registry.#sources().flatMap(({ source }) => source instanceof Runner ? [source.state] : []);
    declaredPermissions = (registry) =>
      registry.#sources().flatMap(({ source }) =>
        source instanceof Runner ? [source.permissions] : []
      );
  }

  /**
   * Creates an empty registry.
   *
   * @throws {TypeError} If an option has the wrong type, or is unknown.
   * @throws {RangeError} If an option has an invalid value.
   */
  constructor(options: RegistryOptions = {}) {
    const { labels, ...resolved } = resolveRegistryOptions(options);
    const { utf8Names, openMetrics2 } = resolved;
    this.utf8Names = utf8Names;
    this.openMetrics2 = openMetrics2;
    this.#labels = new Labels(labels, { utf8Names });
    this.#options = resolved;
    this.#encoder = new Encoder(resolved);
    this.#gatherer = new Gatherer(utf8Names);
  }

  /**
   * Registers an instrument, a collector, or another registry with everything that is registered there now and later. Registries
   * with different labels can have instruments of the same name and type.
   *
   * @param options Options of a collector.
   * @returns The argument.
   * @throws {TypeError} If it cannot be registered at all.
   * @throws {RangeError} If it is already registered, if one of its names is in use, or if an option is out of range. Nothing is
   *   changed then.
   */
  register<R extends Registrable>(registrable: R, options: CollectorOptions = {}): R {
    const name = registrable instanceof Instrument ? registrable.name : options.name ?? "";
    if (this.#members.has(registrable)) {
      throw new RangeError(`Cannot register "${name}": it is registered already`);
    }
    this.#members.set(registrable, this.#admit(registrable, options));
    return registrable;
  }

  /**
   * Changes the options of a registered collector. It keeps its place in the order; its cache is emptied.
   *
   * @throws {RangeError} If it is not registered, if the name is in use, or if an option is out of range. Nothing is changed then.
   */
  configure(collector: Collector, options: CollectorOptions): void {
    const runner = this.#members.get(collector);
    if (!(runner instanceof Runner)) {
      throw new RangeError(`Cannot configure collector "${options.name ?? ""}": not registered`);
    }
    this.#members.set(collector, this.#runnerFor(collector, options, runner.name));
  }

  /** Removes something that was registered, and returns whether it was. */
  unregister(registrable: Registrable): boolean {
    return this.#members.delete(registrable);
  }

  /** Finds an instrument by its name, here or in a nested registry. */
  instrument(name: string): Instrument | undefined {
    for (const member of this.#members.keys()) {
      if (member instanceof Instrument && member.name === name) return member;
      const nested = member instanceof Registry ? member.instrument(name) : undefined;
      if (nested !== undefined) return nested;
    }
    return undefined;
  }

  /** Returns the names of all collectors, here and in nested registries. */
  collectorNames(): Set<string> {
    const names = new Set<string>();
    for (const { source } of this.#sources()) {
      if (source instanceof Runner && source.name !== undefined) names.add(source.name);
    }
    return names;
  }

  /**
   * Runs all collectors concurrently, and returns what there is when all have returned or the deadline has passed.
   *
   * A failing collector never makes this reject: its error is part of its outcome.
   *
   * @throws {TypeError} If an option is unknown, or a label has the wrong type.
   * @throws {RangeError} If a label is invalid.
   */
  async gather(options: GatherOptions = {}): Promise<Gathering> {
    return this.#gatherer.merge(await this.#collect(toScrapeOptions(options)));
  }

  /**
   * Scrapes: gathers and encodes.
   *
   * @throws {TypeError} If an option has the wrong type, or is unknown.
   * @throws {RangeError} If an option has an invalid value, or the format has no such version.
   */
  async expose(options: ExposeOptions = {}): Promise<Exposition> {
    checkExposeOptions(options);
    const { format = "text", escaping = DEFAULT_VARIANT.escaping, encoding = "identity" } = options;
    const { version = defaultVersion(format, escaping) } = options;
    const versions = versionsOf(format, this.openMetrics2);
    if (!versions.includes(version)) {
      throw new RangeError(
        `Cannot expose version "${version}" of ${format}: expected ${versions.join(" or ")}`,
      );
    }
    const gathering = await this.gather(options);
    return this.write(gathering, { variant: { format, version, escaping }, encoding });
  }

  /** Encodes what was gathered. One gathering can be written in several formats. */
  write(
    { families, isPartial }: Gathering,
    { variant, encoding }: {
      readonly variant: Required<Pick<ExposeOptions, "format" | "version" | "escaping">>;
      readonly encoding: Encoding;
    },
  ): Promise<Exposition> {
    return this.#encoder.encode(families, { isPartial, variant, encoding });
  }

  // deno-lint-ignore require-await -- rejects instead of throwing
  async #collect(options: ScrapeOptions, bounds?: CollectionBounds): Promise<Collected> {
    const { utf8Names } = this;
    const filter = resolveFilter(options, utf8Names);
    const { labels = {}, deadline = deadlineIn(DEFAULT_SCRAPE_TIMEOUT), request, signal } = options;
    const { logger } = this.#options;
    const context = { deadline, filter: filter.labels, logger, ...(request && { request }) };
    const common = new Labels(labels, { utf8Names });
    return collect(this.#sources(), {
      filter,
      labels: common,
      context,
      stop: signal,
      bounds,
    });
  }

  #sources(outer: ReadonlyMap<string, string> = new Map()): PlacedSource[] {
    const labels = new Map([...outer, ...this.#labels]);
    return [...this.#members.values()].flatMap((member) =>
      member instanceof Registry ? member.#sources(labels) : { source: member, labels }
    );
  }

  #claims(outer?: ReadonlyMap<string, string>): NameClaim[] {
    return this.#sources(outer).flatMap(({ source, labels }) => {
      return source instanceof SeriesStore ? claim(source, labels) : [];
    });
  }

  /** The top registries that this one is scraped with: itself, or those above it. */
  #roots(): Root[] {
    const parents: Registry[] = [];
    for (const reference of this.#parents) {
      const parent = reference.deref();
      if (parent !== undefined && parent.#members.has(this)) parents.push(parent);
      else this.#parents.delete(reference);
    }
    if (parents.length === 0) return [{ registry: this, labels: new Map() }];
    return parents.flatMap((parent) =>
      parent.#roots().map(({ registry, labels }) => ({
        registry,
        labels: new Map([...labels, ...parent.#labels]),
      }))
    );
  }

  #includes(registry: Registry): boolean {
    return this === registry ||
      [...this.#members.keys()].some((member) =>
        member instanceof Registry && member.#includes(registry)
      );
  }

  #admit(registrable: Registrable, options: CollectorOptions): Source | Registry {
    if (registrable instanceof Registry) return this.#admitRegistry(registrable);
    if (!(registrable instanceof Instrument)) return this.#runnerFor(registrable, options);
    const store = storeOf(registrable);
    this.#assertNamesAllowed(store, store.owner);
    if (STATUS_NAMES.has(store.name)) {
      throw new RangeError(
        `Cannot register ${store.owner}: the name is that of a metric of the registry`,
      );
    }
    this.#assertNoConflicts((outer) => [claim(store, new Map([...outer, ...this.#labels]))]);
    return store;
  }

  #admitRegistry(registry: Registry): Registry {
    if (registry.#includes(this)) {
      throw new RangeError("Cannot register registry: it contains the one that it would be put in");
    }
    this.#assertNamesAllowed(registry, "registry");
    for (const name of registry.collectorNames()) this.#assertUnused(name);
    this.#assertNoConflicts((outer) => registry.#claims(new Map([...outer, ...this.#labels])));
    registry.#parents.add(new WeakRef(this));
    return registry;
  }

  #assertNamesAllowed({ utf8Names }: { utf8Names: boolean }, what: string): void {
    if (!utf8Names || this.utf8Names) return;
    throw new RangeError(
      `Cannot register ${what}: it has names of any text, which this registry does not`,
    );
  }

  /** Checks the names of instruments against all that are scraped with them. */
  #assertNoConflicts(
    claimsWith: (outer: ReadonlyMap<string, string>) => readonly NameClaim[],
  ): void {
    for (const { registry, labels } of this.#roots()) {
      const others = registry.#claims();
      for (const claim of claimsWith(labels)) assertNoConflict(claim, others);
    }
  }

  #assertUnused(name: string): void {
    if (!this.#roots().some(({ registry }) => registry.collectorNames().has(name))) return;
    throw new RangeError(`Cannot register collector "${name}": name already in use`);
  }

  #runnerFor(collector: Collector, options: CollectorOptions, oldName?: string): Runner {
    checkCollector(collector, options);
    const { name } = options;
    if (name !== undefined && name !== oldName) this.#assertUnused(name);
    return new Runner(collector, options, this.#options.now);
  }
}

/** The registry that the shorthands and {@linkcode Exporter} use by default. */
export const defaultRegistry: Registry = new Registry();

function toScrapeOptions({ request, ...others }: GatherOptions): ScrapeOptions {
  if (request === undefined) return others;
  const search = URL.parse(request.url)?.search ?? "";
  return { ...others, request: { search, toWeb: () => request } };
}

function claim({ type, name }: SeriesStore, labels: ReadonlyMap<string, string>): NameClaim {
  return { type, name, labels };
}
