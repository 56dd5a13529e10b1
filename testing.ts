/**
 * Utilities for testing programs that expose metrics.
 *
 * @module
 */

import { decompressZstd } from "./parse/zstd.ts";
import { orderSamples } from "./collect/order.ts";
import { contentTypeProblem } from "./encode/content_type.ts";
import { formatOf, OPENMETRICS_2 } from "./encode/format.ts";
import type { Exporter } from "./exporter.ts";
import type { Exposition } from "./exposition.ts";
import { Labels, type LabelsInit } from "./labels.ts";
import { lint } from "./lint.ts";
import { checkNames } from "./model/options.ts";
import type { Family } from "./model/family.ts";
import { compareLines } from "./model/line_diff.ts";
import { haveSameSeries, nearestSeries } from "./model/nearest_series.ts";
import { formatValue } from "./model/numbers.ts";
import { Sample } from "./model/sample.ts";
import { detectFormat, parseExposition, type ParseOptions, parseProtobuf } from "./parse.ts";
import { linesOfFamilies } from "./parse/family_lines.ts";
import { impossibleValues } from "./parse/values.ts";
import { Registry } from "./registry.ts";

/**
 * What is tested: an exporter or a registry, which is scraped, an exposition, an HTTP response, or a text. A text is OpenMetrics if it
 * ends in `# EOF`.
 */
export type Exposed = Exporter | Registry | Exposition | Response | string;

/** Options of {@linkcode assertExposition} and {@linkcode assertValidExposition}. */
export interface AssertExpositionOptions {
  /**
   * The names of the families to look at, as in the text format.
   *
   * @default All families.
   */
  names?: Iterable<string>;
}

/**
 * Returns the value of one series, or undefined if there is no such series.
 *
 * ```ts
 * import { Counter, Registry } from "@exporter/prometheus";
 * import { sampleValue } from "@exporter/prometheus/testing";
 *
 * const registry = new Registry();
 * const jobs = registry.register(new Counter("jobs_total", "Jobs processed.", { labels: ["queue"] }));
 * jobs.labels("mail").inc();
 * console.log(await sampleValue(registry, "jobs_total", { queue: "mail" })); // 1
 * ```
 *
 * @param name The name of the sample, such as `request_duration_seconds_count`.
 * @param labels All labels of the series.
 * @throws {ExpositionError} If a text is not a valid exposition.
 * @throws {TypeError} If the exposition is OpenMetrics 2.0, for which there is no parser.
 */
export async function sampleValue(
  exposed: Exposed,
  name: string,
  labels: LabelsInit = {},
): Promise<number | undefined> {
  const wanted = seriesOf(name, labels);
  return (await readSamples(exposed)).find((sample) => haveSameSeries(sample, wanted))?.value;
}

/**
 * Checks the value of one series.
 *
 * ```ts
 * import { Counter, Registry } from "@exporter/prometheus";
 * import { assertSampleValue } from "@exporter/prometheus/testing";
 *
 * const registry = new Registry();
 * const jobs = registry.register(new Counter("jobs_total", "Jobs processed.", { labels: ["queue"] }));
 * jobs.labels("mail").inc();
 * await assertSampleValue(registry, "jobs_total", { queue: "mail" }, 1);
 * ```
 *
 * @param name The name of the sample, such as `request_duration_seconds_count`.
 * @param labels All labels of the series.
 * @throws {Error} If the value is another one, or there is no such series. The message then names the nearest one.
 * @throws {ExpositionError} If a text is not a valid exposition.
 * @throws {TypeError} If the exposition is OpenMetrics 2.0, for which there is no parser.
 */
export async function assertSampleValue(
  exposed: Exposed,
  name: string,
  labels: LabelsInit,
  expected: number,
): Promise<void> {
  const wanted = seriesOf(name, labels, expected);
  const difference = describeDifference(wanted, await readSamples(exposed));
  if (difference !== undefined) {
    throw new Error(`The exposition is not as expected: ${difference}`);
  }
}

