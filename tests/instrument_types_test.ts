import { assert, assertEquals, assertMatch } from "@std/assert";
import { fileURLToPath } from "node:url";
import { Program, ROOT } from "./support/program.ts";

const PRELUDE = `
import { Counter, counter, Gauge, Histogram, Registry, StateSet, Summary } from "@exporter/prometheus";
const plain = new Counter("plain_total", "Help.");
const listed = new Counter("listed_total", "Help.", { labels: ["queue", "worker"] });
const declared = new Histogram("declared_seconds", "Help.", {
  labels: { method: ["GET", "POST"], route: String },
});
const gauge = new Gauge("gauge", "Help.", { labels: ["a"] });
const summary = new Summary("summary", "Help.", { labels: ["a"] });
const states = new StateSet("states", "Help.", { states: ["on", "off"] });
`;

const RIGHT = [
  "plain.inc();",
  'listed.labels({ queue: "a", worker: "1" }).inc(2);',
  'listed.labels("a", "1").inc();',
  'listed.remove({ queue: "a", worker: "1" });',
  'declared.labels({ method: "GET", route: "/" }).observe(1);',
  'gauge.labels("x").set(1);',
  'states.set("on");',
  'counter("c_total", "Help.", { labels: ["a"] }).labels("b").inc();',
  "using timer = new Histogram('t_seconds', 'Help.').startTimer(); timer.stop();",
  "new Histogram('n_seconds', 'Help.', { native: {}, labels: ['a'] }).labels('b').observe(1);",
  "new Histogram('n_seconds', 'Help.', { native: { growthFactor: 2 }, buckets: [1] }).observe(1);",
  "new Summary('q', 'Help.', { quantiles: [0.5], window: 60, windowParts: 2 }).observe(1);",
  "const n: number = plain.countErrors(() => 1); console.log(n);",
];

const WRONG = [
  'new Registry().register({ name: "x", ttl: 100, collect: () => [] });',
  'plain.labels({ queue: "a" });',
  'plain.labels("a");',
  "listed.inc();",
  'listed.labels({ queue: "a" });',
  'listed.labels({ queue: "a", worker: "1", more: "2" });',
  'listed.labels({ queue: "a", wroker: "1" });',
  'listed.labels("a");',
  'listed.labels("a", "b", "c");',
  'listed.labels({ queue: "a", worker: 1 });',
  'listed.remove("a");',
  'declared.labels({ method: "PUT", route: "/" });',
  'declared.labels("GET", "/");',
  "declared.observe(1);",
  "gauge.set(1);",
  "summary.observe(1);",
  'states.set("broken");',
  'plain.inc("1");',
  'counter("c_total", "Help.", { labels: ["a"] }).labels({ b: "1" });',
  'new Counter("x_total");',
  'new Counter("x_total", "Help.", { label: ["a"] });',
  'new Counter("x_total", "Help.", { quantiles: [0.5] });',
  'new Histogram("x", "Help.", { native: true });',
  'new Histogram("x", "Help.", { native: { growth: 2 } });',
  'new Histogram("x", "Help.", { quantiles: [0.5] });',
  'new Summary("x", "Help.", { quantiles: 0.5 });',
  'new Summary("x", "Help.", { quantiles: ["0.5"] });',
  'new Summary("x", "Help.", { native: {} });',
];

async function check(programs: Record<string, string>): Promise<{ code: number; stderr: string }> {
  const folder = await Deno.makeTempDir();
  try {
    for (const [name, code] of Object.entries(programs)) {
      await Deno.writeTextFile(`${folder}/${name}.ts`, code);
    }
    const config = fileURLToPath(new URL("deno.json", ROOT));
    await using program = Program.deno(["check", `--config=${config}`, "."], { cwd: folder });
    return await program.ended();
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("instruments accept the labels that they declare, at compile time", async () => {
  const { code, stderr } = await check({ right: PRELUDE + RIGHT.join("\n") });
  assertEquals(code, 0, stderr);
});

Deno.test("instruments reject other labels and uses at compile time", async () => {
  const programs = WRONG.map((
    line,
    i,
  ) => [`wrong${i}`, `${PRELUDE}// @ts-expect-error\n${line}\n`]);
  const { code, stderr } = await check(Object.fromEntries(programs));
  const accepted = WRONG.filter((_, i) => new RegExp(`wrong${i}\\.ts:\\d`).test(stderr));
  assertEquals(accepted, [], stderr);
  assertEquals(code, 0, stderr);
});

Deno.test("the check of wrong uses notices what is accepted", async () => {
  const { code, stderr } = await check({ wrong: `${PRELUDE}// @ts-expect-error\nplain.inc();\n` });
  assert(code !== 0);
  assertMatch(stderr, /wrong\.ts:\d/);
});
