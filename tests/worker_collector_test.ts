import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import {
  type CollectorOptions,
  type CollectorOutcome,
  Exporter,
  type Logger,
  Metric,
  Registry,
  WorkerCollector,
  type WorkerCollectorOptions,
} from "../mod.ts";
import { until } from "./support/until.ts";

const LIBRARY = JSON.stringify(import.meta.resolve("../mod.ts"));

/** The address of a module with this code. */
function moduleOf(code: string): string {
  const all = `import { Metric, MetricFamily } from ${LIBRARY};\n${code}`;
  return `data:text/javascript,${encodeURIComponent(all)}`;
}

/** A registry with a collector in a worker, and one beside it. */
class Subject implements Disposable {
  readonly registry: Registry;
  readonly #collector: WorkerCollector;

  constructor(
    code: string,
    options: CollectorOptions & Omit<WorkerCollectorOptions, "worker" | "permissions"> & {
      logger?: Logger;
    } = {},
  ) {
    const { now, maxHeapBytes, logger, ...rest } = options;
    this.registry = new Registry({ ...(logger && { logger }) });
    this.#collector = this.registry.register(
      new WorkerCollector({
        worker: moduleOf(code),
        ...(now && { now }),
        ...(maxHeapBytes && { maxHeapBytes }),
      }),
      { name: "worker", timeout: 60, ...rest },
    );
    this.registry.register({ collect: () => [new Metric("neighbor")] }, { name: "neighbor" });
  }

  async gather(labels: Record<string, string> = {}, seconds: number = 60) {
    const deadline = new Date(Date.now() + seconds * 1000);
    const { families, outcomes: [outcome] } = await this.registry.gather({
      filter: { labels },
      deadline,
    });
    const values = families.flatMap(({ samples }) => samples)
      .filter(({ name }) => !name.startsWith("exporter_") && name !== "neighbor")
      .map(({ series, value }) => `${series} ${value}`);
    const { failure } = outcome as CollectorOutcome;
    return { values, error: failure?.error as Error | undefined, families };
  }

  [Symbol.dispose](): void {
    this.#collector[Symbol.dispose]();
  }
}

const EVERYTHING = `
  yield new MetricFamily("doors", { type: "gauge", help: "Doors\\n\\u00e4.", unit: "doors" })
    .add(1, { floor: "1", side: "\\u65e5\\"" }).add(NaN, {}, { timestamp: new Date(5000) });
  yield new MetricFamily("empty", { type: "counter", help: "None yet." });
  yield new MetricFamily("size", { type: "histogram" })
    .add(3, { le: "+Inf" }, { suffix: "_bucket", exemplar: { labels: { id: "7" }, value: 2 } })
    .add(9, {}, { suffix: "_sum" }).add(3, {}, { suffix: "_count" });
  yield new Metric("build_info", { type: "info", labels: { version: "1" }, value: 1 });
  yield new Metric("state", { type: "stateset", labels: { state: "on" }, value: 1 });
  yield new Metric("odd", { type: "summary", value: -Infinity });
`;

Deno.test("WorkerCollector.collect() gives what the same collector gives in process", async () => {
  using subject = new Subject(`export function* collect() { ${EVERYTHING} }`);
  const { collect } = await import(moduleOf(`export function* collect() { ${EVERYTHING} }`));
  const inProcess = new Registry();
  inProcess.register({ collect });
  inProcess.register({ collect: () => [new Metric("neighbor")] });
  const options = { format: "openmetrics", filter: { exclude: [] } } as const;
  const [here, there] = [await inProcess.expose(options), await subject.registry.expose(options)];
  const withoutStatus = (text: string) => text.replaceAll(/^.*exporter_.*\n/gm, "");
  assertStringIncludes(here.text(), "size_bucket");
  assertEquals(withoutStatus(there.text()), withoutStatus(here.text()));
});

