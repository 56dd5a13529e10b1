import { assert, assertEquals } from "@std/assert";
import { encode } from "./support/encode.ts";
import type { Gathering } from "../collect/gather.ts";
import {
  BOUNDS,
  type Claim,
  generate,
  type Scenario,
  scrape,
} from "./support/exposition_generator.ts";
import { type ReadFamily, type ReadSample, readText } from "./support/text_reader.ts";

const SCENARIOS = 2000;

/** What a scenario came to. */
interface Result {
  readonly scenario: Scenario;
  readonly gathering: Gathering;
  readonly text: string;
  /** The families as the text has them, without those in which the registry speaks of itself; none if it cannot be read. */
  readonly families: readonly ReadFamily[] | undefined;
}

interface ExpectedFamily {
  readonly name: string;
  readonly type: string;
  help: string | undefined;
  /** The samples by their series. */
  readonly samples: Map<string, ReadSample>;
}

interface Expected {
  readonly families: readonly ExpectedFamily[];
  readonly duplicates: number;
  readonly conflicts: number;
}

const results: Promise<readonly Result[]> = Promise.all(
  Array.from({ length: SCENARIOS }, (_, seed) => run(generate(seed))),
);

async function run(scenario: Scenario): Promise<Result> {
  const gathering = await scrape(scenario);
  const exposition = await encode(gathering.families, "text");
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  const text = decoder.decode(exposition.bytes());
  return { scenario, gathering, text, families: readIfPossible(text) };
}

function readIfPossible(text: string): ReadFamily[] | undefined {
  try {
    return readText(text).filter(({ name }) => !name.startsWith("exporter_"));
  } catch {
    return undefined;
  }
}

/** What is to come of a scenario, by the rules and by the slowest way. */
function expect({ collectors, common, filter }: Scenario): Expected {
  const families = new Map<string, ExpectedFamily>();
  const owners = new Map<string, string>();
  let duplicates = 0;
  let conflicts = 0;
  for (const claims of collectors) {
    for (const [owner, members] of Map.groupBy(claims, ownerOf)) {
      const [type = "", name = ""] = owner.split(" ");
      const names = namesOf(name, type);
      const isTaken = names.some((name) => owners.has(name) && owners.get(name) !== owner);
      if (isTaken || name.startsWith("exporter_")) {
        conflicts++;
        continue;
      }
      for (const name of names) owners.set(name, owner);
      const family = families.get(owner) ?? { name, type, help: undefined, samples: new Map() };
      families.set(owner, family);
      for (const claim of members) {
        family.help ??= claim.help;
        const sample = exposed(claim, type, common);
        if ([...filter].some(([name, value]) => sample.labels.get(name) !== value.toWellFormed())) {
          continue;
        }
        if (family.samples.has(seriesOf(sample))) duplicates++;
        else family.samples.set(seriesOf(sample), sample);
      }
    }
  }
  const filled = [...families.values()].filter(({ samples }) => samples.size > 0);
  return { families: filled, duplicates, conflicts };
}

/** What is to be read in the text format of a family. */
function inText({ name, type, help, samples }: ExpectedFamily): ExpectedFamily[] {
  if (type === "info" || type === "stateset") return [{ name, type: "gauge", help, samples }];
  const hasNegativeCounts = type === "histogram" &&
    [...samples.values()].some((sample) => sample.value < 0 && sample.name !== `${name}_sum`);
  const losesType = type === "gaugehistogram" || hasNegativeCounts ||
    isContradictory({ name, type, help, samples });
  if (!losesType) return [{ name, type, help, samples }];
  return Array.from(
    Map.groupBy(samples, ([, { name }]) => name),
    ([name, entries]) => ({ name, type: "untyped", help, samples: new Map(entries) }),
  );
}

/** Whether a bound of a histogram or a summary occurs twice, or the last bucket differs from the count. */
function isContradictory({ name, type, samples }: ExpectedFamily): boolean {
  if (type !== "histogram" && type !== "summary") return false;
  const label = type === "histogram" ? "le" : "quantile";
  const points = Map.groupBy(
    samples.values(),
    ({ labels }) => JSON.stringify([...labels].filter(([name]) => name !== label).sort()),
  );
  return points.values().some((point) => {
    const bounds = point.map(({ labels }) => labels.get(label))
      .filter((bound) => bound !== undefined)
      .map((bound) => Number(bound.replace("Inf", "Infinity")));
    const last = point.find(({ labels }) => labels.get("le") === "+Inf")?.value ?? NaN;
    const count = point.find((sample) => sample.name === `${name}_count`)?.value ?? NaN;
    const isDifferent = type === "histogram" && (last < count || last > count);
    return new Set(bounds).size < bounds.length || isDifferent;
  });
}

