import { assert, assertEquals } from "@std/assert";
import { encode } from "../support/encode.ts";
import { parseBound } from "../../model/numbers.ts";
import type { MetricType } from "../../model/metric_type.ts";
import type { Family } from "../../model/family.ts";
import type { Sample, SampleExemplar } from "../../model/sample.ts";
import { generate, scrape } from "../support/exposition_generator.ts";
import {
  type ReadExemplar,
  type ReadFamily,
  type ReadLabel,
  type ReadMetric,
  readProtobuf,
  type ReadTime,
} from "../support/protobuf_reader.ts";

const SCENARIOS = 2000;

/** The result of a scenario. */
interface Result {
  readonly seed: number;
  readonly families: readonly Family[];
  readonly read: readonly ReadFamily[];
}

/** The protobuf type of each metric type. */
const TYPES: Readonly<Record<string, string>> = {
  counter: "COUNTER",
  gauge: "GAUGE",
  info: "GAUGE",
  stateset: "GAUGE",
  untyped: "UNTYPED",
  summary: "SUMMARY",
  histogram: "HISTOGRAM",
};

const results: Promise<readonly Result[]> = Promise.all(
  Array.from({ length: SCENARIOS }, async (_, seed) => {
    const { families } = await scrape(generate(seed));
    const exposition = await encode(families, "protobuf");
    return { seed, families, read: readProtobuf(exposition.bytes()) };
  }),
);

/** Returns the label in which the parts of a metric of this type differ. */
function partLabel(type: MetricType): "le" | "quantile" | undefined {
  if (type === "summary") return "quantile";
  return type === "histogram" || type === "gaugehistogram" ? "le" : undefined;
}

/** Formats a sample as text that distinguishes all numbers. Bounds are numbers. */
function show(
  name: string,
  labels: Iterable<readonly [string, string]>,
  value: number,
  timestamp: number | undefined,
  exemplar: string | undefined,
): string {
  const wellFormed = Array.from(labels, ([name, value]) => [name, value.toWellFormed()]).sort();
  return `${name} ${JSON.stringify(wellFormed)} ${value + 0} ${timestamp} ${exemplar}`;
}

function pairs(labels: readonly string[]): [string, string][] {
  return labels.flatMap((text, i) => i % 2 === 0 ? [[text, labels[i + 1]!]] : []);
}

function readPairs(labels: readonly ReadLabel[]): [string, string][] {
  return labels.map(({ name, value }) => [name, value]);
}

/** Returns whether a family fits into one message, by the simplest algorithm. */
function fits({ name, type, samples }: Family): boolean {
  const label = partLabel(type);
  if (label === undefined) return true;
  if (type === "gaugehistogram") return false;
  const others = ({ labels }: Sample) =>
    JSON.stringify(pairs(labels).filter(([name]) => name !== label).sort());
  return [...Map.groupBy(samples, others).values()].every((point) => {
    const valueOf = (suffix: string) => point.find((part) => part.name === name + suffix)?.value;
    const parts = point.filter((part) => part.label(label) !== undefined);
    const bounds = parts.map((part) => parseBound(part.label(label)!)! + 0);
    const counts = type === "histogram" ? parts.map(({ value }) => value) : [];
    const count = valueOf("_count");
    return valueOf("_sum") !== undefined && count !== undefined &&
      [...counts, count].every((count) => Number.isSafeInteger(count) && count >= 0) &&
      new Set(bounds).size === bounds.length &&
      new Set(point.map(({ timestamp }) => timestamp)).size === 1 &&
      (type === "summary" ||
        parts.find((part) => part.label("le") === "+Inf")?.value === count &&
          counts.every((count, i) => i === 0 || count >= counts[i - 1]!));
  });
}

/** Formats the samples that are expected for a family. */
function expect(family: Family): string[] {
  const type = fits(family) ? family.type : "untyped";
  const label = partLabel(type);
  return family.samples.map((sample) => {
    const { name, labels, value, timestamp } = sample;
    const canonical = pairs(labels).map(([name, text]): [string, string] =>
      name === label ? [name, String(parseBound(text))] : [name, text]
    );
    return show(name, canonical, value, timestamp, expectExemplar(sample, type));
  });
}

function expectExemplar(sample: Sample, type: MetricType): string | undefined {
  const { exemplar } = sample;
  const bound = sample.label("le");
  const isExposed = type === "counter" ||
    type === "histogram" && bound !== undefined && exemplar && exemplar.value <= parseBound(bound)!;
  if (!exemplar || !isExposed || exemplar.labels.join().includes("\0")) return undefined;
  return showExemplar(pairs(exemplar.labels), exemplar);
}

