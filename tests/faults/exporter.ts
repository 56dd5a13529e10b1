/**
 * The exporter that the faults are injected into: many series of an instrument, and collectors that misbehave. It runs as a program
 * of its own, so that its memory can be measured and its end noticed. Its first argument is its options as JSON, with the time
 * between two changes as `changeInterval`, in milliseconds, and the number of series as `series`.
 *
 * @module
 */

import { Counter, Exporter, Gauge, Metric, Registry } from "@exporter/prometheus";

const { changeInterval = 100, series = 100_000, ...options } = JSON.parse(Deno.args[0] ?? "{}");

const registry = new Registry();
const requests = registry.register(
  new Counter("requests_total", "Requests.", { labels: ["host", "job"] }),
);
for (let i = 0; i < series; i++) requests.labels({ host: `host-${i}`, job: "web" }).inc(i);
const runs = registry.register(new Gauge("hung_runs", "Runs of the collector that hangs."));

const exporter = new Exporter({ configFile: false, registry, ...options });
exporter.collector("hung", () => {
  runs.inc();
  return new Promise(() => {});
}, { timeout: 30 });
exporter.collector("slow", async () => {
  await new Promise((resolve) => setTimeout(resolve, 100));
  return [new Metric("slow", { type: "gauge", value: 1 })];
});

// Something changes all the time, and its length with it, so that expositions in the course of being read are copied.
setInterval(() => {
  for (let i = 0; i < series; i += 100) requests.labels({ host: `host-${i}`, job: "web" }).inc(0.5);
}, changeInterval);

await exporter.start();
console.log(`Listening on ${exporter.url}`);
