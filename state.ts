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
import { Instrument, type InstrumentOptions } from "./instrument.ts";
import type { LabelArguments, LabelSpec } from "./label_spec.ts";
import { Child } from "./series_block.ts";

/** One line of an info: labels, and 1 as value. */
export class InfoChild extends Child {
  /** Writes 1. */
  override read(into: Float64Array, at: number): void {
    into[at] = 1;
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
    if (!this.name.endsWith("_info")) {
      throw new RangeError(`Cannot create info "${name}": expected a name that ends in "_info"`);
    }
    this.begin({ parts: [{ suffix: "" }] });
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
  protected override createChild(): InfoChild {
    return new InfoChild();
  }
}

/** Options of {@linkcode StateSet}. */
export interface StateSetOptions<T extends string, S extends LabelSpec = LabelSpec>
  extends InstrumentOptions<S> {
  /** All states there are. */
  states: readonly T[];
}

/** A state set for one combination of label values. No state is on at first. */
export class StateSetChild<T extends string> extends Child {
  readonly #states: readonly T[];
  readonly #on = new Set<T>();

  /** Starts with all states off. */
  constructor(states: readonly T[]) {
    super();
    this.#states = states;
  }

  /** Tells whether a state is on. */
  has(state: T): boolean {
    return this.#on.has(state);
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
        `Cannot set state of "${this.block.layout.name}": expected true or false, got ${
          describe(on)
        }`,
      );
    }
    if (on) this.#on.add(state);
    else this.#on.delete(state);
    if (!this.isMarked) this.mark();
  }

  /**
   * Turns one state on and all others off.
   *
   * @throws {RangeError} If there is no such state.
   */
  setOnly(state: T): void {
    this.#check(state);
    this.#on.clear();
    this.#on.add(state);
    if (!this.isMarked) this.mark();
  }

  /** Writes for each state whether it is on. */
  override read(into: Float64Array, at: number): void {
    for (const [i, state] of this.#states.entries()) into[at + i] = Number(this.#on.has(state));
  }

  #check(state: T): void {
    if (this.#states.includes(state)) return;
    throw new RangeError(
      `Cannot set state of "${this.block.layout.name}": expected one of ${
        this.#states.map((state) => `"${state}"`).join(", ")
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
    const parts = this.states.map((state) => ({ suffix: "", label: [this.name, state] as const }));
    this.begin({ parts });
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
  protected override createChild(): StateSetChild<T> {
    return new StateSetChild(this.states);
  }
}

function checkStates<T extends string>(name: string, states: readonly T[]): readonly T[] {
  if (!Array.isArray(states) || states.some((state) => typeof state !== "string")) {
    throw new TypeError(`Cannot create stateset "${name}": expected a list of strings as states`);
  }
  const isRight = states.length > 0 && new Set(states).size === states.length &&
    !states.includes("" as T) && states.every((state) => state.isWellFormed());
  if (name.includes(":") || !isRight) {
    throw new RangeError(
      `Cannot create stateset "${name}": expected a name without colons and states that are different, not empty and without lone surrogates`,
    );
  }
  return [...states];
}
