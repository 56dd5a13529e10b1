import { assert, assertEquals } from "@std/assert";
import { gunzipSync } from "node:zlib";
import { Counter } from "../../counter.ts";
import type { Exposition, Format } from "../../exposition.ts";
import { Gauge } from "../../gauge.ts";
import { Histogram } from "../../histogram.ts";
import { Registry } from "../../registry.ts";
import { Dice } from "../support/dice.ts";
import { assertSameText } from "../support/numbered_model.ts";

const STEPS = 3000;

const VALUES = [NaN, Infinity, -Infinity, 0, 1e21, 1e-7, -1, 0.1 + 0.2, 2 ** 53, 5e-324];

/** Instruments whose shapes seldom change, while their values do. */
class Program {
  readonly registry = new Registry();
  readonly #dice: Dice;
  readonly #counter = new Counter("jobs_total", "Jobs.", { labels: ["queue"] });
  readonly #gauge = new Gauge("level", "Level of the ✓.", { labels: ["site"] });
  readonly #histogram = new Histogram("took_seconds", "Time.", {
    labels: ["route"],
    unit: "seconds",
    buckets: [0.1, 1, 10, 100],
  });
  #queues = 600;

  constructor(dice: Dice) {
    this.#dice = dice;
    this.registry.register(this.#counter);
    this.registry.register(this.#gauge);
    this.registry.register(this.#histogram);
    for (let i = 0; i < this.#queues; i++) this.#counter.labels(`queue ${i}`).inc(i);
    for (let i = 0; i < 200; i++) this.#gauge.labels(`${"größe".repeat(i % 50)}${i}`).set(i);
    for (let i = 0; i < 100; i++) this.#histogram.labels(`/api/v1/${i}`).observe(i);
  }

  change(): void {
    const dice = this.#dice;
    if (dice.below(200) === 0) this.#counter.labels(`queue ${this.#queues++}`).inc();
    const share = dice.of([0, 1, 5, 100]);
    const isChanged = () => dice.below(100) < share;
    const amount = dice.of([1, 1, 1, 10 ** dice.below(10), 0.1]);
    for (let i = 0; i < this.#queues; i++) {
      if (isChanged()) this.#counter.labels(`queue ${i}`).inc(amount);
    }
    for (let i = 0; i < 200; i++) {
      if (!isChanged()) continue;
      const value = dice.below(3) === 0 ? dice.of(VALUES) : dice.below(1e6) / 64;
      this.#gauge.labels(`${"größe".repeat(i % 50)}${i}`).set(value);
    }
    for (let i = 0; i < 100; i++) {
      if (isChanged()) this.#histogram.labels(`/api/v1/${i}`).observe(dice.below(1000) / 8);
    }
  }

  expose(format: Format, encoding: "gzip" | "identity"): Promise<Exposition> {
    return this.registry.expose({ format, encoding });
  }
}

function gunzip(exposition: Exposition): string {
  return new TextDecoder().decode(gunzipSync(exposition.bytes()));
}

for (const seed of [1, 2]) {
  Deno.test(`ExpositionBuilder leases deflated lines while they change, seed ${seed}`, async () => {
    const dice = new Dice(seed);
    const program = new Program(dice);
    /** Expositions that are still being read, and their texts. */
    const held: { exposition: Exposition; text: string }[] = [];
    for (let step = 0; step < STEPS / 2; step++) {
      program.change();
      const format = dice.below(5) === 0 ? "openmetrics" : "text";
      const exposition = await program.expose(format, "gzip");
      // A reader who takes the chunks keeps the lease.
      assert(exposition.chunks.length > 0);
      using plain = await program.expose(format, "identity");
      const text = plain.text();
      assertSameText(gunzip(exposition), text);
      if (dice.below(3) === 0) held.push({ exposition, text });
      else exposition[Symbol.dispose]();
      if (held.length > 3) {
        const { exposition, text } = held.splice(dice.below(held.length), 1)[0]!;
        assertSameText(gunzip(exposition), text);
        exposition[Symbol.dispose]();
      }
    }
  });
}

Deno.test("ExpositionBuilder spreads the making of patchable pieces over expositions", async () => {
  const registry = new Registry();
  const counters = Array.from({ length: 9 }, (_, i) => {
    const counter = new Counter(`x${i}_total`, "Help.", { labels: ["a"] });
    for (let series = 0; series < 200; series++) counter.labels(`${series}`).inc();
    registry.register(counter);
    return counter;
  });
  /** The buffers of the large chunks. */
  const expose = async () => {
    for (const counter of counters) counter.labels("0").inc();
    using exposition = await registry.expose({ encoding: "gzip" });
    return exposition.chunks.filter(({ length }) => length > 300).map(({ buffer }) => buffer);
  };
  const { now } = performance;
  const patched: number[] = [];
  try {
    // Every look at the clock takes as long as three are allowed to.
    let time = now.call(performance);
    performance.now = () => time += 6;
    let previous = await expose();
    for (let i = 0; i < 8; i++) {
      const buffers = await expose();
      patched.push(buffers.filter((buffer) => previous.includes(buffer)).length);
      previous = buffers;
    }
  } finally {
    performance.now = now;
  }
  assertEquals(patched, [0, 0, 3, 6, 9, 9, 9, 9]);
});
