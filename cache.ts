/**
 * A cache for values that are costly to load and may be a little old.
 *
 * {@linkcode TtlCache} keeps each value for a time to live. While a value is being loaded, everybody
 * who asks for it waits for that one load. When loading fails, the last value is given for a limited
 * time longer, in the sense of HTTP's `stale-if-error` (RFC 5861, section 4). Nothing happens in the
 * background: there are no timers, and the clock can be injected.
 *
 * @example One load for many callers
 * ```ts
 * import { TtlCache } from "@exporter/prometheus";
 *
 * let loads = 0;
 * const cache = new TtlCache<string, number>({ ttl: 30, maxStale: 300 });
 * const load = (_signal: AbortSignal) => Promise.resolve(20 + ++loads);
 *
 * const readings = await Promise.all([cache.get("north", load), cache.get("north", load)]);
 * if (readings.join() !== "21,21") throw new Error("Two loads were made");
 * ```
 *
 * @module
 */

/** How long a {@linkcode TtlCache} keeps values, and how many. */
export interface TtlCacheOptions {
  /**
   * Seconds for which a value is fresh, from 0. `Infinity` keeps it until it is deleted or evicted.
   *
   * With 0 every call of {@linkcode TtlCache.get} loads, except that callers who come while a load
   * is under way still share it.
   */
  ttl: number;
  /**
   * Seconds, from 0, after the end of `ttl` for which a value is still given when loading fails.
   *
   * @default {10 * ttl}
   */
  maxStale?: number;
  /**
   * Values to keep at most, an integer from 1. Beyond it the least recently used one is evicted.
   *
   * @default {1000}
   */
  maxEntries?: number;
  /**
   * The clock, in seconds. Only differences count. While it goes backwards, time stands still, so
   * that a value does not outlive its limits by more than one such step.
   *
   * @default {() => performance.now() / 1000}
   */
  now?: () => number;
}

interface Entry<V> {
  readonly value: V;
  readonly loadedAt: number;
}

interface Flight<V> {
  readonly controller: AbortController;
  readonly result: Promise<V>;
}

/**
 * A bounded cache with a time to live, one load at a time for each key, and stale values when
 * loading fails.
 *
 * The age of a value counts from the *end* of its load: a load that takes longer than `ttl` brings a
 * value that is as good as any, and is not repeated at once.
 *
 * Keys are compared as those of a `Map`. `undefined` is a value like any other;
 * {@linkcode TtlCache.age} tells it from an absent one.
 *
 * @typeParam K The keys.
 * @typeParam V The values.
 */
export class TtlCache<K, V> {
  readonly #ttl: number;
  readonly #lifetime: number;
  readonly #maxEntries: number;
  readonly #now: () => number;
  /** In order of use, the most recent last. */
  readonly #entries = new Map<K, Entry<V>>();
  readonly #flights = new Map<K, Flight<V>>();
  #lastReading = -Infinity;
  #lost = 0;

