import { assertEquals } from "@std/assert";
import type { CollectResult } from "../../collector.ts";
import { FamilyDraft } from "../../collect/family_draft.ts";
import { versionsOf } from "../../encode/format.ts";
import { ENCODINGS, type Exposition, FORMATS } from "../../exposition.ts";
import { MetricFamily } from "../../family.ts";
import { Metric } from "../../metric.ts";
import { SampleTable } from "../../model/sample_table.ts";
import { Registry } from "../../registry.ts";
import { BlockFamily } from "../../series/block_family.ts";
import { SeriesList } from "../../series/series_list.ts";
import { readBytes } from "../support/decompress.ts";
import { Dice } from "../support/dice.ts";

const HEAD = { name: "x", type: "gauge" } as const;

function sample(a: string, value: number) {
  return { name: "x", labels: ["a", a], value };
}

/** Ends a draft of these samples, after a draft of those that are known. */
function repeated(known: [string, number][], samples: [string, number][], help?: string) {
  const first = new FamilyDraft({ ...HEAD });
  for (const [a, value] of known) first.add(sample(a, value));
  const { series } = first.end(false);
  const draft = new FamilyDraft({ ...HEAD, help }, series);
  const results = samples.map(([a, value]) => draft.add(sample(a, value)));
  const { family, series: next } = draft.end(false);
  const texts = family.samples.map(({ series, value }) => `${series} ${value}`);
  return { isSame: next === series, results, texts };
}

for (
  const [what, samples, help, isSame, results] of [
    ["the same series", [["1", 5], ["2", 6]], undefined, true, [true, true]],
    ["fewer series", [["1", 5]], undefined, false, [true]],
    ["more series", [["1", 5], ["2", 6], ["3", 7]], undefined, false, [true, true, false]],
    ["another order", [["2", 5], ["1", 6]], undefined, false, [false, false]],
    ["another help text", [["1", 5], ["2", 6]], "help", false, [true, true]],
  ] as const
) {
  Deno.test(`FamilyDraft recognizes ${what}`, () => {
    const actual = repeated([["1", 1], ["2", 2]], samples.map(([a, v]) => [a, v]), help);
    const texts = samples.map(([a, value]) => `x{a="${a}"} ${value}`);
    assertEquals(actual, { isSame, results: [...results], texts });
  });
}

Deno.test("FamilyDraft.addAll() continues after the series that it knows", () => {
  const known = new SeriesList(HEAD, {
    labelNames: ["a"],
    labelValues: ["1", "2"],
    values: [0, 0],
  });
  const draft = new FamilyDraft(HEAD, known);
  const table = (...values: string[]) => {
    const table = new SampleTable(HEAD, ["a"]);
    for (const value of values) table.addRow([value], Number(value));
    return table;
  };
  assertEquals(
    [draft.addAll(table("1")), draft.addAll(table("2", "4")), draft.addAll(table("3"))],
    [1, 1, 0],
  );
  const { family } = draft.end(false);
  assertEquals(family.samples.map(({ value }) => value), [1, 2, 4, 3]);
});

interface Row {
  readonly labels: Readonly<Record<string, string>>;
  value: number;
  timestamp?: Date;
}

/** What a collector returns, and how it changes. */
class Source {
  readonly #dice: Dice;
  #families: { name: string; type: "gauge" | "counter" | "untyped"; help?: string; rows: Row[] }[] =
    [];
  #made = 0;

  constructor(seed: number) {
    this.#dice = new Dice(seed);
    for (const rows of [3, 30, 700]) this.#addFamily(rows);
  }

