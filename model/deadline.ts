/**
 * How long a scrape may take, and how long something took.
 *
 * @module
 */

/** Seconds that a scrape may take if the scraper does not say. */
export const DEFAULT_SCRAPE_TIMEOUT = 10;

/** The longest delay that timers take, in milliseconds. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** The moment so many seconds from now. */
export function deadlineIn(seconds: number): Date {
  return new Date(Date.now() + seconds * 1000);
}

/** Tells whether a promise settles within so many seconds, and before a signal aborts. */
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
    const timer = setTimeout(giveUp, signal?.aborted ? 0 : Math.min(seconds * 1000, LONGEST_TIMER));
    signal?.addEventListener("abort", giveUp);
    promise.then(() => end(true), () => end(true));
  });
}

/** Rounds seconds to whole microseconds, beyond which clocks give noise. */
export function roundSeconds(seconds: number): number {
  return Math.round(seconds * 1e6) / 1e6;
}
