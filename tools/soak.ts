/**
 * The program behind `deno task test:soak`. It keeps an exporter busy with scrapes, changes, reloads, failing collectors and bad
 * clients, and records its memory, descriptors, threads and event loop lag.
 *
 *     deno task test:soak [--seconds 600] [--leak heap|descriptors]
 *
 * The exit status is 1 if anything went wrong, or if a figure rises after the warm-up, which is the first quarter of the time and 20
 * seconds at least: see `judge()` in `tests/soak/trend.ts`. With `--leak` the exporter leaks on purpose, so that it has to be 1. The
 * last line has the form `8 passed, 0 failed`: it counts the figures, and everything else as one more.
 *
 * @module
 */

import { parseArgs } from "node:util";
import { type FigureName, FIGURES, type Recording, resolutionOf } from "../tests/soak/figures.ts";
import { soak } from "../tests/soak/soak.ts";
import { judge, lowerEnvelope, type Point, WINDOWS } from "../tests/soak/trend.ts";

const { values } = parseArgs({
  args: Deno.args,
  options: { seconds: { type: "string", default: "600" }, leak: { type: "string" } },
});

const HOUR = 3600;

/** Prints how a figure developed, and returns whether that is good. */
function judgeFigure(recording: Recording, name: FigureName, warmUp: number): boolean {
  const { title, unit } = FIGURES[name];
  const points = recording.since(warmUp, name);
  if (points.length < 2 * WINDOWS) {
    console.log(`${title.padEnd(23)} not judged: ${points.length} readings after the warm-up`);
    return false;
  }
  const envelope = lowerEnvelope(points);
  const level = envelope[0]![1];
  const { slope, allowance, verdict } = judge(points, resolutionOf(name, level, warmUp));
  const figures = [
    lowest(recording.since(0, name).slice(0, points.length / WINDOWS)),
    level,
    envelope.at(-1)![1],
    slope * HOUR,
    allowance * HOUR,
  ];
  console.log(
    [title.padEnd(23), ...figures.map((figure) => figure.toFixed(1).padStart(9))].join("") +
      `  ${unit.padEnd(4)} ${verdict}`,
  );
  return verdict !== "rises";
}

function lowest(points: readonly Point[]): number {
  return Math.min(...points.map(([, value]) => value));
}

const seconds = Number(values.seconds);
if (!(seconds >= 40)) {
  throw new RangeError(`Cannot soak for "${values.seconds}" s: expected 40 or more`);
}
const warmUp = Math.max(20, seconds / 4);
const { recording, failures, counts } = await soak({
  seconds,
  leak: values.leak,
  interval: Math.min(1, seconds / 200),
});
for (const failure of failures) console.log(`failure: ${failure}`);
console.log(`${counts.scrapes} scrapes and ${counts.reloads} reloads in ${seconds} s\n`);
console.log("lowest values              start     warm      end   slope/h allowed/h");
const verdicts = (Object.keys(FIGURES) as FigureName[])
  .map((name) => judgeFigure(recording, name, warmUp));
verdicts.push(failures.length === 0);
const failed = verdicts.filter((isGood) => !isGood).length;
console.log(`\n${verdicts.length - failed} passed, ${failed} failed`);
Deno.exit(failed === 0 ? 0 : 1);
