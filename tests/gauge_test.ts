import { familiesOf } from "./support/instrument.ts";
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { Gauge } from "../gauge.ts";

Deno.test("Gauge starts at 0 and goes up and down", () => {
  const gauge = new Gauge("x", "");
  assertEquals(gauge.value, 0);
  gauge.inc();
  gauge.inc(2);
  gauge.dec();
  gauge.dec(5);
  assertEquals(gauge.value, -3);
  gauge.set(NaN);
  assertEquals(gauge.value, NaN);
  gauge.set(-Infinity);
  assertEquals(familiesOf(gauge)[0]?.samples.map(({ value }) => value), [-Infinity]);
});

Deno.test("Gauge rejects what is no number", () => {
  const gauge = new Gauge("x", "");
  for (const change of ["set", "inc", "dec"] as const) {
    assertThrows(
      () => gauge[change]("1" as unknown as number),
      TypeError,
      'Cannot change gauge "x": expected a number, got "1"',
    );
  }
  assertEquals(gauge.value, 0);
});

Deno.test("Gauge.setToCurrentTime() sets seconds since the epoch", () => {
  const gauge = new Gauge("x", "");
  const before = Date.now() / 1000;
  gauge.setToCurrentTime();
  assert(before <= gauge.value && gauge.value <= Date.now() / 1000);
});

Deno.test("Gauge.trackInProgress() counts a function while it runs", async () => {
  const gauge = new Gauge("x", "");
  assertEquals(gauge.trackInProgress(() => gauge.value), 1);
  assertEquals(gauge.value, 0);
  assertThrows(() =>
    gauge.trackInProgress(() => {
      throw new Error("no");
    })
  );
  assertEquals(gauge.value, 0);

  let finish!: () => void;
  const running = gauge.trackInProgress(() => new Promise<void>((resolve) => finish = resolve));
  assertEquals(gauge.value, 1);
  finish();
  await running;
  assertEquals(gauge.value, 0);
  await assertRejects(() => gauge.trackInProgress(() => Promise.reject(new Error("no"))));
  assertEquals(gauge.value, 0);
});

Deno.test("Gauge.time() and Gauge.startTimer() set how long something took", async () => {
  const gauge = new Gauge("x", "");
  assertEquals(gauge.time(() => 1), 1);
  const first = gauge.value;
  assert(first > 0 && first < 5);
  await gauge.time(() => new Promise((resolve) => setTimeout(resolve, 5)));
  assert(gauge.value >= 0.004);
  gauge.set(-1);
  {
    using _timer = gauge.startTimer();
    assertEquals(gauge.value, -1);
  }
  assert(gauge.value >= 0);
});

Deno.test("Gauge with labels has a value for each combination", () => {
  const gauge = new Gauge("x", "", { labels: ["a"] });
  gauge.labels("1").set(1);
  gauge.labels({ a: "2" }).dec();
  assertEquals(
    familiesOf(gauge)[0]?.samples.map(({ series, value }) => [series, value]),
    [['x{a="1"}', 1], ['x{a="2"}', -1]],
  );
});
