import { assertEquals } from "@std/assert";
import { Counter } from "../../counter.ts";
import { Metric } from "../../metric.ts";
import { Registry } from "../../registry.ts";
import type { FamilyQuery } from "../../status/families.ts";
import { Lookout } from "../../status/lookout.ts";
import { Reporter, type ReportSubject } from "../../status/report.ts";
import { VERSION } from "../../version.ts";

const QUERY: FamilyQuery = { search: "", sort: "name" };

/** A reporter about a registry that counts how often it is gathered. */
class Fixture {
  readonly registry = new Registry();
  looks = 0;
  isReady = true;
  now = 1000;

  reporter(options: Partial<ReportSubject> = {}): Reporter {
    const lookout = new Lookout({
      now: () => this.now,
      gather: () => {
        this.looks++;
        return this.registry.gather();
      },
    });
    return new Reporter({
      ...{ registry: this.registry, lookout, version: "1.2.3" },
      name: () => "doors",
      isReady: () => this.isReady,
      timeout: () => 10,
      settings: () => [{ key: "listen", value: "http://a:secret@host/", from: "code" }],
      ...options,
    });
  }
}

Deno.test("Reporter.status() describes exporter, collectors and metrics", async () => {
  const fixture = new Fixture();
  fixture.registry.register({
    collect: () => [new Metric("doors_open", { type: "gauge", help: "Open." })],
  }, { name: "doors" });
  const status = await fixture.reporter().status({ ...QUERY, search: "doors" }, true);
  assertEquals(status.exporter, { name: "doors", version: "1.2.3", library: VERSION });
  assertEquals(status.summary, "The collector works");
  assertEquals(status.collectors.map(({ name, samples }) => [name, samples]), [["doors", 1]]);
  assertEquals(status.metrics!.families, [
    { name: "doors_open", type: "gauge", help: "Open.", unit: "", series: 1, growth: 0 },
  ]);
  assertEquals(status.metrics!.familyCount, 5);
});

Deno.test("Reporter.status() does not look before the exporter is ready", async () => {
  const fixture = new Fixture();
  fixture.isReady = false;
  const { metrics, isReady, summary } = await fixture.reporter().status(QUERY, true);
  assertEquals([metrics, isReady, summary], [null, false, "The exporter is not ready"]);
  assertEquals(fixture.looks, 0);
});

Deno.test("Reporter.status() has the configuration without secrets, if details are asked for", async () => {
  const reporter = new Fixture().reporter();
  const { configuration } = await reporter.status(QUERY, true);
  assertEquals(configuration, [{ key: "listen", value: "http://…@host/", from: "code" }]);
  assertEquals((await reporter.status(QUERY, false)).configuration, []);
});

Deno.test("Reporter.status() is not larger for more series", async () => {
  const size = async (count: number) => {
    const fixture = new Fixture();
    const options = { labels: ["id"] } as const;
    const jobs = fixture.registry.register(new Counter("jobs_total", "Jobs.", options));
    for (let i = 0; i < count; i++) jobs.labels(String(i)).inc();
    return JSON.stringify(await fixture.reporter().status(QUERY, true)).length;
  };
  assertEquals(await size(9000) - await size(10) < 100, true);
});

Deno.test("Reporter.status() runs no collector whose result is cached", async () => {
  const fixture = new Fixture();
  let runs = 0;
  fixture.registry.register({ collect: () => [new Metric(`a${runs++}`)] }, { name: "c", ttl: 60 });
  const reporter = fixture.reporter();
  for (let i = 0; i < 3; i++) {
    await reporter.status(QUERY, true);
    fixture.now += 10;
  }
  assertEquals([runs, fixture.looks], [1, 3]);
});

Deno.test("Reporter.series() reads the series of a family once between two looks", async () => {
  const fixture = new Fixture();
  const jobs = fixture.registry.register(new Counter("jobs_total", "Jobs."));
  jobs.inc();
  const reporter = fixture.reporter();
  const value = async () => {
    const document = await reporter.series("jobs_total", { match: "", offset: 0 });
    return document!.series[0]!.value;
  };
  assertEquals(await value(), "1");
  jobs.inc();
  assertEquals(await value(), "1");
  fixture.now += 10;
  assertEquals(await value(), "2");
});

Deno.test("Reporter.series() remembers a limited number of pages", async () => {
  const fixture = new Fixture();
  const jobs = fixture.registry.register(new Counter("jobs_total", "Jobs."));
  jobs.inc();
  const reporter = fixture.reporter();
  const first = await reporter.series("jobs_total", { match: "", offset: 0 });
  for (let i = 0; i < 40; i++) await reporter.series("jobs_total", { match: `${i}`, offset: 0 });
  jobs.inc();
  const again = await reporter.series("jobs_total", { match: "", offset: 0 });
  assertEquals([first!.series[0]!.value, again!.series[0]!.value], ["1", "2"]);
});

Deno.test("Reporter.series() has nothing for a family that does not exist", async () => {
  const reporter = new Fixture().reporter();
  assertEquals(await reporter.series("nope", { match: "", offset: 0 }), undefined);
});
