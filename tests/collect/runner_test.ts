import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { assertEquals } from "@std/assert";
import { Runner } from "../../collect/runner.ts";
import type { RunContext } from "../../collect/run.ts";
import type { Collect, CollectorOptions, CollectorOutcome } from "../../collector.ts";
import { Labels } from "../../labels.ts";
import { Metric } from "../../metric.ts";
import { deadlineIn } from "../../model/deadline.ts";
import { SILENT } from "../../model/logger.ts";

/** Seconds that a scrape waits that is not meant to wait for long. */
const SHORT = 0.02;

function runnerOf(collect: Collect, options: CollectorOptions = {}): Runner {
  return new Runner({ collect }, { name: "c", ...options }, () => performance.now() / 1000);
}

function contextWith(
  seconds: number,
  options: { filter?: Record<string, string>; query?: string } = {},
): RunContext {
  const { filter = {}, query } = options;
  const request = query === undefined ? undefined : new Request(`http://localhost/metrics${query}`);
  return {
    deadline: deadlineIn(seconds),
    filter: new Labels(filter),
    logger: SILENT,
    ...(request && { request: { search: query!, toWeb: () => request } }),
  };
}

function valuesOf({ families }: CollectorOutcome): number[] {
  return families.flatMap(({ samples }) => samples.map(({ value }) => value));
}

/** Long enough for scrapes to begin that yield to others before. */
async function nextTurns(): Promise<void> {
  for (let i = 0; i < 5; i++) await new Promise((resolve) => setTimeout(resolve));
}

function gauge(value: number): Metric {
  return new Metric("a", { type: "gauge", value });
}

/** Collects the number of the run when told to, whatever its signal says. */
class Deaf {
  runs = 0;
  #go = Promise.withResolvers<void>();

  collect = async (): Promise<Metric[]> => {
    const run = ++this.runs;
    await this.#go.promise;
    return [gauge(run)];
  };

  end(): void {
    this.#go.resolve();
  }
}

Deno.test("Runner.run() joins a run that a scrape with a tiny timeout has abandoned", async () => {
  const deaf = new Deaf();
  const runner = runnerOf(deaf.collect);
  const hasty = await runner.run({ context: contextWith(0.001) });
  assertEquals(valuesOf(hasty), []);
  const patient = [10, 20, 30].map((seconds) => runner.run({ context: contextWith(seconds) }));
  await runner.run({ context: contextWith(0.001) });
  deaf.end();
  for (const outcome of await Promise.all(patient)) {
    assertEquals(outcome.failure, undefined);
    assertEquals(valuesOf(outcome), [1]);
  }
  assertEquals(deaf.runs, 1);
});

Deno.test("Runner.run() starts a run of its own after one that ended because it was abandoned", async () => {
  let runs = 0;
  const heeding = async function* ({ signal }: { signal: AbortSignal }) {
    const run = ++runs;
    yield gauge(run);
    if (run === 1) await new Promise((_, reject) => signal.addEventListener("abort", reject));
  };
  const runner = runnerOf(heeding);
  const hasty = runner.run({ context: contextWith(SHORT) });
  await hasty;
  assertEquals(valuesOf(await runner.run({ context: contextWith(10) })), [2]);
});

Deno.test("Runner.run() reads a generator to its end for a scrape that joined after the deadline of others", async () => {
  const go = Promise.withResolvers<void>();
  let runs = 0;
  const runner = runnerOf(async function* () {
    runs++;
    yield gauge(1);
    await go.promise;
    yield new Metric("b", { type: "gauge", value: 2 });
    yield new Metric("c", { type: "gauge", value: 3 });
  });
  const hasty = await runner.run({ context: contextWith(SHORT) });
  assertEquals(valuesOf(hasty), [1]);
  const patient = runner.run({ context: contextWith(10) });
  await nextTurns();
  go.resolve();
  assertEquals(valuesOf(await patient), [1, 2, 3]);
  assertEquals(runs, 1);
});

