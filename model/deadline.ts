/**
 * Deadlines and durations, in seconds.
 *
 * @module
 */

/** The timeout of a scrape, in seconds, if the scraper does not send one. */
export const DEFAULT_SCRAPE_TIMEOUT = 10;

/** The longest delay that `setTimeout` supports, in milliseconds. */
const MAX_TIMER_DELAY = 2 ** 31 - 1;

/** Returns the time this many seconds from now. */
export function deadlineIn(seconds: number): Date {
  return new Date(Date.now() + seconds * 1000);
}

/** Returns whether a promise settles within this many seconds, and before a signal aborts. */
export function settlesWithin(
  promise: Promise<unknown>,
  seconds: number,
  signal?: AbortSignal,
): Promise<boolean> {
  return new Promise((resolve) => {
    const end = (inTime: boolean) => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", giveUp);
      resolve(inTime);
    };
    const giveUp = () => end(false);
    const timer = setTimeout(
      giveUp,
      signal?.aborted ? 0 : Math.min(seconds * 1000, MAX_TIMER_DELAY),
    );
    signal?.addEventListener("abort", giveUp);
    promise.then(() => end(true), () => end(true));
  });
}

/** Rounds seconds to whole microseconds. Further digits are noise of the clock. */
export function roundSeconds(seconds: number): number {
  return Math.round(seconds * 1e6) / 1e6;
}
