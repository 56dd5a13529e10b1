/**
 * How long a scrape may take, and how long something took.
 *
 * @module
 */

/** Seconds that a scrape may take if the scraper does not say. */
export const DEFAULT_SCRAPE_TIMEOUT = 10;

/** Seconds kept back for writing the answer and for its way to the scraper. */
const RESERVE = 0.5;
const LONGEST_TIMEOUT = 3600;
const LONGEST_TIMER = 2 ** 31 - 1;

/**
 * Seconds that collectors may take for a scrape, by its `X-Prometheus-Scrape-Timeout-Seconds`: half a second less than that,
 * or half of it if it is shorter than a second. A header that is no positive number does not count.
 */
export function scrapeTimeout(headers: Headers): number {
  const seconds = Number(headers.get("x-prometheus-scrape-timeout-seconds") ?? NaN);
  if (!(seconds > 0)) return DEFAULT_SCRAPE_TIMEOUT;
  return Math.min(Math.max(seconds - RESERVE, seconds / 2), LONGEST_TIMEOUT);
}

/** The moment so many seconds from now. */
export function deadlineIn(seconds: number): Date {
  return new Date(Date.now() + seconds * 1000);
}

/** Tells whether a promise settles within so many seconds, and before a signal aborts. */
export function settles(
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
