import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { TtlCache, type TtlCacheOptions } from "../cache.ts";

class Clock {
  time = 1000;
  now = (): number => this.time;
}

/** A load that the test finishes. */
class Load<V> {
  readonly #result = Promise.withResolvers<V>();
  calls = 0;
  signal?: AbortSignal;
  resolve = this.#result.resolve;
  reject = this.#result.reject;
  start = (signal: AbortSignal): Promise<V> => {
    this.calls++;
    this.signal = signal;
    return this.#result.promise;
  };
}

function setUp(
  options: Partial<TtlCacheOptions> = {},
): { clock: Clock; cache: TtlCache<string, number> } {
  const clock = new Clock();
  return { clock, cache: new TtlCache({ ttl: 10, now: clock.now, ...options }) };
}

const give = <V>(value: V) => () => Promise.resolve(value);
const fail = () => Promise.reject(new Error("down"));
const never = (): Promise<never> => {
  throw new Error("The value was loaded unexpectedly");
};

Deno.test("new TtlCache() rejects limits out of range", () => {
  const wrong: [TtlCacheOptions, string][] = [
    [{ ttl: -1 }, "expected ttl to be a number of seconds, 0 or more, got -1"],
    [{ ttl: NaN }, "expected ttl to be a number of seconds, 0 or more, got NaN"],
    [{ ttl: 1, maxStale: -1 }, "expected maxStale to be a number of seconds, 0 or more, got -1"],
    [{ ttl: 1, maxStale: NaN }, "expected maxStale to be a number of seconds, 0 or more, got NaN"],
    [{ ttl: 1, maxEntries: 0 }, "expected maxEntries to be an integer, 1 or more, got 0"],
    [{ ttl: 1, maxEntries: 1.5 }, "expected maxEntries to be an integer, 1 or more, got 1.5"],
    [{ ttl: 1, maxEntries: NaN }, "expected maxEntries to be an integer, 1 or more, got NaN"],
  ];
  for (const [options, problem] of wrong) {
    assertThrows(() => new TtlCache(options), RangeError, `Cannot create cache: ${problem}`);
  }
});

Deno.test("new TtlCache() rejects limits that are not numbers", () => {
  for (const wrong of ["5", null, true, 5n, Symbol("ttl")]) {
    for (const name of ["ttl", "maxStale", "maxEntries"]) {
      const options = { ttl: 1, [name]: wrong } as unknown as TtlCacheOptions;
      assertThrows(
        () => new TtlCache(options),
        TypeError,
        `Cannot create cache: expected ${name} to be`,
      );
    }
  }
  assertThrows(() => new TtlCache({} as TtlCacheOptions), TypeError, "got undefined");
});

Deno.test("TtlCache.get() loads once within the ttl", async () => {
  const { clock, cache } = setUp();
  assertEquals(await cache.get("a", give(1)), 1);
  clock.time += 9.9;
  assertEquals(await cache.get("a", never), 1);
  clock.time += 0.1;
  assertEquals(await cache.get("a", give(2)), 2);
});

Deno.test("TtlCache.get() keeps keys apart", async () => {
  const { cache } = setUp();
  assertEquals(await cache.get("a", give(1)), 1);
  assertEquals(await cache.get("b", give(2)), 2);
  assertEquals(await cache.get("a", never), 1);
});

Deno.test("TtlCache.get() works with the default clock", async () => {
  const cache = new TtlCache<string, number>({ ttl: 3600 });
  await cache.get("a", give(1));
  assertEquals(await cache.get("a", never), 1);
  const age = cache.age("a")!;
  assert(age >= 0 && age < 3600);
});

Deno.test("TtlCache.get() starts one load for a hundred concurrent callers", async () => {
  const { cache } = setUp();
  const load = new Load<number>();
  const results = Array.from({ length: 100 }, () => cache.get("a", load.start));
  load.resolve(7);
  assertEquals(await Promise.all(results), new Array(100).fill(7));
  assertEquals(load.calls, 1);
});

