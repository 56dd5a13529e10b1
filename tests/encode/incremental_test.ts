import { assertEquals } from "@std/assert";
import type { Collector } from "../../collector.ts";
import { Counter } from "../../counter.ts";
import { type Escaping, ESCAPINGS } from "../../model/names.ts";
import { MetricFamily } from "../../family.ts";
import {
  type Encoding,
  ENCODINGS,
  type Exposition,
  type Format,
  FORMATS,
  type FormatVersion,
} from "../../exposition.ts";
import { versionsOf } from "../../encode/format.ts";
import { Gauge } from "../../gauge.ts";
import { Histogram } from "../../histogram.ts";
import { Registry } from "../../registry.ts";
import type { Gathering } from "../../collect/gather.ts";
import type { RegistryOptions } from "../../registry_options.ts";
import type { Family } from "../../model/family.ts";
import { Info } from "../../info.ts";
import { StateSet } from "../../stateset.ts";
import { Summary } from "../../summary.ts";
import { readBytes } from "../support/decompress.ts";
import { Dice } from "../support/dice.ts";
import { encode } from "../support/encode.ts";
import { StoppedDate } from "../support/stopped_date.ts";

const STEPS = 10_000;
const HOSTILE = ["a", "b\\", 'c"', "d\n", "é", "🥪", "", "e\ud800"];
const VALUES = [0, 1, 9, 10, 99, 1e9, 2 ** 31, 2 ** 53, 0.1 + 0.2, 1e21, 1e-7, 5e-324, 12345.678];
const STRANGE = [NaN, Infinity, -Infinity, -1, -0, -1e300];

