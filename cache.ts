/**
 * A cache for values that are expensive to load and may be slightly outdated.
 *
 * @module
 */

import { describe } from "./model/describe.ts";
import { checkNames } from "./model/options.ts";

/** Options of {@linkcode TtlCache}. */
export interface TtlCacheOptions {
  /**
   * Seconds for which a value is fresh, 0 or more. `Infinity` keeps it until it is deleted or evicted.
   *
   * With 0, each call of {@linkcode TtlCache.get} loads the value, but concurrent calls still share a load.
   */
  ttl: number;
  /**
   * Seconds after `ttl` for which a stale value is returned when loading fails, 0 or more.
   *
   * @default {10 * ttl}
   */
  maxStale?: number;
  /**
   * The maximum number of values, 1 or more. Beyond it, the least recently used value is evicted.
   *
   * @default {1000}
   */
  maxEntries?: number;
  /**
   * The clock, in seconds since any point in time. A step backwards counts as no time at all, so that values expire at most that
   * much later.
   *
   * @default {() => performance.now() / 1000}
   */
  now?: () => number;
}

const OPTIONS: readonly (keyof TtlCacheOptions)[] = ["ttl", "maxStale", "maxEntries", "now"];

interface Entry<V> {
  readonly value: V;
  readonly loadedAt: number;
}

interface Load<V> {
  readonly controller: AbortController;
  readonly result: Promise<V>;
}

/**
 * A bounded cache with a time to live. Concurrent calls for one key share a load. When loading fails, the last value is returned
 * for a limited time, like HTTP's `stale-if-error` (RFC 5861, section 4). There are no timers.
 *
 * The age of a value counts from the end of its load, so that a load that takes longer than `ttl` is not repeated immediately. Keys
 * are compared like those of a `Map`. `undefined` is a valid value, which {@linkcode TtlCache.age} distinguishes from an absent
 * one.
 *
 * ```ts
 * import { TtlCache } from "@exporter/prometheus";
 *
 * let loads = 0;
 * const cache = new TtlCache<string, number>({ ttl: 30, maxStale: 300 });
 * const load = (_signal: AbortSignal) => Promise.resolve(20 + ++loads);
 *
 * const readings = await Promise.all([cache.get("north", load), cache.get("north", load)]);
 * console.log(readings, loads); // [ 21, 21 ] 1
 * ```
 *
 * @typeParam K The type of the keys.
 * @typeParam V The type of the values.
 */
export class TtlCache<K, V> {
  readonly #ttl: number;
  readonly #lifetime: number;
  readonly #maxEntries: number;
  readonly #now: () => number;
  /** The entries, the most recently used last. */
  readonly #entries = new Map<K, Entry<V>>();
  readonly #loads = new Map<K, Load<V>>();
  #lastReading = -Infinity;
  /** The seconds that the clock has gone backwards in total. */
  #offset = 0;

  /**
   * Creates an empty cache.
   *
   * @throws {TypeError} If an option has the wrong type, or is unknown.
   * @throws {RangeError} If a time is negative or NaN, or `maxEntries` is not an integer of 1 or more.
   */
  constructor(options: TtlCacheOptions) {
    checkNames("Cannot create cache", options, OPTIONS);
    const { ttl, maxEntries = 1000, now = monotonicSeconds } = options;
    checkSeconds("ttl", ttl);
    const { maxStale = 10 * ttl } = options;
    checkSeconds("maxStale", maxStale);
    checkCount("maxEntries", maxEntries);
    this.#ttl = ttl;
    this.#lifetime = ttl + maxStale;
    this.#maxEntries = maxEntries;
    this.#now = now;
  }

  /** The number of values, including expired ones that no call has removed yet. */
  get size(): number {
    return this.#entries.size;
  }