  change(): void {
    const dice = this.#dice;
    const family = dice.of(this.#families);
    const { rows } = family;
    const at = dice.below(rows.length);
    const value = dice.of([0, -0, 1, 10, 1e15, 0.5, NaN, Infinity, -1, dice.below(1000)]);
    switch (dice.below(24)) {
      case 0:
        rows.splice(at, 0, this.#row(1000 + this.#made++));
        break;
      case 1:
        rows.splice(at, 1);
        break;
      case 2:
        rows.reverse();
        break;
      case 3:
        // The series occurs twice, until it is removed again.
        if (dice.below(4) === 0 && rows.length > 0) rows.push({ ...rows[at]! });
        else {family.rows = [
            ...new Map(rows.map((row) => [JSON.stringify(row.labels), row])).values(),
          ];}
        break;
      case 4:
        family.type = dice.of(["gauge", "counter", "untyped"]);
        break;
      case 5:
        family.help = dice.of(["One.", "Two."]);
        break;
      case 6:
        this.#families.reverse();
        break;
      case 7:
        if (this.#families.length > 4) this.#families.splice(this.#families.indexOf(family), 1);
        else this.#addFamily(dice.of([1, 20, 70]));
        break;
      case 8:
        if (dice.below(5) === 0 && rows.length > 0) rows[at]!.timestamp = new Date(5000);
        else for (const row of rows) delete row.timestamp;
        break;
      case 9:
        if (rows.length > 0) {
          rows[at] = { labels: dice.of([{}, { b: "1" }, { b: "1", a: "2" }]), value };
        }
        break;
      case 10:
      case 11:
        for (const row of rows) row.value = dice.below(1e4);
        break;
      case 12:
        family.rows = rows.filter(({ labels }) =>
          labels.a !== undefined && Object.keys(labels).length === 2
        );
        break;
      default:
        if (rows.length > 0) rows[at]!.value = value;
    }
  }

  /** Returns everything, as single metrics or families, as the dice decide. */
  collect(): CollectResult {
    return this.#families.flatMap(({ name, type, help, rows }): (Metric | MetricFamily)[] => {
      const options = { type, ...(help !== undefined && { help }) };
      switch (this.#dice.below(3)) {
        case 0:
          return rows.map(({ labels, value, timestamp }) =>
            new Metric(name, { ...options, labels, value, ...(timestamp && { timestamp }) })
          );
        case 1: {
          const family = new MetricFamily(name, options);
          for (const { labels, value, timestamp } of rows) {
            family.add(value, labels, timestamp && { timestamp });
          }
          return [family];
        }
        default: {
          const isPlain = rows.every(({ labels, timestamp }) => {
            return labels.a !== undefined && labels.b !== undefined && timestamp === undefined;
          });
          const family = new MetricFamily(name, { ...options, labels: ["a", "b"] });
          if (!isPlain) return rows.map((row) => new Metric(name, { ...options, ...row }));
          for (const { labels, value } of rows) family.add(value, labels.a!, labels.b!);
          return [family];
        }
      }
    });
  }

  happens(oneIn: number): boolean {
    return this.#dice.below(oneIn) === 0;
  }

  request() {
    const format = this.#dice.of(FORMATS);
    const variant = {
      format,
      version: versionsOf(format, true)[0]!,
      escaping: "underscores",
    } as const;
    return { variant, encoding: this.#dice.of(ENCODINGS) };
  }

  #addFamily(rows: number): void {
    const name = `family_${this.#made++}_total`;
    const made = {
      name,
      type: "gauge" as const,
      rows: Array.from({ length: rows }, (_, i) => this.#row(i)),
    };
    this.#families.push(made);
  }

  #row(i: number): Row {
    return { labels: { a: `${i}`, b: i % 7 === 0 ? 'q"\n' : "é" }, value: i };
  }
}

/** Exposes everything but the metrics about the registry itself. */
async function expose(registry: Registry, { variant, encoding }: ReturnType<Source["request"]>) {
  const gathering = await registry.gather();
  const families = gathering.families.filter(({ name }) => !name.startsWith("exporter_"));
  const areInBlocks = families.some((family) => family instanceof BlockFamily);
  return {
    exposition: await registry.write({ ...gathering, families }, { variant, encoding }),
    areInBlocks,
  };
}

for (
  const [seed, steps, maxKeptBytes] of [[1, 10_000, Infinity], [2, 1000, 20_000], [
    3,
    1000,
    0,
  ]] as const
) {
  Deno.test(`Registry exposes what collectors return as if for the first time, with ${maxKeptBytes} bytes kept`, async () => {
    const source = new Source(seed);
    const registry = new Registry({ maxKeptBytes });
    let result: CollectResult = [];
    registry.register({ collect: () => result });
    const held: [exposition: Exposition, content: string][] = [];
    let inBlocks = 0;
    for (let step = 0; step < steps; step++) {
      source.change();
      if (!source.happens(4)) continue;
      result = source.collect();
      const fresh = new Registry();
      fresh.register({ collect: () => result });
      const request = source.request();
      const { exposition, areInBlocks } = await expose(registry, request);
      const expected = await readBytes((await expose(fresh, request)).exposition);
      const content = await readBytes(exposition);
      if (content !== expected) assertEquals(content, expected, `at step ${step}`);
      if (areInBlocks) inBlocks++;
      if (source.happens(10)) held.push([exposition, content]);
      else exposition[Symbol.dispose]();
      if (held.length < 5) continue;
      for (const [exposition, content] of held.splice(0)) {
        assertEquals(
          await readBytes(exposition) === content,
          true,
          `an exposition changed by step ${step}`,
        );
        exposition[Symbol.dispose]();
      }
    }
    assertEquals(inBlocks > steps / 8, true, `in blocks ${inBlocks} times only`);
  });
}
