/**
 * Deadlines and durations, in seconds.
 *
 * @module
 */

import { inNextTurn } from "./event_loop.ts";

/** The timeout of a scrape, in seconds, if the scraper does not send one. */
export const DEFAULT_SCRAPE_TIMEOUT = 10;

/** The longest delay that `setTimeout` supports, in milliseconds. */
const MAX_TIMER_DELAY = 2 ** 31 - 1;

/** The deadlines by the monotonic clock, in seconds. */
const moments = new WeakMap<Date, number>();

/** Returns the time this many seconds from now. */
export function deadlineIn(seconds: number): Date {
  const deadline = new Date(Date.now() + seconds * 1000);
  moments.set(deadline, monotonicSeconds() + seconds);
  return deadline;
}

/**
 * Returns the seconds that are left until a deadline, negative after it. When the system's clock is set, they stay the same: for a
 * date that {@linkcode deadlineIn} did not return, from the first call with it on.
 */
export function secondsUntil(deadline: Date): number {
  let moment = moments.get(deadline);
  if (moment === undefined) {
    moment = monotonicSeconds() + (deadline.getTime() - Date.now()) / 1000;
    moments.set(deadline, moment);
  }
  return moment - monotonicSeconds();
}

function monotonicSeconds(): number {
  return performance.now() / 1000;
}

/** Returns whether a promise settles within this many seconds, and before a signal aborts. */
export function settlesWithin(
  promise: Promise<unknown>,
  seconds: number,
  signal?: AbortSignal,
): Promise<boolean> {
  return new Promise((resolve) => {
    const began = monotonicSeconds();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const end = (inTime: boolean) => {
      cancel();
      clearTimeout(timer);
      signal?.removeEventListener("abort", giveUp);
      resolve(inTime);
    };
    const giveUp = () => end(false);
    // Most promises settle in this turn of the event loop, and do not need a timer.
    const cancel = inNextTurn(() => {
      const left = signal?.aborted ? 0 : seconds - (monotonicSeconds() - began);
      timer = setTimeout(giveUp, Math.min(Math.max(left, 0) * 1000, MAX_TIMER_DELAY));
    });
    signal?.addEventListener("abort", giveUp);
    promise.then(() => end(true), () => end(true));
  });
}

/** Rounds seconds to whole microseconds. Further digits are noise of the clock. */
export function roundSeconds(seconds: number): number {
  return Math.round(seconds * 1e6) / 1e6;
}
