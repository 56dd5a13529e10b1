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
import { assertNoClash, type PlacedInstrument } from "./clash.ts";
import { Encoder, type EncodeRequest } from "./encoder.ts";
import type { Exposition } from "./exposition.ts";
import type { ScrapeFilter } from "./filter.ts";
import { DEFAULT_VARIANT, defaultVersion, versionsOf } from "./format.ts";
import { Instrument } from "./instrument.ts";
import type { LabelSpec } from "./label_spec.ts";
import { Labels } from "./labels.ts";
import { type Clash, Merger } from "./merge.ts";
import {
  checkExposeOptions,
  type ExposeOptions,
  type GatherOptions,
  type RegistryOptions,
  resolveFilter,
  resolveRegistryOptions,
} from "./registry_options.ts";
import { type Outcome, Runner } from "./runner.ts";
import type { Family } from "./sample.ts";
import type { Child } from "./series_block.ts";
import { STATUS_NAMES, statusFamilies } from "./status.ts";

/** What one scrape found. */
export interface Gathering {
  /** The families, sorted by name: no name, no series twice. */
  readonly families: readonly Family[];
  /** How many samples they have together. */
  readonly samples: number;
  /** Whether there may be more than what was asked for. */
  readonly isPartial: boolean;
  /** How each collector fared, in the order of registration. */
  readonly outcomes: readonly Outcome[];
  /** What was left out because it clashed with something else. */
  readonly clashes: readonly Clash[];
}

/** What can be registered: instruments, collectors, and other registries. */
export type Registrable = Instrument<LabelSpec, Child> | Collector | Registry;

/** What a scrape reads: instruments at once, collectors by their runners. */
type Source = Instrument<LabelSpec, Child> | Runner;

/** A source with the labels of the registries that it is in. */
interface PlacedSource {
  readonly source: Source;
  readonly labels: ReadonlyMap<string, string>;
}

/** A registry at the top, with the labels that what is registered somewhere below gets on the way. */
interface RootPlace {
  readonly root: Registry;
  readonly outer: ReadonlyMap<string, string>;
}

/** A set of instruments and collectors that are scraped together. A registry can be registered in another one. */
export class Registry {
  readonly #members = new Map<Registrable, Source | Registry>();
  /** The registries in which this one is registered, or was. A shared one must not keep them all in memory. */
  readonly #parents = new Set<WeakRef<Registry>>();
  /** Whether names can be any text. */
  readonly utf8Names: boolean;
  /** Whether those who ask for OpenMetrics 2.0 get it. */
  readonly openMetrics2: boolean;
  readonly #labels: Labels;
  readonly #now: () => number;
  readonly #encoder: Encoder;
  #duplicates = 0;
  #conflicts = 0;

  /**
   * Makes an empty registry.
   *
   * @throws {TypeError} If an option is of the wrong kind, or there is no such option.
   * @throws {RangeError} If an option has a value that it cannot have.
   */
  constructor(options: RegistryOptions = {}) {
    const { labels, ...resolved } = resolveRegistryOptions(options);
    const { utf8Names, openMetrics2, now } = resolved;
    this.utf8Names = utf8Names;
    this.openMetrics2 = openMetrics2;
    this.#labels = new Labels(labels, { utf8Names });
    this.#now = now;
    this.#encoder = new Encoder(resolved);
  }

  /**
   * Registers an instrument, a collector, or another registry with all that is registered there now and later. Instruments of
   * one name and type can be in several registries whose labels tell them apart.
   *
   * @param options Only a collector has any.
   * @returns What was given.
   * @throws {TypeError} If it is none of these.
   * @throws {RangeError} If it is registered, if a name that it needs is in use, or if an option is out of its range. Nothing is
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
   * Gives a registered collector other options. It keeps its place; what it has cached is gone.
   *
   * @throws {RangeError} If it is not registered, if the name is in use, or if an option is out of its range. Nothing is
   *   changed then.
   */
  configure(collector: Collector, options: CollectorOptions): void {
    const runner = this.#members.get(collector);
    if (!(runner instanceof Runner)) {
      throw new RangeError(`Cannot configure collector "${options.name ?? ""}": not registered`);
    }
    this.#members.set(collector, this.#runnerFor(collector, options, runner.name));
  }

  /** Takes something out again. Tells whether it was there. */
  unregister(registrable: Registrable): boolean {
    return this.#members.delete(registrable);
  }

  /** The instrument of a name, if there is one, those of registered registries included. */
  instrument(name: string): Instrument<LabelSpec, Child> | undefined {
    return this.#instruments().find(({ instrument }) => instrument.name === name)?.instrument;
  }

  /** The names of all collectors, those of registered registries included. */
  collectorNames(): Set<string> {
    const names = new Set<string>();
    for (const { source } of this.#sources()) {
      if (source instanceof Runner && source.name !== undefined) names.add(source.name);
    }
    return names;
  }

