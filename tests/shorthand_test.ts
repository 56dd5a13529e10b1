import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { Counter } from "../counter.ts";
import type { HistogramOptions } from "../histogram.ts";
import { defaultRegistry, type Registrable } from "../registry.ts";
import { counter, gauge, histogram, summary } from "../shorthand.ts";

/** Registers as a test likes, and takes it out of the default registry when it is over. */
function cleanUp(...registrables: Registrable[]): Disposable {
  return {
    [Symbol.dispose]() {
      for (const registrable of registrables) defaultRegistry.unregister(registrable);
    },
  };
}

Deno.test("counter(), gauge(), histogram() and summary() register an instrument, or return an equal one", () => {
  const makers = [
    () => counter("shorthand_jobs_total", "Jobs.", { labels: { queue: ["a"], worker: String } }),
    () => gauge("shorthand_doors", "Doors.", { labels: ["floor"] }),
    () => histogram("shorthand_seconds", "Time.", { buckets: [1, 2] }),
    () => summary("shorthand_bytes", "Size."),
  ];
  const instruments = makers.map((make) => make());
  using _ = cleanUp(...instruments);
  for (const [i, make] of makers.entries()) {
    assertStrictEquals(make(), instruments[i] as unknown);
    assertStrictEquals(defaultRegistry.instrument(instruments[i]!.name), instruments[i] as unknown);
  }
});

Deno.test("counter() rejects a name in use by a different instrument", () => {
  using _ = cleanUp(counter("shorthand_jobs_total", "Jobs."));
  const message = 'Cannot register counter "shorthand_jobs_total": name already in use';
  assertThrows(() => counter("shorthand_jobs_total", "Other."), RangeError, message);
  assertThrows(
    () => counter("shorthand_jobs_total", "Jobs.", { labels: ["a"] }),
    RangeError,
    message,
  );
  assertThrows(() => gauge("shorthand_jobs_total", "Jobs."), RangeError, "name already in use");
  assertThrows(
    () => counter("shorthand_jobs_total", "Jobs.", { maxSeries: 5 }),
    RangeError,
    message,
  );
  assertEquals(defaultRegistry.instrument("shorthand_jobs_total")?.help, "Jobs.");
});

Deno.test("counter() returns the equal instrument however it was created", () => {
  const made = defaultRegistry.register(
    new Counter("shorthand_other_total", "Other.", { labels: [], unit: "jobs" }),
  );
  using _ = cleanUp(made);
  assertStrictEquals(counter("shorthand_other_total", "Other.", { unit: "jobs" }), made as unknown);
  assertStrictEquals(
    counter("shorthand_other_total", "Other.", { unit: "jobs", labels: [] }),
    made as unknown,
  );
});

Deno.test("histogram() compares classic and native buckets", () => {
  const made = histogram("shorthand_seconds", "Time.", { buckets: [1, 2] });
  using _ = cleanUp(made);
  const native = histogram("shorthand_native_seconds", "Time.", { native: { growthFactor: 1.1 } });
  using __ = cleanUp(native);
  const again = (options: HistogramOptions<readonly []>) => () =>
    histogram("shorthand_native_seconds", "Time.", options);
  assertThrows(() => histogram("shorthand_seconds", "Time.", { buckets: [1, 3] }), RangeError);
  assertThrows(
    () => histogram("shorthand_seconds", "Time.", { buckets: [1, 2], native: {} }),
    RangeError,
  );
  assertThrows(again({ buckets: [] }), RangeError);
  assertThrows(again({ native: { maxBuckets: 10 } }), RangeError);
  assertStrictEquals(again({ native: {} })(), native as unknown);
});

Deno.test("summary() compares quantiles and their window", () => {
  const options = { quantiles: [0.5], window: 60 };
  const made = summary("shorthand_bytes", "Size.", options);
  using _ = cleanUp(made);
  for (const changes of [{ quantiles: [0.9] }, { window: 61 }, { windowParts: 2 }]) {
    assertThrows(
      () => summary("shorthand_bytes", "Size.", { ...options, ...changes }),
      RangeError,
    );
  }
  assertStrictEquals(summary("shorthand_bytes", "Size.", { ...options }), made as unknown);
});
