/**
 * Makes what collectors may return, hostile on purpose: names that collide, series that repeat, text that looks like the format.
 * The same seed makes the same.
 *
 * @module
 */

import { parseBound } from "../../model/numbers.ts";
import { MetricFamily } from "../../family.ts";
import { Labels } from "../../labels.ts";
import { Metric } from "../../metric.ts";
import { METRIC_TYPES, type MetricType } from "../../model/metric_type.ts";
import { Registry } from "../../registry.ts";
import type { Gathering } from "../../collect/gather.ts";

/** One sample, with what its collector says of its family. */
export interface Claim {
  /** The name of the sample itself. */
  readonly name: string;
  readonly type: MetricType;
  readonly help: string | undefined;
  readonly unit: string | undefined;
  /** Label names and values. No name occurs twice. */
  readonly labels: readonly (readonly [name: string, value: string])[];
  readonly value: number;
  readonly timestamp: number | undefined;
  readonly exemplar: ClaimedExemplar | undefined;
}

/** An exemplar of a sample. */
export interface ClaimedExemplar {
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

const NAMES = [
  ...["x", "x_sum", "x_count", "x_bucket", "x_sum_count", "a:b", "_", "_sum", "Z", "up"],
  ...["x_total", "_total", "up_total", "up_seconds_total", "x_created", "x_gsum", "x_gcount"],
  ...["x_info", "up_info", "_info", "up_seconds", "x_bytes"],
];
const UNITS = ["seconds", "seconds", "bytes", "bytes", "s", "", "_", "\n"];
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
    collectors: dice.list(1, 4, () => dice.list(0, 15, () => dice.claims()).flat()),
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
function toItem(claim: Claim, i: number) {
  const { name, type, help, unit, labels, value, exemplar } = claim;
  const family = { type, ...(help !== undefined && { help }), ...(unit !== undefined && { unit }) };
  const sample = { ...toDate(claim), ...(exemplar && { exemplar: toExemplar(exemplar) }) };
  return i % 2 === 0 || !PLAIN_TYPES.includes(type)
    ? new Metric(name, { ...family, ...sample, labels, value })
    : new MetricFamily(name, family).add(value, labels, sample);
}

function toExemplar(exemplar: ClaimedExemplar) {
  return { labels: exemplar.labels, value: exemplar.value, ...toDate(exemplar) };
}

function toDate({ timestamp }: { timestamp: number | undefined }) {
  return timestamp === undefined ? {} : { timestamp: new Date(timestamp) };
}

/** The types that any sample can have. */
const PLAIN_TYPES: readonly MetricType[] = ["counter", "gauge", "untyped"];

/** What histograms and summaries are made of. */
interface Kind {
  readonly type: MetricType;
  readonly suffix: string;
  readonly label: string;
  readonly totals: readonly [sum: string, count: string];
}

const KINDS: readonly Kind[] = [
  { type: "histogram", suffix: "_bucket", label: "le", totals: ["_sum", "_count"] },
  { type: "gaugehistogram", suffix: "_bucket", label: "le", totals: ["_gsum", "_gcount"] },
  { type: "summary", suffix: "", label: "quantile", totals: ["_sum", "_count"] },
];

/** Random choices (mulberry32). */
class Dice {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  /** One sample, or all those of a histogram, a summary or a state set, in any order. */
  claims(): Claim[] {
    if (this.happens(0.6)) {
      const name = this.happens(0.02) ? OWN_NAME : this.pick(NAMES);
      return [this.#claim(name, this.pick(METRIC_TYPES), this.labels())];
    }
    if (this.happens(0.6)) {
      return this.pick([() => this.#states(), () => [this.#info()], () => [this.#total()]])();
    }
    const kind = this.pick(KINDS);
    return this.shuffle(this.happens(0.6) ? this.#soundParts(kind) : this.#parts(kind));
  }

  /** The parts of a histogram or a summary, with any values. */
  #parts({ type, suffix, label, totals }: Kind): Claim[] {
    const name = this.pick(NAMES);
    const labels = this.labels().filter(([name]) => name !== label);
    const bounds = this.list(1, 5, () => this.pick(BOUNDS));
    return [
      ...bounds.map((bound) => this.#claim(name + suffix, type, [...labels, [label, bound]])),
      ...totals.map((total) => this.#claim(name + total, type, labels)),
    ];
  }

  /** The parts of a histogram or a summary, with values that agree with each other. */
  #soundParts({ type, suffix, label, totals: [sum, count] }: Kind): Claim[] {
    const name = this.pick(NAMES);
    const labels = this.labels().filter(([name]) => name !== label);
    const bounds = label === "quantile"
      ? ["0", "0.5", "1"]
      : ["0.5", "1e3", "10", "1", "+Inf", ...this.list(0, 1, () => "-1")];
    const observations = this.#below(100);
    const { timestamp } = this.#claim(name, type, []);
    const bucket = (bound: string): Claim => ({
      ...this.#claim(name + suffix, type, [...labels, [label, bound]]),
      value: Math.max(0, Math.min(Math.ceil(parseBound(bound)!), observations)),
    });
    const parts = [
      ...bounds.map(bucket),
      { ...this.#claim(name + sum, type, labels), value: observations / 3 },
      { ...this.#claim(name + count, type, labels), value: observations },
    ].map((claim) => ({ ...claim, timestamp }));
    return this.happens(0.6) ? parts : this.#spoil(parts);
  }

  /** Breaks one thing. */
  #spoil(parts: readonly Claim[]): Claim[] {
    const part = this.pick(parts);
    const others = parts.filter((other) => other !== part);
    return this.pick([
      () => others,
      () => [...others, { ...part, value: this.pick(VALUES) }],
      () => [...others, { ...part, timestamp: this.pick(TIMESTAMPS) }],
      () => [...parts, ...others.map((other) => ({ ...other, labels: [["a", "b"]] as const }))],
      () => [...parts, ...others.slice(0, 1)],
    ])();
  }

  #total(): Claim {
    const claim = this.#claim(
      this.pick(["up_seconds_total", "a:b_total"]),
      "counter",
      this.labels(),
    );
    return { ...claim, value: Math.abs(claim.value) };
  }

  #info(): Claim {
    const claim = this.#claim(this.pick(["up_info", "x_bytes_info"]), "info", this.labels());
    return { ...claim, value: 1, ...(this.happens(0.9) && { timestamp: undefined }) };
  }

  /** The states of one or more state sets, with labels in between. */
  #states(): Claim[] {
    const name = this.pick(["x", "up", "_"]);
    const labels = this.labels().filter(([other]) => other !== name);
    return this.list(1, 5, () => ({
      ...this.#claim(name, "stateset", [...labels, [name, this.pick(TEXTS)]]),
      value: this.#below(2),
      ...(this.happens(0.9) && { timestamp: undefined }),
    }));
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
      unit: this.happens(0.4) ? this.pick(UNITS) : undefined,
      labels: this.shuffle(labels),
      value: this.happens(0.5) ? this.pick(VALUES) : this.#next() * 10 ** (this.#below(40) - 20),
      timestamp: this.happens(0.2) ? this.pick(TIMESTAMPS) : undefined,
      exemplar: this.happens(0.3) ? this.#exemplar() : undefined,
    };
  }

  #exemplar(): ClaimedExemplar {
    const names = new Set(this.list(0, 2, () => this.pick(LABEL_NAMES)));
    return {
      labels: Array.from(names, (name) => [name, this.pick(TEXTS)]),
      value: this.pick(VALUES),
      timestamp: this.happens(0.5) ? this.pick(TIMESTAMPS) : undefined,
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
