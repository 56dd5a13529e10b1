/**
 * Instruments of the default registry in one call, which may be made again: modules that are loaded anew get the instruments
 * that they made before.
 *
 * ```ts
 * import { counter } from "@exporter/prometheus";
 *
 * const jobs = counter("jobs_total", "Jobs done.", { labels: ["queue"] });
 * jobs.labels("mail").inc();
 * ```
 *
 * @module
 */

import { type Instrument, storeOf } from "./instrument.ts";
import type { InstrumentOptions } from "./series/options.ts";
import { Counter } from "./counter.ts";
import { Gauge } from "./gauge.ts";
import { Histogram, type HistogramOptions } from "./histogram.ts";
import type { LabelSpec } from "./series/label_schema.ts";
import { defaultRegistry } from "./registry.ts";
import { Summary, type SummaryOptions } from "./summary.ts";

/**
 * Creates a counter and registers it in the default registry, or returns the equal one that is there.
 *
 * @throws {RangeError} If an instrument of that name is there that is not equal.
 */
export function counter<const S extends LabelSpec = readonly []>(
  name: string,
  help: string,
  options: InstrumentOptions<S> = {},
): Counter<S> {
  return findOrRegister(new Counter(name, help, options));
}

/**
 * Creates a gauge and registers it in the default registry, or returns the equal one that is there.
 *
 * @throws {RangeError} If an instrument of that name is there that is not equal.
 */
export function gauge<const S extends LabelSpec = readonly []>(
  name: string,
  help: string,
  options: InstrumentOptions<S> = {},
): Gauge<S> {
  return findOrRegister(new Gauge(name, help, options));
}

/**
 * Creates a histogram and registers it in the default registry, or returns the equal one that is there.
 *
 * @throws {RangeError} If an instrument of that name is there that is not equal.
 */
export function histogram<const S extends LabelSpec = readonly []>(
  name: string,
  help: string,
  options: HistogramOptions<S> = {},
): Histogram<S> {
  return findOrRegister(new Histogram(name, help, options));
}

/**
 * Creates a summary and registers it in the default registry, or returns the equal one that is there.
 *
 * @throws {RangeError} If an instrument of that name is there that is not equal.
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
