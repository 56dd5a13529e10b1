/**
 * State sets: which of several states something is in.
 *
 * @module
 */

import { Instrument } from "./instrument.ts";
import { describe } from "./model/describe.ts";
import { Child, type Slots } from "./series/child.ts";
import type { LabelSpec } from "./model/label_schema.ts";
import type { InstrumentOptions } from "./series/options.ts";
import { SeriesStore } from "./series/store.ts";

/** Options of {@linkcode StateSet}. */
export interface StateSetOptions<T extends string, S extends LabelSpec = LabelSpec>
  extends InstrumentOptions<S> {
  /** All states. */
  states: readonly T[];
}

/** A state set for one combination of label values. All states are off at first. */
export interface StateSetChild<T extends string> {
  /** Returns whether a state is on. */
  has(state: T): boolean;
  /**
   * Turns a state on or, with `false`, off. Other states stay as they are.
   *
   * @throws {TypeError} If `on` is not a boolean.
   * @throws {RangeError} If the state is unknown.
   */
  set(state: T, on?: boolean): void;
  /**
   * Turns one state on and all others off.
   *
   * @throws {RangeError} If the state is unknown.
   */
  setOnly(state: T): void;
}

class StateSetSeries<T extends string> extends Child implements StateSetChild<T> {
  readonly #states: readonly T[];
  readonly #on = new Set<T>();

  constructor(slots: Slots, slot: number, states: readonly T[]) {
    super(slots, slot);
    this.#states = states;
  }

  has(state: T): boolean {
    return this.#on.has(state);
  }

  set(state: T, on = true): void {
    this.#check(state);
    if (typeof on !== "boolean") {
      throw new TypeError(
        `Cannot set state of "${this.slots.layout.name}": expected true or false, got ${
          describe(on)
        }`,
      );
    }
    this.mark();
    if (on) this.#on.add(state);
    else this.#on.delete(state);
  }

  setOnly(state: T): void {
    this.#check(state);
    this.mark();
    this.#on.clear();
    this.#on.add(state);
  }

  override read(into: Float64Array, at: number): void {
    for (const [i, state] of this.#states.entries()) into[at + i] = Number(this.#on.has(state));
  }

  #check(state: T): void {
    if (this.#states.includes(state)) return;
    throw new RangeError(
      `Cannot set state of "${this.slots.layout.name}": expected one of ${
        this.#states.map((state) => `"${state}"`).join(", ")
      }, got ${describe(state)}`,
    );
  }
}

/**
 * A metric with one series for each of several states, 1 if it is on and 0 if not.
 *
 * ```ts
 * import { StateSet } from "@exporter/prometheus";
 *
 * const door = new StateSet("door_state", "State of the door.", { states: ["open", "closed"] });
 * door.setOnly("open");
 * ```
 *
 * Like every {@linkcode Instrument}, it has `labels()`, which returns a {@linkcode StateSetChild}, `remove()` and `clear()`.
 *
 * @typeParam T The states.
 * @typeParam S The labels. The name of the metric is reserved.
 */
export class StateSet<const T extends string, const S extends LabelSpec = readonly []>
  extends Instrument<S, StateSetChild<T>> {
  readonly #series: SeriesStore<StateSetSeries<T>>;
  /** All states. */
  readonly states: readonly T[];

  /**
   * Creates a state set. Without labels, it is exposed with all states off from the start.
   *
   * @throws {TypeError} If an argument has the wrong type, or an option is unknown.
   * @throws {RangeError} If the name is not a label name, a label name is invalid, or a state is empty or occurs twice.
   */
  constructor(name: string, help: string, options: StateSetOptions<T, S>) {
    const series = new SeriesStore<StateSetSeries<T>>(
      { type: "stateset", options: ["states"], reservedLabels: [name] },
      name,
      help,
      options,
    );
    const states = checkStates(name, options.states);
    series.begin({
      parts: states.map((state) => ({ suffix: "", label: [series.name, state] as const })),
      createChild: (slots, slot) => new StateSetSeries(slots, slot, states),
    });
    super(series);
    this.#series = series;
    this.states = states;
  }

  /** Returns whether a state is on, in a state set without labels. */
  has(this: StateSet<T, readonly []>, state: T): boolean {
    return this.#series.only.has(state);
  }

  /**
   * Turns a state on or off in a state set without labels, see {@linkcode StateSetChild.set}.
   *
   * @throws {TypeError} If `on` is not a boolean, or the state set has labels.
   * @throws {RangeError} If the state is unknown.
   */
  set(this: StateSet<T, readonly []>, state: T, on = true): void {
    this.#series.only.set(state, on);
  }

  /**
   * Turns one state on and all others off in a state set without labels.
   *
   * @throws {TypeError} If the state set has labels.
   * @throws {RangeError} If the state is unknown.
   */
  setOnly(this: StateSet<T, readonly []>, state: T): void {
    this.#series.only.setOnly(state);
  }
}

function checkStates<T extends string>(name: string, states: readonly T[]): readonly T[] {
  if (!Array.isArray(states) || states.some((state) => typeof state !== "string")) {
    throw new TypeError(`Cannot create stateset "${name}": expected a list of strings as states`);
  }
  const isValid = states.length > 0 && new Set(states).size === states.length &&
    !states.includes("" as T) && states.every((state) => state.isWellFormed());
  if (name.includes(":") || !isValid) {
    throw new RangeError(
      `Cannot create stateset "${name}": expected a name without colons and states that are different, not empty and without lone surrogates`,
    );
  }
  return [...states];
}
