import { assertEquals } from "@std/assert";
import { Counter } from "../../counter.ts";
import { MetricFamily } from "../../family.ts";
import { Sample } from "../../model/sample.ts";
import { Registry } from "../../registry.ts";
import {
  allFamilies,
  familySizes,
  leftOut,
  lintFindings,
  MAX_FAMILIES,
  MAX_KNOWN_FAMILIES,
  offenders,
  selectFamilies,
} from "../../status/families.ts";
import type { FamilyStatus } from "../../status/document.ts";
import { letsOthersRun } from "../support/stopped_clock.ts";

function family(name: string, series = 1, growth = 0): FamilyStatus {
  return { name, type: "gauge", help: "Doors open.", unit: "", series, growth };
}

Deno.test("selectFamilies() finds a text in name, help, type and unit, in any case", () => {
  const families = [family("doors"), { ...family("a_seconds"), help: "", unit: "seconds" }];
  const found = (search: string) =>
    selectFamilies(families, { search, sort: "name" }).families.map(({ name }) => name);
  assertEquals(found("DOORS "), ["doors"]);
  assertEquals(found("second"), ["a_seconds"]);
  assertEquals(found("gauge"), ["doors", "a_seconds"]);
  assertEquals(found("nope"), []);
});

Deno.test("selectFamilies() sorts by series and by growth", () => {
  const families = [family("a", 1, 5), family("b", 3, 0), family("c", 2, 9)];
  const sorted = (sort: "series" | "growth") =>
    selectFamilies(families, { search: "", sort }).families.map(({ name }) => name).join("");
  assertEquals([sorted("series"), sorted("growth")], ["bca", "cab"]);
});

Deno.test("selectFamilies() lists a limited number, and tells how many there are", () => {
  const families = Array.from({ length: MAX_FAMILIES + 9 }, (_, i) => family(`f${i}`));
  const { families: listed, found } = selectFamilies(families, { search: "f", sort: "name" });
  assertEquals([listed.length, found], [MAX_FAMILIES, MAX_FAMILIES + 9]);
});

Deno.test("allFamilies() has growth since an earlier look, also of new families", async () => {
  const registry = new Registry();
  const jobs = registry.register(new Counter("jobs_total", "Jobs.", { labels: ["queue"] }));
  jobs.labels("a").inc();
  const before = await familySizes(await registry.gather(), 1);
  jobs.labels("b").inc();
  registry.register(new Counter("doors_total", "Doors.")).inc();
  const gathering = await registry.gather();
  const all = allFamilies(gathering, await familySizes(gathering, 2), before)
    .filter(({ name }) => !name.startsWith("exporter_"));
  const growth = all.map(({ name, series, growth }) => ({ name, series, growth }));
  assertEquals(growth, [
    { name: "doors_total", series: 1, growth: 1 },
    { name: "jobs_total", series: 2, growth: 1 },
  ]);
  const [first] = allFamilies(gathering, await familySizes(gathering, 2), undefined);
  assertEquals(first!.growth, 0);
});

Deno.test("allFamilies() shortens help texts", async () => {
  const registry = new Registry();
  registry.register({
    collect: () => [new MetricFamily("a", { help: "x".repeat(10_000) }).add(1)],
  });
  const gathering = await registry.gather();
  const all = allFamilies(gathering, await familySizes(gathering, 1), undefined);
  assertEquals(all.find(({ name }) => name === "a")!.help.length, 301);
});

Deno.test("offenders() has the largest families and those that grow, at most 5", () => {
  const families = Array.from({ length: 9 }, (_, i) => family(`f${i}`, i, i === 3 ? 7 : 0));
  const { largest, growing } = offenders(families);
  assertEquals(largest.map(({ name }) => name), ["f8", "f7", "f6", "f5", "f4"]);
  assertEquals(growing, [{ name: "f3", series: 3, growth: 7 }]);
});

Deno.test("lintFindings() looks at the first series of each family only", async () => {
  const registry = new Registry();
  const jobs = registry.register(new Counter("jobs", "", { labels: ["queueName"] }));
  for (let i = 0; i < 100; i++) jobs.labels(String(i)).inc();
  const { families } = await registry.gather();
  const { lint } = await lintFindings(families.filter(({ name }) => name === "jobs"));
  assertEquals(lint.map(({ problem }) => problem), [
    "no help text",
    'a counter should end in "_total"',
    'use snake_case instead of camelCase in the label "queueName"',
  ]);
});

Deno.test("lintFindings() lists a limited number of problems, and lets others run", async () => {
  const families = Array.from({ length: 200 }, (_, i) => {
    return { name: `f${i}`, type: "gauge" as const, samples: [] };
  });
  let found = await lintFindings([]);
  assertEquals(await letsOthersRun(async () => found = await lintFindings(families)), true);
  assertEquals([found.lint.length, found.lintCount], [50, 200]);
});

Deno.test("leftOut() tells what duplicates or contradicts something else", async () => {
  const registry = new Registry();
  const collect =
    () => [new MetricFamily("a", { type: "gauge" }).add(1), new MetricFamily("b").add(1)];
  registry.register({ collect }, { name: "first" });
  registry.register({
    collect:
      () => [new MetricFamily("a", { type: "counter" }).add(1), new MetricFamily("b").add(2)],
  }, { name: "second" });
  assertEquals(leftOut(await registry.gather()), [
    { collector: "second", kind: "conflict", what: "a", samples: 1 },
    { collector: "second", kind: "duplicate", what: "b", samples: 1 },
  ]);
});

Deno.test("familySizes() lets others run, and counts a limited number of families", async () => {
  const families = Array.from({ length: MAX_KNOWN_FAMILIES + 5 }, (_, i) => {
    return { name: `f${i}`, type: "gauge" as const, samples: [] };
  });
  const gathering = { ...await new Registry().gather(), families };
  let sizes = await familySizes({ ...gathering, families: [] }, 1);
  assertEquals(await letsOthersRun(async () => sizes = await familySizes(gathering, 1)), true);
  assertEquals(sizes.sizes.size, MAX_KNOWN_FAMILIES);
  assertEquals(allFamilies(gathering, sizes, undefined).length, MAX_KNOWN_FAMILIES);
});

Deno.test("lintFindings() looks at the first samples of a list only", async () => {
  const samples = Array.from({ length: 1000 }, (_, i) => {
    return new Sample("a_total", i < 500 ? ["b", "c"] : ["camelCase", "c"], 1);
  });
  const family = { name: "a_total", type: "counter" as const, help: "A.", samples };
  assertEquals(await lintFindings([family]), { lint: [], lintCount: 0 });
});
