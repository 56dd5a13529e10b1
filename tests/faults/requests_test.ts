import { assertEquals, assertGreater, assertLess } from "@std/assert";
import { until } from "../support/until.ts";
import { QUICK, report, requestOf, Target } from "./target.ts";

/** Enough connections for what these tests send at once. */
const CONNECTIONS = { maxConnections: 500, maxConnectionsPerClient: 500 };

/** Sends requests and resets their connections at once. */
async function sendAndReset(target: Target, paths: readonly string[]): Promise<void> {
  const connections = await Promise.all(paths.map((path) => target.open(requestOf(path))));
  for (const connection of connections) connection.close();
}

function paths(count: number, pathOf: (i: number) => string): string[] {
  return Array.from({ length: count }, (_, i) => pathOf(i));
}

Deno.test("150 requests with distinct filters, reset at once, cost little memory", async () => {
  await using target = await Target.start({ heap: 512, exporter: CONNECTIONS });
  await target.get(`/metrics?${QUICK}`);
  const before = target.memory;
  for (
    const pathOf of [
      (i: number) => `/metrics?${QUICK}&host=host-${i}&q${i}=`,
      (i: number) => `/metrics?${QUICK}&job=web&name[]=requests_total&name[]=x${i}`,
      (i: number) => `/metrics?${QUICK}&nobody${i}=has-this`,
    ]
  ) {
    await sendAndReset(target, paths(150, pathOf));
    assertLess(await target.healthTime(), 5);
  }
  report("memory for 3 × 150 requests that are reset", target.peakMemory - before, "MiB");
  assertLess(target.peakMemory, 500);
});

Deno.test("200 concurrent scrapes with distinct filters of 100,000 series stay below 500 MB", async () => {
  await using target = await Target.start({ exporter: CONNECTIONS });
  await target.get(`/metrics?${QUICK}`);
  const before = target.memory;
  const answers = await Promise.all(
    paths(200, (i) => `/metrics?${QUICK}&job=web&name[]=requests_total&name[]=x${i}`)
      .map((path) => target.get(path)),
  );
  const complete = answers.filter(([status]) => status === 200);
  for (const [, text] of complete) assertEquals(text.split("\n").length, 100_003);
  assertEquals(new Set(answers.map(([status]) => status)), new Set([200, 503]));
  assertGreater(complete.length, 10);
  report("200 concurrent filters: answered", complete.length, "requests");
  report("200 concurrent filters: memory more than before", target.peakMemory - before, "MiB");
  assertLess(target.peakMemory, 500);
});

Deno.test("requests beyond the limit get 503 with Retry-After, and those after them are served", async () => {
  await using target = await Target.start({ exporter: { maxRequestsInFlight: 5 } });
  const slow = paths(5, (i) => `/metrics?collect[]=slow&x${i}=`).map((path) => target.get(path));
  await new Promise((resolve) => setTimeout(resolve, 50));
  const response = await fetch(new URL("/metrics", target.url));
  assertEquals(response.status, 503);
  assertEquals(response.headers.get("retry-after"), "1");
  assertEquals(await response.text(), "Too many requests in flight\n");
  for (const [status] of await Promise.all(slow)) assertEquals(status, 200);
  const [status] = await target.get(`/metrics?${QUICK}&name[]=hung_runs`);
  assertEquals(status, 200);
});

Deno.test("scrapes with tiny timeouts take no data of a collector from others", async () => {
  await using target = await Target.start();
  let isOver = false;
  const attack = (async () => {
    while (!isOver) {
      await target.get("/metrics?collect[]=slow", {
        "x-prometheus-scrape-timeout-seconds": "0.001",
      });
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  })();
  let complete = 0;
  for (let i = 0; i < 20; i++) {
    const [, text] = await target.get("/metrics?collect[]=slow&name[]=slow");
    if (text.includes("\nslow 1\n")) complete++;
  }
  isOver = true;
  await attack;
  assertEquals(complete, 20);
});

Deno.test("10,000 requests that ask for an endless timeout start one run of a collector that hangs", async () => {
  await using target = await Target.start({
    exporter: { ...CONNECTIONS, maxRequestsInFlight: 200 },
  });
  const before = target.memory;
  for (let round = 0; round < 100; round++) {
    await sendRound(target, round);
  }
  const runs = await until("an answer", async () => {
    const [status, text] = await target.get(`/metrics?${QUICK}&name[]=hung_runs`);
    return status === 200 && text.split("\n").at(-2);
  });
  assertEquals(runs, "hung_runs 1");
  report("memory for 10,000 requests of a collector that hangs", target.peakMemory - before, "MiB");
  assertLess(target.peakMemory - before, 300);
});

async function sendRound(target: Target, round: number): Promise<void> {
  const header = ["X-Prometheus-Scrape-Timeout-Seconds: 1e308"];
  const connections = await Promise.all(
    paths(100, (i) => `/metrics?collect[]=hung&host=${round}-${i}`)
      .map((path) => target.open(requestOf(path, header))),
  );
  for (const connection of connections) connection.close();
}