Deno.test("TtlCache.get() with ttl 0 shares loads and stores nothing", async () => {
  const { cache } = setUp({ ttl: 0 });
  const load = new Load<number>();
  const results = [cache.get("a", load.start), cache.get("a", load.start)];
  load.resolve(7);
  assertEquals(await Promise.all(results), [7, 7]);
  assertEquals(load.calls, 1);
  assertEquals(cache.size, 0);
  await assertRejects(() => cache.get("a", fail), Error, "down");
});

Deno.test("TtlCache.get() with ttl 0 and a maxStale loads each time and returns the last value on failure", async () => {
  const { clock, cache } = setUp({ ttl: 0, maxStale: 5 });
  await cache.get("a", give(1));
  assertEquals(await cache.get("a", give(2)), 2);
  clock.time += 4;
  assertEquals(await cache.get("a", fail), 2);
  clock.time += 1;
  await assertRejects(() => cache.get("a", fail), Error, "down");
});

Deno.test("TtlCache.get() with an infinite ttl never loads again", async () => {
  const { clock, cache } = setUp({ ttl: Infinity });
  await cache.get("a", give(1));
  clock.time += 1e12;
  assertEquals(await cache.get("a", never), 1);
});

Deno.test("TtlCache.get() returns the stale value on failure up to ten times the ttl by default", async () => {
  const { clock, cache } = setUp();
  await cache.get("a", give(1));
  clock.time += 109.9;
  assertEquals(await cache.get("a", fail), 1);
  clock.time += 0.1;
  await assertRejects(() => cache.get("a", fail), Error, "down");
});

Deno.test("TtlCache.get() judges staleness when the load fails, not when it began", async () => {
  const { clock, cache } = setUp({ maxStale: 5 });
  await cache.get("a", give(1));
  clock.time += 14;
  const load = new Load<number>();
  const result = cache.get("a", load.start);
  clock.time += 1;
  load.reject(new Error("down"));
  await assertRejects(() => result, Error, "down");
});

Deno.test("TtlCache.get() with maxStale 0 rejects as soon as the value is stale", async () => {
  const { clock, cache } = setUp({ maxStale: 0 });
  await cache.get("a", give(1));
  clock.time += 10;
  await assertRejects(() => cache.get("a", fail), Error, "down");
});

Deno.test("TtlCache.get() treats a load that throws like one that rejects", async () => {
  const { clock, cache } = setUp();
  const result = cache.get("a", never);
  assertInstanceOf(result, Promise);
  await assertRejects(() => result, Error, "loaded unexpectedly");
  await cache.get("a", give(1));
  clock.time += 10;
  assertEquals(await cache.get("a", never), 1);
});

Deno.test("TtlCache.get() never caches a failure", async () => {
  const { clock, cache } = setUp();
  await assertRejects(() => cache.get("a", fail), Error, "down");
  assertEquals(await cache.get("a", give(1)), 1);
  clock.time += 10;
  assertEquals(await cache.get("a", fail), 1);
  assertEquals(await cache.get("a", give(2)), 2);
});

Deno.test("TtlCache.get() rejects all concurrent calls with one failure", async () => {
  const { cache } = setUp();
  const load = new Load<number>();
  const results = [cache.get("a", load.start), cache.get("a", load.start)];
  const reason = new Error("down");
  load.reject(reason);
  for (const result of await Promise.allSettled(results)) {
    assertStrictEquals((result as PromiseRejectedResult).reason, reason);
  }
});

Deno.test("TtlCache.get() leaves no unhandled rejection when its result is ignored", async () => {
  const { cache } = setUp();
  const unhandled: unknown[] = [];
  const listen = (event: PromiseRejectionEvent) => {
    event.preventDefault();
    unhandled.push(event.reason);
  };
  addEventListener("unhandledrejection", listen);
  cache.get("a", fail);
  cache.get("b", never);
  const load = new Load<number>();
  cache.get("c", load.start);
  cache.delete("c");
  load.reject(new Error("late"));
  await nextTask();
  removeEventListener("unhandledrejection", listen);
  assertEquals(unhandled, []);
});

