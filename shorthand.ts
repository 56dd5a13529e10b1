/**
 * Functions that create an instrument in the default registry. A second, equal call returns the same instrument, so that modules
 * can be loaded again.
 *
 * @module
 */

import { type Instrument, storeOf } from "./instrument.ts";
import type { InstrumentOptions } from "./series/options.ts";
import { Counter } from "./counter.ts";
import { Gauge } from "./gauge.ts";
import { Histogram, type HistogramOptions } from "./histogram.ts";
import type { LabelSpec } from "./model/label_schema.ts";
import { defaultRegistry } from "./registry.ts";
import { Summary, type SummaryOptions } from "./summary.ts";

/**
 * Creates a counter and registers it in {@linkcode defaultRegistry}, or returns the equal one that is registered there.
 *
 * ```ts
 * import { counter } from "@exporter/prometheus";
 *
 * const jobs = counter("jobs_total", "Jobs processed.", { labels: ["queue"] });
 * jobs.labels("mail").inc();
 * ```
 *
 * @throws {TypeError} If an argument has the wrong type, or an option is unknown.
 * @throws {RangeError} If an argument is invalid, or the name is in use by a different instrument.
 */
export function counter<const S extends LabelSpec = readonly []>(
  name: string,
  help: string,
  options: InstrumentOptions<S> = {},
): Counter<S> {
  return findOrRegister(new Counter(name, help, options));
}

/**
 * Creates a gauge and registers it in {@linkcode defaultRegistry}, or returns the equal one that is registered there.
 *
 * ```ts
 * import { gauge } from "@exporter/prometheus";
 *
 * const waiting = gauge("jobs_waiting", "Jobs in the queue.");
 * waiting.set(3);
 * ```
 *
 * @throws {TypeError} If an argument has the wrong type, or an option is unknown.
 * @throws {RangeError} If an argument is invalid, or the name is in use by a different instrument.
 */
export function gauge<const S extends LabelSpec = readonly []>(
  name: string,
  help: string,
  options: InstrumentOptions<S> = {},
): Gauge<S> {
  return findOrRegister(new Gauge(name, help, options));
}

/**
 * Creates a histogram and registers it in {@linkcode defaultRegistry}, or returns the equal one that is registered there.
 *
 * ```ts
 * import { histogram } from "@exporter/prometheus";
 *
 * const duration = histogram("job_duration_seconds", "Duration of jobs.");
 * duration.observe(0.25);
 * ```
 *
 * @throws {TypeError} If an argument has the wrong type, or an option is unknown.
 * @throws {RangeError} If an argument is invalid, or the name is in use by a different instrument.
 */
export function histogram<const S extends LabelSpec = readonly []>(
  name: string,
  help: string,
  options: HistogramOptions<S> = {},
): Histogram<S> {
  return findOrRegister(new Histogram(name, help, options));
}

/**
 * Creates a summary and registers it in {@linkcode defaultRegistry}, or returns the equal one that is registered there.
 *
 * ```ts
 * import { summary } from "@exporter/prometheus";
 *
 * const size = summary("job_size_bytes", "Size of jobs.", { quantiles: [0.5, 0.99] });
 * size.observe(512);
 * ```
 *
 * @throws {TypeError} If an argument has the wrong type, or an option is unknown.
 * @throws {RangeError} If an argument is invalid, or the name is in use by a different instrument.
 */
export function summary<const S extends LabelSpec = readonly []>(
  name: string,
  help: string,
  options: SummaryOptions<S> = {},
): Summary<S> {
  return findOrRegister(new Summary(name, help, options));
}

function findOrRegister<I extends Instrument>(instrument: I): I {
  const existing = defaultRegistry.instrument(instrument.name);
  if (existing !== undefined && isEqual(existing, instrument)) return existing as I;
  return defaultRegistry.register(instrument);
}

function isEqual(a: Instrument, b: Instrument): boolean {
  return a.constructor === b.constructor && storeOf(a).equals(storeOf(b));
}
