import { assert, assertEquals } from "@std/assert";
import type { MetricType } from "../../model/metric_type.ts";
import type { Family } from "../../model/family.ts";
import { Sample } from "../../model/sample.ts";
import { parseExposition } from "../../parse.ts";
import { textFamilies, textHeader, textSample } from "../../model/text.ts";
import { encodeText } from "../support/encode.ts";
import { letsOthersRun } from "../support/stopped_clock.ts";

const PIECE = 65536;

function family(name: string, samples: Sample[], head: Partial<Family> = {}): Family {
  return { name, type: "gauge", samples, ...head };
}

function repeat(count: number, value: string): Sample[] {
  return Array.from({ length: count }, (_, i) => new Sample("x", ["a", `${i} ${value}`], i));
}

async function write(...families: Family[]): Promise<string> {
  return new TextDecoder().decode(await new Blob([...await encodeText(families)]).bytes());
}

for (
  const [help, expected] of [
    [undefined, "# TYPE x gauge\n"],
    ["", "# TYPE x gauge\n"],
    ["Doors.", "# HELP x Doors.\n# TYPE x gauge\n"],
    ['a\\b\n"c"', '# HELP x a\\\\b\\n"c"\n# TYPE x gauge\n'],
  ] as const
) {
  Deno.test(`textHeader() writes the help text ${JSON.stringify(help)}`, () => {
    assertEquals(textHeader("x", "gauge", help), expected);
  });
}

for (
  const [value, timestamp, expected] of [
    [1, undefined, "x 1\n"],
    [Infinity, undefined, "x +Inf\n"],
    [-Infinity, undefined, "x -Inf\n"],
    [NaN, undefined, "x NaN\n"],
    [-0, undefined, "x 0\n"],
    [1e21, undefined, "x 1e+21\n"],
    [5e-324, undefined, "x 5e-324\n"],
    [1, 0, "x 1 0\n"],
    [1, -1, "x 1 -1\n"],
    [1, 1.7e12, "x 1 1700000000000\n"],
    [1, 8.64e15, "x 1 8640000000000000\n"],
  ] as const
) {
  Deno.test(`textSample() writes ${expected.trim()}`, () => {
    assertEquals(textSample(new Sample("x", [], value, timestamp)), expected);
  });
}

Deno.test("encodeText() writes families one after the other", async () => {
  const text = await write(
    family("doors_open", [
      new Sample("doors_open", ["floor", "1"], 2),
      new Sample("doors_open", ["floor", "2"], 0, 1700000000000),
    ], { help: "Doors open now." }),
    family("jobs_total", [new Sample("jobs_total", [], 1e6)], { type: "counter" }),
    family("size_bytes", [
      new Sample("size_bytes_bucket", ["le", "+Inf"], 3),
      new Sample("size_bytes_sum", [], 0.5),
      new Sample("size_bytes_count", [], 3),
    ], { type: "histogram", help: "Sizes." }),
  );
  assertEquals(
    text,
    `# HELP doors_open Doors open now.
# TYPE doors_open gauge
doors_open{floor="1"} 2
doors_open{floor="2"} 0 1700000000000
# TYPE jobs_total counter
jobs_total 1000000
# HELP size_bytes Sizes.
# TYPE size_bytes histogram
size_bytes_bucket{le="+Inf"} 3
size_bytes_sum 0.5
size_bytes_count 3
`,
  );
});

for (
  const [type, written] of [
    ["counter", "counter"],
    ["gauge", "gauge"],
    ["histogram", "histogram"],
    ["summary", "summary"],
    ["untyped", "untyped"],
    ["gaugehistogram", "untyped"],
    ["info", "gauge"],
    ["stateset", "gauge"],
  ] satisfies [MetricType, string][]
) {
  Deno.test(`encodeText() writes the type ${type} as ${written}`, async () => {
    assertEquals(
      await write(family("x", [new Sample("x", [], 1)], { type })),
      `# TYPE x ${written}\nx 1\n`,
    );
  });
}

Deno.test("encodeText() splits a gauge histogram into families", async () => {
  const samples = [
    new Sample("x_bucket", ["le", "1"], 2),
    new Sample("x_bucket", ["le", "+Inf"], 3),
    new Sample("x_gsum", [], 4),
    new Sample("x_gcount", [], 3),
  ];
  assertEquals(
    await write(family("x", samples, { type: "gaugehistogram", help: "Waiting." })),
    `# HELP x_bucket Waiting.
# TYPE x_bucket untyped
x_bucket{le="1"} 2
x_bucket{le="+Inf"} 3
# HELP x_gsum Waiting.
# TYPE x_gsum untyped
x_gsum 4
# HELP x_gcount Waiting.
# TYPE x_gcount untyped
x_gcount 3
`,
  );
});