for (
  const [kind, code] of [
    ["a function", "export function collect() { return [new Metric('a')]; }"],
    ["an async function", "export async function collect() { await 1; return [new Metric('a')]; }"],
    ["a generator", "export function* collect() { yield new Metric('a'); }"],
    ["an async generator", "export async function* collect() { await 1; yield new Metric('a'); }"],
    ["a default export", "export default () => new Set([new Metric('a')]);"],
  ] as const
) {
  Deno.test(`WorkerCollector.collect() runs ${kind}`, async () => {
    using subject = new Subject(code);
    const { values, error } = await subject.gather();
    assertEquals([values, error], [["a 0"], undefined]);
  });
}

Deno.test("WorkerCollector.collect() throws errors as they were, and keeps what came before", async () => {
  using subject = new Subject(`
    class DiskError extends Error { name = "DiskError"; }
    export function* collect() {
      yield new Metric("a");
      throw new DiskError("no disk", { cause: new RangeError("5") });
    }`);
  const { values, error } = await subject.gather();
  assertEquals(values, ["a 0"]);
  assertEquals([error?.name, error?.message], ["DiskError", "no disk"]);
  assert(/^DiskError: no disk\n +at .*collect/.test(error?.stack ?? ""), error?.stack);
  assertInstanceOf(error?.cause, RangeError);
});

for (
  const [code, message] of [
    ["export const collect = 5;", "expected it to export a function collect, got 5"],
    ["throw new URIError('at import');", "at import"],
    ["export function collect() { return 5; }", "expected an iterable of metrics, got 5"],
    ["export function collect() { return [5]; }", "expected a Metric or a MetricFamily, got 5"],
    ["export function collect() { Deno.exit(3); }", "ended by itself"],
    ["import p from 'node:process'; export function collect() { p.exit(3); }", "ended by itself"],
    [
      "export function collect() { Promise.reject(new Error('stray')); return new Promise(() => {}); }",
      "stray",
    ],
  ] as const
) {
  Deno.test(`WorkerCollector.collect() fails alone: ${code}`, async () => {
    using subject = new Subject(code);
    const { error, families } = await subject.gather();
    assertStringIncludes(error!.message, message);
    assert(families.some(({ name }) => name === "neighbor"));
  });
}

Deno.test("WorkerCollector.collect() fails alone if it exceeds maxHeapBytes", async () => {
  const code = `export function collect() {
    const held = [];
    for (let i = 0; i < 300; i++) held.push(Array.from({ length: 1e5 }, (_, j) => i + j + 0.5));
    return [new Metric("held", { value: held.length })];
  }`;
  using subject = new Subject(code, { maxHeapBytes: 32 * 2 ** 20, timeout: 5 });
  const { error, values, families } = await subject.gather();
  assertEquals([error?.name, values], ["TimeoutError", []]);
  assert(families.some(({ name }) => name === "neighbor"));
});

Deno.test("WorkerCollector.collect() hands over deadline, filter and logger", async () => {
  const records: unknown[] = [];
  const info = (...record: unknown[]) => records.push(record);
  const logger = { debug: info, info, warn: info, error: info };
  using subject = new Subject(
    `export function collect({ deadline, filter, logger, signal }) {
      logger.info("run", { n: 1, error: new TypeError("x") });
      return [new Metric("left_seconds", {
        value: Math.round((deadline - Date.now()) / 1e4),
        labels: { ...Object.fromEntries(filter), aborted: String(signal.aborted) },
      })];
    }`,
    { logger },
  );
  const { values } = await subject.gather({ site: "north" });
  assertEquals(values, ['left_seconds{site="north",aborted="false"} 6']);
  const [[message, { error, ...fields }]] = records as [[string, { error: Error }]];
  assertEquals([message, fields], ["run", { collector: "worker", n: 1 }]);
  assertInstanceOf(error, TypeError);
});

for (
  const [kind, code] of [["loops", "while (true) {}"], ["hangs", "await new Promise(() => {})"]]
) {
  Deno.test(`WorkerCollector.collect() is ended when it ${kind}, and the next run has a new worker`, async () => {
    using subject = new Subject(`
      let runs = 0;
      export async function collect({ filter }) {
        if (filter.has("stop")) ${code};
        return [new Metric("runs", { value: ++runs })];
      }`);
    assertEquals((await subject.gather()).values, ["runs 1"]);
    assertEquals((await subject.gather()).values, ["runs 2"]);
    let turns = 0;
    const timer = setInterval(() => turns++, 5);
    const { error } = await subject.gather({ stop: "yes" }, 0.2);
    clearInterval(timer);
    assertEquals(error?.name, "TimeoutError");
    assert(turns > 2, `${turns} turns of the event loop`);
    const next = await until("a run in a new worker", async () => {
      const { values, error } = await subject.gather();
      if (values.length > 0) return values;
      assertStringIncludes(String(error), "An earlier run");
    });
    assertEquals(next, ["runs 1"]);
  });
}

