import { assert, assertEquals, assertGreater, assertLess } from "@std/assert";
import { parseExposition } from "../../parse.ts";
import { generator } from "../support/random.ts";
import { until } from "../support/until.ts";
import { Reading } from "./reading.ts";
import { QUICK, report, Target } from "./target.ts";

/** The number of series of the exporter. */
const SERIES = 100_000;

/** An exposition of four megabytes, of which a thousand values change all the time. */
const LARGE = `/metrics?${QUICK}`;

const CONNECTIONS = { maxConnections: 500, maxConnectionsPerClient: 500 };

/** Checks that an exposition has all series, and each value that does not change. */
function assertWhole(text: string): void {
  const family = parseExposition(text).find(({ name }) => name === "requests_total");
  const samples = family?.samples ?? [];
  assertEquals(samples.length, SERIES);
  samples.forEach(({ labels: [, host], value }, i) => {
    if (host === `host-${i}` && (i % 100 === 0 ? value >= i : value === i)) return;
    throw new Error(`Cannot accept ${value} of "${host}": expected ${i} of "host-${i}"`);
  });
}

function pause(seconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, seconds * 1000));
}

for (
  const [limit, options] of [
    ["the default number of requests in flight", {}],
    ["400 requests in flight", { maxRequestsInFlight: 400 }],
  ] as const
) {
  Deno.test(`300 stalled readers pin little memory, with ${limit}`, async () => {
    await using target = await Target.start({
      exporter: { ...CONNECTIONS, ...options, changeInterval: 10 },
    });
    await target.get(LARGE);
    const { memory, descriptors } = target;
    const readings: Reading[] = [];
    for (let i = 0; i < 300; i++) {
      readings.push(await Reading.open(target, LARGE));
      await pause(0.02); // Each reads another exposition.
    }
    assertLess(await target.healthTime(), 5);
    report(
      `300 stalled readers, ${limit}: memory more than before`,
      target.peakMemory - memory,
      "MiB",
    );
    assertLess(target.peakMemory - memory, 600);
    for (const reading of readings) reading.close();
    await until("the descriptors", () => target.descriptors <= descriptors + 5);
    await until("an answer", async () => (await target.get(LARGE))[0] === 200);
  });
}

Deno.test("a reader at a steady 20 kB/s is not cut off", async () => {
  await using target = await Target.start({ exporter: { maxRequestsInFlight: 5 } });
  using reading = await Reading.open(target, LARGE);
  const slow = reading.read({ bytes: 15 * 20_000, rate: 20_000 });
  let scrapes = 0;
  while (reading.length < 15 * 20_000 && !reading.hasEnded) {
    assertEquals((await target.get(LARGE))[0], 200);
    scrapes++;
    await pause(0.5);
  }
  await slow;
  await reading.read();
  assertGreater(scrapes, 10);
  assertEquals([reading.status, reading.isComplete], [200, true]);
  assertWhole(reading.text);
});

Deno.test("stalled responses give way to new requests after five seconds, and are visibly incomplete", async () => {
  await using target = await Target.start({ exporter: { maxRequestsInFlight: 2 } });
  using first = await Reading.open(target, LARGE);
  using second = await Reading.open(target, LARGE);
  await first.read({ bytes: 1 });
  await second.read({ bytes: 1 });
  const began = performance.now();
  assertEquals((await target.get(LARGE))[0], 503);
  await until("a place", async () => (await target.get(LARGE))[0] === 200, { limit: 30 });
  const waited = (performance.now() - began) / 1000;
  report("wait for a stalled reader to give way", waited, "s");
  assertGreater(waited, 3);
  await Promise.all([first.read(), second.read()]);
  assertEquals([first, second].filter(({ isComplete }) => isComplete).length, 1);
  for (const { status, hasEnded, isComplete, text } of [first, second]) {
    assertEquals([status, hasEnded], [200, true]);
    if (isComplete) assertWhole(text);
  }
});

Deno.test("slow, canceled and interrupted readings under change are whole or visibly incomplete", async () => {
  const random = generator(5);
  await using target = await Target.start({ exporter: { ...CONNECTIONS, changeInterval: 10 } });
  let whole = 0;
  let canceled = 0;
  async function readSlowly(headers: string[]): Promise<void> {
    using reading = await Reading.open(target, LARGE, headers);
    await reading.read({ bytes: 1 });
    await pause(random());
    if (random() < 0.4) {
      await reading.read({ bytes: 500_000 * random() });
      canceled++;
      return; // Closing with unread bytes resets the connection.
    }
    await reading.read({ rate: 2_000_000 * (1 + 10 * random()) });
    assertEquals([reading.status, reading.isComplete], [200, true]);
    assertWhole(reading.text);
    whole++;
  }
  for (let round = 0; round < 4; round++) {
    await Promise.all(
      Array.from(
        { length: 15 },
        (_, i) => readSlowly(i % 3 === 0 ? ["Accept-Encoding: gzip"] : []),
      ),
    );
  }
  report("readings under change: whole", whole, "responses");
  report("readings under change: canceled", canceled, "responses");
  assertGreater(whole, 20);
  assertGreater(canceled, 10);
});

Deno.test("200 responses that are reset halfway leave no descriptor, no place and no memory behind", async () => {
  await using target = await Target.start({ exporter: { ...CONNECTIONS, maxRequestsInFlight: 8 } });
  await target.get(LARGE);
  const { descriptors } = target;
  async function reset(count: number): Promise<void> {
    for (let i = 0; i < count; i += 8) {
      await Promise.all(
        Array.from({ length: 8 }, async () => {
          using reading = await Reading.open(target, LARGE);
          await reading.read({ bytes: 100_000 });
          assertEquals(reading.status, 200);
        }),
      );
      await until("all places", async () => (await target.get(LARGE))[0] === 200);
    }
  }
  await reset(80);
  const { memory } = target;
  await reset(120);
  report("memory for 120 more responses that are reset", target.memory - memory, "MiB");
  assertLess(target.memory - memory, 100);
  await until("the descriptors", () => target.descriptors <= descriptors + 5);
  assert((await target.get(LARGE))[0] === 200);
});
