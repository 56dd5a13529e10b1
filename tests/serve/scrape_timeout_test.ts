import { assertEquals } from "@std/assert";
import { DEFAULT_LIMITS } from "../../model/limits.ts";
import { scrapeTimeout } from "../../serve/scrape_timeout.ts";

for (
  const [header, expected] of [
    [undefined, 10],
    ["10", 9.5],
    ["10.000000", 9.5],
    ["1.5", 1],
    ["1", 0.5],
    ["0.5", 0.25],
    ["0.4", 0.25],
    ["0.001", 0.25],
    ["1e1", 9.5],
    ["120.5", 120],
    ["7200", 120],
    ["1e308", 120],
    ["Infinity", 120],
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
    assertEquals(scrapeTimeout(headers, DEFAULT_LIMITS), expected);
  });
}

Deno.test("scrapeTimeout() applies the limits without a header, too", () => {
  assertEquals(scrapeTimeout(new Headers(), { minTimeout: 20, maxTimeout: 30 }), 20);
  assertEquals(scrapeTimeout(new Headers(), { minTimeout: 1, maxTimeout: 5 }), 5);
});
