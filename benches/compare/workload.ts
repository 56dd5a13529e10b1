/**
 * The workloads that all libraries expose, and their changes between scrapes. Programs in other languages get them as JSON, so they
 * are plain data without formulas.
 *
 * @module
 */

/** One metric. */
export interface WorkloadFamily {
  readonly name: string;
  readonly help: string;
  /** Added to {@linkcode WorkloadSeries.start} for the initial value of a counter. */
  readonly offset: number;
  /** The amount that a change adds to a counter. */
  readonly step: number;
}

/** A combination of label values, which every family has. */
export interface WorkloadSeries {
  /** The values of {@linkcode Workload.labels}. */
  readonly values: readonly string[];
  /** The initial value of a counter, before that of its family is added. */
  readonly start: number;
}

/** A number of families with the same series. */
export interface Workload {
  /**
   * - `counter`: counters with kept children;
   * - `histogram`: histograms with kept children;
   * - `fresh`: counters that a collector creates at each scrape, one by one;
   * - `declared`: the same as families with declared labels, in libraries that have these.
   */
  readonly kind: "counter" | "histogram" | "fresh" | "declared";
  readonly labels: readonly string[];
  readonly families: readonly WorkloadFamily[];
  readonly series: readonly WorkloadSeries[];
  /** The upper bounds of histograms. */
  readonly buckets: readonly number[];
  /** The observations of histograms: in change n, series i observes number i + n, cyclically. Creation is change 0. */
  readonly observations: readonly number[];
}

/**
 * The series that a change affects: those of families from `from` (inclusive) to `to` (exclusive) with
 * `(family + series) % every === phase`.
 */
export interface Selection {
  readonly from: number;
  readonly to: number;
  readonly every: number;
  readonly phase: number;
  /**
   * Of the selected series of each family, every so manieth one gets a half more, if it is a counter. That changes the length of
   * integers. Absent if none does.
   */
  readonly halves?: number;
}

/** The kinds of changes between scrapes. */
export const CHANGES = ["all", "scattered", "few", "none"] as const;

/** All series, one percent of the series of every family, all series of one percent of the families, or nothing. */
export type Change = typeof CHANGES[number] | typeof RESIZED;

/** The same as `scattered`, but a tenth of the changed numbers get another length. */
export const RESIZED = "resized" as const;

const PERCENT = 100;
const TENTH = 10;
const METHODS = ["GET", "POST", "PUT", "DELETE"];
const STATUSES = ["200", "201", "204", "304", "400", "404", "500"];
const AREAS = ["accounts", "invoices", "orders", "products", "sessions", "shipments", "users"];

/** The 14 bounds of the histograms. */
const BUCKETS = [.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30];
/** Exact binary fractions, so that their sum does not depend on the order of additions. */
const OBSERVATIONS = [1, 13, 47, 81, 205, 32, 768, 1536, 4, 63, 7424, 46080, 113].map((n) =>
  n / 1024
);

/** Creates a workload. One family in ten counts seconds, with fractions. */
export function makeWorkload(
  kind: Workload["kind"],
  families: number,
  series: number,
): Workload {
  return {
    kind,
    labels: ["method", "route", "status"],
    families: Array.from({ length: families }, (_, f) => makeFamily(kind, f)),
    series: Array.from({ length: series }, (_, i) => makeSeries(i)),
    buckets: BUCKETS,
    observations: OBSERVATIONS,
  };
}

function makeFamily(kind: Workload["kind"], f: number): WorkloadFamily {
  if (kind === "histogram") {
    const name = `service_${f}_duration_seconds`;
    return { name, help: `How long requests to service ${f} take.`, offset: 0, step: 0 };
  }
  return f % 10 === 9
    ? {
      name: `service_${f}_cpu_seconds_total`,
      help: `Processor time that service ${f} took for requests.`,
      offset: f / 1000,
      step: 0.137,
    }
    : {
      name: `service_${f}_requests_total`,
      help: `Requests that service ${f} answered.`,
      offset: f * 1009,
      step: 1,
    };
}

/** Creates label values with distinct routes, so that no library benefits from repetition. */
function makeSeries(i: number): WorkloadSeries {
  const pick = (from: readonly string[], salt: number) => from[(i * salt) % from.length]!;
  return {
    values: [pick(METHODS, 3), `/api/v1/${pick(AREAS, 5)}/${i}`, pick(STATUSES, 11)],
    start: (i * 104_729) % 1_000_003,
  };
}

/** Returns the number of series of a workload. */
export function seriesCount({ families, series }: Workload): number {
  return families.length * series.length;
}

/** Returns the selection of the n-th change of a kind, different series each time. */
export function selection(
  { families }: Pick<Workload, "families">,
  change: Change,
  n: number,
): Selection {
  const all = { from: 0, to: families.length, every: 1, phase: 0 };
  switch (change) {
    case "all":
      return all;
    case "scattered":
      return { ...all, every: PERCENT, phase: n % PERCENT };
    case "resized":
      return { ...selection({ families }, "scattered", n), halves: TENTH };
    case "few": {
      const width = Math.ceil(families.length / PERCENT);
      const from = (n * width) % families.length;
      return { ...all, from, to: Math.min(from + width, families.length) };
    }
    case "none":
      return { ...all, to: 0 };
  }
}

/** Yields the indexes of the selected families and series. */
export function* selected(
  { series }: Workload,
  { from, to, every, phase }: Selection,
): Generator<[family: number, series: number]> {
  for (let f = from; f < to; f++) {
    const first = (((phase - f) % every) + every) % every;
    for (let i = first; i < series.length; i += every) yield [f, i];
  }
}

/** Returns how much more than its step a selected counter gets. */
export function extra({ every, halves }: Selection, series: number): number {
  return halves !== undefined && Math.floor(series / every) % halves === 0 ? 0.5 : 0;
}
