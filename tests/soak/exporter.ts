/**
 * The exporter of the soak: instruments whose series come, change and go, collectors of which most misbehave, and a configuration that
 * is reloaded. Its argument is what it leaks, if anything, so that the soak can be seen to notice: `heap` or `descriptors`.
 *
 *     deno run -A tests/soak/exporter.ts config.toml [heap|descriptors]
 *
 * @module
 */

import {
  Counter,
  Exporter,
  Gauge,
  Histogram,
  Metric,
  MetricFamily,
  Registry,
  StateSet,
  Summary,
} from "@exporter/prometheus";

/** Series that stay. */
const LASTING = 2000;

/** Milliseconds between two changes. */
const PERIOD = 50;

const [configFile = "config.toml", leak] = Deno.args;

const registry = new Registry();
const requests = registry.register(
  new Counter("soak_requests_total", "Requests.", { labels: ["host", "job"] }),
);
const duration = registry.register(
  new Histogram("soak_duration_seconds", "Durations.", {
    labels: ["job"],
    unit: "seconds",
    native: {},
    buckets: [0.01, 0.1, 1],
  }),
);
const size = registry.register(
  new Summary("soak_size_bytes", "Sizes.", { unit: "bytes", quantiles: [0.5, 0.99], window: 5 }),
);
const state = registry.register(
  new StateSet("soak_state", "The state.", { states: ["idle", "busy", "stuck"] }),
);
const temperature = registry.register(
  new Gauge("soak_temperature_celsius", "Temperatures.", { labels: ["place"], unit: "celsius" }),
);
const brief = registry.register(
  new Counter("soak_brief_total", "Series that age.", { labels: ["id"], maxAge: 2 }),
);
const recent = registry.register(
  new Counter("soak_recent_total", "The series used last.", {
    labels: ["id"],
    maxSeries: 200,
    whenFull: "lru",
  }),
);
const crowded = registry.register(
  new Counter("soak_crowded_total", "More series than there may be.", {
    labels: ["id"],
    maxSeries: 50,
  }),
);

for (let i = 0; i < LASTING; i++) requests.labels({ host: `host-${i}`, job: jobOf(i) }).inc();

function jobOf(i: number): string {
  return i % 4 === 0 ? "mail" : "web";
}

const leaked: unknown[] = [];
let turn = 0;

function change(): void {
  turn++;
  for (let i = turn % 40; i < LASTING; i += 40) {
    requests.labels({ host: `host-${i}`, job: jobOf(i) }).inc();
  }
  duration.labels({ job: jobOf(turn) }).observe((turn % 100) / 50, { trace_id: `${turn % 1000}` });
  size.observe(turn % 1000);
  state.set((["idle", "busy", "stuck"] as const)[turn % 3]!);
  temperature.labels({ place: `place-${turn % 300}` }).set(turn % 40);
  temperature.remove({ place: `place-${(turn + 150) % 300}` });
  for (const instrument of [brief, recent, crowded]) instrument.labels({ id: `${turn}` }).inc();
  if (leak === "heap") leaked.push(Array.from({ length: 10_000 }, (_, i) => `${turn}-${i}`));
  if (leak === "descriptors" && turn % 10 === 0) leaked.push(Deno.openSync(configFile));
}

setInterval(change, PERIOD);

function sleep(seconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, seconds * 1000));
}

const exporter = new Exporter({
  configFile,
  registry,
  listenPort: 0,
  reloadEndpoint: true,
  openMetrics2: true,
  createdSamples: true,
  logLevel: "error",
  // The requests that stalled readers send at once count all.
  maxRequestsInFlight: 400,
});

exporter
  .collector("sound", function* () {
    const family = new MetricFamily("soak_sound_total", { type: "counter", help: "Sound." });
    for (let i = 0; i < 100; i++) family.add(turn + i, { id: `${i}` });
    yield family;
  })
  .collector("cached", async () => {
    await sleep(0.01);
    return [new Metric("soak_cached", { type: "gauge", value: turn })];
  }, { ttl: 3 })
  .collector("throws", function* () {
    yield new Metric("soak_throws", { type: "gauge", value: turn });
    throw new Error(`Failure ${turn % 10}`);
  })
  .collector("cached_throws", () => {
    if (turn % 3 !== 0) throw new Error("Failure of a cached collector");
    return [new Metric("soak_cached_throws", { type: "gauge", value: turn })];
  }, { ttl: 1 })
  .collector("heeds", async ({ signal }) => {
    await new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
    return [];
  }, { timeout: 0.1 })
  .collector("hangs", async () => {
    await sleep(1.5);
    return [new Metric("soak_hangs", { type: "gauge", value: turn })];
  }, { timeout: 0.15 })
  .collector("cached_hangs", async () => {
    await sleep(0.7);
    return [new Metric("soak_cached_hangs", { type: "gauge", value: turn })];
  }, { ttl: 2, timeout: 0.15 })
  .collector("never_ends", () => new Promise(() => {}), { timeout: 0.1 })
  .collector("invalid", () => [new Metric("soak_invalid", { labels: { id: "1" } }), 5 as never])
  .collector("worker", { worker: new URL("worker.ts", import.meta.url) }, { timeout: 0.5 });

await exporter.start();
console.log(`Listening on ${exporter.url}`);
