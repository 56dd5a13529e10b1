import { assertEquals } from "@std/assert";
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