/**
 * Compares an exposition with an expected text, regardless of indentation and empty lines.
 *
 * ```ts
 * import { Counter, Registry } from "@exporter/prometheus";
 * import { assertExposition } from "@exporter/prometheus/testing";
 *
 * const registry = new Registry();
 * registry.register(new Counter("jobs_total", "Jobs processed.")).inc();
 * const expected = ["# HELP jobs_total Jobs processed.", "# TYPE jobs_total counter", "jobs_total 1"];
 * await assertExposition(registry, expected.join("\n"), { names: ["jobs_total"] });
 * ```
 *
 * @throws {Error} If they differ. The message shows missing lines with `-`, and unexpected ones with `+`. For each expected series, it
 *   names the value that differs or, if there is no such series, the nearest one.
 * @throws {TypeError} If the exposition is protobuf.
 */
export async function assertExposition(
  exposed: Exposed,
  expected: string,
  options: AssertExpositionOptions = {},
): Promise<void> {
  checkNames("Cannot compare exposition", options, ["names"]);
  const { names } = options;
  const { text, format } = await readText(await scrape(exposed));
  const lines = linesOf(text);
  const actual = names === undefined ? lines : linesOfFamilies(lines, new Set(names));
  const wanted = linesOf(expected);
  const difference = compareLines(actual, wanted);
  if (difference.every((line) => line.startsWith(" "))) return;
  const samples = parseLines(actual, format);
  const reasons = parseLines(wanted, format)
    .map((sample) => describeDifference(sample, samples))
    .filter((reason) => reason !== undefined);
  throw new Error(
    [
      "The exposition is not as expected (+ unexpected, - missing):",
      ...difference,
      ...(reasons.length === 0 ? [] : ["", ...reasons]),
      ...(names === undefined && difference.some((line) => line.startsWith("+ # TYPE "))
        ? ["", "To compare some families only, name them in the option names"]
        : []),
    ].join("\n"),
  );
}

/**
 * Checks that an exposition is valid, that its values are possible for their types, and that its names follow the
 * {@link https://prometheus.io/docs/practices/naming/ | naming rules}. For example, the buckets of a histogram must end with
 * `+Inf`, and counters must not be negative. A response must also have a valid content type, because Prometheus 3 rejects others.
 *
 * ```ts
 * import { Exporter } from "@exporter/prometheus";
 * import { assertValidExposition } from "@exporter/prometheus/testing";
 *
 * await using exporter = new Exporter();
 * await assertValidExposition(exporter);
 * ```
 *
 * @throws {Error} If a check fails. For names and values, the message lists all problems.
 * @throws {TypeError} If the exposition is OpenMetrics 2.0, for which there is no parser.
 */
export async function assertValidExposition(
  exposed: Exposed,
  options: AssertExpositionOptions = {},
): Promise<void> {
  checkNames("Cannot check exposition", options, ["names"]);
  const { names } = options;
  const scraped = await scrape(exposed);
  if (scraped instanceof Response) assertIsExposition(scraped);
  const selected = names === undefined ? undefined : new Set(names);
  const families = (await readFamilies(scraped))
    .filter(({ name }) => selected === undefined || selected.has(name));
  const problems = lint(families);
  for (const family of families) {
    const { name, type } = family;
    const samples = await orderSamples(name, type, family.samples);
    for (const { problem } of impossibleValues({ ...family, samples })) {
      problems.push({ name, problem });
    }
  }
  if (problems.length > 0) {
    const lines = problems.map(({ name, problem }) => `${name}: ${problem}`);
    throw new Error(`The exposition violates rules:\n${lines.join("\n")}`);
  }
}

/** What an exporter or a registry was turned into. */
type Scraped = Exposition | Response | string;

/** Scrapes exporters and registries. */
async function scrape(exposed: Exposed, accept = "text/plain"): Promise<Scraped> {
  if (exposed instanceof Registry) return await exposed.expose();
  if (typeof exposed === "string" || !("handleMetrics" in exposed)) return exposed;
  const request = new Request("http://localhost/metrics", { headers: { accept } });
  return await exposed.handleMetrics(request);
}

async function readSamples(exposed: Exposed): Promise<Sample[]> {
  // Names are compared as they are, not as old scrapers read them.
  const families = exposed instanceof Registry
    ? (await exposed.gather()).families
    : await readFamilies(
      await scrape(exposed, "text/plain; version=1.0.0; escaping=allow-utf-8"),
    );
  return families.flatMap(({ samples }) => samples);
}

