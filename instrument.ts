/**
 * What all instruments have in common: a name, labels, and a child for each combination of label values.
 *
 * @module
 */

import { BlockFamily } from "./block_family.ts";
import { describe } from "./describe.ts";
import { type LabelArguments, type LabelName, LabelSchema, type LabelSpec } from "./label_spec.ts";
import { Metric } from "./metric.ts";
import type { MetricType } from "./metric_type.ts";
import { checkNames } from "./options.ts";
import { Retention, type RetentionOptions } from "./retention.ts";
import type { Family } from "./sample.ts";
import { SeriesMap } from "./series.ts";
import type { Child, SeriesLayout } from "./series_block.ts";

/** The value of every label of the series in which an instrument counts what it has no room for. */
const OTHER = "other";

/** Options of all instruments. */
export interface InstrumentOptions<S extends LabelSpec = LabelSpec> extends RetentionOptions {
  /**
   * The labels: a list of names, or an object from names to the values that are allowed. If the values of all labels are declared,
   * every combination is exposed from the start.
   *
   * @default {[]}
   */
  labels?: S;
  /** The base unit, such as `seconds` or `bytes`, in which the name ends; exposed by formats that have units. */
  unit?: string;
  /**
   * Whether the names of the instrument and of its labels can be any text, such as `http.requests`. It can be registered in
   * registries with the same option only.
   *
   * @default {false}
   */
  utf8Names?: boolean;
}

const OPTIONS: readonly (keyof InstrumentOptions)[] = [
  "labels",
  "unit",
  "utf8Names",
  "maxSeries",
  "whenFull",
  "maxAge",
];

/** What a kind of instrument has besides what all have. */
export interface InstrumentTraits {
  /** The names of its own options. */
  readonly options?: readonly string[];
  /** The labels that it makes itself, and nobody may declare. */
  readonly labels?: readonly string[];
}

/**
 * A metric that a program holds on to and changes, in contrast to those that collectors return.
 *
 * @typeParam S The labels.
 * @typeParam C The children.
 */
export abstract class Instrument<S extends LabelSpec, C extends Child> {
  /** The type that it is exposed as. */
  readonly type: MetricType;
  /** The name. */
  readonly name: string;
  /** What it measures, in a sentence. */
  readonly help: string;
  /** The base unit of its values. */
  readonly unit: string | undefined;
  /** Whether its names can be any text. */
  readonly utf8Names: boolean;
  /** The names of its labels. */
  readonly labelNames: readonly LabelName<S>[];
  readonly #schema: LabelSchema;
  #series!: SeriesMap<C>;
  #family!: BlockFamily;
  readonly #retention: Retention<C> | undefined;
  readonly #description: readonly unknown[];
  #dropped: number | undefined;
  #spare: C | undefined;

  /**
   * Checks name and labels. The subclass calls {@linkcode Instrument.begin} when it can create children.
   *
   * @throws {TypeError} If an argument is of the wrong kind.
   * @throws {RangeError} If the name is not a metric name, or a label cannot be one.
   */
  constructor(
    type: MetricType,
    name: string,
    help: string,
    options: InstrumentOptions<S>,
    own: InstrumentTraits = {},
  ) {
    const owner = `${type} "${name}"`;
    checkNames(`Cannot create ${owner}`, options, [...OPTIONS, ...own.options ?? []]);
    if (typeof help !== "string") {
      throw new TypeError(
        `Cannot create ${type} "${name}": expected a string as help, got ${describe(help)}`,
      );
    }
    const { unit, utf8Names = false } = options;
    this.type = type;
    this.name = new Metric(name, { utf8Names, ...(unit !== undefined && { unit }) }).name;
    this.help = help;
    this.unit = unit;
    this.utf8Names = utf8Names;
    this.#schema = new LabelSchema(owner, options.labels ?? [], own.labels ?? [], utf8Names);
    this.labelNames = this.#schema.names as LabelName<S>[];
    const { labels = [], maxSeries, whenFull, maxAge } = options;
    this.#description = [type, name, help, unit, labels, maxSeries, whenFull, maxAge];
    if (!Retention.isWanted(options)) return;
    this.#retention = new Retention(owner, options);
    this.#retention.assertRoomFor(owner, this.#schema.combinations().length);
    this.#dropped = 0;
  }

