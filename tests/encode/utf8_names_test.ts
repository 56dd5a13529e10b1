import { assertEquals, assertThrows } from "@std/assert";
import { Counter } from "../../counter.ts";
import { ESCAPINGS } from "../../model/names.ts";
import { Exporter } from "../../exporter.ts";
import { MetricFamily } from "../../family.ts";
import { Histogram } from "../../histogram.ts";
import { Labels } from "../../labels.ts";
import { Metric } from "../../metric.ts";
import { parseExposition } from "../../parse.ts";
import { Registry } from "../../registry.ts";
import type { Family } from "../../model/family.ts";
import { StateSet } from "../../stateset.ts";
import { encode } from "../support/encode.ts";

const utf8Names = true;
const NOTHING_ELSE = /^(?!.*exporter_).+$/gm;

function withoutOwn(text: string): string {
  return (text.match(NOTHING_ELSE) ?? []).join("\n");
}

Deno.test("new Metric() accepts UTF-8 names only if enabled", () => {
  assertThrows(() => new Metric("http.requests"), RangeError, "[a-zA-Z_:][a-zA-Z0-9_:]*");
  assertEquals(new Metric("http requests", { utf8Names }).name, "http requests");
  for (const name of ["", "a\ud800"]) {
    assertThrows(() => new Metric(name, { utf8Names }), RangeError, "not empty");
  }
});

Deno.test("new Labels() and copies accept UTF-8 names only if enabled", () => {
  assertThrows(() => new Labels({ "my label": "a" }), RangeError);
  const labels = new Labels({ "my label": "a" }, { utf8Names });
  assertEquals(`${labels.copy().set('b"', "c")}`, '"my label"="a","b\\""="c"');
  assertThrows(() => labels.set("__x", "a"), RangeError, "reserved");
});

Deno.test("Registry quotes UTF-8 names with allow-utf-8", async () => {
  const registry = new Registry({ utf8Names, labels: { "site.name": "north" } });
  const jobs = new Counter("jobs.done_total", "Jobs.", { labels: ["job kind"], utf8Names });
  registry.register(jobs).labels({ "job kind": "a" }).inc();
  registry.register({
    collect: () => [new Metric('é"\\', { utf8Names, labels: { plain: "b" } })],
  });
  const exposition = await registry.expose({ escaping: "allow-utf-8" });
  assertEquals(
    exposition.contentType,
    "text/plain; version=1.0.0; charset=utf-8; escaping=allow-utf-8",
  );
  assertEquals(
    withoutOwn(exposition.text()),
    `# HELP "jobs.done_total" Jobs.
# TYPE "jobs.done_total" counter
{"jobs.done_total","site.name"="north","job kind"="a"} 1
# TYPE "é\\"\\\\" untyped
{"é\\"\\\\","site.name"="north",plain="b"} 0`,
  );
});

for (
  const [escaping, series] of Object.entries({
    underscores: 'jobs_done_total{job_kind="a"}',
    dots: 'jobs_dot_done__total{job__kind="a"}',
    values: 'U__jobs_2e_done__total{U__job_20_kind="a"}',
  })
) {
  Deno.test(`Registry escapes UTF-8 names with ${escaping}`, async () => {
    const registry = new Registry({ utf8Names });
    const jobs = new Counter("jobs.done_total", "Jobs.", { labels: ["job kind"], utf8Names });
    registry.register(jobs).labels("a").inc();
    const exposition = await registry.expose({ escaping: escaping as "dots" });
    assertEquals(withoutOwn(exposition.text()).split("\n").at(-1), `${series} 1`);
  });
}