Deno.test("TtlCache.get() counts the age from the end of the load", async () => {
  const { clock, cache } = setUp();
  const load = new Load<number>();
  const result = cache.get("a", load.start);
  clock.time += 15;
  load.resolve(1);
  await result;
  assertEquals(cache.age("a"), 0);
  clock.time += 9;
  assertEquals(await cache.get("a", never), 1);
  clock.time += 1;
  assertEquals(await cache.get("a", give(2)), 2);
});

Deno.test("TtlCache.get() caches undefined", async () => {
  const cache = new TtlCache<string, undefined>({ ttl: 10, now: () => 0 });
  await cache.get("a", give(undefined));
  assertEquals(await cache.get("a", never), undefined);
  assertEquals(cache.age("a"), 0);
});

Deno.test("TtlCache.get() expires values although the clock went backwards", async () => {
  const { clock, cache } = setUp();
  await cache.get("a", give(1));
  clock.time -= 500;
  assertEquals(await cache.get("a", never), 1);
  clock.time += 10;
  assertEquals(await cache.get("a", give(2)), 2);
});

Deno.test("TtlCache.get() expires values although the clock keeps going backwards", async () => {
  const { clock, cache } = setUp();
  await cache.get("a", give(1));
  for (let i = 0; i < 5; i++) {
    clock.time += 2;
    await cache.get("a", never);
    clock.time -= 2;
    if (i < 4) await cache.get("a", never);
  }
  assertEquals(await cache.get("a", give(2)), 2);
});

Deno.test("TtlCache.get() returns no cached value if the clock returns NaN", async () => {
  const { cache } = setUp({ now: () => NaN });
  await cache.get("a", give(1));
  assertEquals(await cache.get("a", give(2)), 2);
});

Deno.test("TtlCache.get() evicts the least recently used value", async () => {
  const { cache } = setUp({ maxEntries: 2 });
  await cache.get("a", give(1));
  await cache.get("b", give(2));
  await cache.get("a", never);
  await cache.get("c", give(3));
  assertEquals([cache.peek("a"), cache.peek("b"), cache.peek("c")], [1, undefined, 3]);
  assertEquals(cache.size, 2);
});

Deno.test("TtlCache.get() does not evict pending loads", async () => {
  const { cache } = setUp({ maxEntries: 1 });
  const load = new Load<number>();
  const result = cache.get("a", load.start);
  await cache.get("b", give(2));
  await cache.get("c", give(3));
  assertStrictEquals(cache.get("a", never), result);
  assertEquals(load.signal?.aborted, false);
  load.resolve(1);
  assertEquals(await result, 1);
  assertEquals(cache.peek("a"), 1);
  assertEquals(cache.size, 1);
});

Deno.test("TtlCache.peek() returns a stale value within maxStale only", async () => {
  const { clock, cache } = setUp({ maxStale: 5 });
  assertEquals(cache.peek("a"), undefined);
  await cache.get("a", give(1));
  clock.time += 14;
  assertEquals(cache.peek("a"), 1);
  clock.time += 1;
  assertEquals(cache.peek("a"), undefined);
  assertEquals(cache.size, 0);
});

Deno.test("TtlCache.peek() does not count as use", async () => {
  const { cache } = setUp({ maxEntries: 2 });
  await cache.get("a", give(1));
  await cache.get("b", give(2));
  cache.peek("a");
  cache.age("a");
  await cache.get("c", give(3));
  assertEquals(cache.peek("a"), undefined);
});

Deno.test("TtlCache.peek() returns the previous value during a load", async () => {
  const { clock, cache } = setUp();
  await cache.get("a", give(1));
  clock.time += 10;
  const load = new Load<number>();
  const result = cache.get("a", load.start);
  assertEquals(cache.peek("a"), 1);
  load.resolve(2);
  await result;
  assertEquals(cache.peek("a"), 2);
});

Deno.test("TtlCache.age() returns the age of fresh and stale values", async () => {
  const { clock, cache } = setUp({ maxStale: 5 });
  assertEquals(cache.age("a"), undefined);
  await cache.get("a", give(1));
  assertEquals(cache.age("a"), 0);
  clock.time += 14.5;
  assertEquals(cache.age("a"), 14.5);
  clock.time += 0.5;
  assertEquals(cache.age("a"), undefined);
});

