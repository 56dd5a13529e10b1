import { familiesOf, liveFamily } from "./support/instrument.ts";
import { assert, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { Encoder } from "../encode/encoder.ts";
import type { Format } from "../exposition.ts";
import { VERSIONS } from "../encode/format.ts";
import { Summary, type SummaryOptions } from "../summary.ts";
import { encode } from "./support/encode.ts";
import { readProtobuf } from "./support/protobuf_reader.ts";
import { StoppedDate } from "./support/stopped_date.ts";
import type { SeriesBlock } from "../series/block.ts";

Deno.test("Summary counts values and adds them up", () => {
  const summary = new Summary("x_bytes", "How much.", { unit: "bytes" });
  summary.observe(1);
  summary.observe(-2.5);
  const [family] = familiesOf(summary);
  assertEquals([family?.type, family?.unit], ["summary", "bytes"]);
  assertEquals(family?.samples.map(({ series, value }) => [series, value]), [
    ["x_bytes_sum", -1.5],
    ["x_bytes_count", 2],
  ]);
});

Deno.test("Summary with labels counts each combination", () => {
  const summary = new Summary("x", "", { labels: ["a"] });
  const child = summary.labels("1");
  child.observe(2);
  assertEquals([child.sum, child.count], [2, 1]);
  assertEquals(familiesOf(summary)[0]?.samples.map(({ series }) => series), [
    'x_sum{a="1"}',
    'x_count{a="1"}',
  ]);
});

Deno.test("Summary.observe() rejects what is no number", () => {
  assertThrows(
    () => new Summary("x", "").observe(null as unknown as number),
    TypeError,
    'Cannot observe with summary "x": expected a number, got null',
  );
});

Deno.test("new Summary() keeps the label quantile for itself", () => {
  assertThrows(() => new Summary("x", "", { labels: ["quantile"] }), RangeError, '"quantile"');
});

Deno.test("Summary.time() and Summary.startTimer() observe how long something took", async () => {
  const summary = new Summary("x", "");
  summary.time(() => 1);
  await summary.time(() => Promise.resolve());
  summary.startTimer().stop();
  const [sum, count] = familiesOf(summary)[0]!.samples.map(({ value }) => value);
  assertEquals(count, 3);
  assert(sum! >= 0);
});

async function write(summary: Summary, format: Format): Promise<string> {
  return (await encode([liveFamily(summary)], format)).text();
}

function withQuantiles(values: readonly number[]): Summary {
  const summary = new Summary("x_bytes", "How much.", { quantiles: [0, 0.5, 1] });
  for (const value of values) summary.observe(value);
  return summary;
}

Deno.test("Summary has quantiles before its sum and its count", async () => {
  const summary = withQuantiles([1, 0, 8]);
  assertEquals(summary.quantiles, [0, 0.5, 1]);
  assertEquals(
    (await write(summary, "text")).replace(/0\.99\d+|1\.00\d+/, "about 1"),
    `# HELP x_bytes How much.
# TYPE x_bytes summary
x_bytes{quantile="0"} 0
x_bytes{quantile="0.5"} about 1
x_bytes{quantile="1"} 8
x_bytes_sum 9
x_bytes_count 3
`,
  );
});

Deno.test("Summary without values has quantiles that are NaN, in all formats", async () => {
  using _date = new StoppedDate(1_700_000_000.5);
  const summary = withQuantiles([]);
  assertEquals(
    await write(summary, "openmetrics"),
    `# TYPE x_bytes summary
# HELP x_bytes How much.
x_bytes{quantile="0.0"} NaN
x_bytes{quantile="0.5"} NaN
x_bytes{quantile="1.0"} NaN
x_bytes_sum 0
x_bytes_count 0
# EOF
`,
  );
  const [family] = readProtobuf((await encode([liveFamily(summary)], "protobuf")).bytes());
  assertEquals(family, {
    name: "x_bytes",
    help: "How much.",
    type: "SUMMARY",
    metrics: [{
      labels: [],
      summary: {
        count: 0,
        sum: 0,
        quantiles: [
          { quantile: 0, value: NaN },
          { quantile: 0.5, value: NaN },
          { quantile: 1, value: NaN },
        ],
        created: { seconds: 1_700_000_000, nanos: 500_000_000 },
      },
    }],
  });
});

Deno.test("Summary puts quantile after its labels, and keeps the quantiles of each combination", () => {
  const summary = new Summary("x", "", { labels: ["a"], quantiles: [1] });
  summary.labels("1").observe(5);
  summary.labels("2").observe(7);
  assertEquals(
    familiesOf(summary)[0]?.samples.map(({ series, value }) => [series, value]),
    [
      ['x{a="1",quantile="1"}', 5],
      ['x_sum{a="1"}', 5],
      ['x_count{a="1"}', 1],
      ['x{a="2",quantile="1"}', 7],
      ['x_sum{a="2"}', 7],
      ['x_count{a="2"}', 1],
    ],
  );
});

Deno.test("Summary with a quantile below 0 has no type in OpenMetrics, which forbids it", async () => {
  const summary = withQuantiles([-1, 2]);
  assertEquals(
    (await write(summary, "openmetrics")).match(/^(# TYPE|x_bytes\{).*$/gm)?.slice(0, 2),
    ["# TYPE x_bytes unknown", 'x_bytes{quantile="0.0"} -1'],
  );
});

for (const format of ["text", "openmetrics", "protobuf"] as const) {
  for (const size of [1, 100]) {
    Deno.test(`Summary of ${size} series changes as time passes, in ${format}`, async () => {
      using date = new StoppedDate();
      const summary = new Summary("x", "", {
        labels: ["i"],
        quantiles: [1],
        window: 100,
        windowParts: 2,
      });
      for (let i = 0; i < size; i++) summary.labels(`${i}`).observe(i + 1);
      const encoder = new Encoder({
        maxKeptBytes: Infinity,
        now: () => 0,
        utf8Names: false,
        createdSamples: false,
      });
      const variant = { format, version: VERSIONS[format][0], escaping: "underscores" } as const;
      const expose = async () => {
        using exposition = await encoder.encode([liveFamily(summary)], {
          variant,
          encoding: "identity",
        });
        const fromScratch = await encode(familiesOf(summary), format);
        const bytes = exposition.bytes();
        assertEquals(bytes, fromScratch.bytes());
        return bytes;
      };
      const first = await expose();
      date.advance(99);
      assertEquals(await expose(), first);
      date.advance(1);
      assertNotEquals(await expose(), first);
      assertEquals(familiesOf(summary)[0]?.samples[0]?.value, NaN);
    });
  }
}

Deno.test("Summary is not written again when time passes without changing its quantiles", () => {
  using date = new StoppedDate();
  const options = { labels: ["i"], quantiles: [1], window: 100, windowParts: 2 } as const;
  const summary = new Summary("x", "", options);
  summary.labels("0").observe(1);
  date.advance(60);
  summary.labels("1").observe(2);
  const block = liveFamily(summary).blocks[0]!;
  const changed = () => {
    const { version } = block;
    block.sync();
    return [0, 1].filter((row) => block.changedAt[row]! > version);
  };
  assertEquals(changed(), [0, 1]);
  date.advance(39);
  assertEquals(changed(), []);
  date.advance(1);
  assertEquals(changed(), [0]);
  assertEquals(changed(), []);
  date.advance(60);
  assertEquals(familiesOf(summary)[0]?.samples[3]?.value, NaN);
  assertEquals(changed(), [1]);
  date.advance(1000);
  assertEquals(changed(), []);
});

Deno.test("Summary is not used by time that passes", () => {
  using date = new StoppedDate();
  const summary = new Summary("x", "", { labels: ["i"], quantiles: [1], maxSeries: 5 });
  summary.labels("0").observe(1);
  const block = liveFamily(summary).blocks[0] as SeriesBlock;
  block.sync();
  const child = block.childAt(0)!;
  child.wasUsed = false;
  date.advance(1000);
  const { version } = block;
  block.sync();
  assertEquals([block.version - version, child.wasUsed], [1, false]);
});

for (
  const [options, failure, message] of [
    [{ quantile: [0.5] }, TypeError, 'unknown option "quantile", did you mean "quantiles"?'],
    [{ quantiles: 0.5 }, TypeError, "expected a list of numbers as quantiles"],
    [{ quantiles: [50] }, RangeError, "expected quantiles from 0 to 1 in increasing order, got 50"],
    [{ window: 0 }, RangeError, "expected window to be finite seconds above 0, got 0"],
    [{ windowParts: 0 }, RangeError, "expected windowParts to be an integer of 1 or more, got 0"],
  ] as const
) {
  Deno.test(`new Summary() rejects ${JSON.stringify(options)}`, () => {
    assertThrows(
      () => new Summary("x", "", options as unknown as SummaryOptions),
      failure,
      `Cannot create summary "x": ${message}`,
    );
  });
}