for (const escaping of ["underscores", "dots", "values"] as const) {
  Deno.test(`Registry escapes colons in label names with ${escaping}`, async () => {
    const registry = new Registry({ utf8Names });
    const jobs = new Counter("job:done_total", "", { labels: ["a:b", "a_b"], utf8Names });
    registry.register(jobs).labels("1", "2").inc();
    registry.register({
      collect: () => [new Metric("c:d", { type: "stateset", labels: { "c:d": "on" }, utf8Names })],
    });
    for (const format of ["text", "openmetrics"] as const) {
      const text = withoutOwn((await registry.expose({ format, escaping })).text());
      assertEquals(text.includes('{"'), false, text);
      assertEquals(text.includes('="1"'), true, text);
      assertEquals(text.match(/job:done_+total(?=\{)/g)?.length, 1, text);
    }
  });
}

Deno.test("Registry keeps names distinct that a scheme would make equal", async () => {
  const registry = new Registry({ utf8Names });
  for (const name of ["a.b", "a b", "a_b", "x_b_sum"]) {
    const labels = ["x.y", "x_y", "x y"];
    registry.register(new Counter(name, "", { utf8Names, labels })).labels("1", "2", "3").inc();
  }
  registry.register(new Histogram("x-b", "", { utf8Names, buckets: [1] }));
  const text = (await registry.expose()).text();
  const families = parseExposition(text).filter(({ name }) => !name.startsWith("exporter"));
  assertEquals(families.map(({ name }) => name), [
    "U__a_20_b",
    "U__a_2e_b",
    "a_b",
    "U__x_2d_b",
    "x_b_sum",
  ]);
  assertEquals(
    families.find(({ name }) => name === "a_b")?.samples[0]?.series,
    'a_b{U__x_2e_y="1",x_y="2",U__x_20_y="3"}',
  );
});

Deno.test("Registry rejects UTF-8 names unless enabled", async () => {
  const registry = new Registry();
  assertThrows(
    () => registry.register(new Counter("a.b", "", { utf8Names })),
    RangeError,
    'Cannot register counter "a.b"',
  );
  assertThrows(() => registry.register(new Registry({ utf8Names })), RangeError);
  registry.register({
    collect: () => [
      new Metric("c.d", { utf8Names }),
      new MetricFamily("e", { utf8Names }).add(1, { "f.g": "h" }),
      new Metric("fine"),
    ],
  });
  const { families, clashes } = await registry.gather();
  assertEquals(families.map(({ name }) => name).filter((name) => !name.startsWith("exporter_")), [
    "fine",
  ]);
  assertEquals(clashes.map(({ kind, what }) => `${kind} ${what}`), ["conflict c.d", "conflict e"]);
});

Deno.test("Registry names the label of a state set like its family in every scheme", async () => {
  const registry = new Registry({ utf8Names });
  registry.register(new StateSet("door.state", "", { states: ["open"], utf8Names }));
  for (const escaping of ESCAPINGS) {
    const text = (await registry.expose({ format: "openmetrics", escaping })).text();
    const family = parseExposition(text, { format: "openmetrics" })
      .find(({ type }) => type === "stateset")!;
    assertEquals(family.samples[0]?.labels, [family.name, "open"], escaping);
  }
});

Deno.test("Exporter accepts UTF-8 names if its registry does", async () => {
  const registry = new Registry({ utf8Names });
  registry.register(new Counter("a.b", "", { utf8Names, labels: ["c.d"] })).labels("e").inc();
  await using exporter = new Exporter({
    configFile: false,
    registry,
    labels: { "site.name": "north" },
    runtimeMetrics: false,
  });
  exporter.collector("own", () => [new Metric("own.metric", { utf8Names })]);
  const accept = "text/plain; version=1.0.0; escaping=allow-utf-8";
  const ask = async (path: string) => {
    const request = new Request(`http://localhost${path}`, { headers: { accept } });
    return await (await exporter.handleMetrics(request)).text();
  };
  assertEquals((await ask("/metrics")).includes('{"own.metric","site.name"="north"} 0\n'), true);
  assertEquals(
    await ask("/metrics?c.d=e"),
    '# TYPE "a.b" counter\n{"a.b","site.name"="north","c.d"="e"} 1\n',
  );
});

/** Names that are hostile to every scheme. */
const NAMES = [
  "a.b",
  "a b",
  "a_b",
  "a__b",
  "a-b",
  "é",
  "🥪",
  '"',
  "\\",
  "\n",
  "{",
  "U__a_2e_b",
  ",",
  "0",
  "a:b",
];

function readable(families: readonly Family[]): string[] {
  return families.flatMap(({ type, samples }) =>
    samples.map(({ value, labels }) =>
      JSON.stringify([type, value, labels.filter((_, i) => i % 2 === 1).sort()])
    )
  ).sort();
}

for (const format of ["text", "openmetrics"] as const) {
  for (const escaping of ESCAPINGS) {
    Deno.test(`parseExposition() parses UTF-8 names in ${format} with ${escaping}`, async () => {
      for (let seed = 0; seed < NAMES.length; seed++) {
        const rotated = [...NAMES.slice(seed), ...NAMES.slice(0, seed)];
        const families = rotated.map((name, i) => {
          const family = new MetricFamily(name, { type: "gauge", help: name, utf8Names });
          for (const [j, label] of rotated.entries()) {
            family.add(100 * i + j, { [label]: `${j}`, [rotated[(j + 1) % NAMES.length]!]: "x" });
          }
          return family;
        });
        const text = (await encode(families, format, { escaping })).text();
        const read = parseExposition(text, { format });
        assertEquals(readable(read), readable(families));
        if (escaping !== "allow-utf-8") continue;
        assertEquals(read.map(({ name }) => name).sort(), [...NAMES].sort());
        assertEquals(
          read.flatMap(({ samples }) => samples.map(({ series }) => series)).sort(),
          families.flatMap(({ samples }) => samples.map(({ series }) => series)).sort(),
        );
      }
    });
  }
}
