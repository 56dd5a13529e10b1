/**
 * What every library is given to expose, and what of it changes between two scrapes. Programs in other languages get the same
 * as JSON, so nothing here is a formula that they would have to repeat.
 *
 * @module
 */

/** One metric. */
export interface WorkloadFamily {
  readonly name: string;
  readonly help: string;
  /** A counter starts at this more than {@linkcode WorkloadSeries.start}. */
  readonly offset: number;
  /** How much a change adds to a counter. */
  readonly step: number;
}

/** One combination of label values, which every family has. */
export interface WorkloadSeries {
  /** The values of {@linkcode Workload.labels}. */
  readonly values: readonly string[];
  /** Where a counter starts. */
  readonly start: number;
}

/** Families of series; all families have the same series. */
export interface Workload {
  /**
   * - `counter`: counters, whose children are kept;
   * - `histogram`: histograms likewise;
   * - `fresh`: counters that a collector makes anew for each scrape.
   */
  readonly kind: "counter" | "histogram" | "fresh";
  readonly labels: readonly string[];
  readonly families: readonly WorkloadFamily[];
  readonly series: readonly WorkloadSeries[];
  /** The upper bounds of histograms. */
  readonly buckets: readonly number[];
  /** What histograms observe in turn: series i in change n takes number (i + n), and n is 0 when it is made. */
  readonly observations: readonly number[];
}

/**
 * Which series a change takes: those whose family is from `from` up to, but without, `to`, and for which the number of the
 * family and that of the series, added up and divided by `every`, leave `phase`.
 */
export interface Selection {
  readonly from: number;
  readonly to: number;
  readonly every: number;
  readonly phase: number;
}

/** What can change between two scrapes. */
export const CHANGES = ["all", "scattered", "few", "none"] as const;

/** All series; one in a hundred of every family; all of one family in a hundred; nothing. */
export type Change = typeof CHANGES[number];

const PERCENT = 100;
const METHODS = ["GET", "POST", "PUT", "DELETE"];
const STATUSES = ["200", "201", "204", "304", "400", "404", "500"];
const AREAS = ["accounts", "invoices", "orders", "products", "sessions", "shipments", "users"];

/** The 14 bounds of the histograms. */
const BUCKETS = [.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30];
/** Fractions that numbers have exactly: their sum is the same in whatever order a library adds them up. */
const OBSERVATIONS = [1, 13, 47, 81, 205, 32, 768, 1536, 4, 63, 7424, 46080, 113].map((n) =>
  n / 1024
);

/** Families of as many series each. One family in ten counts seconds and has fractions. */
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

/** Routes are all different, so that no library has it easier than with the next one. */
function makeSeries(i: number): WorkloadSeries {
  const pick = (from: readonly string[], salt: number) => from[(i * salt) % from.length]!;
  return {
    values: [pick(METHODS, 3), `/api/v1/${pick(AREAS, 5)}/${i}`, pick(STATUSES, 11)],
    start: (i * 104_729) % 1_000_003,
  };
}

/** How many series a workload has. */
export function seriesCount({ families, series }: Workload): number {
  return families.length * series.length;
}

/** What the n-th change of a kind takes: another part of the series each time. */
export function selection({ families }: Workload, change: Change, n: number): Selection {
  const all = { from: 0, to: families.length, every: 1, phase: 0 };
  switch (change) {
    case "all":
      return all;
    case "scattered":
      return { ...all, every: PERCENT, phase: n % PERCENT };
    case "few": {
      const width = Math.ceil(families.length / PERCENT);
      const from = (n * width) % families.length;
      return { ...all, from, to: Math.min(from + width, families.length) };
    }
    case "none":
      return { ...all, to: 0 };
  }
}

/** The families and series that a selection takes, by their numbers. */
export function* selected(
  { series }: Workload,
  { from, to, every, phase }: Selection,
): Generator<[family: number, series: number]> {
  for (let f = from; f < to; f++) {
    const first = (((phase - f) % every) + every) % every;
    for (let i = first; i < series.length; i += every) yield [f, i];
  }
}