/** The type and the name of the family that a claim makes. */
function ownerOf({ name, type, labels }: Claim): string {
  const { le, quantile } = Object.fromEntries(labels);
  const part = type === "summary" ? quantile : le;
  const isBound = part !== undefined && BOUNDS.includes(part);
  const totals = type === "gaugehistogram" ? /^(.+)_(?:gsum|gcount)$/ : /^(.+)_(?:sum|count)$/;
  const total = part === undefined ? totals.exec(name)?.[1] : undefined;
  switch (type) {
    case "info":
      return name.endsWith("_info") ? `info ${name}` : `untyped ${name}`;
    case "stateset":
      return labels.some((label) => label[0] === name) ? `stateset ${name}` : `untyped ${name}`;
    case "histogram":
    case "gaugehistogram": {
      const base = total ?? (isBound ? /^(.+)_bucket$/.exec(name)?.[1] : undefined);
      return base === undefined ? `untyped ${name}` : `${type} ${base}`;
    }
    case "summary": {
      const base = total ?? (isBound ? name : undefined);
      return base === undefined ? `untyped ${name}` : `summary ${base}`;
    }
    default:
      return `${type} ${name}`;
  }
}

function namesOf(name: string, type: string): string[] {
  const names = [name];
  if (type === "histogram" || type === "gaugehistogram") names.push(`${name}_bucket`);
  if (type === "gaugehistogram") names.push(`${name}_gsum`, `${name}_gcount`);
  if (type === "histogram" || type === "summary") names.push(`${name}_sum`, `${name}_count`);
  return names;
}

/** A claim as it is to be read again. */
function exposed(claim: Claim, type: string, common: ReadonlyMap<string, string>): ReadSample {
  const labels = new Map([...common, ...claim.labels]);
  const own = new Map(claim.labels);
  if (type.endsWith("histogram") && !own.has("le")) labels.delete("le");
  if (type === "summary" && !own.has("quantile")) labels.delete("quantile");
  return {
    name: claim.name,
    labels: new Map(Array.from(labels, ([name, value]) => [name, value.toWellFormed()])),
    value: claim.value + 0,
    timestamp: claim.timestamp,
  };
}

function seriesOf({ name, labels }: Pick<ReadSample, "name" | "labels">): string {
  return JSON.stringify([name, [...labels].sort()]);
}

/** A sample as text that tells all numbers apart. */
function show({ name, labels, value, timestamp }: ReadSample): string {
  return `${seriesOf({ name, labels })} ${value} ${timestamp}`;
}

function property(title: string, check: (result: Result) => void): void {
  Deno.test(`Registry.gather() and encode() give ${title}`, async () => {
    for (const result of await results) {
      try {
        check(result);
      } catch (cause) {
        throw new Error(`Not so for seed ${result.scenario.seed}:\n${result.text}`, { cause });
      }
    }
  });
}

/** A property of the families that can be read. */
function familiesProperty(
  title: string,
  check: (families: readonly ReadFamily[], scenario: Scenario) => void,
): void {
  property(title, ({ families, scenario }) => {
    if (families) check(families, scenario);
  });
}

property("text that a strict reader takes", ({ text }) => void readText(text));

property("families sorted by name", ({ gathering }) => {
  const names = gathering.families.map(({ name }) => name);
  assertEquals(names, names.toSorted());
});

familiesProperty("the families that came first", (families, scenario) => {
  assertEquals(
    families.map(({ name, type }) => `${type} ${name}`).sort(),
    expect(scenario).families.flatMap(inText).map(({ name, type }) => `${type} ${name}`).sort(),
  );
});

familiesProperty("the help texts that came first", (families, scenario) => {
  const texts = expect(scenario).families.flatMap(inText).map(({ name, help }) =>
    [name, help?.toWellFormed() || undefined] as const
  );
  assertEquals(new Map(families.map(({ name, help }) => [name, help])), new Map(texts));
});

familiesProperty("the samples that came first, with all that they had", (families, scenario) => {
  const expected = expect(scenario).families.flatMap(({ samples }) => [...samples.values()]);
  assertEquals(
    families.flatMap(({ samples }) => samples.map(show)).sort(),
    expected.map(show).sort(),
  );
});

familiesProperty("samples in the order in which they came, but for parts", (families, scenario) => {
  const read = new Map(families.map(({ name, samples }) => [name, samples]));
  for (const { name, type, samples } of expect(scenario).families) {
    if (["histogram", "gaugehistogram", "summary", "stateset"].includes(type)) continue;
    assertEquals(read.get(name)?.map(show), [...samples.values()].map(show));
  }
});

property("the number of duplicates and conflicts", ({ scenario, gathering }) => {
  const { duplicates, conflicts } = expect(scenario);
  const count = (kind: string) => gathering.clashes.filter((clash) => clash.kind === kind);
  assertEquals(count("duplicate").reduce((sum, { samples }) => sum + samples, 0), duplicates);
  assertEquals(count("conflict").length, conflicts);
});

Deno.test("generate() makes plenty of what is to be tested", async () => {
  const all = await results;
  const found = { duplicates: 0, conflicts: 0, histograms: 0, summaries: 0, helps: 0, samples: 0 };
  for (const { scenario, families } of all) {
    const { duplicates, conflicts } = expect(scenario);
    found.duplicates += duplicates;
    found.conflicts += conflicts;
    for (const { type, help, samples } of families ?? []) {
      found.samples += samples.length;
      if (type === "histogram") found.histograms++;
      if (type === "summary") found.summaries++;
      if (help !== undefined) found.helps++;
    }
  }
  assert(Object.values(found).every((count) => count > SCENARIOS / 2), Deno.inspect(found));
});
