import { assert, assertEquals } from "@std/assert";
import { encode } from "../support/encode.ts";
import { parseBound } from "../../model/numbers.ts";
import type { Family } from "../../model/family.ts";
import { Sample, type SampleExemplar } from "../../model/sample.ts";
import { generate, scrape } from "../support/exposition_generator.ts";
import { fixture } from "./fixture.ts";
import { withTools } from "./tool.ts";

const PYTHON = "/usr/bin/python3";
const PARSER = "/usr/lib/python3/dist-packages/prometheus_client/openmetrics/parser.py";

const SCENARIOS = 1000;

interface ReadExemplar {
  readonly labels: Record<string, string>;
  readonly value: string;
  readonly timestamp: number | null;
}

interface ReadSample extends ReadExemplar {
  readonly name: string;
  readonly exemplar: ReadExemplar | null;
}

interface ReadFamily {
  readonly name: string;
  readonly type: string;
  readonly unit: string;
  readonly help: string;
  readonly samples: readonly ReadSample[];
}

/** What a scenario came to. */
interface Result {
  readonly seed: number;
  readonly families: readonly Family[];
  readonly text: string;
  /** What the parser read, or its error. */
  readonly read: readonly ReadFamily[] | string;
}

let results: Promise<readonly Result[]> | undefined;

async function readAll(): Promise<Result[]> {
  const written = await Promise.all(Array.from({ length: SCENARIOS }, async (_, seed) => {
    const gathering = await scrape(generate(seed));
    const families = gathering.families.map(withoutBraces);
    return { seed, families, text: (await encode(families, "openmetrics")).text() };
  }));
  const read = await runParser(written.map(({ text }) => text));
  return written.map((result, i) => ({ ...result, read: read[i]! }));
}

async function runParser(texts: readonly string[]): Promise<Result["read"][]> {
  const child = new Deno.Command(PYTHON, {
    args: [fixture("openmetrics_reader.py")],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const input = new Blob([JSON.stringify(texts)]).stream().pipeTo(child.stdin);
  const [{ stdout }] = await Promise.all([child.output(), input]);
  return JSON.parse(new TextDecoder().decode(stdout));
}

/** The parser takes the first closing brace in an exemplar for the end of its labels. */
function withoutBraces(family: Family): Family {
  const samples = family.samples.map((sample) => {
    const { name, labels, value, timestamp, exemplar } = sample;
    return exemplar?.labels.some((text) => text.includes("}"))
      ? new Sample(name, labels, value, timestamp)
      : sample;
  });
  return { ...family, samples };
}

/** A sample as text that tells all numbers apart. */
function show(
  name: string,
  labels: Iterable<readonly [string, string]>,
  value: number,
  timestamp: number | null | undefined,
): string {
  const canonical = Array.from(labels, ([name, text]) => {
    const isBound = name === "le" || name === "quantile";
    return [name, isBound ? parseBound(text) ?? text : text];
  });
  // The parser loses the sign of timestamps in the second before the epoch.
  const time = typeof timestamp === "number" ? Math.abs(timestamp) : "-";
  return `${name} ${JSON.stringify(canonical.sort())} ${value + 0} ${time}`;
}

function showSample({ name, labels, value, timestamp }: Sample): string {
  return show(name, pairs(labels), value, timestamp && timestamp / 1000);
}

function showRead({ name, labels, value, timestamp }: ReadSample): string {
  return show(name, Object.entries(labels), readNumber(value), timestamp);
}

function showExemplar({ labels, value, timestamp }: SampleExemplar): string {
  return show("", pairs(labels), value, timestamp && timestamp / 1000);
}

function pairs(labels: readonly string[]): [string, string][] {
  return labels.flatMap((text, i) => i % 2 === 0 ? [[text, labels[i + 1]!]] : []);
}

function readNumber(text: string): number {
  return Number(text.replace("inf", "Infinity"));
}

function property(
  title: string,
  check: (read: readonly ReadFamily[], families: readonly Family[]) => void,
): void {
  Deno.test(withTools([PYTHON, PARSER], {
    name: `Python's client reads from OpenMetrics ${title}`,
    fn: async () => {
      for (const { seed, families, text, read } of await (results ??= readAll())) {
        try {
          if (typeof read === "string") throw new Error(read);
          check(read, families);
        } catch (cause) {
          throw new Error(`Not so for seed ${seed}:\n${text}`, { cause });
        }
      }
    },
  }));
}

property("the samples that there are, with the names, labels and values that they have", (
  read,
  families,
) => {
  assertEquals(
    read.flatMap(({ samples }) => samples.map(showRead)).sort(),
    families.flatMap(({ samples }) => samples.map(showSample)).sort(),
  );
});

property("exemplars that there are", (read, families) => {
  const exemplars = new Map(
    families.flatMap(({ samples }) =>
      samples.map((sample) => [
        showSample(sample),
        sample.exemplar && showExemplar(sample.exemplar),
      ])
    ),
  );
  for (const sample of read.flatMap(({ samples }) => samples)) {
    const { exemplar } = sample;
    if (exemplar === null) continue;
    assertEquals(showRead({ ...sample, ...exemplar, name: "" }), exemplars.get(showRead(sample)));
  }
});

property("help texts that there are", (read, families) => {
  const known = new Set(families.map(({ help }) => help?.toWellFormed() ?? ""));
  for (const { help } of read) assert(known.has(help), help);
});

Deno.test(withTools([PYTHON, PARSER], {
  name: "Python's client reads from OpenMetrics plenty of what is to be tested",
  fn: async () => {
    const found: Record<string, number> = {};
    const count = (what: string) => found[what] = (found[what] ?? 0) + 1;
    for (const { read } of await (results ??= readAll())) {
      if (typeof read === "string") continue;
      for (const { name, type, unit, help, samples } of read) {
        if (name.startsWith("exporter_")) continue;
        count(type);
        if (unit !== "") count("with a unit");
        if (help !== "") count("with a help text");
        if (samples.some(({ exemplar }) => exemplar !== null)) count(`${type} with exemplars`);
      }
    }
    assertEquals(Object.keys(found).sort(), [
      "counter",
      "counter with exemplars",
      "gauge",
      "gaugehistogram",
      "gaugehistogram with exemplars",
      "histogram",
      "histogram with exemplars",
      "info",
      "stateset",
      "summary",
      "unknown",
      "with a help text",
      "with a unit",
    ]);
    assert(Object.values(found).every((count) => count > SCENARIOS / 50), Deno.inspect(found));
  },
}));