Deno.test("Runner.run() exposes nothing old of a run that never ends", async () => {
  const runner = runnerOf(async function* () {
    yield gauge(1);
    await new Promise(() => {});
  });
  await runner.run({ context: contextWith(SHORT) });
  const later = await runner.run({ context: contextWith(2 * SHORT) });
  assertEquals(valuesOf(later), []);
  assertEquals(
    String(later.failure?.error),
    "TimeoutError: An earlier run of the collector has not ended",
  );
});

Deno.test("Runner.run() has one run at a time for 10,000 scrapes of a collector that hangs", async () => {
  let runs = 0;
  const runner = runnerOf(() => {
    runs++;
    return new Promise(() => {});
  });
  const controller = new AbortController();
  const scrapes = Array.from({ length: 10_000 }, (_, i) =>
    runner.run({
      context: contextWith(3600, { filter: { host: `h${i}` }, query: `?host=h${i}` }),
      stop: controller.signal,
    }));
  await nextTurns();
  controller.abort();
  await Promise.all(scrapes);
  assertEquals(runs, 1);
});

for (
  const [what, options] of [
    ["filters", [{ filter: { host: "a" } }, { filter: { host: "b" } }]],
    ["requests", [{ query: "?host=a" }, { query: "?host=b" }]],
  ] as const
) {
  Deno.test(`Runner.run() gives scrapes with other ${what} the same run if the collector does not look at them`, async () => {
    const deaf = new Deaf();
    const runner = runnerOf(deaf.collect);
    const scrapes = options.map((options) => runner.run({ context: contextWith(10, options) }));
    await nextTurns();
    deaf.end();
    assertEquals((await Promise.all(scrapes)).map(valuesOf), [[1], [1]]);
  });
}

for (
  const [what, look] of Object.entries(
    {
      "reads the filter": ({ filter }) => filter.get("host")!,
      "reads the request": ({ request }) => new URL(request!.url).searchParams.get("host")!,
      "copies the context": (context) => ({ ...context }).filter.get("host")!,
    } satisfies Record<string, (context: Parameters<Collect>[0]) => string>,
  )
) {
  for (const when of ["at once", "late"]) {
    Deno.test(`Runner.run() runs a collector that ${what} ${when} once per filter, one run after the other`, async () => {
      let running = 0;
      let runs = 0;
      const runner = runnerOf(async (context) => {
        runs++;
        assertEquals(++running, 1);
        const early = when === "at once" ? look(context) : undefined;
        await new Promise((resolve) => setTimeout(resolve, 2));
        const host = early ?? look(context);
        running--;
        return [gauge(Number(host))];
      });
      const hosts = ["1", "2", "1", "3", "2"];
      const outcomes = await Promise.all(
        hosts.map((host) =>
          runner.run({ context: contextWith(10, { filter: { host }, query: `?host=${host}` }) })
        ),
      );
      assertEquals(outcomes.map(valuesOf), hosts.map((host) => [Number(host)]));
      assertEquals(runs, 3);
    });
  }
}

Deno.test("Runner.run() ends although the collector collects from its own registry", async () => {
  let runs = 0;
  const runner: Runner = runnerOf(async () => {
    if (++runs > 100) throw new Error("too many runs");
    await runner.run({ context: contextWith(SHORT) });
    return [gauge(runs)];
  });
  assertEquals(valuesOf(await runner.run({ context: contextWith(10) })), [1]);
});

Deno.test("Runner.run() gives equal arrays to scrapes of the same run", async () => {
  const runner = runnerOf(async () => {
    await nextTurns();
    return [gauge(1)];
  });
  const [first, second] = await Promise.all([
    runner.run({ context: contextWith(10) }),
    runner.run({ context: contextWith(10) }),
  ]);
  assertEquals(first.families === second.families, true);
});

