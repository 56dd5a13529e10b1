/**
 * The command `lint`, which checks the exposition of any exporter.
 *
 * @module
 */

import { orderSamples } from "../collect/order.ts";
import { lint } from "../lint.ts";
import type { Family } from "../model/family.ts";
import type { Sample } from "../model/sample.ts";
import { parseOpenMetrics } from "../parse/openmetrics.ts";
import { Positions } from "../parse/positions.ts";
import { parseText } from "../parse/text.ts";
import { impossibleValues } from "../parse/values.ts";
import { formatBytes, Progress } from "./progress.ts";
import { readSource, shownTarget } from "./source.ts";

/**
 * Lints an exposition, and prints each problem as a line on standard error: first what cannot be parsed, then impossible values, then
 * names that break the rules.
 *
 * @param target A file, an `http:` or `https:` URL, or `-` for standard input.
 * @returns Whether there are no problems.
 * @throws {Error} If the target cannot be read.
 */
export async function lintTarget(target: string): Promise<boolean> {
  using progress = new Progress();
  const source = await readSource(target, {
    onProgress: (bytes) => progress.show(() => `Read ${formatBytes(bytes)}`),
  });
  let isGood = true;
  const print = (problem: string) => {
    isGood = false;
    progress.clear();
    console.error(problem);
  };
  const offsets = new Map<Sample, number>();
  const name = shownTarget(target);
  const input = {
    text: source.text,
    source: name,
    onError: ({ message }: Error) => print(message),
    onSample: (sample: Sample, from: number) => {
      offsets.set(sample, from);
      progress.show(() => `Parsed ${Math.floor(100 * from / source.text.length)} %`);
    },
  };
  const families = source.format === "text" ? parseText(input) : parseOpenMetrics(input);
  for (const problem of await valueProblems(families, source.text, offsets)) {
    print(`${name}: ${problem}`);
  }
  for (const { name: metric, problem } of lint(families)) print(`${name}: ${metric}: ${problem}`);
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