for (const suffix of ["_bucket", "_count"]) {
  Deno.test(`encodeText() writes a histogram with a negative ${suffix} without its type`, async () => {
    const samples = [
      new Sample("x_bucket", ["le", "+Inf"], suffix === "_bucket" ? -1 : 1),
      new Sample("x_sum", [], -2),
      new Sample("x_count", [], suffix === "_count" ? -1 : 1),
    ];
    const text = await write(family("x", samples, { type: "histogram" }));
    assertEquals(text.match(/^# .*$/gm), [
      "# TYPE x_bucket untyped",
      "# TYPE x_sum untyped",
      "# TYPE x_count untyped",
    ]);
    assertEquals(text.match(/-\d$/gm)?.length, 2);
  });
}

for (
  const [problem, type, last, samples] of [
    ["a count that differs from its last bucket", "histogram", 2, [
      new Sample("x_bucket", ["le", "+Inf"], 1),
      new Sample("x_count", [], 2),
    ]],
    ["a bound twice", "histogram", 1, [
      new Sample("x_bucket", ["le", "1"], 1),
      new Sample("x_bucket", ["le", "1.0"], 1),
    ]],
    ["a quantile twice", "summary", 1, [
      new Sample("x", ["quantile", "0.5"], 1),
      new Sample("x", ["quantile", ".5"], 1),
    ]],
  ] as const
) {
  Deno.test(`encodeText() writes a ${type} with ${problem} without its type`, async () => {
    const text = await write(family("x", [...samples], { type }));
    assertEquals(text.match(/^# .* (?!untyped$)\w+$/gm), null);
    assertEquals(text.endsWith(` ${last}\n`), true);
    parseExposition(text);
  });
}

Deno.test("encodeText() keeps the type of a histogram without a last bucket", async () => {
  const samples = [new Sample("x_bucket", ["le", "1"], 1), new Sample("x_count", [], 2)];
  const text = await write(family("x", samples, { type: "histogram" }));
  assertEquals(text.match(/^# .*$/gm), ["# TYPE x histogram"]);
});

Deno.test("encodeText() keeps the type of a histogram with a negative sum", async () => {
  const samples = [new Sample("x_bucket", ["le", "+Inf"], 1), new Sample("x_sum", [], -2)];
  const text = await write(family("x", samples, { type: "histogram" }));
  assertEquals(text.match(/^# .*$/gm), ["# TYPE x histogram"]);
});

Deno.test("encodeText() leaves out exemplars and units", async () => {
  const exemplar = { labels: ["trace_id", "a"], value: 1, timestamp: undefined };
  const sample = new Sample("x_total", [], 1, undefined, { exemplar });
  assertEquals(
    await write(family("x_total", [sample], { type: "counter", unit: "total" })),
    "# TYPE x_total counter\nx_total 1\n",
  );
});

Deno.test("textFamilies() does not convert a family whose type the text format has", () => {
  const gauge = family("x", [new Sample("x", [], 1)]);
  assertEquals(textFamilies(gauge), [gauge]);
});

Deno.test("encodeText() writes nothing without families", async () => {
  assertEquals(await encodeText([]), []);
});

Deno.test("encodeText() writes nothing for a family without samples", async () => {
  assertEquals(await encodeText([family("x", [], { help: "Empty." })]), []);
});

Deno.test("encodeText() writes UTF-8", async () => {
  const [bytes] = await encodeText([family("x", [new Sample("x", ["a", "ü🥪"], 1)])]);
  assertEquals(
    new TextDecoder("utf-8", { fatal: true }).decode(bytes),
    '# TYPE x gauge\nx{a="ü🥪"} 1\n',
  );
});

Deno.test("encodeText() writes small expositions in one piece", async () => {
  assertEquals((await encodeText([family("x", repeat(100, "y"))])).length, 1);
});

Deno.test("encodeText() writes pieces of about 64 KiB", async () => {
  const lengths = (await encodeText([family("x", repeat(10_000, "y".repeat(40)))]))
    .map(({ byteLength }) => byteLength);
  const last = lengths.pop()!;
  assert(lengths.length > 5 && last < PIECE + 100);
  assertEquals(lengths.filter((length) => length < PIECE || length > PIECE + 100), []);
});

Deno.test("encodeText() writes pieces of several small families", async () => {
  const families = Array.from(
    { length: 5000 },
    (_, i) => family(`x${i}`, [new Sample(`x${i}`, [], i)], { help: "y".repeat(40) }),
  );
  const lengths = (await encodeText(families)).map(({ byteLength }) => byteLength);
  assertEquals(lengths.slice(0, -1).filter((length) => length < PIECE || length > 2 * PIECE), []);
  assert(lengths.length > 2);
});

Deno.test("encodeText() yields to the event loop between pieces", async () => {
  const long = family("x", repeat(2, "y".repeat(PIECE)));
  assertEquals(await letsOthersRun(() => encodeText([long])), true);
});

Deno.test("encodeText() writes the same text in pieces and in one call", async () => {
  const samples = repeat(3000, "ü".repeat(100));
  assertEquals(
    await write(family("x", samples)),
    "# TYPE x gauge\n" +
      samples.map(textSample).join(""),
  );
});
