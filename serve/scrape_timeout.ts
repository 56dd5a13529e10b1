/**
 * The time that a scraper allows for a scrape.
 *
 * @module
 */

import { DEFAULT_SCRAPE_TIMEOUT } from "../model/deadline.ts";

/** Seconds kept back for writing the answer and for its way to the scraper. */
const RESERVE = 0.5;
const LONGEST_TIMEOUT = 3600;

/**
 * Seconds that collectors may take for a scrape, by its `X-Prometheus-Scrape-Timeout-Seconds`: half a second less than that,
 * or half of it if it is shorter than a second. A header that is no positive number does not count.
 */
export function scrapeTimeout(headers: Headers): number {
  const seconds = Number(headers.get("x-prometheus-scrape-timeout-seconds") ?? NaN);
  if (!(seconds > 0)) return DEFAULT_SCRAPE_TIMEOUT;
  return Math.min(Math.max(seconds - RESERVE, seconds / 2), LONGEST_TIMEOUT);
}
