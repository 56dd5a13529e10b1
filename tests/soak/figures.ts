/**
 * What is measured of a process during a soak.
 *
 * @module
 */

import type { Family } from "../../model/family.ts";
import type { Point } from "./trend.ts";

/**
 * What is measured, with its unit, and the rise that means nothing: at least `least`, and a share of the level. Memory outside the heap
 * takes longest to reach its level: some 100 seconds, over which the resident memory rises by a quarter after the first 20. Until then
 * its share is `earlyShare`. Until then, V8 also lets garbage lie for longer than the windows of a short soak are, `earlyLeast`.
 */
export const FIGURES = {
  rss: { title: "resident memory", unit: "MiB", share: 0.05, earlyShare: 0.4, least: 4 },
  heap: { title: "heap used", unit: "MiB", share: 0.05, least: 1, earlyLeast: 32 },
  external: {
    ...{ title: "external memory", unit: "MiB" },
    ...{ share: 0.05, earlyShare: 0.5, least: 1, earlyLeast: 16 },
  },
  descriptors: { title: "descriptors", unit: "", share: 0, least: 2 },
  threads: { title: "threads", unit: "", share: 0, least: 1 },
  lagMedian: { title: "event loop lag, median", unit: "ms", share: 0.5, least: 2 },
  lagP99: { title: "event loop lag, 0.99", unit: "ms", share: 0.5, least: 20 },
} as const;

/** The name of a figure. */
export type FigureName = keyof typeof FIGURES;

/** Seconds after which the share of the level is that of a process that has reached it. */
const SETTLED_AFTER = 100;

/** Returns the rise of a figure that means nothing, if it has a level after a warm-up of so many seconds. */
export function resolutionOf(name: FigureName, level: number, warmUp: number): number {
  const { share, least, earlyShare = share, earlyLeast = least }: Resolution = FIGURES[name];
  return warmUp < SETTLED_AFTER
    ? Math.max(earlyLeast, level * earlyShare)
    : Math.max(least, level * share);
}

interface Resolution {
  readonly share: number;
  readonly earlyShare?: number;
  readonly least: number;
  readonly earlyLeast?: number;
}

/** The figures at one time. */
export type Figures = Readonly<Record<FigureName, number>>;

const MIB = 2 ** 20;

/** Reads figures one after the other: the lag is that since the last reading. */
export class FigureReader {
  readonly #pid: number;
  #lag: ReadonlyMap<number, number> = new Map();

  /** Creates a reader for a process. */
  constructor(pid: number) {
    this.#pid = pid;
  }

  /** Returns the figures now, of which some are in what the process exposes. */
  read(families: readonly Family[]): Figures {
    const status = Deno.readTextFileSync(`/proc/${this.#pid}/status`);
    const inStatus = (field: string) =>
      Number(new RegExp(`^${field}:\\s+(\\d+)`, "m").exec(status)![1]);
    const gauge = (name: string) =>
      families.find((family) => family.name === name)?.samples[0]?.value ?? NaN;
    const total = bucketsOf(families);
    const lag = new Map([...total].map(([le, count]) => [le, count - (this.#lag.get(le) ?? 0)]));
    this.#lag = total;
    return {
      rss: inStatus("VmRSS") * 1024 / MIB,
      heap: gauge("deno_heap_used_bytes") / MIB,
      external: gauge("deno_external_memory_bytes") / MIB,
      descriptors: [...Deno.readDirSync(`/proc/${this.#pid}/fd`)].length,
      threads: inStatus("Threads"),
      lagMedian: 1000 * bucketQuantile(0.5, lag),
      lagP99: 1000 * bucketQuantile(0.99, lag),
    };
  }
}

/** Returns the counts of the event loop lag by bound, in seconds. */
function bucketsOf(families: readonly Family[]): ReadonlyMap<number, number> {
  const family = families.find(({ name }) => name === "deno_event_loop_lag_seconds");
  const buckets = family?.samples.filter(({ name }) => name.endsWith("_bucket")) ?? [];
  return new Map(buckets.map(({ labels, value }) => {
    const bound = labels[labels.indexOf("le") + 1]!;
    return [bound === "+Inf" ? Infinity : Number(bound), value];
  }));
}

/**
 * Returns a quantile of a histogram with cumulative buckets, interpolated within the bucket as Prometheus does: 0 for an empty one, and
 * in the last bucket the bound before it.
 */
export function bucketQuantile(q: number, buckets: ReadonlyMap<number, number>): number {
  const ordered = [...buckets].sort(([a], [b]) => a - b);
  const rank = q * (ordered.at(-1)?.[1] ?? 0);
  let [lower, below] = [0, 0];
  if (rank === 0) return 0;
  for (const [bound, count] of ordered) {
    if (count >= rank) {
      return bound === Infinity
        ? lower
        : lower + (bound - lower) * (rank - below) / (count - below);
    }
    [lower, below] = [bound, count];
  }
  return lower;
}

/** What was measured during a soak. */
export class Recording {
  readonly #readings: (readonly [time: number, figures: Figures])[] = [];

  /** Adds figures at a time in seconds. */
  add(time: number, figures: Figures): void {
    this.#readings.push([time, figures]);
  }

  /** Returns the course of a figure from a time on. */
  since(time: number, name: FigureName): Point[] {
    return this.#readings.filter(([at]) => at >= time).map(([at, figures]) => [at, figures[name]]);
  }
}
