/**
 * Tasks of libraries, timed.
 *
 * @module
 */

import type { Repetition, Task } from "./protocol.ts";
import type { Side } from "./side.ts";
import { median } from "./statistics.ts";
import { type Change, type Selection, selection, type Workload } from "./workload.ts";

/** So many selections of a kind are enough to come to every series. */
const SELECTIONS = 100;

/** The first selections of a kind of change. */
export function selections(workload: Workload, change: Change): Selection[] {
  return Array.from({ length: SELECTIONS }, (_, n) => selection(workload, change, n));
}

/** The median of the times that a task of a library takes, in milliseconds, with a change before each run. */
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
