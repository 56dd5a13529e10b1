import { assertEquals, assertRejects } from "@std/assert";
import { Scraper } from "./scraper.ts";

/** Scrapes what a server answers, once for each answer. */
async function scrape(...answers: readonly Response[]): Promise<number> {
  const rest = [...answers];
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, () => {
    return rest.shift()!;
  });
  const scraper = new Scraper(new URL(`http://127.0.0.1:${server.addr.port}/metrics`));
  for (const _ of answers) await scraper.scrape();
  return scraper.scrapes;
}

function exposition(text: string, headers: Record<string, string> = {}, status = 200): Response {
  const zipped = new Response(text).body!.pipeThrough(new CompressionStream("gzip"));
  const type = "text/plain; version=0.0.4";
  const all = { "content-type": type, "content-encoding": "gzip", ...headers };
  return new Response(zipped, { status, headers: all });
}

const SECOND = { "content-type": "text/plain; version=1.0.0" };
const COUNTER = "# TYPE a_total counter\na_total ";

Deno.test("Scraper.scrape() counts scrapes that are as they should be", async () => {
  assertEquals(await scrape(exposition(`${COUNTER}1\n`), exposition(`${COUNTER}2\n`, SECOND)), 2);
});

for (
  const [what, answers, message] of [
    ["a status", () => [exposition("", {}, 503)], "gzip failed: status 503"],
    ["another content type", () => [exposition("", SECOND)], "content type text/plain; version=1"],
    [
      "another encoding",
      () => [new Response("", { headers: { "content-type": "text/plain; version=0.0.4" } })],
      "wrong encoding",
    ],
    ["an invalid exposition", () => [exposition("a b\n")], 'expected a value, got "b"'],
    [
      "a counter that goes backwards",
      () => [exposition(`${COUNTER}2\n`), exposition(`${COUNTER}1\n`, SECOND)],
      "a_total went back from 2 to 1",
    ],
  ] satisfies [string, () => Response[], string][]
) {
  Deno.test(`Scraper.scrape() rejects ${what}`, async () => {
    await assertRejects(() => scrape(...answers()), Error, message);
  });
}
