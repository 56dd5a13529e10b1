import { assert, assertEquals } from "@std/assert";
import { parseBound } from "../../model/numbers.ts";
import { type Family, PARTS, sampleNames } from "../../model/family.ts";
import { Sample } from "../../model/sample.ts";
import { encode } from "../support/encode.ts";
import { generate, scrape } from "../support/exposition_generator.ts";
import {
  type ReadFamily,
  readOpenMetrics2,
  type ReadSample,
} from "../support/openmetrics2_reader.ts";

const SCENARIOS = 2000;

/** The result of a scenario. */
interface Result {
  readonly seed: number;
  readonly families: readonly Family[];
  readonly text: string;
  readonly read: readonly ReadFamily[];
}

const results: Promise<readonly Result[]> = Promise.all(
  Array.from({ length: SCENARIOS }, async (_, seed) => {
    const { families } = await scrape(generate(seed));
    const begun = families.map(begin);
    const text = (await encode(begun, "openmetrics", { version: "2.0.0" })).text();
    return { seed, families: begun, text, read: readIfPossible(text) };
  }),
);

function readIfPossible(text: string): ReadFamily[] {
  try {
    return readOpenMetrics2(text);
  } catch {
    return [];
  }
}

/** Sets the creation time of every other sample, which collectors cannot do. */
function begin({ name, type, help, unit, samples }: Family): Family {
  const begun = samples.map(({ name, labels, value, timestamp, details }, i) =>
    new Sample(name, labels, value, timestamp, i % 2 === 0 ? { ...details, created: i } : details)
  );
  return { name, type, help, unit, samples: begun };
}

function pairs(labels: readonly string[], except?: string): [string, string][] {
  return labels.flatMap((text, i): [string, string][] =>
    i % 2 === 0 && text !== except ? [[text, labels[i + 1]!.toWellFormed()]] : []
  ).sort();
}

/** Returns the samples of each histogram or summary. */
function pointsOf({ type, samples }: Family): Sample[][] {
  const { label } = PARTS[type]!;
  return [...Map.groupBy(samples, ({ labels }) => JSON.stringify(pairs(labels, label))).values()];
}

/** Returns whether a family can keep its type, by the simplest algorithm. */
function fits(family: Family): boolean {
  const { name, type, samples } = family;
  const parts = PARTS[type];
  if (parts !== undefined) return pointsOf(family).every((point) => fitsPoint(family, point));
  return samples.every(({ value }) => {
    if (type === "counter") return value >= 0;
    if (type === "info") return value === 1 && name.endsWith("_info");
    return type !== "stateset" || value === 0 || value === 1;
  });
}

function fitsPoint({ name, type }: Family, point: readonly Sample[]): boolean {
  const { label, totals } = PARTS[type]!;
  const totalOf = (i: 0 | 1) => point.find((sample) => sample.name === name + totals[i])?.value;
  const [sum, count] = [totalOf(0), totalOf(1)];
  const parts = point.filter((sample) => sample.label(label) !== undefined);
  const bounds = parts.map((part) => parseBound(part.label(label)!)! + 0);
  const values = parts.map(({ value }) => value);
  if (sum === undefined || count === undefined) return false;
  if (new Set(bounds).size < bounds.length) return false;
  if (new Set(point.map(({ timestamp }) => timestamp)).size > 1) return false;
  if (type === "summary") {
    return Number.isInteger(count) && count >= 0 && sum >= 0 &&
      bounds.every((quantile) => 0 <= quantile && quantile <= 1) &&
      values.every((value) => !(value < 0));
  }
  return parts.at(-1)?.label("le") === "+Inf" && values.at(-1) === count &&
    !bounds.includes(-Infinity) && values.every(Number.isFinite) &&
    values.every((value, i) => i === 0 || values[i - 1]! <= value) &&
    (type === "gaugehistogram" || values.every((value) => value >= 0));
}

/** Returns the lines expected for a family. */
function expect(family: Family): string[] {
  const { name, type, samples } = family;
  const typeNow = type === "untyped" ? "unknown" : type;
  if (!fits(family)) {
    const fallback = type === "info" || type === "stateset" ? "gauge" : "unknown";
    const label = PARTS[type]?.label;
    return sampleNames(name, type).flatMap((name) =>
      samples.filter((sample) => sample.name === name).map((sample) =>
        show(fallback, name, labelsOf(sample, label), [sample])
      )
    );
  }
  if (PARTS[type] === undefined) {
    return samples.map((sample) => show(typeNow, name, pairs(sample.labels), [sample]));
  }
  const { label } = PARTS[type]!;
  return pointsOf(family).map((point) => show(type, name, pairs(point[0]!.labels, label), point));
}

/** Returns the labels of a sample, with bounds as numbers. */
function labelsOf(sample: Sample, boundLabel: string | undefined): [string, string][] {
  return pairs(sample.labels).map(([name, text]) =>
    name === boundLabel ? [name, String(parseBound(text)! + 0)] : [name, text]
  );
}