async function readFamilies(exposed: Scraped): Promise<readonly Family[]> {
  if (typeof exposed !== "string" && formatOf(contentTypeOf(exposed)) === "protobuf") {
    return parseProtobuf(await new Response(bodyOf(exposed)).bytes());
  }
  const { text, format } = await readText(exposed);
  return parseExposition(text, { format });
}

/** A text and the format to parse it in. */
interface FormattedText {
  readonly text: string;
  readonly format: NonNullable<ParseOptions["format"]>;
}

async function readText(exposed: Scraped): Promise<FormattedText> {
  if (typeof exposed === "string") return { text: exposed, format: detectFormat(exposed) };
  const contentType = contentTypeOf(exposed);
  const format = formatOf(contentType) ?? "text";
  if (format === "protobuf") throw new TypeError("Cannot read exposition as text: it is protobuf");
  const version = /;\s*version="?([^";\s]*)/i.exec(contentType)?.[1];
  if (format === "openmetrics" && version === OPENMETRICS_2) {
    throw new TypeError("Cannot read exposition: there is no parser of OpenMetrics 2.0");
  }
  return { text: await new Response(bodyOf(exposed)).text(), format };
}

function contentTypeOf(exposed: Exposition | Response): string {
  if (exposed instanceof Response) return exposed.headers.get("content-type") ?? "";
  return exposed.contentType;
}

/** Checks the status of a response, and that it has a body. */
function assertSuccess({ ok, body, status }: Response): void {
  if (!ok || body === null) throw new Error(`The response is not an exposition: status ${status}`);
}

function assertIsExposition(response: Response): void {
  assertSuccess(response);
  const contentType = contentTypeOf(response);
  const problem = contentTypeProblem(contentType);
  if (problem === undefined) return;
  throw new Error(
    `The response is not an exposition: content type ${JSON.stringify(contentType)}: ${problem}`,
  );
}

/** Returns the uncompressed body. */
function bodyOf(exposed: Exposition | Response): ReadableStream<Uint8Array<ArrayBuffer>> {
  const isResponse = exposed instanceof Response;
  if (isResponse) assertSuccess(exposed);
  const encoding = isResponse ? exposed.headers.get("content-encoding") : exposed.encoding;
  const body = isResponse ? exposed.body! : exposed.stream();
  // `fetch()` has already decompressed a response from the network, but not one that a handler returned.
  if (isResponse && exposed.url !== "") return body;
  if (encoding === "gzip") return body.pipeThrough(new DecompressionStream("gzip"));
  return encoding === "zstd" ? body.pipeThrough(zstdDecompression()) : body;
}

/** Decompresses zstd, for which there is no `DecompressionStream`. */
function zstdDecompression(): TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>> {
  const compressed: Uint8Array<ArrayBuffer>[] = [];
  return new TransformStream({
    transform: (chunk) => void compressed.push(chunk),
    flush: async (controller) => {
      controller.enqueue(await decompressZstd(await new Blob(compressed).bytes()));
    },
  });
}

function linesOf(text: string): string[] {
  return text.split("\n").map((line) => line.trim()).filter((line) => line !== "");
}

/** Parses the lines that can be parsed. */
function parseLines(lines: readonly string[], format: FormattedText["format"]): Sample[] {
  const text = lines.map((line) => `${line}\n`).join("");
  return parseExposition(text, { format, onError: () => {} }).flatMap(({ samples }) => samples);
}

function seriesOf(name: string, labels: LabelsInit, value = NaN): Sample {
  return new Sample(name, [...new Labels(labels, { utf8Names: true })].flat(), value);
}

/** Describes how the samples differ from an expected one; undefined if they have it with its value. */
function describeDifference(expected: Sample, samples: readonly Sample[]): string | undefined {
  const { series } = expected;
  const wanted = formatValue(expected.value);
  const sample = samples.find((sample) => haveSameSeries(sample, expected));
  if (sample !== undefined) {
    const value = formatValue(sample.value);
    return value === wanted ? undefined : `${series} is ${value}, expected ${wanted}`;
  }
  const nearest = nearestSeries(expected, samples);
  const hint = nearest === undefined
    ? "no similar one exists"
    : `the nearest one is ${nearest.series} ${formatValue(nearest.value)}`;
  return `${series} is missing, ${hint}`;
}