  /**
   * The child for these label values, which may be kept: `labels({ queue: "a" })` or `labels("a")`. It is there and exposed
   * from the first call on, unless there are too many. An empty value is the same as no such label.
   *
   * @throws {TypeError} If a value is missing, too many or not a string. A name too many in an object is noticed only when its
   *   other values lead nowhere yet, and by the type check.
   * @throws {RangeError} If a value is not one of those that are allowed.
   */
  labels(...args: LabelArguments<S>): C {
    const child = this.#find(args);
    if (child !== undefined) {
      if (this.#retention) child.isTouched = true;
      return child;
    }
    const values = this.#schema.values(args);
    return this.#series.get(values) ?? this.#addWithin(values);
  }

  /**
   * Removes the child for these label values, and tells whether there was one. Whoever kept it can go on using it, but it is
   * exposed no more.
   *
   * @throws {TypeError} If a value is missing, too many or not a string.
   * @throws {RangeError} If a value is not one of those that are allowed.
   */
  remove(...args: LabelArguments<S>): boolean {
    const values = this.#schema.values(args);
    const child = this.#series.get(values);
    if (child !== undefined) this.#retention?.delete(child);
    return this.#series.delete(values);
  }

  /** Removes all children, and begins anew with those that are there from the start. */
  clear(): void {
    this.removeAll();
    for (const values of this.#schema.combinations()) this.#add(values);
  }

  /**
   * How often a series was refused because there were too many, or dropped for another one or for its age; undefined if
   * neither number nor age is bounded.
   */
  get dropped(): number | undefined {
    return this.#dropped;
  }

  /** What is exposed now. */
  families(): Family[] {
    const { name, type, help, unit, samples } = this.live();
    return [{ name, type, help, unit, samples }];
  }

  /** What is exposed, now and later: always the same view of the series that are there. */
  live(): BlockFamily {
    for (const values of this.#retention?.takeOutdated() ?? []) this.#drop(values);
    return this.#family;
  }

  /** Tells whether another instrument was made with the same arguments. */
  equals(other: Instrument<LabelSpec, Child>): boolean {
    return this.constructor === other.constructor && this.describe() === other.describe();
  }

  /** Everything that it was made with, in a text. */
  protected describe(): string {
    const [type, name, help, unit, labels, ...bounds] = this.#description;
    const schema = Array.isArray(labels) ? labels : Object.entries(labels as object);
    return JSON.stringify([type, name, help, unit, schema, bounds], (_, value) => {
      return value === String ? "any" : value;
    });
  }

  /** Creates the children that are there from the start, all of the same layout. */
  protected begin(layout: Omit<SeriesLayout, "name" | "labelNames">): void {
    const { name, type, help, unit } = this;
    const whole = {
      ...layout,
      name,
      labelNames: this.#schema.names,
      tracksUse: this.#retention?.tracksUse ?? false,
    };
    const series = new SeriesMap<C>(whole);
    this.#series = series;
    this.#family = new BlockFamily({ name, type, help, unit }, whole, series);
    this.clear();
  }

  /** Removes all children. */
  protected removeAll(): void {
    this.#series.clear();
    this.#retention?.clear();
  }

  /** The child of an instrument without labels. */
  protected get only(): C {
    if (this.labelNames.length === 0) return this.#series.get([]) ?? this.#add([]);
    throw new TypeError(
      `Cannot use ${this.type} "${this.name}" without labels: expected ${
        this.labelNames.map((name) => `"${name}"`).join(", ")
      }`,
    );
  }

  /** Removes all children, and adds one for these label values, which is returned. */
  protected replaceAll(args: LabelArguments<S>): C {
    const values = this.#schema.values(args);
    this.removeAll();
    return this.#add(values);
  }

  /** Creates a child. */
  protected abstract createChild(): C;

  /** Finds a child by arguments that are not checked: only values that were checked before lead to one. */
  #find(args: readonly unknown[]): C | undefined {
    const [first] = args;
    const names = this.#schema.names;
    if (typeof first !== "object" || first === null) {
      return args.length === names.length ? this.#series.get(args) : undefined;
    }
    const values = first as Record<string, unknown>;
    return this.#series.get(names.map((name) => values[name]));
  }

  #addWithin(values: readonly string[]): C {
    if (!this.#retention?.isFull) return this.#add(values);
    if (this.#retention.whenFull === "lru") {
      this.#drop(this.#retention.takeOldest()!);
      return this.#add(values);
    }
    this.#dropped!++;
    if (this.#retention.whenFull === "reject") return this.#spare ??= this.#createSpare();
    const others = values.map(() => OTHER);
    return this.#series.get(others) ?? this.#add(others);
  }

  #drop(values: readonly string[]): void {
    this.#series.delete(values);
    this.#dropped!++;
  }

  /** A child that nobody exposes. */
  #createSpare(): C {
    const child = this.createChild();
    this.#series.setAdrift(child);
    return child;
  }

  #add(values: readonly string[]): C {
    const child = this.createChild();
    this.#series.add(values, child);
    if (values.length > 0) this.#retention?.add(child, values);
    return child;
  }
}
