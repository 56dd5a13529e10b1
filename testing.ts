/**
 * For the tests of those who expose metrics: values of series, whole expositions compared with what they should be, and
 * whether an exposition is one at all.
 *
 * ```ts
 * import { Counter, Registry } from "@exporter/prometheus";
 * import { assertExposition, sampleValue } from "@exporter/prometheus/testing";
 *
 * const registry = new Registry();
 * const jobs = registry.register(new Counter("jobs_total", "Jobs done.", { labels: ["queue"] }));
 * jobs.labels("mail").inc();
 *
 * console.log(await sampleValue(registry, "jobs_total", { queue: "mail" })); // 1
 * await assertExposition(registry, `
 *   # HELP jobs_total Jobs done.
 *   # TYPE jobs_total counter
 *   jobs_total{queue="mail"} 1
 * `, { names: ["jobs_total"] });
 * ```
 *
 * @module
 */

import type { Exposition } from "./exposition.ts";
import { obeysType } from "./encode/openmetrics_rules.ts";
import { formatOf, OPENMETRICS_2, versionsOf } from "./encode/format.ts";
import { Labels, type LabelsInit } from "./labels.ts";
import { lint } from "./lint.ts";
import { orderSamples } from "./collect/order.ts";
import { detectFormat, parseExposition, type ParseOptions, parseProtobuf } from "./parse.ts";
import { Registry } from "./registry.ts";
import type { Family } from "./model/family.ts";

/** What can be exposed, or was: a registry is scraped, and a response is read. */
export type Exposed = Registry | Exposition | Response | string;

/** Options of {@linkcode assertExposition}. */
export interface AssertExpositionOptions {
  /** The names of the families to compare, if what is exposed is a registry. By default all. */
  names?: Iterable<string>;
}

/**
 * Scrapes a registry and gives the value of one series.
 *
 * @param name The name of the sample, such as `request_duration_seconds_count`.
 * @param labels All its labels.
 * @returns The value, or undefined if there is no such series.
 */
export async function sampleValue(
  registry: Registry,
  name: string,
  labels: LabelsInit = {},
): Promise<number | undefined> {
  const wanted = new Labels(labels);
  const { families } = await registry.gather();
  return families.flatMap(({ samples }) => samples).find((sample) =>
    sample.name === name && sample.labels.length === 2 * wanted.size &&
    [...wanted].every(([label, value]) => sample.label(label) === value)
  )?.value;
}

/**
 * Compares what is exposed with a text. Indentation and empty lines of the expected text do not count.
 *
 * @throws {Error} If they differ. The message shows the lines that are missing and those that are too much.
 * @throws {TypeError} If what is exposed is protobuf.
 */
export async function assertExposition(
  exposed: Exposed,
  expected: string,
  options: AssertExpositionOptions = {},
): Promise<void> {
  const filter = { names: new Set(options.names) };
  const { text } = await read(
    exposed instanceof Registry ? await exposed.expose({ filter }) : exposed,
    false,
  );
  const difference = compareLines(linesOf(text), linesOf(expected));
  if (difference.some((line) => !line.startsWith(" "))) {
    throw new Error(
      `The exposition is not as expected (+ is too much, - is missing):\n${difference.join("\n")}`,
    );
  }
}

/**
 * Checks that a strict parser accepts what is exposed, that its values obey the rules of their types, and that its names follow
 * those of Prometheus: histograms have buckets that rise to `+Inf`, and counters are not negative, in the text format as well. Of
 * a response also the content type is checked, without which Prometheus 3 refuses it.
 *
 * @throws {Error} If not. The message names every problem.
 * @throws {TypeError} If what is exposed is OpenMetrics 2.0, for which there is no parser.
 */
export async function assertValidExposition(exposed: Exposed): Promise<void> {
  const families = await readFamilies(
    exposed instanceof Registry ? await exposed.expose() : exposed,
  );
  const problems = lint(families).map(({ name, problem }) => `${name}: ${problem}`);
  for (const { name, type, samples } of families) {
    const ordered = await orderSamples(name, type, samples);
    if (await obeysType({ name, type, samples: ordered })) continue;
    problems.push(`${name}: its values cannot be those of a ${type}`);
  }
  if (problems.length > 0) throw new Error(`The exposition breaks rules:\n${problems.join("\n")}`);
}