Deno.test("TtlCache.age() is not reset by a failed load", async () => {
  const { clock, cache } = setUp();
  await cache.get("a", give(1));
  clock.time += 12;
  await cache.get("a", fail);
  assertEquals(cache.age("a"), 12);
});

Deno.test("TtlCache.delete() returns whether there was a value", async () => {
  const { clock, cache } = setUp({ maxStale: 0 });
  await cache.get("a", give(1));
  assertEquals(cache.delete("a"), true);
  assertEquals(cache.delete("a"), false);
  assertEquals(cache.size, 0);
  await cache.get("a", give(2));
  clock.time += 10;
  assertEquals(cache.delete("a"), false);
});

Deno.test("TtlCache.delete() aborts the load and does not cache its value", async () => {
  const { cache } = setUp();
  const load = new Load<number>();
  const result = cache.get("a", load.start);
  assertEquals(load.signal?.aborted, false);
  assertEquals(cache.delete("a"), true);
  assertEquals(load.signal?.aborted, true);
  load.resolve(1);
  assertEquals(await result, 1);
  assertEquals(cache.peek("a"), undefined);
});

Deno.test("TtlCache.delete() allows a new load, which the older one does not overwrite", async () => {
  const { cache } = setUp();
  const older = new Load<number>();
  const newer = new Load<number>();
  const olderResult = cache.get("a", older.start);
  cache.delete("a");
  const newerResult = cache.get("a", newer.start);
  newer.resolve(2);
  assertEquals(await newerResult, 2);
  older.resolve(1);
  assertEquals(await olderResult, 1);
  assertEquals(cache.peek("a"), 2);
});

Deno.test("TtlCache.delete() allows a new load, which outlives the older one", async () => {
  const { cache } = setUp();
  const older = new Load<number>();
  const newer = new Load<number>();
  const olderResult = cache.get("a", older.start);
  cache.delete("a");
  const newerResult = cache.get("a", newer.start);
  older.reject(new Error("aborted"));
  await assertRejects(() => olderResult, Error, "aborted");
  assertStrictEquals(cache.get("a", never), newerResult);
  newer.resolve(2);
  await newerResult;
  assertEquals(cache.peek("a"), 2);
});

Deno.test("TtlCache.delete() does not abort a load that its abort listener starts", async () => {
  const { cache } = setUp();
  const next = new Load<number>();
  cache.get("a", (signal) => {
    signal.addEventListener("abort", () => cache.get("a", next.start));
    return new Promise(() => {});
  });
  cache.delete("a");
  next.resolve(2);
  assertEquals(await cache.get("a", never), 2);
});

Deno.test("TtlCache.delete() can be called by the load itself", async () => {
  const { cache } = setUp();
  const result = cache.get("a", () => {
    cache.delete("a");
    return Promise.resolve(1);
  });
  assertEquals(await result, 1);
  assertEquals(cache.size, 0);
});

Deno.test("TtlCache.clear() deletes all values and aborts all loads", async () => {
  const { cache } = setUp();
  await cache.get("a", give(1));
  const loads = [new Load<number>(), new Load<number>()];
  const results = loads.map((load, i) => cache.get(`load ${i}`, load.start));
  cache.clear();
  assertEquals(cache.size, 0);
  assertEquals(loads.map((load) => load.signal?.aborted), [true, true]);
  loads.forEach((load, i) => load.resolve(i));
  assertEquals(await Promise.all(results), [0, 1]);
  assertEquals(cache.size, 0);
});

Deno.test("TtlCache agrees with a model over random operations", async (t) => {
  for (let seed = 1; seed <= 40; seed++) {
    await t.step(`seed ${seed}`, () => runAgainstModel(seed));
  }
});

interface ModelFlight {
  readonly load: Load<number>;
  readonly key: string;
  readonly results: Promise<PromiseSettledResult<number>>[];
}

