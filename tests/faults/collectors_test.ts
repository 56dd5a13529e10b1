import { assert, assertEquals, assertLess } from "@std/assert";
import { Exporter } from "../../exporter.ts";
import type { Family } from "../../model/family.ts";
import { parseExposition } from "../../parse.ts";
import { findTool } from "../integration/tool.ts";
import { hostileCollectors, type Outcome } from "./hostile_collectors.ts";
import { report, Target } from "./target.ts";

const HOSTILE_EXPORTER = new URL("hostile_exporter.ts", import.meta.url).href;

const COLLECTORS = hostileCollectors(new Exporter({ configFile: false }));

const TIMEOUT = 1;

const FORMATS = {
  text: "text/plain;version=0.0.4",
  openmetrics: "application/openmetrics-text;version=1.0.0",
} as const;

function start(): Promise<Target> {
  return Target.start({
    program: HOSTILE_EXPORTER,
    exporter: { maxTimeout: TIMEOUT, maxSamples: 1_000_000 },
  });
}

async function scrape(
  target: Target,
  query: string,
  format: keyof typeof FORMATS = "text",
): Promise<{ text: string; families: Family[] }> {
  const [status, text] = await target.get(`/metrics?${query}`, { accept: FORMATS[format] });
  assertEquals(status, 200);
  return { text, families: parseExposition(text, { format }) };
}

function valueOf(
  families: readonly Family[],
  name: string,
  collector?: string,
): number | undefined {
  return families.flatMap(({ samples }) => samples).find((sample) =>
    sample.name === name && (collector === undefined || sample.labels[1] === collector)
  )?.value;
}

/** The number of samples that are not about collectors or the exporter. */
function foreignSamples(families: readonly Family[]): number {
  return families.filter(({ name }) => name !== "good" && !/^(exporter|deno|process)_/.test(name))
    .reduce((sum, { samples }) => sum + samples.length, 0);
}

/** Checks an exposition with Prometheus's own reader, where there is one. */
async function checkMetrics(text: string): Promise<void> {
  if (findTool("promtool") === undefined) return;
  const promtool = new Deno.Command("promtool", {
    args: ["check", "metrics"],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const [{ code, stderr }] = await Promise.all([
    promtool.output(),
    new Blob([text]).stream().pipeTo(promtool.stdin),
  ]);
  // 3: promtool can read it, but would name something otherwise.
  assert(code === 0 || code === 3, new TextDecoder().decode(stderr));
}

Deno.test("a scrape with one hostile collector is valid, in time, and has the data of the other", async () => {
  await using target = await start();
  const outcomes: Record<string, Outcome> = {};
  for (const [name, { isHeavy, outcome }] of Object.entries(COLLECTORS)) {
    const began = performance.now();
    const query = `collect[]=good&collect[]=${encodeURIComponent(name)}`;
    const { text, families } = await scrape(target, query);
    assertLess((performance.now() - began) / 1000, isHeavy ? 20 : TIMEOUT + 2, name);
    assertEquals([name, valueOf(families, "good")], [name, 1]);
    assert(!/^evil/m.test(text), name);
    if (!isHeavy) await checkMetrics(text);
    outcomes[name] = {
      succeeds: valueOf(families, "exporter_collector_success", name) === 1,
      samples: outcome.samples === "some" ? "some" : foreignSamples(families),
    };
  }
  const expected = Object.entries(COLLECTORS).map(([name, { outcome }]) => [name, outcome]);
  assertEquals(outcomes, Object.fromEntries(expected));
});

for (const format of ["text", "openmetrics"] as const) {
  Deno.test(`a scrape with all hostile collectors is valid as ${format}, and has the data of the good one`, async () => {
    await using target = await start();
    const heavy = Object.entries(COLLECTORS).filter(([, { isHeavy }]) => isHeavy);
    const query = heavy.map(([name]) => `exclude[]=${encodeURIComponent(name)}`).join("&");
    for (let i = 0; i < 3; i++) {
      const began = performance.now();
      const { text, families } = await scrape(target, query, format);
      const seconds = (performance.now() - began) / 1000;
      report(`scrape of all hostile collectors as ${format}`, seconds, "s");
      assertLess(seconds, TIMEOUT + 2);
      assertEquals(valueOf(families, "good"), 1);
      assert(!/^evil/m.test(text));
      if (format === "text") await checkMetrics(text);
    }
  });
}
