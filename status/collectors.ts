/**
 * The status of collectors, from their last runs.
 *
 * @module
 */

import type { RunnerState } from "../collect/runner.ts";
import { roundSeconds } from "../model/deadline.ts";
import type { CollectorState, CollectorStatus } from "./document.ts";
import { redact } from "./redact.ts";

/** The states, the worst first. */
const STATES: readonly CollectorState[] = ["failing", "late", "stale", "running", "idle", "ok"];

/** The states that somebody should do something about. */
const BAD_STATES: ReadonlySet<CollectorState> = new Set(["failing", "late", "stale"]);

/** Options of {@linkcode collectorStatuses}. */
export interface CollectorStatusOptions {
  /** The timeout of scrapes, in seconds. */
  readonly timeout: number;
  /** Whether to include error messages. */
  readonly isDetailed: boolean;
}

/** Returns the status of all collectors, those with problems first. Those without a name are there if they have problems. */
export function collectorStatuses(
  states: readonly RunnerState[],
  options: CollectorStatusOptions,
): CollectorStatus[] {
  return states.map((state) => statusOf(state, options))
    .filter(({ name, state }) => name !== "" || BAD_STATES.has(state))
    .sort((a, b) => STATES.indexOf(a.state) - STATES.indexOf(b.state));
}

/** Returns the state of all collectors in one sentence, with the first error. */
export function summaryOf(collectors: readonly CollectorStatus[], isReady: boolean): string {
  const bad = collectors.filter(({ state }) => BAD_STATES.has(state));
  const [worst] = bad;
  if (worst === undefined) {
    if (!isReady) return "The exporter is not ready";
    const { length } = collectors;
    if (length === 0) return "There are no collectors";
    return length === 1 ? "The collector works" : `All ${length} collectors work`;
  }
  const failing = bad.filter(({ state }) => state !== "late").length;
  const verb = failing === bad.length
    ? bad.length === 1 ? "fails" : "fail"
    : failing === 0
    ? bad.length === 1 ? "is late" : "are late"
    : "fail or are late";
  const { length } = collectors;
  const names = bad.slice(0, 3).map(({ name }) => name || "one without a name").join(", ");
  const more = bad.length > 3 ? ` and ${bad.length - 3} more` : "";
  const noun = length === 1 ? "collector" : "collectors";
  return `${bad.length} of ${length} ${noun} ${verb}: ${names}${more}`;
}

function statusOf(
  { name = "", ttl, timeout, age, running, history }: RunnerState,
  options: CollectorStatusOptions,
): CollectorStatus {
  const last = history.runs.at(-1);
  const deadline = Math.min(timeout, options.timeout);
  const state = stateOf({ running, age }, last?.result);
  const overdue = running?.isAbandoned ? running.duration : undefined;
  const now = Date.now();
  const since = overdue === undefined ? undefined : now - overdue * 1000;
  const error = history.lastError;
  return {
    name,
    state,
    since: BAD_STATES.has(state) ? seconds(history.failingSince ?? since ?? last?.startedAt) : null,
    error: error === undefined ? null : {
      time: error.at / 1000,
      kind: error.kind,
      message: options.isDetailed ? redact(error.message) : "",
    },
    duration: overdue ?? last?.duration ?? running?.duration ?? null,
    deadline,
    ttl,
    age: age === undefined ? null : roundSeconds(age),
    samples: last?.samples ?? null,
    bytes: last?.bytes ?? null,
    lastSuccess: seconds(history.lastSuccess),
    runs: history.runs.map(({ startedAt, duration, result, samples }) => {
      return { time: startedAt / 1000, duration, result, samples };
    }),
  };
}

function stateOf(
  { running, age }: Pick<RunnerState, "running" | "age">,
  last: "ok" | "failed" | "late" | undefined,
): CollectorState {
  const isLate = running?.isAbandoned || last === "late";
  if (isLate || last === "failed") {
    if (age !== undefined) return "stale";
    return isLate ? "late" : "failing";
  }
  if (last === "ok") return "ok";
  return running === undefined ? "idle" : "running";
}

function seconds(milliseconds: number | undefined): number | null {
  return milliseconds === undefined ? null : milliseconds / 1000;
}