  /**
   * Returns the value of a key, and loads it unless it is fresh.
   *
   * If the key is being loaded, the call waits for that load. If the load throws or rejects, the stale value is returned while
   * `maxStale` lasts. Failures are not cached: the next call loads again.
   *
   * A load that never settles, for example because it waits for its own key, blocks all calls for the key until
   * {@linkcode TtlCache.delete}.
   *
   * @param load Loads the value. The signal aborts when the key is deleted in the meantime.
   * @returns The value. Rejects with the error of the load if there is no stale value. Ignoring the rejection is safe.
   */
  get(key: K, load: (signal: AbortSignal) => Promise<V>): Promise<V> {
    const time = this.#time();
    const entry = this.#lookUp(key, time);
    if (entry) {
      this.#entries.delete(key);
      this.#entries.set(key, entry);
      if (time - entry.loadedAt < this.#ttl) return Promise.resolve(entry.value);
    }
    const pending = this.#loads.get(key);
    return pending ? pending.result : this.#start(key, load);
  }

  /**
   * Returns the value of a key without loading it, fresh or stale, or `undefined` if there is none. This does not count as use of
   * the value.
   */
  peek(key: K): V | undefined {
    return this.#lookUp(key, this.#time())?.value;
  }

  /** Returns the seconds since the value of a key was loaded, or `undefined` if there is none. */
  age(key: K): number | undefined {
    const time = this.#time();
    const entry = this.#lookUp(key, time);
    return entry && time - entry.loadedAt;
  }

  /**
   * Deletes the value of a key, and aborts its load. If that load still succeeds, pending calls get its value, but it is not
   * cached.
   *
   * @returns Whether there was a value or a load.
   */
  delete(key: K): boolean {
    const entry = this.#lookUp(key, this.#time());
    const pending = this.#loads.get(key);
    this.#entries.delete(key);
    this.#loads.delete(key);
    pending?.controller.abort();
    return entry !== undefined || pending !== undefined;
  }

  /** Deletes all values, and aborts all loads. */
  clear(): void {
    const pending = [...this.#loads.values()];
    this.#entries.clear();
    this.#loads.clear();
    for (const { controller } of pending) controller.abort();
  }

  #start(key: K, load: (signal: AbortSignal) => Promise<V>): Promise<V> {
    let resolve!: (result: Promise<V>) => void;
    const result = new Promise<V>((settle) => resolve = settle);
    const pending: Load<V> = { controller: new AbortController(), result };
    // Register first, because the load may use the cache itself.
    this.#loads.set(key, pending);
    result.catch(() => {});
    resolve(this.#run(key, load, pending));
    return result;
  }

  async #run(
    key: K,
    load: (signal: AbortSignal) => Promise<V>,
    pending: Load<V>,
  ): Promise<V> {
    try {
      const value = await load(pending.controller.signal);
      if (this.#finish(key, pending)) this.#store(key, value);
      return value;
    } catch (error) {
      const entry = this.#finish(key, pending) && this.#lookUp(key, this.#time());
      if (entry) return entry.value;
      throw error;
    }
  }

  /** Ends a load. Returns whether its result still counts, that is whether the key was not deleted in the meantime. */
  #finish(key: K, pending: Load<V>): boolean {
    return this.#loads.get(key) === pending && this.#loads.delete(key);
  }

  #store(key: K, value: V): void {
    this.#entries.delete(key);
    if (this.#lifetime === 0) return;
    this.#entries.set(key, { value, loadedAt: this.#time() });
    if (this.#entries.size <= this.#maxEntries) return;
    for (const oldest of this.#entries.keys()) {
      this.#entries.delete(oldest);
      return;
    }
  }

  /** Returns the entry of a key, fresh or stale. Removes it if it has expired. */
  #lookUp(key: K, time: number): Entry<V> | undefined {
    const entry = this.#entries.get(key);
    if (!entry || time - entry.loadedAt < this.#lifetime) return entry;
    this.#entries.delete(key);
    return undefined;
  }

  /** Returns the time of the clock, corrected so that it never goes backwards. */
  #time(): number {
    const reading = this.#now();
    if (reading < this.#lastReading) this.#offset += this.#lastReading - reading;
    this.#lastReading = reading;
    return reading + this.#offset;
  }
}

function monotonicSeconds(): number {
  return performance.now() / 1000;
}

function checkSeconds(name: string, value: number): void {
  const problem = `Cannot create cache: expected ${name} to be a number of seconds, 0 or more`;
  if (typeof value !== "number") throw new TypeError(`${problem}, got ${describe(value)}`);
  if (!(value >= 0)) throw new RangeError(`${problem}, got ${value}`);
}

function checkCount(name: string, value: number): void {
  const problem = `Cannot create cache: expected ${name} to be an integer, 1 or more`;
  if (typeof value !== "number") throw new TypeError(`${problem}, got ${describe(value)}`);
  if (!Number.isSafeInteger(value) || value < 1) {
    throw new RangeError(`${problem}, got ${value}`);
  }
}
