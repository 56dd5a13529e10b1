/**
 * Utilities for testing programs that expose metrics.
 *
 * @module
 */

import type { Exposition } from "./exposition.ts";
import { obeysType } from "./encode/openmetrics_rules.ts";
import { formatOf, OPENMETRICS_2, versionsOf } from "./encode/format.ts";
import { Labels, type LabelsInit } from "./labels.ts";
import { lint } from "./lint.ts";
import { checkNames } from "./model/options.ts";
import { orderSamples } from "./collect/order.ts";
import { detectFormat, parseExposition, type ParseOptions, parseProtobuf } from "./parse.ts";
import { Registry } from "./registry.ts";
import type { Family } from "./model/family.ts";

/** An exposition in any form: a registry, which is scraped, an exposition, an HTTP response, or a text. */
export type Exposed = Registry | Exposition | Response | string;

/** Options of {@linkcode assertExposition}. */
export interface AssertExpositionOptions {
  /** The names of the families to compare, if a registry is given. By default all. */
  names?: Iterable<string>;
}

/**
 * Scrapes a registry and returns the value of one series, or undefined if there is no such series.
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
 * @throws {Error} If they differ. The message shows missing lines with `-`, and unexpected ones with `+`.
 * @throws {TypeError} If the exposition is protobuf.
 */
export async function assertExposition(
  exposed: Exposed,
  expected: string,
  options: AssertExpositionOptions = {},
): Promise<void> {
  checkNames("Cannot compare exposition", options, ["names"]);
  const filter = { names: new Set(options.names) };
  const { text } = await read(
    exposed instanceof Registry ? await exposed.expose({ filter }) : exposed,
    false,
  );
  const difference = compareLines(linesOf(text), linesOf(expected));
  if (difference.some((line) => !line.startsWith(" "))) {
    throw new Error(
      `The exposition is not as expected (+ unexpected, - missing):\n${difference.join("\n")}`,
    );
  }
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
 * await assertValidExposition(await exporter.fetch(new Request("http://localhost/metrics")));
 * ```
 *
 * @throws {Error} If a check fails. For names and values, the message lists all problems.
 * @throws {TypeError} If the exposition is OpenMetrics 2.0, for which there is no parser.
 */
export async function assertValidExposition(exposed: Exposed): Promise<void> {
  const families = await readFamilies(
    exposed instanceof Registry ? await exposed.expose() : exposed,
  );
  const problems = lint(families).map(({ name, problem }) => `${name}: ${problem}`);
  for (const { name, type, samples } of families) {
    const ordered = await orderSamples(name, type, samples);
    if (await obeysType({ name, type, samples: ordered })) continue;
    problems.push(`${name}: its values are impossible for a ${type}`);
  }
  if (problems.length > 0) {
    throw new Error(`The exposition violates rules:\n${problems.join("\n")}`);
  }
}

async function readFamilies(exposed: Exclude<Exposed, Registry>): Promise<readonly Family[]> {
  if (typeof exposed !== "string" && formatOf(contentTypeOf(exposed)) === "protobuf") {
    return parseProtobuf(await new Response(bodyOf(exposed)).bytes());
  }
  const { text, format } = await read(exposed, true);
  return parseExposition(text, { format });
}

/** A text and the format to parse it in. */
interface FormattedText {
  readonly text: string;
  readonly format: NonNullable<ParseOptions["format"]>;
}

/** Reads the text and the format of an exposition. If strict, rejects unknown content types. */
async function read(
  exposed: Exclude<Exposed, Registry>,
  isStrict: boolean,
): Promise<FormattedText> {
  if (typeof exposed === "string") return { text: exposed, format: detectFormat(exposed) };
  const format = readableFormat(contentTypeOf(exposed), isStrict);
  return { text: await new Response(bodyOf(exposed)).text(), format };
}

function contentTypeOf(exposed: Exposition | Response): string {
  if (exposed instanceof Response) return exposed.headers.get("content-type") ?? "";
  return exposed.contentType;
}

/** Returns the uncompressed body. */
function bodyOf(exposed: Exposition | Response): ReadableStream<Uint8Array<ArrayBuffer>> {
  const isResponse = exposed instanceof Response;
  if (isResponse && (!exposed.ok || exposed.body === null)) {
    throw new Error(`The response is not an exposition: status ${exposed.status}`);
  }
  const encoding = isResponse ? exposed.headers.get("content-encoding") : exposed.encoding;
  const body = isResponse ? exposed.body! : exposed.stream();
  // `fetch()` has already decompressed a response from the network, but not one that a handler returned.
  const isCompressed = encoding === "gzip" && !(isResponse && exposed.url !== "");
  return isCompressed ? body.pipeThrough(new DecompressionStream("gzip")) : body;
}

/** Returns the format of a content type, if its text can be read. */
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
  throw new Error(`The response is not an exposition: content type "${contentType}"`);
}

function linesOf(text: string): string[] {
  return text.split("\n").map((line) => line.trim()).filter((line) => line !== "");
}

/** Returns a diff, based on the longest common subsequence. Each line begins with a space, `+` or `-`. */
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