Deno.test("WorkerCollector.collect() exposes what a hanging generator has yielded", async () => {
  using subject = new Subject(`
    export async function* collect({ filter, signal }) {
      yield new Metric("a", { labels: filter });
      if (filter.has("hang")) await new Promise(() => {});
    }`);
  assertEquals((await subject.gather()).values, ["a 0"]);
  const { values, error } = await subject.gather({ hang: "yes" }, 0.5);
  assertEquals(error?.name, "TimeoutError");
  assertEquals(values, ['a{hang="yes"} 0']);
});

Deno.test("WorkerCollector.collect() tells the collector about the deadline", async () => {
  using subject = new Subject(`
    export async function collect({ signal, filter }) {
      if (filter.has("first")) return [];
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
      return [new Metric("aborted", { labels: { reason: signal.reason.name } })];
    }`);
  await subject.gather({ first: "yes" });
  const { values } = await subject.gather({}, 1);
  assertEquals(values, ['aborted{reason="TimeoutError"} 0']);
});

Deno.test("WorkerCollector.collect() waits longer after each failure to load", async () => {
  let now = 0;
  using subject = new Subject("throw new Error('no');", { now: () => now });
  const messages: unknown[] = [];
  for (now of [0, 0.5, 1, 2.9, 3, 6.9, 7]) {
    messages.push((await subject.gather()).error?.message);
  }
  const wait = (seconds: number) => `Cannot start worker: it failed, next attempt in ${seconds} s`;
  assertEquals(messages, ["no", wait(1), "no", wait(1), "no", wait(1), "no"]);
});

const FORGED: Record<string, string> = {
  "posts by itself": "parentPort.postMessage({ type: 'ready' })",
  "posts garbage": "port.postMessage(5)",
  "posts null": "port.postMessage(null)",
  "posts for no run": "port.postMessage({ type: 'samples', run: 77, batch: {} })",
  "posts an unknown type": "port.postMessage({ type: 'evil', run: 1 })",
  "posts an empty batch": "port.postMessage({ type: 'samples', run: 1, batch: {} })",
  "posts a batch of null": "port.postMessage({ type: 'samples', run: 1, batch: null })",
  "posts no log": "port.postMessage({ type: 'log', run: 1, level: 'constructor', message: 'x' })",
  "floods": "while (true) port.postMessage({ type: 'samples', run: 1, batch: {} })",
  "floods the log":
    "for (let i = 0; i < 200; i++) port.postMessage({ type: 'log', run: 1, level: 'info', message: 'x' })",
  "uses the lifeline": "workerData.lifeline.postMessage(1)",
};

for (const [kind, code] of Object.entries(FORGED)) {
  Deno.test(`WorkerCollector.collect() fails when its module ${kind}`, async () => {
    using subject = new Subject(`
      import { parentPort, workerData } from "node:worker_threads";
      const { port } = workerData;
      export async function collect() {
        ${code};
        await new Promise(() => {});
      }`);
    const { error, values, families } = await subject.gather({}, 5);
    assert(error instanceof Error && error.name !== "TimeoutError", String(error));
    assertEquals(values, []);
    assert(families.some(({ name }) => name === "neighbor"));
  });
}

Deno.test("WorkerCollector.collect() takes 100,000 samples, and maxSamples holds", async () => {
  const code = `export function collect() {
    const disks = new MetricFamily("disks", { type: "counter" });
    for (let i = 0; i < 100_000; i++) disks.add(i, { disk: "disk" + i, host: "h1" });
    return [disks];
  }`;
  using subject = new Subject(code);
  const { values, error } = await subject.gather();
  assertEquals([values.length, error], [100_000, undefined]);
  assertEquals(values[99_999], 'disks{disk="disk99999",host="h1"} 99999');
  using bounded = new Subject(code, { maxSamples: 1000 });
  assertStringIncludes((await bounded.gather()).error!.message, "more than 1000 samples");
});