  /**
   * Creates an empty cache.
   *
   * @param options How long to keep values, and how many.
   * @throws {TypeError} If a limit is not a number.
   * @throws {RangeError} If a time is negative or `NaN`, or `maxEntries` is not an integer from 1.
   */
  constructor(options: TtlCacheOptions) {
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

  /** The values kept, with those that are too old to be given and that no call has met since. */
  get size(): number {
    return this.#entries.size;
  }

  /**
   * Gives the fresh value of a key, or loads it.
   *
   * Callers who come while a load is under way wait for that one. A load that fails, by rejecting
   * or by throwing, gives them the stale value while its limit lasts; a failure is never kept, so
   * that the next call loads again.
   *
   * A load that never ends, for example because it waits for its own key, keeps its callers waiting
   * for ever; after {@linkcode TtlCache.delete} the next call loads anew.
   *
   * @param key The key.
   * @param load Loads the value. The signal aborts when the key is deleted meanwhile.
   * @returns The value. Rejects with what the load failed with, if there is no value to give
   * instead; ignoring the rejection is harmless.
   */
  get(key: K, load: (signal: AbortSignal) => Promise<V>): Promise<V> {
    const time = this.#time();
    const entry = this.#lookUp(key, time);
    if (entry) {
      this.#entries.delete(key);
      this.#entries.set(key, entry);
      if (time - entry.loadedAt < this.#ttl) return Promise.resolve(entry.value);
    }
    const flight = this.#flights.get(key);
    return flight ? flight.result : this.#start(key, load);
  }

  /**
   * Gives what is there, fresh or stale within its limit, without loading. Does not count as use.
   *
   * @param key The key.
   * @returns The value, or `undefined` if there is none.
   */
  peek(key: K): V | undefined {
    return this.#lookUp(key, this.#time())?.value;
  }

  /**
   * Tells how old the value of a key is.
   *
   * @param key The key.
   * @returns Seconds since it was loaded, or `undefined` if there is no value that could be given.
   */
  age(key: K): number | undefined {
    const time = this.#time();
    const entry = this.#lookUp(key, time);
    return entry && time - entry.loadedAt;
  }

  /**
   * Forgets the value of a key and aborts a load under way for it. What that load still brings goes
   * to those who wait for it, and is not kept.
   *
   * @param key The key.
   * @returns Whether there was a value that could be given, or a load.
   */
  delete(key: K): boolean {
    const entry = this.#lookUp(key, this.#time());
    const flight = this.#flights.get(key);
    this.#entries.delete(key);
    this.#flights.delete(key);
    flight?.controller.abort();
    return entry !== undefined || flight !== undefined;
  }

  /** Does for all keys what {@linkcode TtlCache.delete} does for one. */
  clear(): void {
    const flights = [...this.#flights.values()];
    this.#entries.clear();
    this.#flights.clear();
    for (const flight of flights) flight.controller.abort();
  }

  #start(key: K, load: (signal: AbortSignal) => Promise<V>): Promise<V> {
    let resolve!: (result: Promise<V>) => void;
    const result = new Promise<V>((settle) => resolve = settle);
    const flight: Flight<V> = { controller: new AbortController(), result };
    // Before the load is called, which may itself use the cache.
    this.#flights.set(key, flight);
    result.catch(() => {});
    resolve(this.#load(key, load, flight));
    return result;
  }

  async #load(
    key: K,
    load: (signal: AbortSignal) => Promise<V>,
    flight: Flight<V>,
  ): Promise<V> {
    try {
      const value = await load(flight.controller.signal);
      if (this.#land(key, flight)) this.#keep(key, value);
      return value;
    } catch (error) {
      const entry = this.#land(key, flight) && this.#lookUp(key, this.#time());
      if (entry) return entry.value;
      throw error;
    }
  }

  /** Ends a flight. Tells whether its result still counts: another one may have taken its place. */
  #land(key: K, flight: Flight<V>): boolean {
    return this.#flights.get(key) === flight && this.#flights.delete(key);
  }

  #keep(key: K, value: V): void {
    this.#entries.delete(key);
    if (this.#lifetime === 0) return;
    this.#entries.set(key, { value, loadedAt: this.#time() });
    if (this.#entries.size <= this.#maxEntries) return;
    for (const oldest of this.#entries.keys()) {
      this.#entries.delete(oldest);
      return;
    }
  }

  /** Finds what could still be given, and drops what could not. */
  #lookUp(key: K, time: number): Entry<V> | undefined {
    const entry = this.#entries.get(key);
    if (!entry || time - entry.loadedAt < this.#lifetime) return entry;
    this.#entries.delete(key);
    return undefined;
  }

  /** The clock, with the steps that it went backwards taken out. */
  #time(): number {
    const reading = this.#now();
    if (reading < this.#lastReading) this.#lost += this.#lastReading - reading;
    this.#lastReading = reading;
    return reading + this.#lost;
  }
}

function monotonicSeconds(): number {
  return performance.now() / 1000;
}

function checkSeconds(name: string, value: number): void {
  const problem = `Cannot create cache: "${name}" must be a number of seconds from 0`;
  if (typeof value !== "number") throw new TypeError(`${problem}, received ${typeof value}`);
  if (!(value >= 0)) throw new RangeError(`${problem}, received "${value}"`);
}

function checkCount(name: string, value: number): void {
  const problem = `Cannot create cache: "${name}" must be an integer from 1`;
  if (typeof value !== "number") throw new TypeError(`${problem}, received ${typeof value}`);
  if (!Number.isSafeInteger(value) || value < 1) {
    throw new RangeError(`${problem}, received "${value}"`);
  }
}