/** The specification once more, as a list in order of use without any cleverness. */
async function runAgainstModel(seed: number): Promise<void> {
  const random = generator(seed);
  const below = (limit: number) => Math.floor(random() * limit);
  const ttl = below(4) * 5;
  const maxStale = below(4) * 5;
  const maxEntries = 1 + below(4);
  const { clock, cache } = setUp({ ttl, maxStale, maxEntries });
  let entries: { key: string; value: number; at: number }[] = [];
  let current: ModelFlight[] = [];
  let abandoned: ModelFlight[] = [];
  let nextValue = 0;
  const usable = (key: string) =>
    entries.find((entry) => entry.key === key && clock.time - entry.at < ttl + maxStale);
  const without = (key: string) => entries.filter((entry) => entry.key !== key);

  async function get(key: string): Promise<void> {
    const entry = usable(key);
    if (entry) entries = [...without(key), entry];
    if (entry && clock.time - entry.at < ttl) {
      assertEquals(await cache.get(key, never), entry.value);
      return;
    }
    let flight = current.find((flight) => flight.key === key);
    if (!flight) {
      flight = { load: new Load(), key, results: [] };
      current.push(flight);
    }
    flight.results.push(settled(cache.get(key, flight.load.start)));
    assertEquals(flight.load.calls, 1);
  }

  async function finish(flight: ModelFlight): Promise<void> {
    const counts = current.includes(flight);
    current = current.filter((other) => other !== flight);
    abandoned = abandoned.filter((other) => other !== flight);
    const stale = counts ? usable(flight.key) : undefined;
    const fails = random() < 0.4;
    const value = ++nextValue;
    if (fails) flight.load.reject(value);
    else flight.load.resolve(value);
    for (const result of await Promise.all(flight.results)) {
      if (!fails) assertEquals(result, { status: "fulfilled", value });
      else if (stale) assertEquals(result, { status: "fulfilled", value: stale.value });
      else assertEquals(result, { status: "rejected", reason: value });
    }
    if (fails || !counts) return;
    entries = without(flight.key);
    if (ttl + maxStale > 0) entries.push({ key: flight.key, value, at: clock.time });
    entries = entries.slice(-maxEntries);
  }

  for (let step = 0; step < 300; step++) {
    const key = "abcdef".charAt(below(6));
    const flights = [...current, ...abandoned];
    const choice = random();
    if (choice < 0.45) {
      await get(key);
    } else if (choice < 0.75) {
      const flight = flights[below(flights.length)];
      if (flight) await finish(flight);
    } else if (choice < 0.9) {
      clock.time += below(5);
    } else if (choice < 0.98) {
      const flight = current.find((flight) => flight.key === key);
      assertEquals(cache.delete(key), usable(key) !== undefined || flight !== undefined);
      if (flight) abandoned.push(flight);
      current = current.filter((other) => other !== flight);
      entries = without(key);
    } else {
      cache.clear();
      abandoned = flights;
      current = [];
      entries = [];
    }
    for (const { load } of current) assertEquals(load.signal?.aborted, false);
    for (const { load } of abandoned) assertEquals(load.signal?.aborted, true);
    assert(cache.size <= maxEntries);
    // Dropping what is too old changes what is evicted next, so it is looked at in both or neither.
    for (const name of "abcdef") {
      const entry = usable(name);
      assertEquals(cache.peek(name), entry?.value);
      assertEquals(cache.age(name), entry && clock.time - entry.at);
      if (!entry) entries = without(name);
    }
    assertEquals(cache.size, entries.length);
  }
}

async function settled<V>(promise: Promise<V>): Promise<PromiseSettledResult<V>> {
  const [result] = await Promise.allSettled([promise]);
  return result;
}

/** Unhandled rejections are reported after the microtasks, before the next message. */
function nextTask(): Promise<void> {
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}

/** Random numbers from 0 to below 1, the same on each run (mulberry32). */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

Deno.test("new TtlCache() rejects unknown options", () => {
  assertThrows(
    () => new TtlCache({ ttl: 1, maxSize: 10 } as TtlCacheOptions),
    TypeError,
    'Cannot create cache: unknown option "maxSize"',
  );
});
