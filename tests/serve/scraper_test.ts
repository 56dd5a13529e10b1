import { assertEquals, assertRejects } from "@std/assert";
import { DEFAULT_VARIANT } from "../../encode/format.ts";
import { Labels } from "../../labels.ts";
import { Metric } from "../../metric.ts";
import { deadlineIn } from "../../model/deadline.ts";
import { DEFAULT_LIMITS } from "../../model/limits.ts";
import { SILENT } from "../../model/logger.ts";
import { Registry } from "../../registry.ts";
import { ThrottledLog } from "../../serve/log_throttle.ts";
import { Scraper, type ScrapeRequest } from "../../serve/scraper.ts";

/** A scraper of one gauge, whose value is the number of the merge, and whose collector waits to be released. */
class Fixture {
  readonly #release = Promise.withResolvers<void>();
  readonly registry = new Registry();
  readonly scraper = new Scraper(this.registry, new ThrottledLog(SILENT), () => DEFAULT_LIMITS);
  readonly #begun = Promise.withResolvers<AbortSignal>();
  /** The signal of the collector, once it runs. */
  readonly signal = this.#begun.promise;

  constructor() {
    this.registry.register({
      collect: async ({ signal }) => {
        this.#begun.resolve(signal);
        await this.#release.promise;
        return [new Metric("a", { type: "gauge", value: 1 })];
      },
    }, { name: "c" });
  }

  release(): void {
    this.#release.resolve();
  }

  /** Scrapes, and returns the text with the identity of the scrape. */
  scrape(options: Partial<ScrapeRequest> = {}): Promise<readonly [object, string]> {
    const request = { deadline: deadlineIn(10), filter: { names: ["a"] }, ...options };
    return this.scraper.scrape(request, async (scrape) => {
      using exposition = await scrape.expose(DEFAULT_VARIANT, "identity");
      return [scrape, exposition.text()] as const;
    });
  }
}

async function countScrapes(requests: readonly Partial<ScrapeRequest>[]): Promise<number> {
  const fixture = new Fixture();
  const scrapes = requests.map((request) => fixture.scrape(request));
  fixture.release();
  return new Set((await Promise.all(scrapes)).map(([scrape]) => scrape)).size;
}

Deno.test("Scraper.scrape() shares a scrape by the filter that is meant", async () => {
  assertEquals(
    await countScrapes([
      { filter: { labels: { x: "1", y: "2" }, names: ["a", "b"], collect: ["c"] } },
      { filter: { labels: { y: "2", x: "1" }, names: new Set(["b", "a"]), collect: ["c"] } },
      { filter: { labels: new Labels({ x: "1", y: "2" }), names: ["a", "b"], collect: ["c"] } },
    ]),
    1,
  );
});

for (
  const [what, other] of Object.entries({
    "another label": { filter: { names: ["a"], labels: { x: "1" } } },
    "another name": { filter: { names: ["b"] } },
    "another collector": { filter: { names: ["a"], collect: ["c"] } },
    "other common labels": { labels: { site: "north" } },
  })
) {
  Deno.test(`Scraper.scrape() does not share a scrape with ${what}`, async () => {
    assertEquals(await countScrapes([{}, other]), 2);
  });
}

Deno.test("Scraper.scrape() shares a scrape that leaves at least half of the time", async () => {
  assertEquals(await countScrapes([10, 19, 5, 0.5].map((s) => ({ deadline: deadlineIn(s) }))), 1);
  assertEquals(await countScrapes([10, 30].map((s) => ({ deadline: deadlineIn(s) }))), 2);
});

Deno.test("Scraper.scrape() returns at its own deadline, although it shares a scrape with a later one", async () => {
  const fixture = new Fixture();
  const patient = fixture.scrape({ deadline: deadlineIn(10) });
  const [, text] = await fixture.scrape({ deadline: deadlineIn(0.02) });
  assertEquals(text, "");
  assertEquals((await fixture.signal).aborted, false);
  fixture.release();
  assertEquals((await patient)[1], "# TYPE a gauge\na 1\n");
});

Deno.test("Scraper.scrape() aborts collectors when all clients are gone", async () => {
  const fixture = new Fixture();
  const clients = [new AbortController(), new AbortController()];
  const scrapes = clients.map(({ signal }) => fixture.scrape({ signal }));
  const signal = await fixture.signal;
  clients[0]!.abort();
  assertEquals(signal.aborted, false);
  clients[1]!.abort();
  await Promise.allSettled(scrapes);
  assertEquals(signal.aborted, true);
  fixture.release();
});

Deno.test("Scraper.scrape() begins nothing for a client that went while it waited", async () => {
  const fixture = new Fixture();
  const [patient, impatient] = [new AbortController(), new AbortController()];
  const first = fixture.scrape({ signal: patient.signal });
  const second = fixture.scrape({ signal: impatient.signal });
  const signal = await fixture.signal;
  impatient.abort(new Error("gone"));
  await assertRejects(() => second, Error, "gone");
  assertEquals(signal.aborted, false);
  patient.abort();
  await Promise.allSettled([first]);
  assertEquals(signal.aborted, true);
  fixture.release();
});

Deno.test("Scraper.scrape() returns at once what there is, after the scraper was closed", async () => {
  const fixture = new Fixture();
  await fixture.scraper.close(0);
  const [, text] = await fixture.scrape();
  assertEquals(text, "");
  fixture.release();
});
