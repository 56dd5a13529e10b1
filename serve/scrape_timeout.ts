/**
 * The timeout of a scrape, as the scraper requests it.
 *
 * @module
 */

import { DEFAULT_SCRAPE_TIMEOUT } from "../model/deadline.ts";
import type { Limits } from "../model/limits.ts";

/** Seconds reserved for encoding and sending the response. */
const RESERVE = 0.5;

/**
 * Returns the seconds that collectors may take: half a second less than `X-Prometheus-Scrape-Timeout-Seconds`, or half of it if
 * that is less than a second. Without a valid header, the default applies.
 *
 * @param limits The least and the greatest timeout.
 */
export function scrapeTimeout(
  headers: Pick<Headers, "get">,
  { minTimeout, maxTimeout }: Pick<Limits, "minTimeout" | "maxTimeout">,
): number {
  const seconds = Number(headers.get("x-prometheus-scrape-timeout-seconds") ?? NaN);
  const timeout = seconds > 0 ? Math.max(seconds - RESERVE, seconds / 2) : DEFAULT_SCRAPE_TIMEOUT;
  return Math.min(Math.max(timeout, minTimeout), maxTimeout);
}
