import { type Instrument, storeOf } from "../../instrument.ts";
import { StoppedClock, turnsOf } from "../support/stopped_clock.ts";
import { familiesOf } from "../support/instrument.ts";
import { assert, assertEquals, assertGreater, assertThrows } from "@std/assert";
import { Counter } from "../../counter.ts";
import { Registry } from "../../registry.ts";
import { Retention, type RetentionOptions } from "../../series/retention.ts";

function series(counter: Instrument): Record<string, number> {
  return Object.fromEntries(
    familiesOf(counter).flatMap(({ samples }) =>
      samples.map(({ series, value }) => [series, value])
    ),
  );
}

function makeCounter(options: RetentionOptions): Counter<readonly ["a", "b"]> {
  return new Counter("x_total", "", { labels: ["a", "b"], ...options });
}

Deno.test("an instrument that is full counts what is too much in one series", () => {
  const counter = makeCounter({ maxSeries: 2 });
  for (const value of ["1", "2", "3", "4", "1"]) counter.labels(value, "b").inc();
  assertEquals(series(counter), {
    'x_total{a="1",b="b"}': 2,
    'x_total{a="2",b="b"}': 1,
    'x_total{a="other",b="other"}': 2,
  });
  assertEquals(counter.dropped, 2);
});

Deno.test("an instrument that is full rejects what is too much, harmlessly", () => {
  const counter = makeCounter({ maxSeries: 1, whenFull: "reject" });
  for (const value of ["1", "2", "3"]) counter.labels(value, "b").inc();
  assertEquals(series(counter), { 'x_total{a="1",b="b"}': 1 });
  assertEquals(counter.dropped, 2);
  counter.remove("1", "b");
  counter.labels("2", "b").inc();
  assertEquals(series(counter), { 'x_total{a="2",b="b"}': 1 });
});

Deno.test("an instrument that is full drops the series that was not touched for longest", () => {
  const counter = makeCounter({ maxSeries: 2, whenFull: "lru" });
  const first = counter.labels("1", "b");
  counter.labels("2", "b");
  first.inc();
  counter.labels("3", "b").inc();
  assertEquals(series(counter), { 'x_total{a="1",b="b"}': 1, 'x_total{a="3",b="b"}': 1 });
  assertEquals(counter.dropped, 1);
});

Deno.test("an instrument without labels is not dropped for its age", async () => {
  const counter = new Counter("x_total", "", { maxAge: 0.001 });
  counter.inc();
  familiesOf(counter);
  await new Promise((resolve) => setTimeout(resolve, 5));
  assertEquals(familiesOf(counter)[0]?.samples.map(({ value }) => value), [1]);
  counter.inc();
  assertEquals([counter.value, counter.dropped], [2, 0]);
});

Deno.test("an instrument makes room for many series without looking at all that it has", () => {
  const counter = makeCounter({ maxSeries: 20_000, whenFull: "lru" });
  const before = performance.now();
  for (let i = 0; i < 60_000; i++) counter.labels(`${i}`, "b").inc();
  assert(performance.now() - before < 2000);
  assertEquals([familiesOf(counter)[0]?.samples.length, counter.dropped], [20_000, 40_000]);
});

Deno.test("an instrument without a bound tells of no dropped series", () => {
  assertEquals(makeCounter({}).dropped, undefined);
  assertEquals(makeCounter({ maxAge: 1 }).dropped, 0);
});

Deno.test("an instrument that is cleared has room again", () => {
  const counter = makeCounter({ maxSeries: 1, whenFull: "reject" });
  counter.labels("1", "b");
  counter.clear();
  counter.labels("2", "b");
  assertEquals(series(counter), { 'x_total{a="2",b="b"}': 0 });
});

Deno.test("Registry.gather() counts the dropped series of instruments that have a bound", async () => {
  const registry = new Registry();
  const counter = registry.register(makeCounter({ maxSeries: 1, whenFull: "reject" }));
  registry.register(new Counter("y_total", ""));
  counter.labels("1", "b");
  counter.labels("2", "b");
  const { families } = await registry.gather({
    filter: { names: new Set(["exporter_series_dropped_total"]) },
  });
  assertEquals(
    families.flatMap(({ samples }) => samples.map(({ series, value }) => [series, value])),
    [['exporter_series_dropped_total{metric="x_total"}', 1]],
  );
});

class Thing {
  wasUsed = false;
  lastUse = 0;
}

Deno.test("Retention.takeOutdated() gives up what was not touched for the age", async () => {
  let time = 100;
  const retention = new Retention<Thing>("x", { maxAge: 10 }, () => time);
  async function takeOutdated() {
    await retention.noticeUse();
    return [...retention.takeOutdated()];
  }
  const [a, b] = [new Thing(), new Thing()];
  retention.add(a, ["a"]);
  retention.add(b, ["b"]);
  time += 9;
  assertEquals(await takeOutdated(), []);
  b.wasUsed = true;
  time += 1;
  assertEquals(await takeOutdated(), [["a"]]);
  assertEquals(b.wasUsed, false);
  time += 9;
  assertEquals(await takeOutdated(), []);
  time += 1;
  assertEquals(await takeOutdated(), [["b"]]);
  assertEquals(await takeOutdated(), []);
});

