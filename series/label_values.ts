/**
 * The values of a label, each kept once however many series have it.
 *
 * @module
 */

import { collides } from "../model/short_keys.ts";
import { ValueTree } from "./value_tree.ts";

/** Numbers for the values of one label of an instrument. A number is free again when no series has its value any more. */
export class LabelValues {
  readonly #numbers = new Map<unknown, number>();
  /** The numbers of values that could collide, once one was looked up. Until then, no lookup checks its value. */
  #colliding: ValueTree<number> | undefined;
  /** The value of each number. Number 0 stands for none. */
  readonly #values: string[] = [""];
  /** How many series have the value of each number. */
  #uses = new Uint32Array(2);
  readonly #free: number[] = [];

  /** Returns the number of a value; 0 if no series has it, or if it is not a string. */
  find(value: unknown): number {
    if (this.#colliding !== undefined && isColliding(value)) return this.#findColliding(value);
    const number = this.#numbers.get(value);
    if (number !== undefined) return number;
    if (isColliding(value)) this.#colliding ??= new ValueTree({ first: 0, step: 1, count: 1 });
    return 0;
  }

  /** Returns the number of a value, for one more series. */
  acquire(value: string): number {
    const number = this.find(value) || this.#add(value);
    this.#uses[number]!++;
    return number;
  }

  /** Takes back a number that {@linkcode LabelValues.acquire} gave to a series. */
  release(number: number): void {
    if (--this.#uses[number]! > 0) return;
    const value = this.#values[number]!;
    if (isColliding(value)) this.#colliding!.delete([value]);
    else this.#numbers.delete(value);
    this.#values[number] = "";
    this.#free.push(number);
  }

  /** Returns the value of a number. */
  get(number: number): string {
    return this.#values[number]!;
  }

  #findColliding(value: string): number {
    return this.#colliding!.get([value]) ?? 0;
  }

  #add(value: string): number {
    const number = this.#free.pop() ?? this.#values.length;
    if (number === this.#uses.length) {
      const uses = new Uint32Array(2 * number);
      uses.set(this.#uses);
      this.#uses = uses;
    }
    this.#values[number] = value;
    if (isColliding(value)) this.#colliding!.set([value], number);
    else this.#numbers.set(value, number);
    return number;
  }
}

function isColliding(value: unknown): value is string {
  return typeof value === "string" && collides(value);
}
