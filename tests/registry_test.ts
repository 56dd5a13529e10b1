import {
  assert,
  assertEquals,
  assertRejects,
  assertStrictEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import type {
  Collect,
  CollectContext,
  Collector,
  CollectorOptions,
  CollectResult,
} from "../collector.ts";
import { Counter } from "../counter.ts";
import { deadlineIn } from "../model/deadline.ts";
import { MetricFamily } from "../family.ts";
import { Gauge } from "../gauge.ts";
import { Histogram } from "../histogram.ts";
import { Labels } from "../labels.ts";
import { Metric } from "../metric.ts";
import type { Logger } from "../model/logger.ts";
import { Registry } from "../registry.ts";
import type { ExposeOptions, GatherOptions, RegistryOptions } from "../registry_options.ts";
import { Summary } from "../summary.ts";

/** Seconds that stand for a deadline that a test waits for. */
const SOON = 0.03;

class Clock {
  time = 1000;
  readonly now = () => this.time;
}

/** A call that the test settles when it likes. */
class Call {
  readonly context: CollectContext;
  readonly result: Promise<CollectResult>;
  resolve!: (result: CollectResult) => void;
  reject!: (error: unknown) => void;

  constructor(context: CollectContext) {
    this.context = context;
    this.result = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
  }
}

class Calls implements Collector {
  readonly all: Call[] = [];
  readonly collect = (context: CollectContext) => {
    this.all.push(new Call(context));
    return this.last.result;
  };

  get last(): Call {
    return this.all.at(-1)!;
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}

async function until(condition: () => boolean): Promise<void> {
  for (let turns = 0; !condition(); turns++) {
    assert(turns < 1000, "The condition is not met");
    await nextTurn();
  }
}

function gauge(name: string, value: number, labels: Record<string, string> = {}): Metric {
  return new Metric(name, { type: "gauge", value, labels });
}

/** The samples of a gathering by series, without those about collectors. */
async function samplesOf(
  registry: Registry,
  options: GatherOptions = {},
): Promise<Record<string, number>> {
  const { families } = await registry.gather(options);
  return Object.fromEntries(
    families.filter(({ name }) => !name.startsWith("exporter_"))
      .flatMap(({ samples }) => samples.map(({ series, value }) => [series, value])),
  );
}

/** One of the values that a registry tells about a collector. */
async function statusOf(
  registry: Registry,
  what: "success" | "duration_seconds" | "cache_age_seconds",
  collector: string,
  options: GatherOptions = {},
): Promise<number | undefined> {
  const { families } = await registry.gather(options);
  return families.find(({ name }) => name === `exporter_collector_${what}`)
    ?.samples.find((sample) => sample.label("collector") === collector)?.value;
}

function register(
  collect: Collector["collect"],
  options: CollectorOptions = {},
  clock = new Clock(),
): Registry {
  const registry = new Registry({ now: clock.now });
  registry.register({ collect }, { name: "c", ...options });
  return registry;
}

Deno.test("Registry.register() returns what it was given", () => {
  const collector = { collect: () => [] };
  assertStrictEquals(new Registry().register(collector), collector);
});

Deno.test("Registry.register() refuses a name that is in use and changes nothing", async () => {
  const registry = register(() => [gauge("a", 1)]);
  assertThrows(
    () => registry.register({ collect: () => [gauge("b", 1)] }, { name: "c" }),
    RangeError,
    'Cannot register collector "c": name already in use',
  );
  assertEquals(await samplesOf(registry), { a: 1 });
});

Deno.test("Registry.register() refuses the same collector twice", () => {
  const registry = new Registry();
  const collector = registry.register({ collect: () => [] }, { name: "a" });
  assertThrows(
    () => registry.register(collector, { name: "b" }),
    RangeError,
    'Cannot register "b": it is registered already',
  );
});

Deno.test("Registry.register() refuses what cannot collect", () => {
  assertThrows(
    () => new Registry().register({} as Collector, { name: "c" }),
    TypeError,
    'Cannot register collector "c": expected an object with a method collect, got an object',
  );
  assertThrows(
    () => new Registry().register({ collect: 5 } as unknown as Collector, { name: "c" }),
    TypeError,
    'Cannot register collector "c": expected a function, got 5',
  );
  assertThrows(() => new Registry().register(null as unknown as Collector), TypeError);
});

Deno.test("Registry.register() refuses options out of range", () => {
  const cases: CollectorOptions[] = [
    { name: "" },
    { name: "c", ttl: -1 },
    { name: "c", ttl: NaN },
    { name: "c", maxStale: -1 },
    { name: "c", timeout: 0 },
    { name: "c", ttl: 1, maxStale: -1 },
    { name: "c", maxSamples: 0 },
  ];
  for (const options of cases) {
    assertThrows(() => new Registry().register({ collect: () => [] }, options), RangeError);
  }
});

Deno.test("Registry.register() refuses options of the wrong kind", () => {
  const cases = [{ name: 5 }, { name: "c", ttl: "1" }, { name: "c", timeout: null }, { tll: 5 }];
  for (const options of cases as unknown as CollectorOptions[]) {
    assertThrows(() => new Registry().register({ collect: () => [] }, options), TypeError);
  }
  assertThrows(
    () => new Registry().register({ collect: () => [] }, { tll: 5 } as CollectorOptions),
    TypeError,
    'Cannot register collector: unknown option "tll", did you mean "ttl"?',
  );
});

Deno.test("Registry.register() takes another registry with what is registered there later", async () => {
  const registry = new Registry();
  const inner = registry.register(new Registry());
  inner.register({ collect: () => [gauge("a", 1)] }, { name: "late" });
  assertEquals(await samplesOf(registry), { a: 1 });
  assertEquals(registry.collectorNames(), new Set(["late"]));
  assert(registry.unregister(inner));
  assertEquals(await samplesOf(registry), {});
});

Deno.test("Registry.register() refuses a registry that contains it", () => {
  const outer = new Registry();
  const inner = outer.register(new Registry());
  assertThrows(() => inner.register(outer), RangeError, "Cannot register registry: it contains");
  assertThrows(() => outer.register(outer), RangeError, "Cannot register registry: it contains");
});

Deno.test("Registry.register() refuses a registry with a collector whose name is in use", () => {
  assertThrows(
    () => register(() => []).register(register(() => [])),
    RangeError,
    'Cannot register collector "c": name already in use',
  );
});

Deno.test("Registry.configure() changes options in place and drops what was cached", async () => {
  let runs = 0;
  const registry = new Registry();
  const collector = { collect: () => [gauge("a", ++runs)] };
  registry.register(collector, { name: "first", ttl: 60 });
  registry.register({ collect: () => [gauge("a", -1)] }, { name: "second" });
  await registry.gather();
  registry.configure(collector, { name: "first", ttl: 30 });
  assertEquals(await samplesOf(registry), { a: 2 });
  assertThrows(
    () => registry.configure(collector, { name: "second" }),
    RangeError,
    'Cannot register collector "second": name already in use',
  );
  assertThrows(
    () => registry.configure({ collect: () => [] }, { name: "third" }),
    RangeError,
    'Cannot configure collector "third": not registered',
  );
  assertEquals(registry.collectorNames(), new Set(["first", "second"]));
});

Deno.test("Registry.register() refuses what has the name of something beside the registry", () => {
  const outer = register(() => []);
  outer.register(new Counter("x_total", ""));
  const middle = outer.register(new Registry());
  const inner = middle.register(new Registry());
  const collector = { collect: () => [] };
  assertThrows(() => inner.register(collector, { name: "c" }), RangeError, "name already in use");
  assertThrows(() => inner.register(new Counter("x_total", "")), RangeError, "name already in use");
  outer.unregister(middle);
  inner.register(collector, { name: "c" });
  inner.register(new Counter("x_total", ""));
  assertThrows(() => outer.register(middle), RangeError, "name already in use");
});

Deno.test("Registry.unregister() frees the name", () => {
  const registry = new Registry();
  const collector = registry.register({ collect: () => [] }, { name: "c" });
  assertEquals(registry.unregister(collector), true);
  assertEquals(registry.unregister(collector), false);
  registry.register({ collect: () => [] }, { name: "c" });
});

Deno.test("Registry.gather() takes every kind of result", async () => {
  const results: Record<string, Collector["collect"]> = {
    array: () => [gauge("array", 1)],
    promise: () => Promise.resolve([gauge("promise", 2)]),
    set: () => new Set([gauge("set", 3)]),
    *generator() {
      yield gauge("generator", 4);
    },
    async *asyncGenerator() {
      yield await Promise.resolve(gauge("async_generator", 5));
    },
    family: () => [new MetricFamily("family", { type: "gauge" }).add(6, { a: "b" })],
    nothing: () => [],
  };
  const registry = new Registry();
  for (const [name, collect] of Object.entries(results)) registry.register({ collect }, { name });
  assertEquals(await samplesOf(registry), {
    array: 1,
    promise: 2,
    set: 3,
    generator: 4,
    async_generator: 5,
    'family{a="b"}': 6,
  });
  for (const name of Object.keys(results)) {
    assertEquals(await statusOf(registry, "success", name), 1);
  }
});

Deno.test("Registry.gather() runs collectors at the same time", async () => {
  const [a, b] = [new Calls(), new Calls()];
  const registry = new Registry();
  registry.register(a);
  registry.register(b);
  const gathering = registry.gather();
  await until(() => b.all.length > 0);
  b.last.resolve([gauge("b", 2)]);
  a.last.resolve([gauge("a", 1)]);
  assertEquals((await gathering).families.map(({ name }) => name).slice(0, 2), ["a", "b"]);
});

const FAILURES: Record<string, Collector["collect"]> = {
  "throws": () => {
    throw new Error("no");
  },
  "throws what is no error": () => {
    throw null;
  },
  "rejects": () => Promise.reject(new Error("no")),
  "returns nothing at all": () => undefined as unknown as CollectResult,
  "returns null": () => Promise.resolve(null as unknown as CollectResult),
  "returns a number": () => 1 as unknown as CollectResult,
  "returns a string": () => "up 1" as unknown as CollectResult,
  "returns a metric that is not in a list": () => gauge("x", 1) as unknown as CollectResult,
  "returns an item that is no metric": () => [{ name: "x", value: 1 } as unknown as Metric],
  "returns an iterable that throws": () => ({
    [Symbol.iterator]() {
      throw new Error("no");
    },
  }),
  // deno-lint-ignore require-yield -- it fails before
  "returns a generator that throws": function* () {
    throw new Error("no");
  },
  // deno-lint-ignore require-yield -- it fails before
  "returns an async generator that throws": async function* () {
    await Promise.reject(new Error("no"));
  },
  "returns a metric whose value throws": () => [
    new class extends Metric {
      override get value(): number {
        throw new Error("no");
      }
    }("x"),
  ],
  "returns a metric whose value is no number": () => [
    new class extends Metric {
      override get value(): number {
        return "1" as unknown as number;
      }
    }("x"),
  ],
  "hangs": () => new Promise(() => {}),
  "hangs in an async iterator": () => ({
    [Symbol.asyncIterator]: () => ({ next: () => new Promise<never>(() => {}) }),
  }),
};

for (const [what, collect] of Object.entries(FAILURES)) {
  Deno.test(`Registry.gather() isolates a collector that ${what}`, async () => {
    const registry = register(collect, { timeout: SOON });
    registry.register({ collect: () => [gauge("up", 1)] }, { name: "good" });
    const { families, outcomes } = await registry.gather();
    assertEquals(families.map(({ name }) => name), [
      "exporter_collector_duration_seconds",
      "exporter_collector_success",
      "exporter_conflicting_families_total",
      "exporter_duplicate_samples_total",
      "up",
    ]);
    assertEquals(outcomes.map(({ failure }) => failure !== undefined), [true, false]);
    assertEquals(await statusOf(registry, "success", "c"), 0);
    assertEquals(await statusOf(registry, "success", "good"), 1);
  });
}

Deno.test("Registry.gather() says what a collector returned instead of metrics", async () => {
  const registry = register(() => [new Date() as unknown as Metric]);
  const { outcomes: [outcome] } = await registry.gather();
  assertEquals(
    String(outcome?.failure?.error),
    "TypeError: Cannot use the result of the collector: " +
      "expected a Metric or a MetricFamily, got an object of class Date",
  );
});

Deno.test("Registry.gather() keeps what a collector gave before it failed", async () => {
  const registry = register(function* () {
    yield gauge("a", 1);
    throw new Error("no");
  });
  assertEquals(await samplesOf(registry), { a: 1 });
  assertEquals(await statusOf(registry, "success", "c"), 0);
});

Deno.test("Registry.gather() answers at the deadline with what is there", async () => {
  const registry = register(async function* () {
    yield gauge("a", 1);
    await new Promise(() => {});
  });
  registry.register({ collect: () => [gauge("b", 2)] });
  assertEquals(await samplesOf(registry, { deadline: deadlineIn(SOON) }), { a: 1, b: 2 });
});

Deno.test("Registry.gather() tells a collector its deadline, cut by its own timeout", async () => {
  const deadlines: number[] = [];
  const collect = ({ deadline }: CollectContext) => {
    deadlines.push((deadline.getTime() - Date.now()) / 1000);
    return [];
  };
  await register(collect).gather({ deadline: deadlineIn(5) });
  await register(collect, { timeout: 1 }).gather({ deadline: deadlineIn(5) });
  await register(collect, { timeout: 60 }).gather();
  assertEquals(deadlines.map(Math.round), [5, 1, 10]);
});

Deno.test("Registry.gather() aborts the signal at the deadline and not before", async () => {
  const calls = new Calls();
  const registry = register(calls.collect);
  const { families } = await registry.gather({ deadline: deadlineIn(SOON) });
  assert(calls.last.context.signal.aborted);
  assertEquals(calls.last.context.signal.reason.name, "TimeoutError");
  assert(families.length > 0);

  const quick = new Calls();
  const gathering = register(quick.collect).gather();
  await until(() => quick.all.length > 0);
  quick.last.resolve([]);
  await gathering;
  assert(!quick.last.context.signal.aborted);
});

Deno.test("Registry.gather() takes what a collector hands in when its signal aborts", async () => {
  const registry = register(({ signal }) =>
    new Promise((resolve) => {
      signal.addEventListener("abort", () => resolve([gauge("a", 1)]));
    })
  );
  assertEquals(await samplesOf(registry, { deadline: deadlineIn(SOON) }), { a: 1 });
});

Deno.test("Registry.gather() exposes what a generator yields when its signal aborts", async () => {
  const registry = register(async function* ({ signal }) {
    yield gauge("a", 1);
    await new Promise((resolve) => signal.addEventListener("abort", resolve));
    yield gauge("b", 2);
    yield gauge("c", 3);
  });
  const { outcomes, families } = await registry.gather({ deadline: deadlineIn(SOON) });
  assertEquals(families.slice(0, 3).map(({ name }) => name), ["a", "b", "c"]);
  assertEquals(outcomes[0]?.failure, undefined);
});

Deno.test("Registry.gather() stops taking from a generator after the grace", async () => {
  let isClosed = false;
  const registry = register(async function* ({ signal }) {
    try {
      yield gauge("a", 1);
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
      yield gauge("b", 2);
      await new Promise((resolve) => setTimeout(resolve, 100));
      yield gauge("c", 3);
    } finally {
      isClosed = true;
    }
  });
  const { outcomes, families } = await registry.gather({ deadline: deadlineIn(SOON) });
  assertEquals(families.slice(0, 2).map(({ name }) => name), ["a", "b"]);
  assertStringIncludes(String(outcomes[0]?.failure?.error), "was not done at the deadline, after ");
  await until(() => isClosed);
});

Deno.test("Registry.gather() says how long the deadline was, without the grace", async () => {
  const registry = new Registry();
  registry.register({ collect: () => new Promise<never>(() => {}) }, { timeout: 0.015 });
  const { outcomes } = await registry.gather();
  assertEquals(
    String(outcomes[0]?.failure?.error),
    "TimeoutError: The collector was not done at the deadline, after 0.015 s",
  );
});

Deno.test("Registry.gather() gives collectors its logger, whose errors it ignores", async () => {
  const records: unknown[] = [];
  const logger: Logger = {
    ...console,
    info: (...record) => records.push(record),
    error: () => {
      throw new Error("broken");
    },
  };
  const registry = new Registry({ logger });
  registry.register({
    collect({ logger }) {
      logger.error("lost");
      logger.info("read", { files: 2 });
      return [];
    },
  }, { name: "disk" });
  const { outcomes } = await registry.gather();
  assertEquals(outcomes[0]?.failure, undefined);
  assertEquals(records, [["read", { collector: "disk", files: 2 }]]);
});

Deno.test("Registry.gather() gives collectors a logger that logs nothing by default", async () => {
  const registry = new Registry();
  registry.register({
    collect({ logger }) {
      for (const level of ["debug", "info", "warn", "error"] as const) logger[level]("lost");
      return [];
    },
  });
  assertEquals((await registry.gather()).outcomes[0]?.failure, undefined);
});

Deno.test("Registry.gather() rejects unknown options", async () => {
  await assertRejects(
    () => new Registry().gather({ fitler: {} } as GatherOptions),
    TypeError,
    'Cannot gather: unknown option "fitler", did you mean "filter"?',
  );
});

/** A server that accepts connections and requests, and never answers. */
function silentServer(): Deno.TcpListener {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  (async () => {
    const connections: Deno.Conn[] = [];
    try {
      for await (const connection of listener) connections.push(connection);
    } finally {
      for (const connection of connections) connection.close();
    }
  })();
  return listener;
}

/** Collectors of a device that does not answer, which return `up` when their signal aborts. */
const UNANSWERED: Record<string, (port: number) => Collect> = {
  "fetch": (port) => async ({ signal }) => {
    try {
      await fetch(`http://127.0.0.1:${port}/`, { signal });
    } catch {
      return [gauge("up", 0)];
    }
    return [gauge("up", 1)];
  },
  "fetch in a generator": (port) =>
    async function* ({ signal }) {
      try {
        await fetch(`http://127.0.0.1:${port}/`, { signal });
      } catch {
        yield gauge("up", 0);
      }
    },
  "TCP": (port) => async ({ signal }) => {
    const connection = await Deno.connect({ hostname: "127.0.0.1", port });
    signal.addEventListener("abort", () => connection.close());
    const isUp = await connection.read(new Uint8Array(1)).then(() => 1, () => 0);
    return [gauge("up", isUp)];
  },
};

for (const [kind, collectorFor] of Object.entries(UNANSWERED)) {
  for (const count of [1, 20]) {
    Deno.test({
      name:
        `Registry.gather() exposes what ${count} collectors return when their signal aborts: ${kind}`,
      sanitizeOps: false,
      sanitizeResources: false,
      fn: async () => {
        const server = silentServer();
        const registry = new Registry();
        for (let i = 0; i < count; i++) {
          const collect = collectorFor(server.addr.port);
          const device = new Registry({ labels: { device: `${i}` } });
          registry.register(device).register({ collect }, { name: `${i}` });
        }
        const { families, outcomes } = await registry.gather({ deadline: deadlineIn(0.2) });
        server.close();
        const up = families.find(({ name }) => name === "up");
        assertEquals(up?.samples.map(({ value }) => value), Array(count).fill(0));
        assertEquals(outcomes.filter(({ failure }) => failure !== undefined), []);
      },
    });
  }
}

Deno.test("Registry.gather() ends a generator without end at the deadline", async () => {
  const registry = register(function* () {
    for (let i = 0;; i++) yield gauge("a", i, { i: `${i}` });
  });
  const before = performance.now();
  const { outcomes } = await registry.gather({ deadline: deadlineIn(SOON) });
  assert(performance.now() - before < 2000);
  assert(outcomes[0]?.failure);
});

Deno.test("Registry.gather() exposes nothing of a collector that returns too much", async () => {
  const registry = register(function* () {
    for (let i = 0; i < 11; i++) yield gauge("a", i, { i: `${i}` });
  }, { maxSamples: 10 });
  const { outcomes } = await registry.gather();
  assertStringIncludes(String(outcomes[0]?.failure?.error), "more than 10 samples");
  assertEquals(await samplesOf(registry), {});
});

Deno.test("Registry.gather() does not start a collector again while an abandoned run goes on", async () => {
  const calls = new Calls();
  const clock = new Clock();
  const registry = register(calls.collect, { timeout: SOON }, clock);
  await registry.gather();
  const { outcomes } = await registry.gather();
  assertEquals(calls.all.length, 1);
  assertEquals(
    String(outcomes[0]?.failure?.error),
    "TimeoutError: An earlier run of the collector has not ended",
  );

  calls.last.resolve([gauge("a", 1)]);
  await calls.last.result;
  const gathering = samplesOf(registry);
  await until(() => calls.all.length > 1);
  calls.last.resolve([gauge("a", 2)]);
  assertEquals(await gathering, { a: 2 });
});

for (const [ttl, seconds] of [[0, 60], [60, 600]] as const) {
  Deno.test(`Registry.gather() starts a collector with ttl ${ttl} again when a run has hung for ${seconds} s`, async () => {
    const calls = new Calls();
    const clock = new Clock();
    const registry = register(calls.collect, { timeout: SOON, ttl }, clock);
    await registry.gather();
    clock.time += seconds - 1;
    await registry.gather();
    assertEquals(calls.all.length, 1);
    clock.time += 1;
    await registry.gather();
    assertEquals(calls.all.length, 2);
  });
}

Deno.test("Registry.gather() runs a cached collector once, however little time scrapers give", async () => {
  const calls = new Calls();
  const registry = register(calls.collect, { ttl: 60 });
  for (let i = 0; i < 20; i++) await registry.gather({ deadline: deadlineIn(0.001) });
  assertEquals(calls.all.length, 1);
});

Deno.test("Registry.gather() lets a scrape with more time wait for a run that one with less has left", async () => {
  const calls = new Calls();
  const registry = register(calls.collect, { ttl: 60 });
  await registry.gather({ deadline: deadlineIn(SOON) });
  const patient = samplesOf(registry, { deadline: deadlineIn(5) });
  await nextTurn();
  calls.last.resolve([gauge("a", 1)]);
  assertEquals(await patient, { a: 1 });
  assertEquals(calls.all.length, 1);
});

Deno.test("Registry.gather() answers with what is there when its signal aborts", async () => {
  const registry = register(async function* () {
    yield gauge("a", 1);
    await new Promise(() => {});
  });
  const controller = new AbortController();
  const gathering = samplesOf(registry, { signal: controller.signal });
  await nextTurn();
  controller.abort();
  assertEquals(await gathering, { a: 1 });
  assertEquals(await samplesOf(registry, { signal: controller.signal }), {});
});

for (
  const [where, collect] of Object.entries({
    "a list":
      () => [gauge("a", 1), Promise.reject(new Error("no")), Promise.reject(new Error("no"))],
    *"a generator"() {
      yield gauge("a", 1);
      yield Promise.reject(new Error("no"));
    },
  })
) {
  Deno.test(`Registry.gather() survives promises that reject in ${where}`, async () => {
    const registry = register(collect as unknown as Collector["collect"]);
    const { outcomes } = await registry.gather();
    await nextTurn();
    assertStringIncludes(String(outcomes[0]?.failure?.error), "got a promise: is an await missing");
    assertEquals(await samplesOf(registry), { a: 1 });
  });
}

Deno.test("Registry.gather() gives the filter to collectors without a cache only", async () => {
  const filters: Record<string, string>[] = [];
  const collect = ({ filter }: CollectContext) => {
    filters.push(Object.fromEntries(filter));
    return [];
  };
  const options = { filter: { labels: new Labels({ a: "1" }) } };
  await register(collect).gather(options);
  await register(collect, { ttl: 1 }).gather(options);
  assertEquals(filters, [{ a: "1" }, {}]);
});

Deno.test("Registry.gather() gives the request to collectors without a cache only", async () => {
  const requests: (Request | undefined)[] = [];
  const collect = ({ request }: CollectContext) => {
    requests.push(request);
    return [];
  };
  const request = new Request("http://localhost/metrics");
  await register(collect).gather({ request });
  await register(collect, { ttl: 1 }).gather({ request });
  assertEquals(requests, [request, undefined]);
});

Deno.test("Registry.gather() selects collectors", async () => {
  const registry = new Registry();
  for (const name of ["a", "b"]) registry.register({ collect: () => [gauge(name, 1)] }, { name });
  registry.register({ collect: () => [gauge("unnamed", 1)] });
  const select = (filter: GatherOptions["filter"]) => samplesOf(registry, { filter: filter! });
  assertEquals(await select({}), { a: 1, b: 1, unnamed: 1 });
  assertEquals(await select({ collect: new Set(["b"]) }), { b: 1 });
  assertEquals(await select({ exclude: new Set(["b"]) }), { a: 1, unnamed: 1 });
  assertEquals(await select({ names: new Set(["unnamed"]) }), { unnamed: 1 });
});

Deno.test("Registry.gather() gives labels to every sample, those about collectors included", async () => {
  const registry = register(() => [gauge("a", 1), gauge("b", 2, { site: "own" })]);
  const exposition = await registry.expose({ labels: { site: "north" } });
  const lines = exposition.text().split("\n").filter((line) => line && !line.startsWith("#"));
  assert(lines.length > 5);
  for (const line of lines) assertStringIncludes(line, line.startsWith("b") ? '"own"' : '"north"');
});

Deno.test("Registry.gather() lets the collector registered first win, whichever answers first", async () => {
  const calls = new Calls();
  const registry = register(calls.collect);
  registry.register({ collect: () => [gauge("a", 2), new Metric("b", { type: "counter" })] });
  const gathering = registry.gather();
  await until(() => calls.all.length > 0);
  await nextTurn();
  calls.last.resolve([gauge("a", 1), gauge("b", 1)]);
  const { families, clashes } = await gathering;
  assertEquals(families.slice(0, 2).map(({ type, samples }) => [type, samples[0]?.value]), [
    ["gauge", 1],
    ["gauge", 1],
  ]);
  assertEquals(clashes, [
    { collector: undefined, kind: "duplicate", what: "a", samples: 1 },
    { collector: undefined, kind: "conflict", what: "b", samples: 1 },
  ]);
});

Deno.test("Registry.gather() counts what it leaves out from scrape to scrape", async () => {
  const registry = register(() => [
    gauge("a", 1, { x: "1", y: "2" }),
    gauge("a", 2, { y: "2", x: "1" }),
    new Metric("a", { type: "counter" }),
  ]);
  await registry.gather();
  const text = (await registry.expose()).text();
  assertStringIncludes(text, "\nexporter_duplicate_samples_total 2\n");
  assertStringIncludes(text, "\nexporter_conflicting_families_total 2\n");
  assertStringIncludes(text, '\na{x="1",y="2"} 1\n');
});

Deno.test("Registry.gather() does not let collectors pose as the registry", async () => {
  const registry = register(() => [gauge("exporter_duplicate_samples_total", 99)]);
  assertStringIncludes((await registry.expose()).text(), "\nexporter_duplicate_samples_total 0\n");
});

Deno.test("Registry.gather() tells how long the last run took", async () => {
  const clock = new Clock();
  const registry = register(
    () => {
      clock.time += 2.5;
      return [];
    },
    { ttl: 60 },
    clock,
  );
  assertEquals(await statusOf(registry, "duration_seconds", "c"), 2.5);
  clock.time += 1;
  assertEquals(await statusOf(registry, "duration_seconds", "c"), 2.5);
});

Deno.test("Registry.gather() runs a cached collector once for a hundred scrapes at a time", async () => {
  const calls = new Calls();
  const registry = register(calls.collect, { ttl: 60 });
  const scrapes = Array.from(
    { length: 100 },
    (_, i) => samplesOf(registry, { labels: { scrape: `${i}` } }),
  );
  await until(() => calls.all.length > 0);
  calls.last.resolve([gauge("a", 1)]);
  assertEquals((await Promise.all(scrapes))[99], { 'a{scrape="99"}': 1 });
  assertEquals(calls.all.length, 1);
});

Deno.test("Registry.gather() runs a cached collector again after its ttl and tells the age", async () => {
  const clock = new Clock();
  let runs = 0;
  const registry = register(() => [gauge("a", ++runs)], { ttl: 10 }, clock);
  assertEquals(await samplesOf(registry), { a: 1 });
  clock.time += 9;
  assertEquals(await statusOf(registry, "cache_age_seconds", "c"), 9);
  assertEquals(await samplesOf(registry), { a: 1 });
  clock.time += 1;
  assertEquals(await samplesOf(registry), { a: 2 });
  assertEquals(await statusOf(registry, "cache_age_seconds", "c"), 0);
});

Deno.test("Registry.gather() caches values as they were, however metrics change later", async () => {
  const metric = gauge("a", 1);
  const registry = register(() => [metric], { ttl: 10 });
  await registry.gather();
  metric.value = 2;
  metric.labels.set("b", "c");
  assertEquals(await samplesOf(registry), { a: 1 });
});

Deno.test("Registry.gather() does not cache what a filter left", async () => {
  const registry = register(() => [gauge("a", 1, { x: "1" }), gauge("b", 2)], { ttl: 10 });
  const filter = { labels: new Labels({ x: "1" }) };
  assertEquals(await samplesOf(registry, { filter }), { 'a{x="1"}': 1 });
  assertEquals(await samplesOf(registry), { 'a{x="1"}': 1, b: 2 });
});

Deno.test("Registry.gather() gives the last good result when a cached collector fails, up to a limit", async () => {
  const clock = new Clock();
  let fails = false;
  const registry = register(
    () => {
      if (fails) throw new Error("no");
      return [gauge("a", 1)];
    },
    { ttl: 10 },
    clock,
  );
  await registry.gather();
  fails = true;
  clock.time += 109;
  assertEquals(await samplesOf(registry), { a: 1 });
  assertEquals(await statusOf(registry, "success", "c"), 0);
  assertEquals(await statusOf(registry, "cache_age_seconds", "c"), 109);
  clock.time += 1;
  assertEquals(await samplesOf(registry), {});
  assertEquals(await statusOf(registry, "cache_age_seconds", "c"), undefined);
});

Deno.test("Registry.gather() keeps the limit of staleness that was asked for", async () => {
  const clock = new Clock();
  const results: Metric[][] = [[gauge("a", 1)]];
  const registry = register(
    () => {
      const result = results.pop();
      if (!result) throw new Error("no");
      return result;
    },
    { ttl: 10, maxStale: 5 },
    clock,
  );
  await registry.gather();
  clock.time += 14;
  assertEquals(await samplesOf(registry), { a: 1 });
  clock.time += 1;
  assertEquals(await samplesOf(registry), {});
});

for (
  const { choice, options, fail, exposed, success } of [
    { choice: "throws", options: {}, fail: throwError, exposed: { up: 1, a: 5 }, success: 0 },
    {
      choice: "throws with maxStale 0",
      options: { maxStale: 0 },
      fail: throwError,
      exposed: {},
      success: 0,
    },
    {
      choice: "returns up 0",
      options: {},
      fail: () => [gauge("up", 0)],
      exposed: { up: 0 },
      success: 1,
    },
    {
      choice: "returns up 0 when its signal aborts",
      options: { timeout: SOON },
      fail: ({ signal }: CollectContext) =>
        new Promise<Metric[]>((resolve) =>
          signal.addEventListener("abort", () => resolve([gauge("up", 0)]))
        ),
      exposed: { up: 0 },
      success: 1,
    },
  ]
) {
  Deno.test(`Registry.gather() exposes for a source that is down what its cached collector chooses: ${choice}`, async () => {
    const clock = new Clock();
    let isDown = false;
    const registry = register(
      (context) => isDown ? fail(context) : [gauge("up", 1), gauge("a", 5)],
      { ttl: 10, ...options },
      clock,
    );
    await registry.gather();
    isDown = true;
    clock.time += 9;
    assertEquals(await samplesOf(registry), { up: 1, a: 5 });
    clock.time += 1;
    assertEquals(await samplesOf(registry), exposed);
    assertEquals(await statusOf(registry, "success", "c"), success);
    isDown = false;
    assertEquals(await samplesOf(registry), success ? exposed : { up: 1, a: 5 });
  });
}

function throwError(): never {
  throw new Error("no");
}

Deno.test("Registry.gather() asks a failing cached collector again at each scrape", async () => {
  let runs = 0;
  const registry = register(() => {
    runs++;
    throw new Error("no");
  }, { ttl: 10 });
  await registry.gather();
  await registry.gather();
  assertEquals(runs, 2);
});

Deno.test("Registry.gather() keeps the last result when a cached collector returns nothing, up to a limit", async () => {
  const clock = new Clock();
  const results = [[], [], [gauge("a", 1)]];
  const registry = register(() => results.pop()!, { ttl: 10, maxStale: 20 }, clock);
  await registry.gather();
  clock.time += 29;
  assertEquals(await samplesOf(registry), { a: 1 });
  assertEquals((await registry.gather({ filter: { collect: new Set(["x"]) } })).outcomes, []);
  clock.time += 1;
  assertEquals(await samplesOf(registry), {});
  assertEquals(await statusOf(registry, "success", "c"), 1);
});

Deno.test("Registry.gather() feeds the cache with what comes after the deadline", async () => {
  const calls = new Calls();
  const registry = register(calls.collect, { ttl: 60, timeout: SOON });
  assertEquals(await samplesOf(registry), {});
  assertEquals(await statusOf(registry, "success", "c"), 0);
  calls.last.resolve([gauge("a", 1)]);
  await nextTurn();
  assertEquals(await samplesOf(registry), { a: 1 });
  assertEquals(await statusOf(registry, "success", "c"), 1);
  assertEquals(calls.all.length, 1);
});

Deno.test("Registry.gather() gives the last good result at the deadline", async () => {
  const clock = new Clock();
  const calls = new Calls();
  const registry = register(calls.collect, { ttl: 10, timeout: SOON }, clock);
  const first = samplesOf(registry);
  await until(() => calls.all.length > 0);
  calls.last.resolve([gauge("a", 1)]);
  await first;
  clock.time += 10;
  assertEquals(await samplesOf(registry), { a: 1 });
  assertEquals(calls.all.length, 2);
  assertEquals(await statusOf(registry, "success", "c"), 0);
});

Deno.test("Registry.gather() aborts a shared run only when the last scrape that waits gives up", async () => {
  const calls = new Calls();
  const registry = register(calls.collect, { ttl: 60 });
  const impatient = registry.gather({ deadline: deadlineIn(SOON) });
  const patient = samplesOf(registry, { deadline: deadlineIn(5) });
  await impatient;
  assert(!calls.last.context.signal.aborted);
  calls.last.resolve([gauge("a", 1)]);
  assertEquals(await patient, { a: 1 });
  assertEquals(calls.all.length, 1);
});

Deno.test("Registry.expose() writes text, plain or compressed", async () => {
  const registry = register(() => [gauge("a", 1)]);
  const filter = { names: new Set(["a"]) };
  const plain = await registry.expose({ filter });
  assertEquals(plain.text(), "# TYPE a gauge\na 1\n");
  const compressed = await registry.expose({ filter, encoding: "gzip" });
  const stream = compressed.stream().pipeThrough(new DecompressionStream("gzip"));
  assertEquals(await new Response(stream).text(), plain.text());
});

Deno.test("Registry.expose() writes the format and the names that are asked for", async () => {
  const registry = register(() => [gauge("a_b", 1)]);
  const filter = { names: new Set(["a_b"]) };
  const plain = await registry.expose({ filter, format: "openmetrics" });
  assertEquals(plain.text(), "# TYPE a_b gauge\na_b 1\n# EOF\n");
  assertEquals(
    plain.contentType,
    "application/openmetrics-text; version=1.0.0; charset=utf-8; escaping=underscores",
  );
  const dots = await registry.expose({ filter, format: "openmetrics", escaping: "dots" });
  assertEquals(dots.text(), "# TYPE a__b gauge\na__b 1\n# EOF\n");
});

Deno.test("Registry.gather() rejects labels that cannot be", async () => {
  await assertRejects(() => new Registry().gather({ labels: { "1": "x" } }), RangeError);
});

Deno.test("Registry.gather() does not hold the event loop while it takes in many samples", async () => {
  const registry = new Registry();
  for (let c = 0; c < 4; c++) {
    registry.register({
      collect: function* () {
        for (let i = 0; i < 20_000; i++) yield gauge(`m${c}`, i, { i: `${i}` });
      },
    });
  }
  const gaps: number[] = [];
  let last = performance.now();
  const ticker = setInterval(() => {
    gaps.push(performance.now() - last);
    last = performance.now();
  }, 1);
  const { length } = (await registry.expose()).chunks;
  clearInterval(ticker);
  assert(length > 10);
  assert(gaps.length > 5, `the event loop turned ${gaps.length} times only`);
});

Deno.test("Registry.register() takes instruments, exposed beside what collectors give", async () => {
  const registry = register(() => [gauge("b", 2)]);
  const counter = registry.register(new Counter("a_total", "A."));
  registry.register(new Registry()).register(new Gauge("c", "C.", { labels: ["x"] })).labels("y");
  counter.inc(3);
  assertEquals(await samplesOf(registry), { a_total: 3, b: 2, 'c{x="y"}': 0 });
  assertEquals(registry.instrument("a_total"), counter);
  assertEquals(registry.instrument("c")?.type, "gauge");
  assert(registry.unregister(counter));
  assertEquals(await samplesOf(registry), { b: 2, 'c{x="y"}': 0 });
});

Deno.test("Registry.register() takes an instrument into several registries", async () => {
  const counter = new Counter("a_total", "A.");
  const registries = [new Registry(), new Registry()];
  for (const registry of registries) registry.register(counter);
  counter.inc();
  for (const registry of registries) assertEquals(await samplesOf(registry), { a_total: 1 });
});

for (
  const [first, second, message] of [
    [new Gauge("x", ""), new Gauge("x", ""), 'Cannot register gauge "x": name already in use'],
    [
      new Histogram("x", ""),
      new Counter("x_count", ""),
      'Cannot register counter "x_count": "x_count" already belongs to histogram "x"',
    ],
    [
      new Gauge("x_bucket", ""),
      new Histogram("x", ""),
      'Cannot register histogram "x": "x_bucket" already belongs to gauge "x_bucket"',
    ],
    [
      new Gauge("x", ""),
      new Counter("x_total", ""),
      'Cannot register counter "x_total": "x" already belongs to gauge "x"',
    ],
    [
      new Summary("x", ""),
      new Histogram("x", ""),
      'Cannot register histogram "x": name already in use',
    ],
  ] as const
) {
  Deno.test(`Registry.register() refuses ${second.type} ${second.name} beside ${first.type} ${first.name}`, async () => {
    const registry = new Registry();
    registry.register(first);
    assertThrows(() => registry.register(second), RangeError, message);
    const other = new Registry();
    other.register(second);
    assertThrows(() => registry.register(other), RangeError, "Cannot register");
    assertEquals(registry.instrument(first.name), first);
    assertEquals((await registry.gather()).clashes, []);
  });
}

Deno.test("Registry.gather() leaves instruments out when collectors are selected", async () => {
  const registry = register(() => [gauge("a", 1)]);
  registry.register(new Counter("b_total", ""));
  assertEquals(await samplesOf(registry, { filter: { collect: new Set(["c"]) } }), { a: 1 });
  assertEquals(await samplesOf(registry, { filter: { exclude: new Set(["c"]) } }), { b_total: 0 });
});

Deno.test("Registry.gather() gives the labels of a registry to what is in it", async () => {
  const registry = new Registry({ labels: { site: "north", team: "a" } });
  const inner = registry.register(new Registry({ labels: { team: "b", rack: "7" } }));
  registry.register(new Gauge("outer", ""));
  inner.register(new Gauge("inner", "", { labels: ["rack"] })).labels("own");
  inner.register({ collect: () => [gauge("collected", 1)] }, { name: "c" });
  assertEquals(await samplesOf(registry, { labels: { site: "south", zone: "1" } }), {
    'collected{site="north",zone="1",team="b",rack="7"}': 1,
    'inner{site="north",zone="1",team="b",rack="own"}': 0,
    'outer{site="north",zone="1",team="a"}': 0,
  });
  assertEquals(await samplesOf(inner), {
    'collected{team="b",rack="7"}': 1,
    'inner{team="b",rack="own"}': 0,
  });
});

Deno.test("new Registry() rejects labels that cannot be", () => {
  assertThrows(() => new Registry({ labels: { "1": "x" } }), RangeError);
});

Deno.test("Registry.gather() does not hold the event loop while it writes an instrument", async () => {
  const registry = new Registry();
  const histogram = registry.register(new Histogram("x", "", { labels: ["a"] }));
  for (let i = 0; i < 20_000; i++) histogram.labels(`${i}`);
  let turns = 0;
  const ticker = setInterval(() => turns++, 1);
  using _exposition = await registry.expose();
  clearInterval(ticker);
  assert(turns > 3, `the event loop turned ${turns} times only`);
});

for (const labels of [{}, { zone: "1" }, { queue: "common" }] as Record<string, string>[]) {
  Deno.test(`Registry.gather() gives what instruments have now, with the labels ${JSON.stringify(labels)}`, async () => {
    const registry = new Registry({ labels });
    const counter = registry.register(new Counter("jobs_total", "", { labels: ["queue"] }));
    for (const queue of ["", "common", "mail"]) counter.labels({ queue }).inc();
    const values = async () => {
      const { families } = await registry.gather({ filter: { names: new Set(["jobs_total"]) } });
      return families[0]?.samples.map(({ value }) => value);
    };
    // A series without the label becomes that which has the common value.
    const merges = "queue" in labels;
    assertEquals(await values(), merges ? [1, 1] : [1, 1, 1]);
    counter.labels("mail").inc();
    assertEquals(await values(), merges ? [1, 2] : [1, 1, 2]);
    counter.labels("new").inc(5);
    counter.remove("mail");
    assertEquals(await values(), merges ? [1, 5] : [1, 1, 5]);
  });
}

Deno.test("Registry.register() refuses an instrument with the name of its own metrics", () => {
  assertThrows(
    () => new Registry().register(new Counter("exporter_series_dropped_total", "")),
    RangeError,
    'Cannot register counter "exporter_series_dropped_total"',
  );
});

Deno.test("Registry.gather() tells apart labels whose names join to the same text", async () => {
  const registry = new Registry({ utf8Names: true });
  registry.register({
    collect: () => [
      new MetricFamily("m", { utf8Names: true }).add(1, { "a,b": "1" }).add(2, { a: "1", b: "2" }),
    ],
  });
  const { families } = await registry.gather({ filter: { names: ["m"] } });
  assertEquals(families[0]?.samples.map(({ value }) => value), [1, 2]);
});

for (
  const [options, message] of [
    [{ encoding: "br" }, "expected encoding to be one of identity, gzip, zstd"],
    [{ escaping: "x" }, "expected escaping to be one of allow-utf-8"],
    [{ format: "x" }, "expected format to be one of text"],
    [{ fromat: "text" }, 'unknown option "fromat", did you mean "format"?'],
    [{ filter: { name: ["x"] } }, 'Cannot filter: unknown option "name", did you mean "names"?'],
  ] as [object, string][]
) {
  Deno.test(`Registry.expose() refuses ${JSON.stringify(options)}`, async () => {
    await assertRejects(() => new Registry().expose(options as ExposeOptions), Error, message);
  });
}

Deno.test("new Registry() refuses options that do not exist", () => {
  const options = { lables: {} } as unknown as RegistryOptions;
  assertThrows(() => new Registry(options), TypeError, 'did you mean "labels"?');
});

Deno.test("Registry.gather() takes lists and objects as a filter", async () => {
  const registry = new Registry();
  const counter = registry.register(new Counter("a_total", "", { labels: ["b"] }));
  for (const b of ["1", "2"]) counter.labels({ b });
  registry.register(new Counter("c_total", ""));
  const filter = { names: ["a_total"], labels: { b: "2" } };
  const { families } = await registry.gather({ filter });
  assertEquals(families.flatMap(({ samples }) => samples.map(({ series }) => series)), [
    'a_total{b="2"}',
  ]);
});

Deno.test("Registry.register() takes the same names in registries whose labels tell them apart", async () => {
  const top = new Registry({ labels: { site: "north" } });
  const shared = new Counter("shared_total", "");
  for (const pool of ["main", "other"]) {
    const registry = new Registry({ labels: { pool } });
    registry.register(new Gauge("connections", "")).set(pool.length);
    registry.register(shared);
    top.register(registry);
  }
  shared.inc();
  const filter = { names: ["connections", "shared_total"] };
  for (let round = 1; round < 3; round++) {
    assertEquals(
      (await top.expose({ filter })).text(),
      `# TYPE connections gauge
connections{site="north",pool="main"} 4
connections{site="north",pool="other"} 5
# TYPE shared_total counter
shared_total{site="north",pool="main"} ${round}
shared_total{site="north",pool="other"} ${round}
`,
    );
    shared.inc();
  }
  for (const labels of [{}, { pool: "main" }, { zone: "main" }] as Record<string, string>[]) {
    const registry = new Registry({ labels });
    registry.register(new Gauge("connections", ""));
    assertThrows(() => top.register(registry), RangeError, "name already in use");
  }
  const registry = new Registry({ labels: { pool: "third" } });
  top.register(registry);
  registry.register(new Gauge("connections", ""));
  const gauge = new Gauge("shared_total", "");
  assertThrows(() => registry.register(gauge), RangeError, "name already in use");
});

Deno.test("Registry.register() rejects options among the properties of a collector", () => {
  const collector = { name: "x", ttl: 100, collect: () => [] };
  assertThrows(
    () => new Registry().register(collector as unknown as Collector),
    TypeError,
    'Cannot register collector: unknown property "name", expected options as the second argument',
  );
});

Deno.test("Registry.register() accepts instances of a class with other properties", async () => {
  class Doors {
    readonly open = 2;
    collect = () => [gauge("doors_open", this.open)];
  }
  const registry = new Registry();
  registry.register(new Doors());
  assertEquals(await samplesOf(registry), { doors_open: 2 });
});