/** Formats a line as text that distinguishes all numbers. */
function show(
  type: string,
  name: string,
  labels: [string, string][],
  samples: readonly Sample[],
): string {
  const { label, totals } = PARTS[type as Family["type"]] ?? {};
  const parts = samples.filter((sample) => label && sample.label(label) !== undefined);
  const totalOf = (i: 0 | 1) =>
    samples.find((sample) => totals && sample.name === name + totals[i]);
  const value = totals === undefined
    ? samples[0]!.value + 0
    : `${totalOf(1)!.value + 0} ${totalOf(0)!.value + 0} ${
      parts.map((part) => `${parseBound(part.label(label!)!)! + 0}:${part.value + 0}`)
    }`;
  const { created } = (totals === undefined ? samples[0] : totalOf(1))?.details ?? {};
  const hasStart = ["counter", "histogram", "summary"].includes(type);
  const exemplars = samples.flatMap((sample) => {
    const { exemplar } = sample;
    const bound = type.endsWith("histogram") ? parseBound(sample.label("le") ?? "") : undefined;
    const isCounted = type === "counter" ||
      bound !== undefined && exemplar !== undefined && exemplar.value <= bound;
    if (exemplar?.timestamp === undefined || !isCounted) return [];
    if (exemplar.labels.join().includes("\0")) return [];
    return `${JSON.stringify(pairs(exemplar.labels))} ${exemplar.value + 0} ${exemplar.timestamp}`;
  });
  const { timestamp } = samples[0]!;
  return `${type} ${name} ${JSON.stringify(labels)} ${value} ${timestamp} ${
    hasStart ? created : undefined
  } ${exemplars}`;
}

/** Formats a parsed line in the same way. Labels of families that lost their type may be bounds. */
function restore(
  { name, type }: ReadFamily,
  { labels, value, timestamp, start, exemplars }: ReadSample,
  boundLabels: ReadonlyMap<string, string>,
): string {
  const boundLabel = type === "unknown" ? boundLabels.get(name) : undefined;
  const shown = Array.from(labels, ([name, text]) => [
    name,
    name === boundLabel ? String(parseBound(text)! + 0) : text,
  ]).sort();
  const number = typeof value === "number"
    ? value
    : `${value.count} ${value.sum} ${
      (value.parts ?? []).map(([bound, value]) => `${parseBound(bound)! + 0}:${value}`)
    }`;
  const examples = exemplars.map(({ labels, value, timestamp }) =>
    `${JSON.stringify([...labels].sort())} ${value} ${timestamp}`
  );
  return `${type} ${name} ${JSON.stringify(shown)} ${number} ${timestamp} ${start} ${examples}`;
}

function property(title: string, check: (result: Result) => void): void {
  Deno.test(`openMetrics2() writes ${title}`, async () => {
    for (const result of await results) {
      try {
        check(result);
      } catch (cause) {
        throw new Error(`Not so for seed ${result.seed}:\n${result.text}`, { cause });
      }
    }
  });
}

property("text that a strict reader accepts", ({ text }) => void readOpenMetrics2(text));

property("every sample with all its properties, in order", ({ families, read }) => {
  const boundLabels = new Map(
    families.flatMap(({ name, type }) =>
      sampleNames(name, type).flatMap((name): [string, string][] =>
        PARTS[type] === undefined ? [] : [[name, PARTS[type].label]]
      )
    ),
  );
  assertEquals(
    read.flatMap((family) => family.samples.map((one) => restore(family, one, boundLabels))),
    families.flatMap(expect),
  );
});

property("help texts and valid units", ({ families, read }) => {
  for (const { name, type, help, unit } of read) {
    const family = families.find((family) => sampleNames(family.name, family.type).includes(name))!;
    assertEquals(help, family.help?.toWellFormed() || undefined);
    const isPlain = ["counter", "gauge", "untyped"].includes(family.type);
    const hasUnit = /^\w+$/.test(family.unit ?? "") && (isPlain || type in PARTS);
    assertEquals(unit, hasUnit ? family.unit : undefined);
  }
});

Deno.test("generate() covers what OpenMetrics 2.0 can and cannot represent", async () => {
  const found = { counter: 0, histogram: 0, gaugehistogram: 0, summary: 0, info: 0, stateset: 0 };
  const more = { unfit: 0, exemplars: 0, several: 0, starts: 0, units: 0, fractions: 0 };
  for (const { families, read } of await results) {
    more.unfit += families.filter((family) => !fits(family)).length;
    for (const { type, unit, samples } of read) {
      if (type in found) found[type as keyof typeof found]++;
      if (unit !== undefined) more.units++;
      for (const { start, exemplars, value } of samples) {
        if (start !== undefined) more.starts++;
        if (exemplars.length > 0) more.exemplars++;
        if (exemplars.length > 1) more.several++;
        if (typeof value !== "number" && value.sum % 1 !== 0) more.fractions++;
      }
    }
  }
  const counts = Object.values({ ...found, ...more });
  assert(counts.every((count) => count > 50), Deno.inspect({ ...found, ...more }));
});