/** Runs the garbage collector. */
function collectGarbage(): void {
  setFlagsFromString("--expose-gc");
  (runInNewContext("gc") as () => void)();
}

Deno.test("Runner does not keep what a collector without a cache has returned", async () => {
  const runner = runnerOf(() => [gauge(1)]);
  const reference = await (async () => {
    const { families } = await runner.run({ context: contextWith(10) });
    return new WeakRef(families[0]!.samples[0]!);
  })();
  await nextTurns();
  collectGarbage();
  assertEquals(reference.deref(), undefined);
  assertEquals(valuesOf(await runner.run({ context: contextWith(10) })), [1]);
});

Deno.test("Runner.run() tells whether its result comes from the cache", async () => {
  let fails = false;
  const collect = () => {
    if (fails) throw new Error("no");
    return [gauge(1)];
  };
  const runs = async (runner: Runner) => {
    const outcomes: (boolean | undefined)[] = [];
    for (fails of [false, false, true]) {
      outcomes.push((await runner.run({ context: contextWith(10) })).isCached);
    }
    return outcomes;
  };
  assertEquals(await runs(runnerOf(collect)), [undefined, undefined, undefined]);
  assertEquals(await runs(runnerOf(collect, { ttl: 60 })), [false, true, true]);
  assertEquals(await runs(runnerOf(collect, { ttl: 1e-9, maxStale: 60 })), [false, false, true]);
});

Deno.test("Runner.state has the last runs and their errors", async () => {
  let fails = false;
  const runner = runnerOf(() => {
    if (fails) throw new RangeError("no disk");
    return [gauge(1), gauge(2)];
  });
  assertEquals(runner.state.history.runs, []);
  for (fails of [false, true]) await runner.run({ context: contextWith(10) });
  const { history, running, age } = runner.state;
  assertEquals(history.runs.map(({ result, samples }) => [result, samples]), [
    ["ok", 2],
    ["failed", 0],
  ]);
  assertEquals(history.runs[0]!.bytes > 0, true);
  assertEquals(history.lastError?.message, "no disk");
  assertEquals([running, age], [undefined, undefined]);
});

Deno.test("Runner.state tells of a run that is under way, and that it was late", async () => {
  const deaf = new Deaf();
  const runner = runnerOf(deaf.collect);
  const scrape = runner.run({ context: contextWith(SHORT) });
  await nextTurns();
  assertEquals(runner.state.running?.isAbandoned, false);
  await scrape;
  assertEquals(runner.state.running?.isAbandoned, true);
  assertEquals(runner.state.history.total, 0);
  deaf.end();
  await nextTurns();
  assertEquals(runner.state.running, undefined);
  assertEquals(runner.state.history.runs.map(({ result }) => result), ["late"]);
});

Deno.test("Runner.state tells that a run that heeds its deadline was late if that made it fail", async () => {
  const runner = runnerOf(async ({ signal }) => {
    await new Promise((_, reject) => signal.onabort = () => reject(signal.reason));
    return [];
  });
  await runner.run({ context: contextWith(SHORT) });
  assertEquals(runner.state.history.runs.map(({ result }) => result), ["late"]);
});

Deno.test("Runner.state tells that a run that returned what it had at its deadline succeeded", async () => {
  const runner = runnerOf(async function* ({ signal }) {
    yield gauge(1);
    await new Promise((resolve) => signal.onabort = resolve);
  });
  await runner.run({ context: contextWith(SHORT) });
  assertEquals(runner.state.history.runs.map(({ result }) => result), ["ok"]);
});

Deno.test("Runner.state has the age of the cached result", async () => {
  const runner = runnerOf(() => [gauge(1)], { ttl: 60, timeout: 5 });
  await runner.run({ context: contextWith(10) });
  const { age, ttl, timeout } = runner.state;
  assertEquals([age !== undefined && age < 60, ttl, timeout], [true, 60, 5]);
});