  /**
   * Runs the collectors at the same time, and gives what is there when all have answered or the deadline has come.
   *
   * What goes wrong in a collector is told in the outcome, and never makes this reject.
   */
  async gather(options: GatherOptions = {}): Promise<Gathering> {
    const filter = resolveFilter(options.filter ?? {}, this.utf8Names);
    const {
      labels = {},
      deadline = deadlineIn(DEFAULT_SCRAPE_TIMEOUT),
      request,
      signal: hurry,
    } = options;
    const context = { deadline, filter: filter.labels, ...(request && { request }) };
    const sources = this.#sources().filter(({ source }) => isSelected(source, filter));
    const merger = new Merger(
      new Labels(labels, { utf8Names: this.utf8Names }),
      filter,
      this.utf8Names,
    );
    const results = await Promise.all(
      sources.map(({ source }) =>
        source instanceof Runner ? source.run({ context, hurry }) : source
      ),
    );

    merger.reserve(STATUS_NAMES);
    const outcomes: Outcome[] = [];
    for (const [i, result] of results.entries()) {
      const { labels } = sources[i]!;
      if (result instanceof Instrument) {
        await merger.add([result.live()], undefined, labels);
      } else {
        outcomes.push(result);
        await merger.add(result.families, result.collector, labels);
      }
    }
    this.#duplicates += merger.duplicates;
    this.#conflicts += merger.clashes.filter(({ kind }) => kind === "conflict").length;
    merger.release();
    const dropped = droppedSeries(sources);
    const leftOut = { duplicates: this.#duplicates, conflicts: this.#conflicts, dropped };
    await merger.add(statusFamilies(outcomes, leftOut));

    const { samples, clashes } = merger;
    const isPartial = Object.values(filter).some(({ size }) => size > 0);
    return { families: await merger.families(), samples, isPartial, outcomes, clashes };
  }

  /**
   * Gathers and writes it in a format.
   *
   * @throws {TypeError} If an option is of the wrong kind, or there is no such option.
   * @throws {RangeError} If an option has a value that it cannot have, or the format has no such version.
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

  /** Writes what was gathered. */
  write({ families, isPartial }: Gathering, request: EncodeRequest): Promise<Exposition> {
    return this.#encoder.encode(families, { isPartial, ...request });
  }

  #sources(outer: ReadonlyMap<string, string> = new Map()): PlacedSource[] {
    const labels = new Map([...outer, ...this.#labels]);
    return [...this.#members.values()].flatMap((member) =>
      member instanceof Registry ? member.#sources(labels) : { source: member, labels }
    );
  }

  #instruments(outer?: ReadonlyMap<string, string>): PlacedInstrument[] {
    return this.#sources(outer).flatMap(({ source, labels }) =>
      source instanceof Instrument ? [{ instrument: source, labels }] : []
    );
  }

  /**
   * The registries that are scraped with what is in this one, at the top of those in which it is registered, with the labels
   * that they give to what is in those in between.
   */
  #roots(): RootPlace[] {
    const parents: Registry[] = [];
    for (const reference of this.#parents) {
      const parent = reference.deref();
      if (parent !== undefined && parent.#members.has(this)) parents.push(parent);
      else this.#parents.delete(reference);
    }
    if (parents.length === 0) return [{ root: this, outer: new Map() }];
    return parents.flatMap((parent) =>
      parent.#roots().map(({ root, outer }) => ({
        root,
        outer: new Map([...outer, ...parent.#labels]),
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
    const what = `${registrable.type} "${registrable.name}"`;
    this.#assertNamesAllowed(registrable, what);
    if (STATUS_NAMES.has(registrable.name)) {
      throw new RangeError(`Cannot register ${what}: the name is that of a metric of the registry`);
    }
    this.#assertNoClashes((outer) => [{
      instrument: registrable,
      labels: new Map([...outer, ...this.#labels]),
    }]);
    return registrable;
  }

  #admitRegistry(registry: Registry): Registry {
    if (registry.#includes(this)) {
      throw new RangeError("Cannot register registry: it contains the one that it would be put in");
    }
    this.#assertNamesAllowed(registry, "registry");
    for (const name of registry.collectorNames()) this.#assertUnused(name);
    this.#assertNoClashes((outer) => registry.#instruments(new Map([...outer, ...this.#labels])));
    registry.#parents.add(new WeakRef(this));
    return registry;
  }

  #assertNamesAllowed({ utf8Names }: { utf8Names: boolean }, what: string): void {
    if (!utf8Names || this.utf8Names) return;
    throw new RangeError(
      `Cannot register ${what}: it has names of any text, which this registry does not`,
    );
  }

  /** Checks instruments beside all that are scraped with them. */
  #assertNoClashes(
    place: (outer: ReadonlyMap<string, string>) => readonly PlacedInstrument[],
  ): void {
    for (const { root, outer } of this.#roots()) {
      const others = root.#instruments();
      for (const instrument of place(outer)) assertNoClash(instrument, others);
    }
  }

  #assertUnused(name: string): void {
    if (!this.#roots().some(({ root }) => root.collectorNames().has(name))) return;
    throw new RangeError(`Cannot register collector "${name}": name already in use`);
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
    if (name !== undefined && typeof name !== "string") {
      throw new TypeError(
        `Cannot register collector: expected a string as name, got ${describe(name)}`,
      );
    }
    if (name === "") throw new RangeError("Cannot register collector: its name is empty");
    if (name !== undefined && name !== oldName) this.#assertUnused(name);
    return new Runner(collector, options, this.#now);
  }
}

/** The registry that programs share when they do not make one. */
export const defaultRegistry: Registry = new Registry();

function isSelected(source: Source, { collect, exclude }: ScrapeFilter): boolean {
  const name = source instanceof Runner ? source.name : undefined;
  if (name === undefined) return collect.size === 0;
  return (collect.size === 0 || collect.has(name)) && !exclude.has(name);
}

/** How many series the instruments that have a bound have dropped, by their names. */
function droppedSeries(sources: readonly PlacedSource[]): Map<string, number> {
  const dropped = new Map<string, number>();
  for (const { source } of sources) {
    if (source instanceof Instrument && source.dropped !== undefined) {
      dropped.set(source.name, source.dropped);
    }
  }
  return dropped;
}