Deno.test("WorkerCollector.collect() does not mix concurrent runs", async () => {
  using subject = new Subject(`
    export async function* collect({ filter }) {
      for (let i = 0; i < 3000; i++) {
        yield new Metric("run", { value: i, labels: { id: filter.get("id"), i: String(i) } });
        if (i % 500 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
      }
    }`);
  const results = await Promise.all(["a", "b", "c"].map((id) => subject.gather({ id })));
  for (const [i, { values, error }] of results.entries()) {
    assertEquals([values.length, error], [3000, undefined]);
    assert(values.every((value) => value.includes(`id="${"abc"[i]}"`)));
  }
});

for (
  const [what, code, runs] of [
    ["does not look at the filter", "", [1, 1]],
    ["looks at the filter", "context.filter;", [1, 2]],
    ["looks at the filter twice", "context.filter; context.filter;", [1, 2]],
    ["looks at the filter late", "await 1; context.filter;", [1, 2]],
    ["copies the context", "({ ...context });", [1, 2]],
  ] as const
) {
  Deno.test(`WorkerCollector.collect() of a module that ${what} runs ${runs[1] === 1 ? "once" : "once per filter"}`, async () => {
    using subject = new Subject(`
      let runs = 0;
      export async function* collect(context) {
        runs++;
        ${code}
        for (const site of ["north", "south"]) yield new Metric("runs", { value: runs, labels: { site } });
      }`);
    const sites = ["north", "south"];
    const results = await Promise.all(sites.map((site) => subject.gather({ site })));
    assertEquals(
      results.map(({ values }) => values),
      sites.map((site, i) => [`runs{site="${site}"} ${runs[i]}`]),
    );
  });
}

Deno.test("WorkerCollector[Symbol.dispose]() fails pending and later runs", async () => {
  const subject = new Subject("export async function collect() { await new Promise(() => {}); }");
  const pending = subject.gather();
  setTimeout(() => subject[Symbol.dispose](), 50);
  assertStringIncludes((await pending).error!.message, "The worker was ended");
  assertStringIncludes((await subject.gather()).error!.message, "its worker was ended");
});

Deno.test("WorkerCollector() checks its options", () => {
  const create = (options: unknown) => () => new WorkerCollector(options as WorkerCollectorOptions);
  assertThrows(
    create({ worker: "./disk.ts" }),
    TypeError,
    'absolute URL such as new URL("./disk.ts"',
  );
  assertThrows(create({ worker: "data:,", max: 1 }), TypeError, 'unknown option "max"');
  assertThrows(create({ worker: "data:,", maxHeapBytes: 5 }), RangeError, "16777216 or more");
  assertThrows(
    create({ worker: "data:,", permissions: { reed: true } }),
    TypeError,
    'unknown option "reed", did you mean "read"?',
  );
  assertThrows(
    create({ worker: "data:,", permissions: {}, maxHeapBytes: 2 ** 30 }),
    RangeError,
    "cannot have maxHeapBytes",
  );
});

Deno.test("Exporter.collector() takes a worker, and ends it at shutdown", async () => {
  using channel = Object.assign(new BroadcastChannel("worker_collector_test"), {
    [Symbol.dispose]: () => channel.close(),
  });
  let lastSign = -Infinity;
  channel.onmessage = () => lastSign = performance.now();
  const exporter = new Exporter({
    configFile: false,
    runtimeMetrics: false,
    registry: new Registry(),
  });
  exporter.collector("disk", {
    worker: moduleOf(`
      const channel = new BroadcastChannel("worker_collector_test");
      setInterval(() => channel.postMessage("alive"), 5);
      export const collect = () => [new Metric("disk")];`),
  }, { timeout: 60 });
  assertStringIncludes(await exporter.export(), "\ndisk 0\n");
  await until("a sign of life", () => lastSign > 0);
  await exporter.shutdown();
  await until("the end of the worker", () => performance.now() - lastSign > 300);
});
