import { assertEquals, assertGreater, assertNotEquals } from "@std/assert";
import { Counter } from "../../counter.ts";
import type { Format } from "../../exposition.ts";
import { Gauge } from "../../gauge.ts";
import { Histogram } from "../../histogram.ts";
import type { Instrument } from "../../instrument.ts";
import { Registry } from "../../registry.ts";
import { StateSet } from "../../stateset.ts";
import { Summary } from "../../summary.ts";
import { encode } from "../support/encode.ts";

const LABELS = { labels: ["host", "job"] } as const;

/** Instruments of every type, with series of twenty hosts, of which every other one has a job. */
function instruments(): Instrument[] {
  const counter = new Counter("c_total", "Counts.", LABELS);
  const gauge = new Gauge("g", "Goes.", LABELS);
  const below = new Histogram("below", "Has negative sums.", { ...LABELS, buckets: [-1, 1] });
  const histogram = new Histogram("h", "Has buckets.", { ...LABELS, buckets: [1, 5] });
  const native = new Histogram("n", "Is native.", { ...LABELS, native: {} });
  const summary = new Summary("s", "Has quantiles.", { ...LABELS, quantiles: [0.5] });
  const states = new StateSet("t", "Has states.", { ...LABELS, states: ["on", "off"] });
  for (let i = 0; i < 20; i++) {
    const labels = { host: `h${i}`, job: i % 2 === 0 ? "web" : "" };
    counter.labels(labels).inc(i);
    gauge.labels(labels).set(-i);
    below.labels(labels).observe(-i);
    for (const observed of [histogram, native, summary]) observed.labels(labels).observe(i / 3);
    states.labels(labels).set(i % 2 === 0 ? "on" : "off");
  }
  return [counter, gauge, below, histogram, native, summary, states];
}

const VARIANTS: readonly (readonly [Format, { version?: "2.0.0" | "1.0.0" }])[] = [
  ["text", {}],
  ["openmetrics", { version: "1.0.0" }],
  ["openmetrics", { version: "2.0.0" }],
  ["protobuf", {}],
];

for (const [format, options] of VARIANTS) {
  for (
    const [filter, labels] of [
      [{ job: "web" }, {}],
      [{ host: "h3" }, {}],
      [{ host: "h4", job: "web" }, {}],
      [{ site: "north", job: "web" }, { site: "north" }],
      [{ job: "common" }, { job: "common" }],
      [{ le: "1" }, {}],
      [{ le: "5", job: "web" }, {}],
    ] as [Record<string, string>, Record<string, string>][]
  ) {
    const what = `${format} ${options.version ?? ""}`.trim();
    Deno.test(`Encoder writes what a filter selects as if nothing else existed, in ${what}: ${JSON.stringify([filter, labels])}`, async () => {
      const registry = new Registry({ openMetrics2: true });
      for (const instrument of instruments()) registry.register(instrument);
      const request = { filter: { labels: filter }, labels };
      const { families } = await registry.gather(request);
      const expected = families.map(({ name, type, help, unit, samples }) => {
        return { name, type, help, unit, samples };
      });
      const whole = await encode(expected, format, options);
      using exposition = await registry.expose({ ...request, format, ...options });
      assertGreater(exposition.byteLength, 0);
      assertEquals(exposition.bytes(), whole.bytes());
      for (const { samples } of families) {
        for (const sample of samples) {
          for (const [name, value] of Object.entries(filter)) {
            assertEquals(sample.label(name), value);
          }
        }
      }
    });
  }
}

Deno.test("Encoder keeps what it has of all series after it has written some", async () => {
  const registry = new Registry();
  for (const instrument of instruments()) registry.register(instrument);
  const all = (await registry.expose()).text();
  const some = (await registry.expose({ filter: { labels: { job: "web" } } })).text();
  assertNotEquals(some, all);
  assertEquals((await registry.expose()).text(), all);
});
