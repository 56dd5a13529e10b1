/**
 * Times that tasks and operations take.
 *
 * @module
 */

import { MOST_RUNS, type Repetition } from "./protocol.ts";

/** How many batches an operation is timed in. */
const BATCHES = 5;

/** Operations before the first batch, and before the clock is looked at again. */
const WARM_UP = 200_000;

/**
 * Runs a task again and again, and gives the time of each run in milliseconds. What happens `before` a run does not count.
 */
export async function timeRuns(
  task: () => Promise<unknown> | unknown,
  before: (run: number) => Promise<unknown> | unknown,
  { warmUp, least, seconds }: Repetition,
): Promise<number[]> {
  const times: number[] = [];
  let end = Infinity;
  for (let run = 0; times.length < MOST_RUNS; run++) {
    const prepared = before(run);
    if (prepared instanceof Promise) await prepared;
    const start = performance.now();
    if (run === warmUp) end = start + seconds * 1000;
    const result = task();
    if (result instanceof Promise) await result;
    const now = performance.now();
    if (run >= warmUp) times.push(now - start);
    if (times.length >= least && now >= end) break;
  }
  return times;
}

/** Times batches of an operation; gives nanoseconds for each operation, and how often it was done altogether. */
export function timeOperation(
  run: (times: number) => void,
  seconds: number,
): { times: number[]; done: number } {
  let done = 0;
  const time = (count: number) => {
    const start = performance.now();
    run(count);
    done += count;
    return performance.now() - start;
  };
  // The second time around, the loop is compiled.
  time(WARM_UP);
  const perRun = Math.max(time(WARM_UP), 0.01);
  const count = Math.ceil((WARM_UP * seconds * 1000) / BATCHES / perRun);
  const times = Array.from({ length: BATCHES }, () => (time(count) * 1e6) / count);
  return { times, done };
}