Deno.test("Retention.takeOutdated() keeps what is used while it runs", () => {
  let time = 100;
  const retention = new Retention<Thing>("x", { maxAge: 10 }, () => time);
  const things = ["a", "b", "c"].map((name) => {
    const thing = new Thing();
    retention.add(thing, [name]);
    return thing;
  });
  time += 10;
  const taken: string[] = [];
  for (const [name] of retention.takeOutdated()) {
    taken.push(name!);
    if (name === "a") things[1]!.wasUsed = true;
  }
  assertEquals(taken, ["a", "c"]);
  time += 10;
  assertEquals([...retention.takeOutdated()], [["b"]]);
});

Deno.test("a scrape that drops old series yields to the event loop", async () => {
  const counter = new Counter("x_total", "", { labels: ["id"], maxAge: 3600 });
  for (let i = 0; i < 2000; i++) counter.labels(`${i}`).inc();
  using clock = new StoppedClock({ step: 5 });
  const store = storeOf(counter);
  const noticed = await turnsOf(() => store.dropOutdated());
  assertEquals(store.family().size, 2000);
  assertGreater(noticed, 5);
  clock.advance(3_600_000);
  const dropped = await turnsOf(() => store.dropOutdated());
  assertEquals(store.family().size, 0);
  assertGreater(dropped, 1000);
});

Deno.test("Retention.takeOldest() gives up what was used the longest time ago", () => {
  const retention = new Retention<Thing>("x", { maxSeries: 4, whenFull: "lru" });
  const [a, b, c, d] = ["a", "b", "c", "d"].map((name, i) => {
    const thing = new Thing();
    thing.lastUse = i;
    retention.add(thing, [name]);
    return thing;
  }) as [Thing, Thing, Thing, Thing];
  assertEquals(retention.isFull, true);
  [a.lastUse, c.lastUse, b.lastUse] = [10, 11, 12];
  assertEquals(retention.takeOldest(), ["d"]);
  assertEquals(retention.takeOldest(), ["a"]);
  retention.delete(c);
  retention.add(d, ["d"]);
  assertEquals(retention.takeOldest(), ["d"]);
  assertEquals(retention.takeOldest(), ["b"]);
  assertEquals(retention.takeOldest(), undefined);
});

Deno.test("an instrument that is full drops the series that was used the longest time ago, whatever was scraped", async () => {
  const counter = new Counter("x_total", "", { labels: ["a"], maxSeries: 3, whenFull: "lru" });
  const registry = new Registry();
  registry.register(counter);
  const kept = counter.labels("kept");
  const names = () => Object.keys(series(counter)).map((name) => name.slice(11, -2));
  for (let i = 0; i < 20; i++) {
    kept.inc();
    counter.labels(`${i}`).inc();
    if (i % 3 === 0) await registry.expose();
    kept.inc();
  }
  assertEquals([names(), kept.value], [["kept", "18", "19"], 40]);
  counter.labels("18");
  counter.labels("20").inc();
  assertEquals(names(), ["kept", "18", "20"]);
});

Deno.test("an instrument has room for all that its labels declare, or is refused", () => {
  const labels = { a: ["1", "2"], b: ["1", "2"] } as const;
  assertEquals(familiesOf(new Counter("x", "", { labels, maxSeries: 4 }))[0]?.samples.length, 4);
  assertThrows(
    () => new Counter("x", "", { labels, maxSeries: 3 }),
    RangeError,
    'Cannot create counter "x": its labels have 4 combinations of values, more than maxSeries',
  );
});

for (
  const [options, error, message] of [
    [{ maxSeries: 0 }, RangeError, "expected maxSeries to be an integer of 1 or more, got 0"],
    [{ maxSeries: NaN }, RangeError, "expected maxSeries to be an integer of 1 or more, got NaN"],
    [{ maxSeries: 1.5 }, RangeError, "expected maxSeries to be an integer of 1 or more, got 1.5"],
    [{ maxAge: 0 }, RangeError, "expected maxAge to be seconds above 0, got 0"],
    [{ maxAge: "1" }, TypeError, 'expected maxAge to be seconds above 0, got "1"'],
    [{ whenFull: "drop" }, RangeError, "expected whenFull to be one of reject, overflow, lru"],
    [
      { maxSeries: 1, whenFull: "drop" },
      RangeError,
      "expected whenFull to be one of reject, overflow, lru",
    ],
  ] as const
) {
  Deno.test(`new Counter() rejects ${JSON.stringify(options)}`, () => {
    assertThrows(
      () => makeCounter(options as unknown as RetentionOptions),
      error,
      `Cannot create counter "x_total": ${message}`,
    );
  });
}
