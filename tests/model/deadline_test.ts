import { assertAlmostEquals, assertEquals } from "@std/assert";
import { deadlineIn, roundSeconds, settlesWithin } from "../../model/deadline.ts";
import { scrapeTimeout } from "../../serve/scrape_timeout.ts";

for (
  const [header, expected] of [
    [undefined, 10],
    ["10", 9.5],
    ["10.000000", 9.5],
    ["1.5", 1],
    ["1", 0.5],
    ["0.5", 0.25],
    ["0.001", 0.0005],
    ["1e1", 9.5],
    ["7200", 3600],
    ["0", 10],
    ["-5", 10],
    ["", 10],
    ["NaN", 10],
    ["ten", 10],
    ["10s", 10],
    ["10, 10", 10],
  ] as const
) {
  Deno.test(`scrapeTimeout() returns ${expected} s for ${header === undefined ? "no header" : `"${header}"`}`, () => {
    const headers = new Headers();
    if (header !== undefined) headers.set("X-Prometheus-Scrape-Timeout-Seconds", header);
    assertEquals(scrapeTimeout(headers), expected);
  });
}

Deno.test("deadlineIn() returns the time this many seconds from now", () => {
  assertAlmostEquals(deadlineIn(100).getTime(), Date.now() + 100_000, 1000);
});

Deno.test("settlesWithin() returns true for a promise that resolves", async () => {
  assertEquals(await settlesWithin(Promise.resolve(), 1000), true);
});

Deno.test({
  name: "settlesWithin() clears its timer",
  sanitizeOps: true,
  sanitizeResources: true,
  fn: async () => void await settlesWithin(Promise.resolve(), 1000),
});

Deno.test("settlesWithin() returns true for a promise that rejects", async () => {
  assertEquals(await settlesWithin(Promise.reject(new Error("Down")), 1000), true);
});

Deno.test("settlesWithin() returns false for a promise that takes longer", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  assertEquals(await settlesWithin(promise, 0), false);
  resolve();
});

Deno.test("settlesWithin() returns true for a settled promise, even within 0 seconds", async () => {
  assertEquals(await settlesWithin(Promise.resolve(), 0), true);
});

Deno.test("settlesWithin() accepts times beyond the limit of setTimeout()", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const settled = settlesWithin(promise, Infinity);
  setTimeout(resolve);
  assertEquals(await settled, true);
});

for (
  const [seconds, expected] of [[0.1 + 0.2, 0.3], [1.23456789, 1.234568], [0, 0], [60, 60]] as const
) {
  Deno.test(`roundSeconds() rounds ${seconds} to ${expected}`, () => {
    assertEquals(roundSeconds(seconds), expected);
  });
}
