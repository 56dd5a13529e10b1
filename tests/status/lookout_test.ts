import { assertEquals, assertRejects } from "@std/assert";
import type { Gathering } from "../../collect/gather.ts";
import { Counter } from "../../counter.ts";
import { Registry } from "../../registry.ts";
import { Lookout } from "../../status/lookout.ts";
import { StoppedDate } from "../support/stopped_date.ts";

/** A lookout with a clock that stands still, and a registry of one counter with labels. */
class Fixture implements Disposable {
  readonly #date = new StoppedDate();
  readonly registry = new Registry();
  readonly jobs = this.registry.register(new Counter("jobs_total", "Jobs.", { labels: ["id"] }));
  looks = 0;
  now = 1000;
  gather: () => Promise<Gathering> = () => this.registry.gather();
  readonly lookout = new Lookout({
    now: () => this.now,
    gather: () => {
      this.looks++;
      return this.gather();
    },
  });

  advance(seconds: number): void {
    this.now += seconds;
    this.#date.advance(seconds);
  }

  [Symbol.dispose](): void {
    this.#date[Symbol.dispose]();
  }
}

Deno.test("Lookout.look() looks once for any number of viewers", async () => {
  using fixture = new Fixture();
  const { lookout } = fixture;
  const looks = await Promise.all([lookout.look(), lookout.look(), lookout.look()]);
  fixture.advance(4);
  looks.push(await lookout.look());
  assertEquals(fixture.looks, 1);
  assertEquals(new Set(looks).size, 1);
  fixture.advance(1);
  await lookout.look();
  assertEquals(fixture.looks, 2);
});

Deno.test("Lookout.look() spaces looks that take long", async () => {
  using fixture = new Fixture();
  const { registry, lookout } = fixture;
  fixture.gather = () => {
    fixture.advance(20);
    return registry.gather();
  };
  await lookout.look();
  assertEquals(lookout.interval, 40);
  fixture.advance(30);
  await lookout.look();
  assertEquals(fixture.looks, 1);
});

Deno.test("Lookout.look() does not wait for a look that takes long", async () => {
  using fixture = new Fixture();
  const { promise, resolve } = Promise.withResolvers<Gathering>();
  fixture.gather = () => promise;
  assertEquals(await fixture.lookout.look(), undefined);
  resolve(await fixture.registry.gather());
  assertEquals(
    (await fixture.lookout.look())?.families[0]?.name,
    "exporter_conflicting_families_total",
  );
  assertEquals(fixture.looks, 1);
});

Deno.test("Lookout.look() counts growth from an earlier look, not from its start", async () => {
  using fixture = new Fixture();
  const { lookout, jobs } = fixture;
  const growth: (number | undefined)[] = [];
  const times: (number | null | undefined)[] = [];
  for (let i = 0; i < 4; i++) {
    jobs.labels(String(i)).inc();
    const look = await lookout.look();
    growth.push(look?.growing.find(({ name }) => name === "jobs_total")?.growth);
    times.push(look?.growthSince);
    fixture.advance(10);
  }
  assertEquals(growth, [undefined, 1, 2, 3]);
  assertEquals(times, [null, 1_700_000_000, 1_700_000_000, 1_700_000_000]);
});

Deno.test("Lookout.look() counts growth over some minutes", async () => {
  using fixture = new Fixture();
  const { lookout, jobs } = fixture;
  let since: number | null | undefined;
  for (let i = 0; i < 60; i++) {
    jobs.labels(String(i)).inc();
    since = (await lookout.look())?.growthSince;
    fixture.advance(30);
  }
  const age = 1_700_000_000 + 59 * 30 - since!;
  assertEquals(age >= 600 && age <= 1260, true, `${age} s`);
});

Deno.test("Lookout.forgetIfUnwatched() forgets after a minute without viewers", async () => {
  using fixture = new Fixture();
  const { lookout } = fixture;
  const gathering = await fixture.registry.gather();
  fixture.gather = () => Promise.resolve(gathering);
  await lookout.look();
  fixture.advance(59);
  lookout.forgetIfUnwatched();
  await lookout.look();
  assertEquals((await lookout.look())?.growthSince, 1_700_000_000);
  fixture.advance(61);
  lookout.forgetIfUnwatched();
  assertEquals((await lookout.look())?.growthSince, null);
});

Deno.test("Lookout.look() rejects if it cannot look, and tries again", async () => {
  using fixture = new Fixture();
  fixture.gather = () => Promise.reject(new Error("no"));
  await assertRejects(() => fixture.lookout.look(), Error, "no");
  fixture.gather = () => fixture.registry.gather();
  assertEquals((await fixture.lookout.look())?.families.length !== 0, true);
});
