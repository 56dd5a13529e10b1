/**
 * Timing of the tasks of libraries.
 *
 * @module
 */

import type { Repetition, Task } from "./protocol.ts";
import type { Side } from "./side.ts";
import { median } from "./statistics.ts";
import { type Change, type Selection, selection, type Workload } from "./workload.ts";

/** The number of selections of a kind that together cover every series. */
const SELECTIONS = 100;

/** Returns the first selections of a kind of change. */
export function selections(workload: Workload, change: Change): Selection[] {
  return Array.from({ length: SELECTIONS }, (_, n) => selection(workload, change, n));
}

/** Returns the median duration of a task in milliseconds, with a change before each run. */
export async function timeTask(
  side: Side,
  task: Task,
  workload: Workload,
  change: Change,
  repetition: Repetition,
): Promise<number> {
  const { times } = await side.ask({
    do: "time",
    task,
    selections: change === "none" ? [] : selections(workload, change),
    ...repetition,
  });
  return median(times);
}
