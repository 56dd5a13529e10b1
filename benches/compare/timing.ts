/**
 * Timing of tasks and operations.
 *
 * @module
 */

import { MOST_RUNS, type Repetition } from "./protocol.ts";

/** The number of batches per operation. */
const BATCHES = 5;

/** The number of operations to warm up, and to estimate the size of a batch. */
const WARM_UP = 200_000;

/**
 * Repeats a task, and returns the duration of each run in milliseconds, without that of `before`.
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

/** Times batches of an operation, and returns nanoseconds per operation for each batch, and the total number of operations. */
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
  // By the second call, the loop is compiled.
  time(WARM_UP);
  const perRun = Math.max(time(WARM_UP), 0.01);
  const count = Math.ceil((WARM_UP * seconds * 1000) / BATCHES / perRun);
  const times = Array.from({ length: BATCHES }, () => (time(count) * 1e6) / count);
  return { times, done };
}
