/**
 * Everything that an instrument consists of behind its public methods: its labels, its series, and what it exposes.
 *
 * @module
 */

import type { MetricType } from "../model/metric_type.ts";
import { describe } from "../model/describe.ts";
import { shouldYield, yieldToEventLoop } from "../model/event_loop.ts";
import { checkMetricName } from "../model/names.ts";
import { checkNames } from "../model/options.ts";
import type { Child, CreateChild } from "./child.ts";
import { BlockFamily } from "./block_family.ts";
import { DroppedChildren } from "./dropped.ts";
import { LabelSchema, type Shorten } from "../model/label_schema.ts";
import type { SeriesLayout } from "./layout.ts";
import { SeriesMap } from "./map.ts";
import { type InstrumentOptions, OPTION_ADVICE } from "./options.ts";
import { Retention } from "./retention.ts";
import { ValueLimit } from "./value_limit.ts";
import { SeriesView } from "./view.ts";

/** The value of every label of the series that counts for all series beyond `maxSeries`. */
const OVERFLOW_VALUE = "other";

const OPTIONS: readonly (keyof InstrumentOptions)[] = [
  "labels",
  "unit",
  "utf8Names",
  "maxSeries",
  "whenFull",
  "maxAge",
  "maxLabelValueLength",
];

/** What distinguishes a kind of instrument. */
export interface StoreKind {
  /** The type that it is exposed as. */
  readonly type: MetricType;
  /** The names of the options that only this kind has. */
  readonly options?: readonly string[];
  /** The labels that this kind adds to samples itself. Nobody may declare them. */
  readonly reservedLabels?: readonly string[];
}

/** How the series of an instrument are made. */
export interface SeriesKind<C extends Child> extends Omit<SeriesLayout, "name" | "labelNames"> {
  /** Creates what counts for one combination of label values. */
  readonly createChild: CreateChild<C>;
  /** The resolved options that only this kind has, to tell whether two instruments are equal. */
  readonly settings?: unknown;
}

/**
 * The series of an instrument.
 *
 * @typeParam C The children.
 */
export class SeriesStore<C extends Child = Child> {
  /** The type that they are exposed as. */
  readonly type: MetricType;
  /** The name of the metric. */
  readonly name: string;
  /** The help text. */
  readonly help: string;
  /** The base unit. */
  readonly unit: string | undefined;
  /** Whether names can be any text. */
  readonly utf8Names: boolean;
  /** What error messages call the instrument: `counter "jobs_total"`. */
  readonly owner: string;
  readonly #schema: LabelSchema;
  readonly #valueLimit: ValueLimit;
  readonly #shorten: Shorten = (value) => this.#valueLimit.apply(value);
  readonly #retention: Retention<C> | undefined;
  readonly #options: InstrumentOptions;
  #settings: unknown;
  #series!: SeriesMap<C>;
  #family!: BlockFamily;
  #dropped: number | undefined;
  /** The children that were dropped; only with a retention. */
  #droppedChildren: DroppedChildren<C> | undefined;
  /** Counts for all series that `reject` refuses, and is not exposed. */
  #unexposed: C | undefined;

  /**
   * Checks name, help and labels. {@linkcode SeriesStore.begin} has to be called before anything else.
   *
   * @throws {TypeError} If an argument has the wrong type, or an option is unknown.
   * @throws {RangeError} If an argument has an invalid value.
   */
  constructor(kind: StoreKind, name: string, help: string, options: InstrumentOptions) {
    const { type, options: ownOptions = [], reservedLabels = [] } = kind;
    if (typeof name !== "string") {
      throw new TypeError(
        `Cannot create ${type}: expected a name, a help text and options as three arguments, ` +
          `got ${describe(name)} as name`,
      );
    }
    const owner = `${type} "${name}"`;
    checkNames(`Cannot create ${owner}`, options, [...OPTIONS, ...ownOptions], OPTION_ADVICE);
    if (typeof help !== "string") {
      throw new TypeError(
        `Cannot create ${owner}: expected a string as help, got ${describe(help)}`,
      );
    }
    const { labels = [], unit, utf8Names = false, maxLabelValueLength } = options;
    if (unit !== undefined && typeof unit !== "string") {
      throw new TypeError(
        `Cannot use unit of metric "${name}": expected a string, got ${describe(unit)}`,
      );
    }
    this.type = type;
    this.name = checkMetricName(name, utf8Names);
    this.help = help;
    this.unit = unit;
    this.utf8Names = utf8Names;
    this.owner = owner;
    this.#schema = new LabelSchema(owner, labels, reservedLabels, utf8Names);
    this.#options = options;
    this.#valueLimit = new ValueLimit(owner, maxLabelValueLength);
    if (!Retention.isWanted(options)) return;
    this.#retention = new Retention(owner, options);
    this.#retention.assertRoomFor(owner, this.#schema.combinations().length);
    this.#dropped = 0;
  }

