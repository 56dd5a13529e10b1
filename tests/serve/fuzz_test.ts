import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { parseHost } from "../../model/host.ts";
import { parseScrapeFilter } from "../../serve/query.ts";
import { DEFAULT_LIMITS } from "../../model/limits.ts";
import { scrapeTimeout } from "../../serve/scrape_timeout.ts";
import { fuzz, likeText } from "../support/fuzz.ts";

const QUERIES = [
  "?collect[]=disk&collect[]=net&name[]=up&site=north",
  "?exclude%5B%5D=disk&name%5B%5D=a%20b&__name__=x",
  "?http.status=200&site=&site=a&site=b",
];
const TOKENS = [
  ...[
    "&",
    "=",
    "?",
    "%",
    "%00",
    "%ff",
    "%F0%9F%A5%AA",
    "+",
    "#",
    "[]",
    "collect[]",
    "exclude[]=disk",
  ],
  ...["__proto__=1", "constructor=x", "\0", "\ud800", ";", "hasOwnProperty"],
];
const queries = fc.oneof(
  fc.string({ unit: "binary", maxLength: 200 }),
  likeText(QUERIES, TOKENS),
  fc.array(fc.tuple(fc.string(), fc.string()), { maxLength: 20 })
    .map((pairs) => new URLSearchParams(pairs).toString()),
);

Deno.test("parseScrapeFilter() returns a filter for any query or throws a RangeError", async () => {
  const collectors = new Set(["disk", "net", "constructor"]);
  await fuzz(fc.tuple(queries, fc.boolean()), ([query, utf8Names]) => {
    const parameters = new URLSearchParams(query);
    try {
      const { labels, names, collect, exclude } = parseScrapeFilter(
        query,
        () => collectors,
        utf8Names,
      );
      assertEquals(
        [...names],
        [...new Set(parameters.getAll("name[]"))].filter((name) => name !== ""),
      );
      assert([...collect].every((name) => collectors.has(name)));
      assert(collect.size === 0 || exclude.size === 0);
      for (const [name, value] of labels) assertEquals(parameters.get(name) || value, value);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
    }
  });
});

Deno.test("scrapeTimeout() returns seconds for any header", async () => {
  const values = fc.oneof(
    fc.string({ unit: "grapheme-ascii", maxLength: 10 }),
    fc.double().map(String),
    fc.constantFrom("0x10", "1e308", "-0", "Infinity", "1e-320", "٣"),
  );
  await fuzz(values, (value) => {
    const headers = { get: () => value.trim() } as unknown as Headers;
    const seconds = scrapeTimeout(headers, DEFAULT_LIMITS);
    const { minTimeout, maxTimeout } = DEFAULT_LIMITS;
    assert(seconds >= minTimeout && seconds <= maxTimeout, `${seconds}`);
  });
});

Deno.test("parseHost() returns a host that a URL can have, or nothing", async () => {
  const hosts = fc.oneof(
    fc.string({ unit: "binary", maxLength: 40 }),
    fc.ipV4(),
    fc.ipV4Extended(),
    fc.ipV6(),
    fc.domain(),
    likeText(["[::1]", "localhost", "127.0.0.1", "a.example", "fe80::1%eth0"], [
      ":",
      "[",
      "]",
      ".",
      "%",
      "/",
      "@",
      "\0",
    ]),
  );
  await fuzz(hosts, (text) => {
    const host = parseHost(text);
    if (host === undefined) return;
    assertEquals(parseHost(host), host);
    const { hostname, port } = new URL(`http://${host.includes(":") ? `[${host}]` : host}:9999/`);
    assert(hostname !== "" && port === "9999");
  });
});
