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

// Instruments
export { DEFAULT_BUCKETS, exponentialBuckets, linearBuckets } from "./buckets.ts";
export { Counter, type CounterChild, type ErrorFilter } from "./counter.ts";
export { Gauge, type GaugeChild } from "./gauge.ts";
export { Histogram, type HistogramChild, type HistogramOptions } from "./histogram.ts";
export { Info } from "./info.ts";
export { Instrument } from "./instrument.ts";
export type { LabelArguments, LabelName, LabelSpec, LabelValues } from "./model/label_schema.ts";
export type { NativeOptions } from "./series/native_options.ts";
export type { InstrumentOptions } from "./series/options.ts";
export { counter, gauge, histogram, summary } from "./shorthand.ts";
export { StateSet, type StateSetChild, type StateSetOptions } from "./stateset.ts";
export { Summary, type SummaryChild, type SummaryOptions } from "./summary.ts";
export type { Timer } from "./timer.ts";

// Collectors
export { TtlCache, type TtlCacheOptions } from "./cache.ts";
export type {
  Collect,
  CollectContext,
  Collector,
  CollectorOptions,
  CollectorOutcome,
  CollectResult,
  PermissionSet,
} from "./collector.ts";
export type { Exemplar } from "./exemplar.ts";
export {
  MetricFamily,
  type MetricFamilyOptions,
  type SampleArguments,
  type SampleOptions,
} from "./family.ts";
export { Labels, type LabelsInit, type LabelsOptions } from "./labels.ts";
export { Metric, type MetricOptions } from "./metric.ts";
export type { MetricType } from "./model/metric_type.ts";
export { WorkerCollector, type WorkerCollectorOptions } from "./worker_collector.ts";

// Registries and expositions
export type { Gathering } from "./collect/gather.ts";
export type { Clash } from "./collect/merge.ts";
export type { Encoding, Exposition, Format, FormatVersion, StreamOptions } from "./exposition.ts";
export type { Family } from "./model/family.ts";
export type { Escaping } from "./model/names.ts";
export {
  type NativeHistogram,
  Sample,
  type SampleDetails,
  type SampleExemplar,
} from "./model/sample.ts";
export { defaultRegistry, type Registrable, Registry } from "./registry.ts";
export type { ExposeOptions, GatherOptions, RegistryOptions } from "./registry_options.ts";
export { RuntimeMetrics } from "./runtime.ts";

// The exporter
export { type Config, type MetricConfig, parseConfig, type ParseConfigOptions } from "./config.ts";
export { ConfigError, type ConfigProblem } from "./config_error.ts";
export { Exporter } from "./exporter.ts";
export type { ExporterOptions } from "./exporter_options.ts";
export type {
  AddressPreference,
  Probe,
  ProbeContext,
  ProbeOptions,
  ProbeTargets,
  ResolvedTarget,
} from "./probe.ts";
export {
  createLogger,
  type CreateLoggerOptions,
  type LogFormat,
  type LogLevelName,
} from "./log.ts";
export type { Limits } from "./model/limits.ts";
export type { Logger } from "./model/logger.ts";

// Reading and checking expositions
export { ExpositionError } from "./exposition_error.ts";
export { lint, type LintProblem } from "./lint.ts";
export { detectFormat, parseExposition, type ParseOptions, parseProtobuf } from "./parse.ts";
export { VERSION } from "./version.ts";
