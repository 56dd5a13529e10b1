/**
 * What all instruments have in common: a name, labels, and a child for each combination of label values.
 *
 * @module
 */

import type { MetricType } from "./model/metric_type.ts";
import type { Child } from "./series/child.ts";
import type { LabelArguments, LabelName, LabelSpec } from "./model/label_schema.ts";
import type { SeriesStore } from "./series/store.ts";

/** Gives the registry access to the series of an instrument, which are not part of its public interface. */
export let storeOf: (instrument: Instrument) => SeriesStore;

/**
 * A metric that a program keeps and updates itself: a {@linkcode Counter}, {@linkcode Gauge}, {@linkcode Histogram},
 * {@linkcode Summary}, {@linkcode Info} or {@linkcode StateSet}.
 *
 * @typeParam S The labels.
 * @typeParam C What counts for one combination of label values.
 */
export abstract class Instrument<S extends LabelSpec = LabelSpec, C = unknown> {
  /** The metric type. */
  readonly type: MetricType;
  /** The name of the metric. */
  readonly name: string;
  /** The help text. */
  readonly help: string;
  /** The base unit of the values. */
  readonly unit: string | undefined;
  /** Whether names can be any text. */
  readonly utf8Names: boolean;
  /** The names of the labels. */
  readonly labelNames: readonly LabelName<S>[];
  readonly #store: SeriesStore<Child & C>;

  static {
    storeOf = (instrument) => instrument.#store as SeriesStore;
  }

  /** @ignore */
  protected constructor(store: SeriesStore<Child & C>) {
    const { type, name, help, unit, utf8Names, labelNames } = store;
    this.type = type;
    this.name = name;
    this.help = help;
    this.unit = unit;
    this.utf8Names = utf8Names;
    this.labelNames = labelNames as LabelName<S>[];
    this.#store = store;
  }

  /**
   * Returns the child for these label values, as `labels({ queue: "a" })` or `labels("a")`. It is created and exposed with the
   * first call, unless `maxSeries` forbids that. Keep it where speed matters. An empty value is the same as no label.
   *
   * @throws {TypeError} If a value is missing or not a string, or there are too many. In an object, a superfluous name is only
   *   found by the type check and when the series is new.
   * @throws {RangeError} If a value is not one of the allowed values.
   */
  labels(...args: LabelArguments<S>): C {
    return this.#store.child(args);
  }

  /**
   * Removes the child for these label values. A program that kept it can still use it, but it is not exposed any more.
   *
   * @returns Whether there was one.
   * @throws {TypeError} If a value is missing or not a string, or there are too many.
   * @throws {RangeError} If a value is not one of the allowed values.
   */
  remove(...args: LabelArguments<S>): boolean {
    return this.#store.remove(args);
  }

  /** Removes all children. Those that are exposed from the start begin again. */
  clear(): void {
    this.#store.clear();
  }

  /**
   * How many series were refused or dropped because of `maxSeries` or `maxAge`; undefined if neither is set.
   */
  get dropped(): number | undefined {
    return this.#store.dropped;
  }
}
