/**
 * Parsers of expositions, for those of this library and of any other.
 *
 * @module
 */

import type { ExpositionError } from "./exposition_error.ts";
import { describe } from "./model/describe.ts";
import { checkNames } from "./model/options.ts";
import { parseOpenMetrics } from "./parse/openmetrics.ts";
import { parseMetricFamilies } from "./parse/protobuf.ts";
import { parseText } from "./parse/text.ts";
import type { Family } from "./model/family.ts";

/** Options of {@linkcode parseExposition}. */
export interface ParseOptions {
  /**
   * The format: `text` is the text format of Prometheus, 0.0.4 or 1.0.0, and `openmetrics` is OpenMetrics 1.0. Both may have quoted
   * names.
   *
   * @default {"text"}
   */
  format?: "text" | "openmetrics";
  /**
   * The source for error messages, such as a file name or a URL.
   *
   * @default {""}
   */
  source?: string;
  /**
   * Takes each error. What is wrong is then left out of the result: a line or, after invalid metadata, the samples that follow.
   *
   * @default The first error is thrown.
   */
  onError?: (error: ExpositionError) => void;
}

const OPTIONS: readonly (keyof ParseOptions)[] = ["format", "source", "onError"];

/** Returns the format of a text without a content type. OpenMetrics ends with `# EOF`, which in the text format is a comment. */
export function detectFormat(text: string): NonNullable<ParseOptions["format"]> {
  return /(?:^|\n)# EOF\n?$/.test(text.slice(-8)) ? "openmetrics" : "text";
}

/**
 * Parses an exposition, and checks everything that the specification of its format requires, except for rules about successive
 * expositions. Families and samples are in the order of the text. The time is linear in the length of the text, whatever it
 * contains.
 *
 * ```ts
 * import { parseExposition } from "@exporter/prometheus";
 *
 * const text = '# TYPE jobs_total counter\njobs_total{queue="mail"} 12\n';
 * const [family] = parseExposition(text);
 * console.log(family?.name, family?.type, family?.samples[0]?.value); // jobs_total counter 12
 * ```
 *
 * Names are those of the text format: the OpenMetrics counter `jobs` becomes the family `jobs_total`, the info `build` becomes
 * `build_info`, and the type `unknown` becomes `untyped`. Timestamps are rounded to milliseconds. Labels with empty values, which
 * are the same as absent ones, and `_created` samples of OpenMetrics are left out. In the text format, histograms may lack buckets,
 * sum or count, as Prometheus accepts that, too.
 *
 * @throws {ExpositionError} If the text is not a valid exposition in that format, unless `onError` takes the errors.
 * @throws {TypeError} If an option is unknown.
 * @throws {RangeError} If the format is unknown.
 * @see {@link https://prometheus.io/docs/instrumenting/exposition_formats/}
 * @see {@link https://prometheus.io/docs/specs/om/open_metrics_spec/}
 */
export function parseExposition(text: string, options: ParseOptions = {}): Family[] {
  checkNames("Cannot parse exposition", options, OPTIONS);
  const { format = "text", source = "", onError } = options;
  const input = { text, source, onError };
  switch (format) {
    case "text":
      return parseText(input);
    case "openmetrics":
      return parseOpenMetrics(input);
    default:
      throw new RangeError(
        `Cannot parse exposition: expected format "text" or "openmetrics", got ${describe(format)}`,
      );
  }
}

/**
 * Parses an exposition in protobuf, which consists of delimited `io.prometheus.client.MetricFamily` messages. Native buckets of
 * histograms are left out.
 *
 * ```ts
 * import { Counter, parseProtobuf, Registry } from "@exporter/prometheus";
 *
 * const registry = new Registry();
 * registry.register(new Counter("jobs_total", "Jobs processed."));
 * const exposition = await registry.expose({ format: "protobuf" });
 * console.log(parseProtobuf(exposition.bytes()).map(({ name }) => name));
 * ```
 *
 * @throws {SyntaxError} If the bytes are not a valid exposition.
 * @see {@link https://prometheus.io/docs/instrumenting/exposition_formats/#protobuf-format}
 */
export function parseProtobuf(bytes: Uint8Array): Family[] {
  return parseMetricFamilies(bytes);
}