/** A program with collectors and instruments of all kinds, whose blocks are full, half empty and tiny. */
class Program {
  readonly registry: Registry;
  readonly #formats: readonly Format[];
  readonly #dice: Dice;
  readonly #date: StoppedDate;
  #now = 0;
  readonly #counter = new Counter("jobs_total", "Jobs.", { labels: ["queue", "kind"] });
  readonly #plain = new Counter("plain_total", "No labels.");
  readonly #bounded = new Counter("bounded_total", "Bounded.", {
    labels: ["id"],
    maxSeries: 70,
    whenFull: "lru",
  });
  readonly #gauge = new Gauge("level", "Level.", { labels: ["site"] });
  readonly #histogram = new Histogram("took_seconds", "Time.", {
    labels: ["route"],
    unit: "seconds",
    buckets: [0.1, 0.5, 1, 5, 10, 100],
  });
  readonly #both = new Histogram("both_seconds", "Time in buckets of both kinds.", {
    labels: ["route"],
    buckets: [1, 100],
    native: { maxBuckets: 3, minResetInterval: 30 },
  });
  readonly #native = new Histogram("native_seconds", "Time in native buckets.", {
    labels: ["route"],
    native: { maxBuckets: 3, maxZeroThreshold: 1e-3, minResetInterval: 30 },
  });
  readonly #summary = new Summary("size_bytes", "Size.", { labels: ["route"] });
  readonly #quantiles = new Summary("latest_bytes", "Latest sizes.", {
    labels: ["route"],
    quantiles: [0, 0.5, 1],
    window: 10,
    windowParts: 2,
  });
  readonly #states = new StateSet("door", "Door.", { labels: ["floor"], states: ["open", "shut"] });
  readonly #info = new Info("build_info", "Build.", { labels: ["version"] });
  readonly #kept: { inc(amount?: number): void }[] = [];
  #collected = new MetricFamily("collected", { type: "gauge" });
  readonly #cached: Collector = { collect: () => [this.#collected] };
  #configured: Record<string, string> = {};

  constructor(
    seed: number,
    date: StoppedDate,
    formats: readonly Format[],
    options: Pick<RegistryOptions, "maxKeptBytes" | "createdSamples">,
  ) {
    this.#formats = formats;
    this.#dice = new Dice(seed);
    this.#date = date;
    const now = () => this.#now;
    this.registry = new Registry({ now, ...options });
    const inner = new Registry({ now, labels: { zone: 'z"1', route: "common" } });
    for (
      const instrument of [this.#counter, this.#gauge, this.#histogram, this.#info, this.#native]
    ) {
      this.registry.register<typeof instrument>(instrument);
    }
    for (const instrument of [this.#summary, this.#states, this.#bounded, this.#plain]) {
      inner.register<typeof instrument>(instrument);
    }
    inner.register(this.#both);
    inner.register(this.#quantiles);
    this.registry.register(inner);
    this.registry.register(this.#cached, { name: "cached", ttl: 5 });
    this.registry.register({
      collect: () => [new MetricFamily("fresh").add(this.#dice.below(1000)), this.#moreOf("level")],
    });
    for (let i = 0; i < 300; i++) this.#counter.labels(`q${i}`, "k").inc(i);
    // Some counts soon have more digits, some more bytes as a varint.
    for (let i = 0; i < 70; i++) {
      for (let n = 0; n < 95 + i; n++) this.#histogram.labels(`/r${i}`).observe(i);
    }
  }

  /** Changes something at random. */
  step(): void {
    const dice = this.#dice;
    const id = `${dice.of(HOSTILE)}${dice.below(40)}`;
    const strange = dice.below(50) === 0 ? dice.of(STRANGE) : dice.of(VALUES);
    switch (dice.below(32)) {
      case 0:
      case 1:
        return this.#counter.labels(`q${dice.below(320)}`, "k").inc();
      case 2:
        return this.#counter.labels(id, dice.of(HOSTILE)).inc(dice.of(VALUES));
      case 3:
        return this.#counter.labels(`q${dice.below(320)}`, "k").inc(1, {
          trace_id: id.slice(0, 9),
        });
      case 4:
        return void this.#counter.remove(`q${dice.below(320)}`, "k");
      case 5:
        return void (dice.below(100) === 0 && this.#counter.clear());
      case 6:
        return this.#removeAndAddAgain(`q${dice.below(320)}`);
      case 7:
        return void this.#kept.push(this.#counter.labels(id, "kept"), this.#bounded.labels(id));
      case 8:
        this.#plain.inc();
        return this.#kept[dice.below(this.#kept.length)]?.inc(dice.below(3));
      case 9:
        return this.#bounded.labels(`${dice.below(200)}`).inc();
      case 10:
      case 11:
        return this.#gauge.labels(id).set(strange);
      case 12:
        return void this.#gauge.remove(id);
      case 13:
      case 14:
        return this.#histogram.labels(`/r${dice.below(70)}`).observe(dice.below(200));
      case 15:
        return this.#histogram.labels(`/r${dice.below(70)}`).observe(strange, {
          span: id.slice(0, 9),
        });
      case 16:
        return void this.#histogram.remove(`/r${dice.below(70)}`);
      case 17:
      case 18:
        return this.#summary.labels(id).observe(strange);
      case 19:
        return this.#states.labels(`${dice.below(50)}`).setOnly(dice.of(["open", "shut"]));
      case 20:
        return this.#info.set({ version: id });
      case 21:
        return this.#wait(dice.below(3) === 0 ? 700 : 3);
      case 22:
        return this.#collect();
      case 23:
        return dice.below(2) === 0 ? this.#changeAll() : this.#thinOut();
      case 24:
      case 25:
        return this.#both.labels(`/r${dice.below(20)}`).observe(strange, { span: id.slice(0, 9) });
      case 26:
      case 27:
        return this.#native.labels(`/r${dice.below(30)}`).observe(strange);
      case 28:
        return void this.#native.remove(`/r${dice.below(300)}`);
      case 29:
        return this.#quantiles.labels(`/r${dice.below(70)}`).observe(strange);
      case 30:
        return this.#quantiles.labels("/").observe(dice.below(200));
      case 31:
        return void (dice.below(4) === 0 && this.#reload());
    }
  }

  /** Returns a random request. */
  request(): { format: Format; version: FormatVersion; escaping: Escaping; encoding: Encoding } {
    const dice = this.#dice;
    const format = dice.of(this.#formats);
    return {
      format,
      version: dice.of(versionsOf(format, true)),
      escaping: dice.below(4) === 0 ? dice.of(ESCAPINGS) : "underscores",
      encoding: dice.of(ENCODINGS),
    };
  }

  happens(oneIn: number): boolean {
    return this.#dice.below(oneIn) === 0;
  }

  #wait(seconds: number): void {
    this.#now += seconds;
    this.#date.advance(seconds);
  }

  /** Sometimes returns a sample of a family that an instrument has, too. */
  #moreOf(name: string): MetricFamily {
    const family = new MetricFamily(name, { type: "gauge" });
    return this.#dice.below(10) === 0 ? family.add(1, { site: "a1" }) : family;
  }

  #removeAndAddAgain(queue: string): void {
    this.#counter.remove(queue, "k");
    this.#counter.labels(queue, "k").inc(this.#dice.below(5));
  }

  #collect(): void {
    this.#collected = new MetricFamily("collected", { type: "gauge" });
    const size = this.#dice.of([0, 1, 100, 3000]);
    for (let i = 0; i < size; i++) this.#collected.add(this.#dice.below(1e6), { i: `${i % 2990}` });
  }

  /** Gathers families, with the labels of a configuration that is reloaded now and then. */
  gather(): Promise<Gathering> {
    return this.registry.gather({ labels: this.#configured });
  }

  /** Reloads the configuration, with other labels and another cache life. */
  #reload(): void {
    this.#configured = this.#dice.of([{}, { site: "x" }, { site: "y", new: '"' }]);
    this.registry.configure(this.#cached, { name: "cached", ttl: this.#dice.of([0, 5, 1000]) });
  }

  /** Leaves so few series that blocks are merged. Some of the series have just changed. */
  #thinOut(): void {
    if (this.#dice.below(10) > 0) return;
    for (let i = 0; i < 320; i++) {
      if (i % 10 !== 0) this.#counter.remove(`q${i}`, "k");
      else if (i > 260) this.#counter.labels(`q${i}`, "k").inc();
    }
  }

  #changeAll(): void {
    for (let i = 0; i < 300; i++) this.#counter.labels(`q${i}`, "k").inc(this.#dice.of(VALUES));
  }
}

/** Returns a copy of a family without blocks. */
function asSamples({ name, type, help, unit, samples }: Family): Family {
  return { name, type, help, unit, samples: [...samples] };
}

for (
  const [seed, maxKeptBytes, createdSamples, formats] of [
    [1, Infinity, false, FORMATS],
    [4, Infinity, true, FORMATS],
    [2, 20_000, true, FORMATS],
    [3, 0, false, FORMATS],
    [5, Infinity, false, ["protobuf"]],
    [6, 20_000, false, ["protobuf"]],
  ] as const
) {
  const what = `${formats.join(", ")} with ${maxKeptBytes} bytes kept, seed ${seed}`;
  Deno.test(`Registry.write() returns the same as a new encoder, in ${what}`, async () => {
    using date = new StoppedDate();
    const program = new Program(seed, date, formats, { maxKeptBytes, createdSamples });
    const held: [exposition: Exposition, content: string][] = [];
    const steps = seed === 1 || seed === 5 ? STEPS : STEPS / 10;
    for (let step = 0; step < steps; step++) {
      program.step();
      if (!program.happens(4)) continue;
      const { format, version, escaping, encoding } = program.request();
      const gathering = await program.gather();
      const variant = { format, version, escaping };
      const exposition = await program.registry.write(gathering, { variant, encoding });
      const expected = await encode(gathering.families.map(asSamples), format, {
        version,
        escaping,
        createdSamples,
      });
      const content = await readBytes(exposition);
      if (content !== await readBytes(expected)) {
        const lines = (await readBytes(expected)).split("\n");
        const i = content.split("\n").findIndex((line, i) => line !== lines[i]);
        assertEquals(content.split("\n").slice(i, i + 5), lines.slice(i, i + 5), `at step ${step}`);
      }
      assertEquals(exposition.byteLength, exposition.bytes().byteLength);
      if (program.happens(10)) held.push([exposition, content]);
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
  });
}
