/**
 * A map by lists of strings, all of the same length.
 *
 * It needs no joined key, so `["a,b"]` and `["a", "b"]` are different, and a lookup costs less than joining would.
 *
 * V8 hashes long strings by their length alone, and integers by their last digits. Keys of these kinds are cut into pieces and
 * written differently, so that untrusted label values cannot make lookups slow.
 *
 * @module
 */

import { collides, MAX_LENGTH } from "../model/short_keys.ts";

/** The length of the pieces of long values, which begin with one more character. */
const PIECE_LENGTH = MAX_LENGTH - 1;

/** What a value leads to: an item, or the level of the next value. */
type Below<T> = T | Level<T>;

type Level<T> = Map<string, Below<T>> | Single<T>;

/** A map of one entry. Most levels have only one, and it takes a fraction of the memory of a `Map`. */
class Single<T> {
  readonly key: string;
  readonly below: Below<T>;

  constructor(key: string, below: Below<T>) {
    this.key = key;
    this.below = below;
  }

  get(key: string): Below<T> | undefined {
    return key === this.key ? this.below : undefined;
  }
}

/** The positions of the values in a list. */
export interface ValuePlaces {
  /** The index of the first value. */
  readonly first: number;
  /** The distance between two values. */
  readonly step: number;
  /** The number of values. */
  readonly count: number;
}

/** A map by the values in lists. Without values, it has room for one item. */
export class ValueTree<T extends object | number> {
  readonly #first: number;
  readonly #step: number;
  readonly #end: number;
  #root: Level<T> | undefined;
  /** Whether a list with a value that could collide was looked up. Until then, no lookup checks its values. */
  #hasColliding = false;
  /** The items of lists with a value that could collide, by the number of pieces that make up all values, once there are any. */
  #inPieces: Map<number, ValueTree<T>> | undefined;

  /** Starts empty. */
  constructor({ first, step, count }: ValuePlaces) {
    this.#first = first;
    this.#step = step;
    this.#end = first + step * Math.max(count, 1);
  }

  /** Returns the item for these values. A value that is not a string has none. */
  get(list: readonly unknown[]): T | undefined {
    if (this.#hasColliding && this.#collides(list)) return this.#getInPieces(list);
    let below: Below<T> | undefined = this.#root;
    for (let i = this.#first; i < this.#end; i += this.#step) {
      if (below === undefined) break;
      below = (below as Level<T>).get(list[i] as string);
    }
    if (below === undefined) this.#hasColliding ||= this.#collides(list);
    return below as T | undefined;
  }

  /** Sets the item for these values. */
  set(list: readonly string[], item: T): void {
    this.#hasColliding ||= this.#collides(list);
    if (this.#collides(list)) this.#setInPieces(list, item);
    else this.#root = this.#with(this.#root, list, this.#first, item);
  }

  /** Removes the item for these values, which must exist. */
  delete(list: readonly string[]): void {
    if (this.#collides(list)) this.#deleteInPieces(list);
    else this.#root = this.#without(this.#root!, list, this.#first);
  }

  /** Removes all items. */
  clear(): void {
    this.#root = undefined;
    this.#inPieces = undefined;
  }

  #collides(list: readonly unknown[]): boolean {
    for (let i = this.#first; i < this.#end; i += this.#step) {
      const value = list[i];
      if (typeof value === "string" && collides(value)) return true;
    }
    return false;
  }

  /**
   * Cuts the values into pieces, each value preceded by the number of its pieces, so that different lists stay different. Pieces
   * begin with a character that makes no integer of them.
   */
  #piecesOf(list: readonly unknown[]): string[] {
    const pieces: string[] = [];
    for (let i = this.#first; i < this.#end; i += this.#step) {
      const value = list[i];
      if (typeof value !== "string") return [];
      pieces.push(`${Math.ceil(value.length / PIECE_LENGTH)}`);
      for (let at = 0; at < value.length; at += PIECE_LENGTH) {
        pieces.push(`:${value.slice(at, at + PIECE_LENGTH)}`);
      }
    }
    return pieces;
  }

  #getInPieces(list: readonly unknown[]): T | undefined {
    const pieces = this.#piecesOf(list);
    return this.#inPieces?.get(pieces.length)?.get(pieces);
  }

  #setInPieces(list: readonly string[], item: T): void {
    const pieces = this.#piecesOf(list);
    this.#inPieces ??= new Map();
    let tree = this.#inPieces.get(pieces.length);
    if (tree === undefined) {
      tree = new ValueTree({ first: 0, step: 1, count: pieces.length });
      this.#inPieces.set(pieces.length, tree);
    }
    tree.set(pieces, item);
  }

  #deleteInPieces(list: readonly string[]): void {
    const pieces = this.#piecesOf(list);
    this.#inPieces!.get(pieces.length)!.delete(pieces);
  }

  /** Returns a level with one more item. */
  #with(level: Level<T> | undefined, list: readonly string[], i: number, item: T): Level<T> {
    const key = list[i]!;
    const next = i + this.#step;
    const entry = next === this.#end
      ? item
      : this.#with(level?.get(key) as Level<T> | undefined, list, next, item);
    if (level instanceof Map) return level.set(key, entry);
    if (level === undefined || level.key === key) return new Single(key, entry);
    return new Map([[level.key, level.below], [key, entry]]);
  }

  /** Returns a level without an existing item; undefined if it is empty then. */
  #without(level: Level<T>, list: readonly string[], i: number): Level<T> | undefined {
    const key = list[i]!;
    const next = i + this.#step;
    const rest = next === this.#end
      ? undefined
      : this.#without(level.get(key) as Level<T>, list, next);
    if (level instanceof Single) return rest && new Single(key, rest);
    if (rest === undefined) level.delete(key);
    else level.set(key, rest);
    return level.size === 0 ? undefined : level;
  }
}