async function readFamilies(exposed: Exclude<Exposed, Registry>): Promise<readonly Family[]> {
  if (typeof exposed !== "string" && formatOf(contentTypeOf(exposed)) === "protobuf") {
    return parseProtobuf(await new Response(bodyOf(exposed)).bytes());
  }
  const { text, format } = await read(exposed, true);
  return parseExposition(text, { format });
}

interface Read {
  readonly text: string;
  readonly format: NonNullable<ParseOptions["format"]>;
}

/** Reads what can be parsed. A strict reader wants to be told which format in which version it is. */
async function read(exposed: Exclude<Exposed, Registry>, isStrict: boolean): Promise<Read> {
  if (typeof exposed === "string") return { text: exposed, format: detectFormat(exposed) };
  const format = readableFormat(contentTypeOf(exposed), isStrict);
  return { text: await new Response(bodyOf(exposed)).text(), format };
}

function contentTypeOf(exposed: Exposition | Response): string {
  if (exposed instanceof Response) return exposed.headers.get("content-type") ?? "";
  return exposed.contentType;
}

/** What is exposed, not compressed any more. */
function bodyOf(exposed: Exposition | Response): ReadableStream<Uint8Array<ArrayBuffer>> {
  const isResponse = exposed instanceof Response;
  if (isResponse && (!exposed.ok || exposed.body === null)) {
    throw new Error(`The response is no exposition: status ${exposed.status}`);
  }
  const encoding = isResponse ? exposed.headers.get("content-encoding") : exposed.encoding;
  const body = isResponse ? exposed.body! : exposed.stream();
  // A response that came over a network is decompressed already; one of a handler that was called is not.
  const isCompressed = encoding === "gzip" && !(isResponse && exposed.url !== "");
  return isCompressed ? body.pipeThrough(new DecompressionStream("gzip")) : body;
}

/** The format of a content type. */
function readableFormat(
  contentType: string,
  isStrict: boolean,
): NonNullable<ParseOptions["format"]> {
  const format = formatOf(contentType);
  if (format === "protobuf") throw new TypeError("Cannot read exposition as text: it is protobuf");
  const version = /;\s*version="?([^";\s]*)/i.exec(contentType)?.[1];
  if (format === "openmetrics" && version === OPENMETRICS_2) {
    throw new TypeError("Cannot read exposition: there is no parser of OpenMetrics 2.0");
  }
  if (!isStrict) return format ?? "text";
  const isUtf8 = /;\s*charset="?(?!utf-8\b)/i.exec(contentType) === null;
  if (
    format !== undefined && isUtf8 && versionsOf(format, false).some((known) => known === version)
  ) {
    return format;
  }
  throw new Error(`The response is no exposition: content type "${contentType}"`);
}

function linesOf(text: string): string[] {
  return text.split("\n").map((line) => line.trim()).filter((line) => line !== "");
}

/** The lines of both, by the longest common subsequence, each marked as common, too much or missing. */
function compareLines(actual: readonly string[], expected: readonly string[]): string[] {
  const lengths = Array.from({ length: actual.length + 1 }, () => {
    return new Uint32Array(expected.length + 1);
  });
  for (let i = actual.length - 1; i >= 0; i--) {
    for (let j = expected.length - 1; j >= 0; j--) {
      lengths[i]![j] = actual[i] === expected[j]
        ? lengths[i + 1]![j + 1]! + 1
        : Math.max(lengths[i + 1]![j]!, lengths[i]![j + 1]!);
    }
  }
  const lines: string[] = [];
  let [i, j] = [0, 0];
  while (i < actual.length || j < expected.length) {
    if (actual[i] === expected[j] && i < actual.length) {
      lines.push(`  ${actual[i++]}`);
      j++;
    } else if (
      j === expected.length || (i < actual.length && lengths[i + 1]![j]! >= lengths[i]![j + 1]!)
    ) {
      lines.push(`+ ${actual[i++]}`);
    } else {
      lines.push(`- ${expected[j++]}`);
    }
  }
  return lines;
}