  /** Creates the series whose label values are all declared. */
  begin({ createChild, settings, ...layout }: SeriesKind<C>): this {
    const { name, type, help, unit } = this;
    const whole = {
      ...layout,
      name,
      labelNames: this.#schema.names,
      tracksUse: this.#retention?.tracksUse ?? false,
    };
    this.#settings = settings;
    this.#series = new SeriesMap<C>(whole, {
      createChild,
      keepsChildren: this.#retention !== undefined,
      onUse: (child) => this.#droppedChildren?.use(child),
    });
    if (this.#retention !== undefined) {
      this.#droppedChildren = new DroppedChildren(
        whole.labelNames.length,
        (child, values) => this.#restore(child, values),
      );
    }
    this.#family = new BlockFamily(
      new SeriesView({ name, type, help, unit }, whole),
      this.#series,
    );
    this.clear();
    return this;
  }

  /** The names of the labels. */
  get labelNames(): readonly string[] {
    return this.#schema.names;
  }

  /** How many series were refused or dropped; undefined if neither their number nor their age is bounded. */
  get dropped(): number | undefined {
    return this.#dropped;
  }

  /** How many label values were too long and have been shortened. */
  get shortenedValues(): number {
    return this.#valueLimit.shortened;
  }

  /**
   * The child for these label values, which is created if necessary.
   *
   * @throws {TypeError} If a value is missing or not a string, or there are too many.
   * @throws {RangeError} If a value is not allowed.
   */
  child(args: readonly unknown[]): C {
    const child = this.#find(args);
    if (child !== undefined) {
      if (this.#retention) child.wasUsed = true;
      return child;
    }
    const values = this.#schema.values(args, this.#shorten);
    const same = this.#series.get(values);
    if (same === undefined) return this.#addWithin(values);
    if (this.#retention) same.wasUsed = true;
    return same;
  }

  /** The child of an instrument without labels. */
  get only(): C {
    if (this.labelNames.length === 0) return this.#series.get([]) ?? this.#add([]);
    throw new TypeError(
      `Cannot use ${this.owner} without labels: expected ${
        this.labelNames.map((name) => `"${name}"`).join(", ")
      }`,
    );
  }

  /** Removes the child for these label values, and returns whether there was one. */
  remove(args: readonly unknown[]): boolean {
    const values = this.#schema.values(args, this.#shorten);
    this.#droppedChildren?.take(values);
    const child = this.#series.get(values);
    if (child !== undefined) this.#retention?.delete(child);
    return this.#series.delete(values);
  }

  /** Removes all children. */
  removeAll(): void {
    this.#series.clear();
    this.#retention?.clear();
    this.#droppedChildren?.clear();
  }

  /** Removes all children, and creates those again whose label values are all declared. */
  clear(): void {
    this.removeAll();
    for (const values of this.#schema.combinations()) this.#add(values);
  }

  /** Removes all children, and creates one for these label values. */
  replaceAll(args: readonly unknown[]): C {
    const values = this.#schema.values(args, this.#shorten);
    this.removeAll();
    return this.#add(values);
  }

  /** Drops series that are too old. Yields to the event loop in between. */
  async dropOutdated(): Promise<void> {
    if (this.#retention === undefined) return;
    await this.#retention.noticeUse();
    for (const values of this.#retention.takeOutdated()) {
      this.#drop(values);
      if (shouldYield()) await yieldToEventLoop();
    }
  }

  /** The family of all series: the same view each time. */
  family(): BlockFamily {
    return this.#family;
  }

  /** Whether another instrument was created with the same arguments. */
  equals(other: SeriesStore): boolean {
    return this.#description() === other.#description();
  }

  #description(): string {
    const { type, name, help, unit } = this;
    const { labels = [], maxSeries, whenFull, maxAge, maxLabelValueLength } = this.#options;
    const schema = Array.isArray(labels) ? labels : Object.entries(labels);
    return JSON.stringify(
      [
        type,
        name,
        help,
        unit,
        schema,
        maxSeries,
        whenFull,
        maxAge,
        maxLabelValueLength,
        this.#settings,
      ],
      (_, value) => value === String ? "any" : value,
    );
  }

  /** Looks arguments up without checking them: only values that were checked before lead to a child. */
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
    if (this.#retention.whenFull === "reject") {
      return this.#unexposed ??= this.#series.createDetached();
    }
    const others = values.map(() => OVERFLOW_VALUE);
    return this.#series.get(others) ?? this.#add(others);
  }

  #drop(values: readonly string[]): void {
    const child = this.#series.get(values)!;
    this.#series.delete(values);
    this.#droppedChildren!.add(child, values);
    this.#dropped!++;
  }

  /** Exposes a dropped child again because it was used, and returns whether there was room for it. */
  #restore(child: C, values: readonly string[]): boolean {
    if (this.#retention!.isFull) {
      if (this.#retention!.whenFull !== "lru") return false;
      this.#drop(this.#retention!.takeOldest()!);
    }
    this.#insert(child, values);
    return true;
  }

  #add(values: readonly string[]): C {
    return this.#insert(this.#droppedChildren?.take(values), values);
  }

  #insert(child: C | undefined, values: readonly string[]): C {
    const added = this.#series.add(values, child);
    if (values.length > 0) this.#retention?.add(added, values);
    return added;
  }
}
