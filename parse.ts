/**
 * Reads expositions: what exporters, this library's and others', write for Prometheus.
 *
 * ```ts
 * import { parseExposition } from "@exporter/prometheus";
 *
 * const text = '# TYPE jobs_total counter\njobs_total{queue="mail"} 12\n';
 * const [family] = parseExposition(text);
 * console.log(family?.name, family?.type, family?.samples[0]?.value);
 * ```
 *
 * @module
 */

import { describe } from "./model/describe.ts";
import { parseOpenMetrics } from "./parse/openmetrics.ts";
import { parseMetricFamilies } from "./parse/protobuf.ts";
import { parseText } from "./parse/text.ts";
import type { Family } from "./model/family.ts";

/** How {@linkcode parseExposition} reads. */
export interface ParseOptions {
  /**
   * The format: `text` is Prometheus' text format, 0.0.4 or 1.0.0, `openmetrics` is OpenMetrics 1.0, either with names in quotes,
   * that of a metric within the braces.
   *
   * @default {"text"}
   */
  format?: "text" | "openmetrics";
  /**
   * What is read, such as a file name or a URL, for the messages of errors.
   *
   * @default {""}
   */
  source?: string;
}

/**
 * Tells in which format a text is, where no content type says so: OpenMetrics ends in `# EOF`, which is a mere comment in
 * the text format.
 */
export function detectFormat(text: string): NonNullable<ParseOptions["format"]> {
  return /(?:^|\n)# EOF\n?$/.test(text.slice(-8)) ? "openmetrics" : "text";
}

/**
 * Reads an exposition, strictly: everything that the specification of its format demands is checked, but for what only a
 * comparison with an earlier exposition could show.
 *
 * Families and samples come in the order of the text. Names are those of the text format: the OpenMetrics counter `jobs` is
 * family `jobs_total`, the info `build` is family `build_info`, and what is of type `unknown` is of type `untyped`. Timestamps are
 * rounded to milliseconds. Labels with empty values are left out, as they are as good as not there, and so are `_created` samples
 * of OpenMetrics. A text exposition may have histograms with buckets or totals missing, which Prometheus takes as well.
 *
 * It takes time in proportion to the length of the text, whatever that is.
 *
 * @throws {ExpositionError} If the text is not an exposition in that format.
 * @throws {RangeError} If there is no such format.
 */
export function parseExposition(text: string, options: ParseOptions = {}): Family[] {
  const { format = "text", source = "" } = options;
  switch (format) {
    case "text":
      return parseText(text, source);
    case "openmetrics":
      return parseOpenMetrics(text, source);
    default:
      throw new RangeError(
        `Cannot parse exposition: expected format "text" or "openmetrics", got ${describe(format)}`,
      );
  }
}

/**
 * Parses an exposition in protobuf, that is delimited messages `io.prometheus.client.MetricFamily`. The native part of histograms is
 * left out.
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
 * @throws {SyntaxError} If the bytes are not an exposition.
 * @see {@link https://prometheus.io/docs/instrumenting/exposition_formats/#protobuf-format}
 */
export function parseProtobuf(bytes: Uint8Array): Family[] {
  return parseMetricFamilies(bytes);
}
