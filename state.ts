/**
 * Info and state sets: what is known about something, and in which states it is.
 *
 * ```ts
 * import { Info, StateSet } from "@exporter/prometheus";
 *
 * const build = new Info("build_info", "What runs.", { labels: ["version"] });
 * build.set({ version: "1.2.3" });
 * const door = new StateSet("door_state", "What the door does.", { states: ["open", "closed"] });
 * door.setOnly("open");
 * ```
 *
 * @module
 */

import { describe } from "./describe.ts";
import { type Child, Instrument, type InstrumentOptions } from "./instrument.ts";
import type { LabelArguments, LabelSpec } from "./label_spec.ts";
import { Sample } from "./sample.ts";

/** One line of an info: labels, and 1 as value. */
export class InfoChild implements Child {
  /** Whether it was looked up since that was last noticed. */
  isTouched = false;
  readonly #sample: Sample;

  /** Exposes these labels: names and values in turn. */
  constructor(name: string, labels: readonly string[]) {
    this.#sample = new Sample(name, labels, 1);
  }

  /** What it exposes. */
  samples(): Sample[] {
    return [this.#sample];
  }
}

/**
 * A metric that has its content in its labels, such as a version, to be joined to other metrics. Its name ends in `_info`.
 *
 * @typeParam S The labels.
 */
export class Info<const S extends LabelSpec = readonly []> extends Instrument<S, InfoChild> {
  /**
   * Makes an info, which exposes nothing until it is set.
   *
   * @throws {TypeError} If an argument is of the wrong kind.
   * @throws {RangeError} If the name is not a metric name that ends in `_info`, or a label cannot be one.
   */
  constructor(name: string, help: string, options: InstrumentOptions<S> = {}) {
    super("info", name, help, options);
    if (this.name.endsWith("_info")) return;
    throw new RangeError(`Cannot create info "${name}": expected a name that ends in "_info"`);
  }

  /**
   * Exposes these label values, and no others any more.
   *
   * @throws {TypeError} If a value is missing, too many or not a string.
   * @throws {RangeError} If a value is not one of those that are allowed.
   */
  set(...args: LabelArguments<S>): void {
    this.replaceAll(args);
  }

  /** Does what {@linkcode Info.set} does, and returns the line. */
  override labels(...args: LabelArguments<S>): InfoChild {
    return this.replaceAll(args);
  }

  /** Exposes nothing any more. */
  override clear(): void {
    this.removeAll();
  }

  /** Creates a child. */
  protected override createChild(labels: readonly string[]): InfoChild {
    return new InfoChild(this.name, labels);
  }
}

/** Options of {@linkcode StateSet}. */
export interface StateSetOptions<T extends string, S extends LabelSpec = LabelSpec>
  extends InstrumentOptions<S> {
  /** All states there are. */
  states: readonly T[];
}

/** A state set for one combination of label values. No state is on at first. */
export class StateSetChild<T extends string> implements Child {
  /** Whether it was changed since that was last noticed. */
  isTouched = false;
  readonly #name: string;
  readonly #states: Map<T, boolean>;
  readonly #samples: readonly Sample[];

  /** Starts with all states off, for series with these labels: names and values in turn. */
  constructor(name: string, labels: readonly string[], states: readonly T[]) {
    this.#name = name;
    this.#states = new Map(states.map((state) => [state, false]));
    this.#samples = states.map((state) => new Sample(name, [...labels, name, state], 0));
  }

  /** Tells whether a state is on. */
  has(state: T): boolean {
    return this.#states.get(state) ?? false;
  }

  /**
   * Turns a state on or off, whatever the others are.
   *
   * @throws {TypeError} If `on` is neither true nor false.
   * @throws {RangeError} If there is no such state.
   */
  set(state: T, on = true): void {
    this.#check(state);
    if (typeof on !== "boolean") {
      throw new TypeError(
        `Cannot set state of "${this.#name}": expected true or false, got ${describe(on)}`,
      );
    }
    this.#states.set(state, on);
    this.isTouched = true;
  }

  /**
   * Turns one state on and all others off.
   *
   * @throws {RangeError} If there is no such state.
   */
  setOnly(state: T): void {
    this.#check(state);
    for (const other of this.#states.keys()) this.#states.set(other, other === state);
    this.isTouched = true;
  }

  /** What it exposes now. */
  samples(): Sample[] {
    const values = [...this.#states.values()];
    return this.#samples.map((sample, i) => sample.withValue(values[i] ? 1 : 0));
  }

  #check(state: T): void {
    if (this.#states.has(state)) return;
    throw new RangeError(
      `Cannot set state of "${this.#name}": expected one of ${
        [...this.#states.keys()].map((state) => `"${state}"`).join(", ")
      }, got ${describe(state)}`,
    );
  }
}

/**
 * A metric that tells for each of several states whether it is on.
 *
 * @typeParam T The states.
 * @typeParam S The labels. The name of the metric is the set's own.
 */
export class StateSet<const T extends string, const S extends LabelSpec = readonly []>
  extends Instrument<S, StateSetChild<T>> {
  /** All states there are. */
  readonly states: readonly T[];

  /**
   * Makes a state set. Without labels it is exposed with all states off from the start.
   *
   * @throws {TypeError} If an argument is of the wrong kind.
   * @throws {RangeError} If the name is not a label name, a label cannot be one, or a state occurs twice or is empty.
   */
  constructor(name: string, help: string, options: StateSetOptions<T, S>) {
    super("stateset", name, help, options, { options: ["states"], labels: [name] });
    this.states = checkStates(name, options.states);
    this.clear();
  }

  /** {@linkcode StateSetChild.has} of a set without labels. */
  has(this: StateSet<T, readonly []>, state: T): boolean {
    return this.only.has(state);
  }

  /** {@linkcode StateSetChild.set} of a set without labels. */
  set(this: StateSet<T, readonly []>, state: T, on = true): void {
    this.only.set(state, on);
  }

  /** {@linkcode StateSetChild.setOnly} of a set without labels. */
  setOnly(this: StateSet<T, readonly []>, state: T): void {
    this.only.setOnly(state);
  }

  /** Creates a child. */
  protected override createChild(labels: readonly string[]): StateSetChild<T> {
    return new StateSetChild(this.name, labels, this.states);
  }
}

function checkStates<T extends string>(name: string, states: readonly T[]): readonly T[] {
  if (!Array.isArray(states) || states.some((state) => typeof state !== "string")) {
    throw new TypeError(`Cannot create stateset "${name}": expected a list of strings as states`);
  }
  const isRight = states.length > 0 && new Set(states).size === states.length &&
    !states.includes("" as T);
  if (name.includes(":") || !isRight) {
    throw new RangeError(
      `Cannot create stateset "${name}": expected a name without colons and states that are different and not empty`,
    );
  }
  return [...states];
}
