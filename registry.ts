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
import { assertNoClash } from "./clash.ts";
import { Encoder, type EncodeRequest } from "./encoder.ts";
import type { Escaping } from "./escape.ts";
import type { Exposition } from "./exposition.ts";
import type { ScrapeFilter } from "./filter.ts";
import {
  DEFAULT_VARIANT,
  defaultVersion,
  type Format,
  type FormatVersion,
  versionsOf,
} from "./format.ts";
import { Instrument } from "./instrument.ts";
import type { LabelSpec } from "./label_spec.ts";
import { Labels, type LabelsInit } from "./labels.ts";
import { type Clash, Merger } from "./merge.ts";
import type { Encoding } from "./negotiate.ts";
import { checkOption } from "./options.ts";
import { type Outcome, Runner } from "./runner.ts";
import type { Family } from "./sample.ts";
import type { Child } from "./series_block.ts";
import { STATUS_NAMES, statusFamilies } from "./status.ts";

/** Options of {@linkcode Registry}. */
export interface RegistryOptions {
  /**
   * Whether names can be any text, such as `http.requests`: those of instruments, of what collectors return, and of labels, each
   * made with the same option. Otherwise such instruments cannot be registered, and what collectors return is left out.
   *
   * @default {false}
   */
  utf8Names?: boolean;
  /** Labels for every sample of what is registered that does not have them itself. */
  labels?: LabelsInit;
  /**
   * The clock of caches and durations, in seconds. Only differences count.
   *
   * @default {() => performance.now() / 1000}
   */
  now?: () => number;
  /**
   * Whether expositions in OpenMetrics 1.0 have a `_created` sample for each series that counts, which says when it began. In
   * protobuf and in OpenMetrics 2.0 it is said in any case, and the text format has no place for it.
   *
   * @default {false}
   */
  createdSamples?: boolean;
  /**
   * Whether those who ask for OpenMetrics 2.0.0 get it, as of its release candidate, which may still change. Who asks for no
   * version of OpenMetrics, or for another one, never gets it.
   *
   * @see {@link https://prometheus.io/docs/specs/om/open_metrics_spec_2_0/}
   *
   * @default {false}
   */
  openMetrics2?: boolean;
  /**
   * How many bytes of expositions to keep at the most, so that what does not change is not written again. What is beyond that
   * is written anew at each scrape.
   *
   * @default {268_435_456}
   */
  maxKeptBytes?: number;
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
  /** Answers with what is there as soon as it aborts, as if the deadline had come. */
  signal?: AbortSignal;
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
   * The version of the format. The text format has `1.0.0` and `0.0.4`, OpenMetrics `1.0.0` and `0.0.1`, and `2.0.0` with
   * {@linkcode RegistryOptions.openMetrics2}; protobuf has `delimited`.
   *
   * @default the newest one that every reader of the format understands
   */
  version?: FormatVersion;
  /**
   * The scheme by which names are written.
   *
   * @default {"underscores"}
   */
  escaping?: Escaping;
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
  /** Whether there may be more than what was asked for. */
  readonly isPartial: boolean;
  /** How each collector fared, in the order of registration. */
  readonly outcomes: readonly Outcome[];
  /** What was left out because it clashed with something else. */
  readonly clashes: readonly Clash[];
}

/** What can be registered: instruments, collectors, and other registries. */
export type Registrable = Instrument<LabelSpec, Child> | Collector | Registry;

/** Enough for a million series in one format. */
const DEFAULT_MAX_KEPT_BYTES = 256 * 1024 * 1024;

/** What a scrape reads: instruments at once, collectors by their runners. */
type Source = Instrument<LabelSpec, Child> | Runner;

/** A source with the labels of the registries that it is in. */
interface PlacedSource {
  readonly source: Source;
  readonly labels: ReadonlyMap<string, string>;
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
   * @throws {TypeError} If a label is not a string.
   * @throws {RangeError} If a label cannot be one.
   */
  constructor(options: RegistryOptions = {}) {
    const { utf8Names = false, openMetrics2 = false } = options;
    this.utf8Names = utf8Names;
    this.openMetrics2 = openMetrics2;
    this.#labels = new Labels(options.labels, { utf8Names });
    this.#now = options.now ?? (() => performance.now() / 1000);
    const { maxKeptBytes = DEFAULT_MAX_KEPT_BYTES, createdSamples = false } = options;
    checkOption(
      "Cannot create registry",
      ["maxKeptBytes", maxKeptBytes],
      "number",
      "0 or more",
      (bytes) => bytes >= 0,
    );
    this.#encoder = new Encoder({ maxKeptBytes, utf8Names, createdSamples, now: this.#now });
  }

  /**
   * Registers an instrument, a collector, or another registry with all that is registered there now and later.
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
    return this.#instruments().find((instrument) => instrument.name === name);
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
   * @throws {RangeError} If the format has no such version.
   */
  async expose(options: ExposeOptions = {}): Promise<Exposition> {
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

  #instruments(): Instrument<LabelSpec, Child>[] {
    return this.#sources().map(({ source }) => source).filter((source) =>
      source instanceof Instrument
    );
  }

  /** The registries that are scraped with what is in this one, at the top of those in which it is registered. */
  #roots(): Registry[] {
    const parents: Registry[] = [];
    for (const reference of this.#parents) {
      const parent = reference.deref();
      if (parent !== undefined && parent.#members.has(this)) parents.push(parent);
      else this.#parents.delete(reference);
    }
    return parents.length === 0 ? [this] : parents.flatMap((parent) => parent.#roots());
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
    this.#assertNamesAllowed(registrable, `${registrable.type} "${registrable.name}"`);
    this.#assertNoClash(registrable);
    return registrable;
  }

  #admitRegistry(registry: Registry): Registry {
    if (registry.#includes(this)) {
      throw new RangeError("Cannot register registry: it contains the one that it would be put in");
    }
    this.#assertNamesAllowed(registry, "registry");
    for (const name of registry.collectorNames()) this.#assertUnused(name);
    for (const instrument of registry.#instruments()) this.#assertNoClash(instrument);
    registry.#parents.add(new WeakRef(this));
    return registry;
  }

  #assertNamesAllowed({ utf8Names }: { utf8Names: boolean }, what: string): void {
    if (!utf8Names || this.utf8Names) return;
    throw new RangeError(
      `Cannot register ${what}: it has names of any text, which this registry does not`,
    );
  }

  #assertNoClash(instrument: Instrument<LabelSpec, Child>): void {
    assertNoClash(instrument, this.#roots().flatMap((root) => root.#instruments()));
  }

  #assertUnused(name: string): void {
    if (!this.#roots().some((root) => root.collectorNames().has(name))) return;
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
