/**
 * Collectors that misbehave in every way.
 *
 * @module
 */

import { type Collect, type Exporter, Metric } from "@exporter/prometheus";

/** A collector, and what becomes of it. */
export interface HostileCollector {
  readonly collect: Collect;
  /** What is exposed when it runs. */
  readonly outcome: Outcome;
  /** Whether it takes long, and much memory. */
  readonly isHeavy: boolean;
}

/** What is exposed of a collector. */
export interface Outcome {
  /** Whether it counts as successful. */
  readonly succeeds: boolean;
  /** The number of its samples; `some` if that depends on the time. */
  readonly samples: number | "some";
}

const MILLION = 1_000_000;

const REVOKED = Proxy.revocable({}, {});
REVOKED.revoke();

/** Throws at every touch. */
const TRAP = new Proxy({}, {
  get() {
    throw new Error("trap");
  },
  has() {
    throw new Error("trap");
  },
  ownKeys() {
    throw new Error("trap");
  },
});

/** Values of every type that are no metrics. */
const GARBAGE: Readonly<Record<string, unknown>> = {
  number: 1,
  bigint: 1n,
  text: "up 1\n",
  symbol: Symbol("metric"),
  boolean: true,
  function: () => [],
  object: { name: "up", value: 1 },
  date: new Date(0),
  map: new Map([["up", 1]]),
  bytes: new Uint8Array(9),
  regexp: /up/,
  error: new Error("returned"),
  "null in list": [null],
  "undefined in list": [undefined],
  "list in list": [[new Metric("nested")]],
  "symbol in list": [Symbol("metric")],
  "proxy that is revoked": REVOKED.proxy,
  "proxy that throws": TRAP,
  "proxy that throws in list": [TRAP],
  "family of garbage": [{ name: "garbage", type: "gauge", help: 5, samples: [null] }],
  "type that is unknown": [{ name: "garbage", type: "speed", help: "", samples: [] }],
  "name with a line feed": [{ name: "a 1\nevil", type: "gauge", help: "", samples: [] }],
};

function metricWith(change: (metric: Metric) => void): Metric {
  const metric = new Metric("changed_afterwards", { type: "gauge", value: 1 });
  change(metric);
  return metric;
}

/** Returns collectors that misbehave, by their names. */
export function hostileCollectors(exporter: Exporter): Readonly<Record<string, HostileCollector>> {
  const failing = (collect: Collect, samples: Outcome["samples"] = 0): HostileCollector => ({
    collect,
    outcome: { succeeds: false, samples },
    isHeavy: false,
  });
  const working = (collect: Collect, samples: Outcome["samples"]): HostileCollector => ({
    collect,
    outcome: { succeeds: true, samples },
    isHeavy: false,
  });
  const garbage = Object.entries(GARBAGE).map(([what, value]) => [
    `garbage ${what}`,
    failing((() => value) as Collect),
  ]);
  const thrown = [undefined, null, 5, "text", Symbol("reason"), TRAP, REVOKED.proxy, {
    message: Symbol("message"),
  }].map((value, i) => [
    `throws ${i}`,
    failing(() => {
      throw value;
    }),
  ]);
  return {
    ...Object.fromEntries([...garbage, ...thrown]),
    "rejects": failing(() => Promise.reject(new Error("rejected"))),
    "returns promises that reject": failing(
      (() => [Promise.reject(new Error("in a list"))]) as unknown as Collect,
    ),
    "yields and throws": failing(function* () {
      yield new Metric("yielded");
      throw new Error("thrown");
    }, 1),
    "hangs": failing(() => new Promise(() => {})),
    "hangs in its second metric": failing(async function* () {
      yield new Metric("first_of_two");
      await new Promise(() => {});
    }, 1),
    "ignores its signal": failing(async ({ signal }) => {
      while (!signal.aborted) await pause(0.01);
      await pause(2);
      return [new Metric("too_late")];
    }),
    "never stops": {
      ...failing(function* () {
        for (let i = 0;; i++) yield new Metric("endless", { labels: { i: `${i}` } });
      }),
      isHeavy: true,
    },
    "never stops asynchronously": failing(async function* () {
      for (let i = 0;; i++) {
        await pause(0.001);
        yield new Metric("endless_and_slow", { labels: { i: `${i}` } });
      }
    }, "some"),
    "returns a million samples": {
      ...working(
        () =>
          Array.from({ length: MILLION }, (_, i) => new Metric("many", { labels: { i: `${i}` } })),
        MILLION,
      ),
      isHeavy: true,
    },
    "returns the same sample often": working(
      () => Array.from({ length: 1000 }, () => new Metric("often")),
      1,
    ),
    "returns the name of another": working(
      () => [new Metric("good", { type: "counter", value: 7, labels: { from: "hostile" } })],
      0,
    ),
    "changes what it returned": working(() => {
      const metrics = Array.from(
        { length: 1000 },
        (_, i) => new Metric("mutated", { labels: { i: `${i}` } }),
      );
      queueMicrotask(() => metrics.length = 0);
      setTimeout(() => metrics.push(null as unknown as Metric), 0);
      return metrics;
    }, "some"),
    "sets a value that is no number": failing(
      () => [metricWith((metric) => Object.assign(metric, { value: "1\nevil 2" }))],
    ),
    "has a value that is a getter": failing(
      () => [
        metricWith((metric) => Object.defineProperty(metric, "value", { get: () => "1\nevil 2" })),
      ],
    ),
    "calls back into the exporter, which waits for it": failing(async () => {
      const text = await exporter.export({ kind: "nothing" });
      return [new Metric("called_back", { value: text.length })];
    }),
    "blocks the event loop": working(() => {
      const until = performance.now() + 500;
      while (performance.now() < until);
      return [new Metric("blocked")];
    }, 1),
  };
}

function pause(seconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, seconds * 1000));
}
