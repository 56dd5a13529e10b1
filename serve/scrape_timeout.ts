/**
 * The timeout of a scrape, as the scraper requests it.
 *
 * @module
 */

import { DEFAULT_SCRAPE_TIMEOUT } from "../model/deadline.ts";

/** Seconds reserved for encoding and sending the response. */
const RESERVE = 0.5;
const MAX_TIMEOUT = 3600;

/**
 * Returns the seconds that collectors may take: half a second less than `X-Prometheus-Scrape-Timeout-Seconds`, or half of it if
 * that is less than a second. Without a valid header, the default applies.
 */
export function scrapeTimeout(headers: Headers): number {
  const seconds = Number(headers.get("x-prometheus-scrape-timeout-seconds") ?? NaN);
  if (!(seconds > 0)) return DEFAULT_SCRAPE_TIMEOUT;
  return Math.min(Math.max(seconds - RESERVE, seconds / 2), MAX_TIMEOUT);
}
