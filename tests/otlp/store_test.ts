import { assertEquals } from "@std/assert";
import { OTLP_LIMITS } from "../../model/otlp_limits.ts";
import { OtlpStore } from "../../otlp/store.ts";
import { otlpRequest } from "../support/otlp.ts";

function delta(value: number, timeUnixNano: number): Record<string, unknown> {
  const dataPoints = [{ asInt: `${value}`, timeUnixNano: `${timeUnixNano}` }];
  return otlpRequest({
    name: "jobs",
    sum: { isMonotonic: true, aggregationTemporality: 1, dataPoints },
  });
}

function storeAt(now: () => number): OtlpStore {
  return new OtlpStore({ limits: OTLP_LIMITS, utf8Names: false, now });
}

function valuesOf(store: OtlpStore): number[] {
  return store.families().filter(({ name }) => name === "jobs_total")
    .flatMap(({ samples }) => samples.map(({ value }) => value));
}

Deno.test("OtlpStore.add() adds deltas up, and no delta twice", () => {
  const store = storeAt(() => 0);
  store.add(delta(2, 1e9));
  store.add(delta(3, 2e9));
  store.add(delta(3, 2e9));
  assertEquals(valuesOf(store), [5]);
});

Deno.test("OtlpStore.families() leaves out series and resources that are too old", () => {
  let now = 0;
  const store = storeAt(() => now);
  store.add(delta(2, 1e9));
  now = 1000 * OTLP_LIMITS.maxAge;
  assertEquals(valuesOf(store), [2]);
  now++;
  assertEquals([valuesOf(store), store.series, store.resources], [[], 0, 0]);
});

Deno.test("OtlpStore.add() rejects points of another type", () => {
  const store = storeAt(() => 0);
  store.add(delta(2, 1e9));
  const gauge = otlpRequest({ name: "jobs_total", gauge: { dataPoints: [{ asInt: "1" }] } });
  assertEquals([...store.add(gauge).rejected], [["conflict", 1]]);
});
