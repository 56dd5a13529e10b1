/**
 * Everything a person needs to write a Prometheus exporter in Deno.
 *
 * A collector is a function that returns metrics. An {@linkcode Exporter} runs collectors when Prometheus asks, each with a
 * deadline, isolated from the others and cached if wanted, and serves what they return.
 *
 * ```ts
 * import { Exporter, Metric } from "@exporter/prometheus";
 *
 * const exporter = new Exporter({ labels: { site: "north" } });
 * exporter.collector("memory", () => [
 *   new Metric("memory_rss_bytes", { type: "gauge", value: Deno.memoryUsage().rss }),
 * ]);
 * console.log(await exporter.export());
 * ```
 *
 * `await exporter.start()` serves that.
 *
 * @module
 */

export type { BlockFamily, BlockSource, FamilyHead } from "./block_family.ts";
export { DEFAULT_BUCKETS, exponentialBuckets, linearBuckets } from "./buckets.ts";
export { TtlCache, type TtlCacheOptions } from "./cache.ts";
export type {
  Collect,
  CollectContext,
  Collector,
  CollectorOptions,
  CollectResult,
} from "./collector.ts";
export {
  type Config,
  ConfigError,
  type ConfigProblem,
  formatConfigProblem,
  type MetricConfig,
  parseConfig,
  type ParseConfigOptions,
  readConfig,
} from "./config.ts";
export { Counter, CounterChild, type ErrorFilter } from "./counter.ts";
export type { EncodeRequest } from "./encoder.ts";
export { type Escaping, ESCAPINGS } from "./escape.ts";
export type { Exemplar } from "./exemplar.ts";
export { Exporter } from "./exporter.ts";
export type { ExporterOptions } from "./exporter_options.ts";
export { Exposition, type ExpositionInit, type StreamOptions } from "./exposition.ts";
export { ExpositionError, type ExpositionPosition } from "./exposition_error.ts";
export { MetricFamily, type MetricFamilyOptions, type SampleOptions } from "./family.ts";
export type { ScrapeFilter } from "./filter.ts";
export {
  type Format,
  FORMATS,
  type FormatVariant,
  type FormatVersion,
  VERSIONS,
} from "./format.ts";
export { Gauge, GaugeChild } from "./gauge.ts";
export { Histogram, HistogramChild, type HistogramOptions } from "./histogram.ts";
export { Instrument, type InstrumentOptions, type InstrumentTraits } from "./instrument.ts";
export type { Loan } from "./kept_lines.ts";
export type { LabelArguments, LabelName, LabelSpec, LabelValues } from "./label_spec.ts";
export { Labels, type LabelsInit, type LabelsOptions } from "./labels.ts";
export { lint, type LintProblem } from "./lint.ts";
export {
  configureLogger,
  createLogger,
  type CreateLoggerOptions,
  LOG_FORMATS,
  LOG_LEVELS,
  type LogFormat,
  type LogLevelName,
  type LogSettings,
} from "./log.ts";
export type { Logger, LogMethod } from "./logger.ts";
export type { Clash } from "./merge.ts";
export { Metric, type MetricOptions } from "./metric.ts";
export { METRIC_TYPES, type MetricType } from "./metric_type.ts";
export type { NativeOptions } from "./native_options.ts";
export { type Encoding, ENCODINGS } from "./negotiate.ts";
export { ObserverChild } from "./observer.ts";
export { detectFormat, parseExposition, type ParseOptions } from "./parse.ts";
export type { QuantilesOptions } from "./quantiles.ts";
export { defaultRegistry, type Gathering, type Registrable, Registry } from "./registry.ts";
export type {
  ExposeOptions,
  GatherFilter,
  GatherOptions,
  RegistryOptions,
} from "./registry_options.ts";
export {
  OVERFLOW_POLICIES,
  type OverflowPolicy,
  type RetentionOptions,
  type Touchable,
} from "./retention.ts";
export type { Failure, Outcome } from "./runner.ts";
export { RuntimeMetrics } from "./runtime.ts";
export {
  type Family,
  type NativeBuckets,
  type NativeHistogram,
  Sample,
  type SampleDetails,
  type SampleExemplar,
} from "./sample.ts";
export type { Child, SeriesBlock, SeriesLayout, SeriesPart } from "./series_block.ts";
export { counter, gauge, histogram, summary } from "./shorthand.ts";
export { Info, InfoChild, StateSet, StateSetChild, type StateSetOptions } from "./state.ts";
export { Summary, SummaryChild, type SummaryOptions } from "./summary.ts";
export { Timer } from "./timer.ts";
export { VERSION } from "./version.ts";
