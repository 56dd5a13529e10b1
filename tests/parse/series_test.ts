import {
  assert,
  assertEquals,
  assertNotStrictEquals,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { ExpositionError } from "../../exposition_error.ts";
import type { Sample } from "../../model/sample.ts";
import { parseExposition } from "../../parse.ts";
import { describe } from "../../model/describe.ts";
import { generator } from "../support/random.ts";

const FORMATS = ["text", "openmetrics"] as const;

/** Returns the samples of families of one gauge each, whose labels are given without braces. */
function read(...families: string[][]): (readonly Sample[])[] {
  const lines = families.map((series, i) =>
    `# TYPE f${i} gauge\n${series.map((labels) => `f${i}{${labels}} 1\n`).join("")}`
  );
  return parseExposition(lines.join("")).map(({ samples }) => samples);
}

Deno.test("parseExposition() uses label sets again that follow one another in each family", () => {
  const [first, second, third] = read(
    ['a="1"', 'a="2"', 'a="3"', 'a="4"'],
    ['a="1"', 'a="3"', 'a="4"'],
    ['a="1"', 'a="new"', 'a="3"', 'a="4"'],
  );
  for (const [i, at] of [0, 2, 3].entries()) {
    assertStrictEquals(second![i]!.labels, first![at]!.labels);
    assertStrictEquals(third![at]!.labels, first![at]!.labels);
  }
  assertEquals(third![1]!.labels, ["a", "new"]);
});

Deno.test("parseExposition() uses label sets of histograms again", () => {
  const histogram = (name: string) =>
    `# TYPE ${name} histogram\n` +
    ["1", "2"].map((a) =>
      `${name}_bucket{a="${a}",le="1"} 1\n${name}_bucket{a="${a}",le="+Inf"} 2\n` +
      `${name}_sum{a="${a}"} 3\n${name}_count{a="${a}"} 2\n`
    ).join("");
  const [x, y] = parseExposition(histogram("x") + histogram("y"));
  assertEquals(x!.samples.length, 8);
  for (const [i, { labels }] of y!.samples.entries()) {
    assertStrictEquals(labels, x!.samples[i]!.labels);
  }
});

Deno.test("parseExposition() does not confuse label sets that begin alike", () => {
  const [first, second] = read(['a="1"', 'a="1",b="2"'], ['a="1",b="2"', 'a="1"', 'a="12"']);
  assertEquals(first!.map(({ labels }) => labels), [["a", "1"], ["a", "1", "b", "2"]]);
  assertEquals(second!.map(({ labels }) => labels), [["a", "1", "b", "2"], ["a", "1"], [
    "a",
    "12",
  ]]);
});

Deno.test("parseExposition() reads labels after empty braces", () => {
  const [first, second] = read(["", 'a="1"'], ['a="1"', ""]);
  assertEquals(first!.map(({ series }) => series), ["f0", 'f0{a="1"}']);
  assertEquals(second!.map(({ series }) => series), ['f1{a="1"}', "f1"]);
});

Deno.test("parseExposition() finds duplicates among label sets that it uses again", () => {
  assertThrows(
    () => read(['a="1"', 'a="2"'], ['a="1"', 'a="2"', 'a="1"']),
    ExpositionError,
    'line 7, column 1: duplicate series "f1{a=\\"1\\"}"',
  );
  assertThrows(
    () => read(['a="1",b="2"', 'b="3",a="4"'], ['a="1",b="2"', 'b="3",a="4"', 'a="4",b="3"']),
    ExpositionError,
    "line 7, column 1: duplicate series",
  );
});

Deno.test("parseExposition() forgets label sets when there are very many", () => {
  const series = Array.from({ length: 9000 }, (_, i) => `a="${i}"`);
  const [first, second] = read(series, series);
  assertStrictEquals(second![8000]!.labels, first![8000]!.labels);
  assertNotStrictEquals(second![8999]!.labels, first![8999]!.labels);
  assertEquals(second![8999]!.labels, first![8999]!.labels);
});

for (
  const text of [
    'a{"b c"="1"} 1\na{b c="2"} 2\n',
    'a{"0"="1"} 1\na{0="2"} 2\n',
    '{"a b"} 1\na b{c="1"} 2\n',
    '# TYPE "a b" gauge\n# HELP a b c\n',
  ]
) {
  Deno.test(`parseExposition() rejects ${JSON.stringify(text)}, where a name lacks its quotes`, () => {
    // A help text of the metric "a" is no error.
    const families = () => parseExposition(text).map(({ name }) => name);
    if (text.startsWith("#")) assertEquals(families(), ["a b", "a"]);
    else assertThrows(families, ExpositionError, "line 2");
  });
}

const VALUES = ["1", "22", "x", "", "é🥪", '\\"q\\"', "a,b", "{}", "\\\\", "\\n"];
const CHARACTERS = [...'{}",=\\ \tabn0é#'];
const DOCUMENTS = 10_000;

/** Creates a document with families that have similar series, some of them damaged. Returns the lines. */
function makeDocument(dice: () => number): string[] {
  const below = (limit: number) => Math.floor(dice() * limit);
  const pool = Array.from({ length: 5 }, () => {
    const pairs = Array.from(
      { length: below(3) + 1 },
      (_, i) => `${"ab"[i] ?? "le"}="${VALUES[below(VALUES.length)]}"`,
    );
    return `{${pairs.join(",")}}`;
  });
  const lines: string[] = [];
  for (let family = 0; family < 4; family++) {
    lines.push(`# TYPE f${family} gauge`);
    for (const labels of pool) {
      const change = below(14);
      if (change === 0) continue;
      let changed = labels;
      if (change <= 3) {
        const at = 1 + below(labels.length - 1);
        const removed = below(2);
        const inserted = removed === 1 && below(2) === 1
          ? ""
          : CHARACTERS[below(CHARACTERS.length)];
        changed = `${labels.slice(0, at)}${inserted}${labels.slice(at + removed)}`.toWellFormed();
      }
      lines.push(`f${family}${changed} ${below(1e6)}`);
      if (change === 13) lines.push(`f${family}${pool[below(pool.length)]} 7`);
    }
  }
  return lines;
}

/** What a document contains: its samples, and the messages of its errors. */
function readLines(lines: readonly string[], format: typeof FORMATS[number]) {
  const errors: string[] = [];
  const families = parseExposition(
    `${lines.join("\n")}\n${format === "openmetrics" ? "# EOF\n" : ""}`,
    { format, onError: ({ message }) => errors.push(message) },
  );
  return { samples: families.flatMap(({ samples }) => samples), errors };
}

/** Returns a text that is equal for equal series. */
function keyOf({ name, labels }: Sample): string {
  const pairs = Array.from({ length: labels.length / 2 }, (_, i) => labels.slice(2 * i, 2 * i + 2));
  return name + JSON.stringify(pairs.sort());
}

function show(sample: Sample): string {
  return `${sample.series} ${sample.value}`;
}

for (const format of FORMATS) {
  Deno.test(`parseExposition() reads each line of any ${format} as if it stood alone`, () => {
    const dice = generator(format === "text" ? 1 : 2);
    let failures = 0;
    let reused = 0;
    for (let n = 0; n < DOCUMENTS / 2; n++) {
      const lines = makeDocument(dice);
      const samples: string[] = [];
      const errors: string[] = [];
      const seen = new Set<string>();
      for (const [i, line] of lines.entries()) {
        if (line.startsWith("#")) continue;
        const alone = readLines([line], format);
        const [sample] = alone.samples;
        if (sample === undefined) {
          errors.push(
            ...alone.errors.map((message) => message.replace("line 1,", `line ${i + 1},`)),
          );
        } else if (seen.has(keyOf(sample))) {
          const series = describe(line.slice(0, line.lastIndexOf(" ")));
          errors.push(
            `Cannot parse exposition: line ${i + 1}, column 1: duplicate series ${series}`,
          );
        } else {
          seen.add(keyOf(sample));
          samples.push(show(sample));
        }
      }
      const together = readLines(lines, format);
      assertEquals(together.samples.map(show), samples, lines.join("\n"));
      assertEquals(together.errors, errors, lines.join("\n"));
      failures += errors.length;
      const labels = new Set(together.samples.map(({ labels }) => labels));
      reused += together.samples.length - labels.size;
    }
    assert(failures > DOCUMENTS && reused > DOCUMENTS, `${failures} errors, ${reused} reused`);
  });
}
