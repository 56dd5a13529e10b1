/**
 * Makes what collectors may return, hostile on purpose: names that collide, series that repeat, text that looks like the format.
 * The same seed makes the same.
 *
 * @module
 */

import { MetricFamily } from "../family.ts";
import { Labels } from "../labels.ts";
import { Metric } from "../metric.ts";
import type { MetricType } from "../metric_type.ts";
import { type Gathering, Registry } from "../registry.ts";

/** One sample, with what its collector says of its family. */
export interface Claim {
  /** The name of the sample itself. */
  readonly name: string;
  readonly type: MetricType;
  readonly help: string | undefined;
  /** Label names and values. No name occurs twice. */
  readonly labels: readonly (readonly [name: string, value: string])[];
  readonly value: number;
  readonly timestamp: number | undefined;
}

/** A scrape to be. */
export interface Scenario {
  readonly seed: number;
  /** What each collector claims, in order. */
  readonly collectors: readonly (readonly Claim[])[];
  /** Labels for every sample. */
  readonly common: ReadonlyMap<string, string>;
  /** Labels that are asked for. */
  readonly filter: ReadonlyMap<string, string>;
}

/** Values of `le` and `quantile` that are numbers. No other text that is made is one. */
export const BOUNDS: readonly string[] = [
  ...["0", "0.5", "1", "1.0", "1e3", "+2", ".25", "-1", "10", "9", "1e308", "+Inf", "-Inf"],
];

const NAMES = ["x", "x_sum", "x_count", "x_bucket", "x_sum_count", "a:b", "_", "_sum", "Z", "up"];
const OWN_NAME = "exporter_duplicate_samples_total";
const LABEL_NAMES = ["a", "b", "c", "A", "_", "le", "quantile", "constructor"];
const TEXTS = [
  ...["north", "\\", "\\n", "\n", '"', "}", "{", "{}", " ", "\t", ",", "=", "#", "\r\n", "\0"],
  ...['a="b",c', 'b",a="c', 'north",b="n', "\\\\", '\\"', "# TYPE x counter", "\nx 1\n", "# EOF\n"],
  ...["\ud800", "\udc00\ud800", "\ufffd", "\u2028", "\ufeff", "é", "e\u0301", "🥪", "Inf", "0x1"],
];
const VALUES = [
  ...[0, -0, 1, -1, 0.1 + 0.2, 1e21, 1e-7, 5e-324, Number.MAX_VALUE, 2 ** 53, 1 / 3],
  ...[NaN, Infinity, -Infinity],
];
const TIMESTAMPS = [0, 1, -1, 1_700_000_000_123, 8.64e15, -8.64e15];

/** Makes a scenario. */
export function generate(seed: number): Scenario {
  const dice = new Dice(seed);
  return {
    seed,
    collectors: dice.list(1, 4, () => dice.list(0, 8, () => dice.claims()).flat()),
    common: new Map(dice.happens(0.5) ? dice.labels() : []),
    filter: new Map(dice.happens(0.1) ? dice.labels().slice(0, 1) : []),
  };
}

/** Scrapes a registry whose collectors return what a scenario says. */
export function scrape({ collectors, common, filter }: Scenario): Promise<Gathering> {
  const registry = new Registry();
  for (const claims of collectors) registry.register({ collect: () => claims.map(toItem) });
  return registry.gather({ labels: common, filter: { labels: new Labels(filter) } });
}

/** Every other sample comes in a family if it can. */
function toItem({ name, type, help, labels, value, timestamp }: Claim, i: number) {
  const family = { type, ...(help !== undefined && { help }) };
  const sample = timestamp === undefined ? {} : { timestamp: new Date(timestamp) };
  return i % 2 === 0 || type === "histogram" || type === "summary"
    ? new Metric(name, { ...family, ...sample, labels, value })
    : new MetricFamily(name, family).add(value, labels, sample);
}

/** The types that the text format has. */
const TEXT_TYPES: readonly MetricType[] = ["counter", "gauge", "histogram", "summary", "untyped"];

/** Random choices (mulberry32). */
class Dice {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  /** One sample, or all those of a histogram or a summary, in any order. */
  claims(): Claim[] {
    if (this.happens(0.7)) {
      const name = this.happens(0.02) ? OWN_NAME : this.pick(NAMES);
      return [this.#claim(name, this.pick(TEXT_TYPES), this.labels())];
    }
    const [type, suffix, label] = this.pick(
      [["histogram", "_bucket", "le"], ["summary", "", "quantile"]] as const,
    );
    const name = this.pick(NAMES);
    const labels = this.labels().filter(([name]) => name !== label);
    const bounds = this.list(1, 5, () => this.pick(BOUNDS));
    return this.shuffle([
      ...bounds.map((bound) => this.#claim(name + suffix, type, [...labels, [label, bound]])),
      this.#claim(`${name}_sum`, type, labels),
      this.#claim(`${name}_count`, type, labels),
    ]);
  }

  labels(): [name: string, value: string][] {
    const names = new Set(this.list(0, 3, () => this.pick(LABEL_NAMES)));
    return Array.from(names, (name) => [name, this.#labelValue(name)]);
  }

  happens(probability: number): boolean {
    return this.#next() < probability;
  }

  pick<T>(items: readonly T[]): T {
    return items[this.#below(items.length)]!;
  }

  list<T>(least: number, most: number, make: () => T): T[] {
    return Array.from({ length: least + this.#below(most - least + 1) }, make);
  }

  shuffle<T>(items: readonly T[]): T[] {
    return items.map((item) => ({ item, rank: this.#next() }))
      .sort((a, b) => a.rank - b.rank).map(({ item }) => item);
  }

  #claim(name: string, type: MetricType, labels: [string, string][]): Claim {
    return {
      name,
      type,
      help: this.happens(0.4) ? this.pick(["", ...TEXTS]) : undefined,
      labels: this.shuffle(labels),
      value: this.happens(0.5) ? this.pick(VALUES) : this.#next() * 10 ** (this.#below(40) - 20),
      timestamp: this.happens(0.2) ? this.pick(TIMESTAMPS) : undefined,
    };
  }

  #labelValue(name: string): string {
    const isPart = name === "le" || name === "quantile";
    if (this.happens(isPart ? 0.7 : 0.1)) return this.pick(BOUNDS);
    return this.happens(0.7) ? this.pick(TEXTS) : this.list(1, 4, () => this.pick(TEXTS)).join("");
  }

  #below(limit: number): number {
    return Math.floor(this.#next() * limit);
  }

  #next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }
}
