/**
 * The command `lint`, which checks the exposition of any exporter.
 *
 * @module
 */

import { orderSamples } from "../collect/order.ts";
import { formatOf } from "../encode/format.ts";
import { lint } from "../lint.ts";
import type { Family } from "../model/family.ts";
import type { Sample } from "../model/sample.ts";
import { detectFormat, type ParseOptions } from "../parse.ts";
import { parseOpenMetrics } from "../parse/openmetrics.ts";
import { Positions } from "../parse/positions.ts";
import { parseText } from "../parse/text.ts";
import { impossibleValues } from "../parse/values.ts";

/**
 * Lints an exposition, and prints each problem as a line on standard error: first what cannot be parsed, then impossible values, then
 * names that break the rules.
 *
 * @param target A file, an `http:` or `https:` URL, or `-` for standard input.
 * @returns Whether there are no problems.
 * @throws {Error} If the target cannot be read.
 */
export async function lintTarget(target: string): Promise<boolean> {
  const source = await read(target);
  let isGood = true;
  const print = (problem: string) => {
    isGood = false;
    console.error(problem);
  };
  const offsets = new Map<Sample, number>();
  const input = {
    text: source.text,
    source: target,
    onError: ({ message }: Error) => print(message),
    onSample: (sample: Sample, from: number) => offsets.set(sample, from),
  };
  const families = source.format === "text" ? parseText(input) : parseOpenMetrics(input);
  for (const problem of await valueProblems(families, source.text, offsets)) {
    print(`${target}: ${problem}`);
  }
  for (const { name, problem } of lint(families)) print(`${target}: ${name}: ${problem}`);
  return isGood;
}

/** Describes the impossible values that a text has at these offsets, in the order of the text. */
async function valueProblems(
  families: readonly Family[],
  text: string,
  offsets: ReadonlyMap<Sample, number>,
): Promise<string[]> {
  const found: { from: number; problem: string }[] = [];
  for (const family of families) {
    const { name, type, samples } = family;
    const ordered = await orderSamples(name, type, samples);
    for (const { sample, problem } of impossibleValues({ ...family, samples: ordered })) {
      const from = offsets.get(sample);
      if (from !== undefined) found.push({ from, problem: `${name}: ${problem}` });
    }
  }
  const positions = new Positions(text);
  return found.sort((a, b) => a.from - b.from).map(({ from, problem }) => {
    const { line, column } = positions.at(from);
    return `line ${line}, column ${column}: ${problem}`;
  });
}

/** An exposition and its format. */
interface Source {
  readonly text: string;
  readonly format: NonNullable<ParseOptions["format"]>;
}

async function read(target: string): Promise<Source> {
  try {
    if (/^https?:\/\//.test(target)) return await readUrl(target);
    const text = target === "-"
      ? await new Response(Deno.stdin.readable).text()
      : await Deno.readTextFile(target);
    return { text, format: detectFormat(text) };
  } catch (cause) {
    const reason = describeFailure(cause as Error);
    throw new Error(`Cannot read ${JSON.stringify(target)}: ${reason}`, { cause });
  }
}

async function readUrl(url: string): Promise<Source> {
  const accept = "application/openmetrics-text; version=1.0.0, text/plain; version=0.0.4; q=0.5";
  const response = await fetch(url, { headers: { accept } });
  const text = await response.text();
  if (!response.ok) throw new Error(`status ${response.status}`);
  const contentType = response.headers.get("content-type") ?? "";
  return { text, format: formatOf(contentType) === "openmetrics" ? "openmetrics" : "text" };
}

/** Describes why something cannot be read, without its name, which Deno adds. Errors of `fetch()` have the reason in their cause. */
function describeFailure({ message, cause }: Error): string {
  const reason = cause instanceof Error ? cause.message : message;
  return reason
    .replace(/^error sending request for url \(\S*\): /, "")
    .replace(/: readfile '.*'$/s, "");
}
