import { assertEquals } from "@std/assert";
import { Counter } from "../../counter.ts";
import { Histogram } from "../../histogram.ts";
import { Metric } from "../../metric.ts";
import type { Family } from "../../model/family.ts";
import { Registry } from "../../registry.ts";
import { BlockFamily } from "../../series/block_family.ts";
import { labelCounts, PAGE_SIZE, seriesPage } from "../../status/series.ts";
import { letsOthersRun } from "../support/stopped_clock.ts";

async function familyOf(registry: Registry, name: string): Promise<Family> {
  const { families } = await registry.gather();
  return families.find((family) => family.name === name)!;
}

async function counterOf(count: number): Promise<Family> {
  const registry = new Registry();
  const jobs = registry.register(new Counter("jobs_total", "Jobs.", { labels: ["id", "queue"] }));
  for (let i = 0; i < count; i++) jobs.labels(String(i), `q${i % 3}`).inc(i);
  return await familyOf(registry, "jobs_total");
}

async function listOf(count: number): Promise<Family> {
  const registry = new Registry();
  registry.register({
    collect: () =>
      Array.from({ length: count }, (_, i) =>
        new Metric("jobs_total", {
          ...{ type: "counter", value: i },
          labels: { id: String(i), queue: `q${i % 3}` },
        })),
  });
  const family = await familyOf(registry, "jobs_total");
  const { name, type, samples } = family;
  return { name, type, samples };
}

for (const [what, create] of [["blocks", counterOf], ["a list", listOf]] as const) {
  Deno.test(`seriesPage() gives pages of a family in ${what}`, async () => {
    const family = await create(1300);
    assertEquals(family instanceof BlockFamily, what === "blocks");
    const { matched, offset, series } = await seriesPage(family, { match: "", offset: 1000 });
    assertEquals([matched, offset, series.length], [1300, 1000, PAGE_SIZE]);
    assertEquals(series[0], {
      text: 'jobs_total{id="1000",queue="q1"}',
      value: "1000",
      isCounter: true,
    });
    assertEquals(series.at(-1)!.value, "1049");
  });

  Deno.test(`seriesPage() finds a text in series in ${what}`, async () => {
    const family = await create(1300);
    const { matched, series } = await seriesPage(family, { match: 'ID="77', offset: 0 });
    assertEquals(matched, 11);
    assertEquals(series.map(({ value }) => value).slice(0, 2), ["77", "770"]);
    const rest = await seriesPage(family, { match: 'id="77', offset: 10 });
    assertEquals(rest.series.map(({ value }) => value), ["779"]);
  });

  Deno.test(`labelCounts() counts values of series in ${what}`, async () => {
    assertEquals(await labelCounts(await create(1300)), [
      { name: "id", values: 1300 },
      { name: "queue", values: 3 },
    ]);
  });
}

Deno.test("seriesPage() creates no samples of the blocks beside the page", async () => {
  const family = await counterOf(5000) as BlockFamily;
  let created = 0;
  const { samplesOf } = family;
  family.samplesOf = (block) => {
    created += block.rows;
    return samplesOf.call(family, block);
  };
  await seriesPage(family, { match: "", offset: 4000 });
  assertEquals(created <= 1024, true, `${created} samples`);
});

Deno.test("seriesPage() lets others run", async () => {
  const family = await counterOf(5000);
  assertEquals(await letsOthersRun(() => seriesPage(family, { match: "q1", offset: 0 })), true);
});

Deno.test("labelCounts() lets others run, and looks at the first series only", async () => {
  const family = await counterOf(12_000);
  let counts = await labelCounts(await counterOf(1));
  assertEquals(await letsOthersRun(async () => counts = await labelCounts(family)), true);
  assertEquals(counts[0], { name: "id", values: 10_000 });
});

Deno.test("seriesPage() tells which samples of a histogram only go up", async () => {
  const registry = new Registry();
  registry.register(new Histogram("a_seconds", "A.", { buckets: [1] })).observe(NaN);
  const family = await familyOf(registry, "a_seconds");
  const { series } = await seriesPage(family, { match: "", offset: 0 });
  assertEquals(series.map(({ text, isCounter }) => [text, isCounter]), [
    ['a_seconds_bucket{le="1"}', true],
    ['a_seconds_bucket{le="+Inf"}', true],
    ["a_seconds_sum", true],
    ["a_seconds_count", true],
  ]);
});

Deno.test("seriesPage() shortens long series", async () => {
  const registry = new Registry();
  registry.register({ collect: () => [new Metric("a", { labels: { b: "x".repeat(9000) } })] });
  const { series } = await seriesPage(await familyOf(registry, "a"), { match: "", offset: 0 });
  assertEquals(series[0]!.text.length, 2001);
});