function showExemplar(
  labels: Iterable<readonly [string, string]>,
  { value, timestamp }: Pick<SampleExemplar, "value" | "timestamp">,
): string {
  return show("", labels, value, timestamp, undefined);
}

/** Formats the samples of a parsed family. */
function restore({ name, metrics }: ReadFamily): string[] {
  return metrics.flatMap((metric) => {
    const { labels, timestamp } = metric;
    return partsOf(metric).map(({ suffix, value, bound, exemplar }) =>
      show(
        name + suffix,
        [...readPairs(labels), ...(bound ? [bound] : [])],
        value,
        timestamp,
        exemplar && restoreExemplar(exemplar),
      )
    );
  });
}

function restoreExemplar({ labels, value, timestamp }: ReadExemplar): string {
  const time = timestamp && milliseconds(timestamp);
  return showExemplar(readPairs(labels), { value, timestamp: time });
}

function milliseconds({ seconds, nanos }: ReadTime): number {
  assert(nanos >= 0 && nanos < 1e9);
  return seconds * 1000 + nanos / 1e6;
}

interface Part {
  readonly suffix: string;
  readonly value: number;
  readonly bound?: readonly [label: string, text: string];
  readonly exemplar?: ReadExemplar | undefined;
}

function partsOf({ gauge, untyped, counter, summary, histogram }: ReadMetric): Part[] {
  const single = gauge ?? untyped ?? counter;
  if (single) return [{ suffix: "", value: single.value, exemplar: counter?.exemplar }];
  const { count, sum } = summary ?? histogram!;
  return [
    ...(summary?.quantiles ?? []).map(({ quantile, value }): Part => ({
      suffix: "",
      value,
      bound: ["quantile", String(quantile)],
    })),
    ...(histogram?.buckets ?? []).map(({ count, bound, exemplar }): Part => ({
      suffix: "_bucket",
      value: count,
      bound: ["le", String(bound)],
      exemplar,
    })),
    { suffix: "_sum", value: sum },
    { suffix: "_count", value: count },
  ];
}

function property(title: string, check: (result: Result) => void): void {
  Deno.test(`encodeProtobuf() writes ${title}`, async () => {
    for (const result of await results) {
      try {
        check(result);
      } catch (cause) {
        throw new Error(`Not so for seed ${result.seed}`, { cause });
      }
    }
  });
}

property("every sample with all its properties", ({ families, read }) => {
  assertEquals(read.flatMap(restore).sort(), families.flatMap(expect).sort());
});

property("families with unique names", ({ read }) => {
  const names = read.map(({ name }) => name);
  assertEquals(names.length, new Set(names).size);
});

property("types that fit", ({ families, read }) => {
  const expected = families.flatMap((family) =>
    fits(family)
      ? [`${TYPES[family.type]} ${family.name}`]
      : [...new Set(family.samples.map(({ name }) => `UNTYPED ${name}`))]
  );
  assertEquals(read.map(({ name, type }) => `${type} ${name}`).sort(), expected.sort());
});

property("help texts, and units that are a suffix of the name", ({ families, read }) => {
  for (const { name, help, unit, type } of read) {
    const family = families.find((family) => name.startsWith(family.name) && holds(family, name))!;
    assertEquals(help, family.help?.toWellFormed() || undefined);
    const isUnit = family.unit && (name.endsWith(`_${family.unit}`) && !name.endsWith("_total") ||
      type === "COUNTER" && name.endsWith(`_${family.unit}_total`));
    assertEquals(unit, isUnit ? family.unit : undefined);
  }
});

function holds({ name: own, samples }: Family, name: string): boolean {
  return own === name || samples.some((sample) => sample.name === name);
}

Deno.test("generate() covers what protobuf can and cannot represent", async () => {
  const found = { counters: 0, histograms: 0, summaries: 0, unfit: 0, exemplars: 0, units: 0 };
  for (const { families, read } of await results) {
    found.unfit += families.filter((family) => !fits(family)).length;
    for (const { type, unit, metrics } of read) {
      if (type === "COUNTER") found.counters++;
      if (type === "HISTOGRAM") found.histograms++;
      if (type === "SUMMARY") found.summaries++;
      if (unit !== undefined) found.units++;
      for (const { counter, histogram } of metrics) {
        if (counter?.exemplar) found.exemplars++;
        found.exemplars += histogram?.buckets.filter(({ exemplar }) => exemplar).length ?? 0;
      }
    }
  }
  assert(Object.values(found).every((count) => count > 100), Deno.inspect(found));
});
