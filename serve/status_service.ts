/**
 * Puts the routes of the status together from the parts of a service.
 *
 * @module
 */

import { deadlineIn, DEFAULT_SCRAPE_TIMEOUT } from "../model/deadline.ts";
import type { ScrapeOptions } from "../registry_options.ts";
import type { AccessControl } from "./access_control.ts";
import { effectiveSettings } from "./effective_settings.ts";
import type { ScrapeHandler } from "./scrape_handler.ts";
import type { Scraper } from "./scraper.ts";
import type { Settings } from "./settings.ts";
import { StatusRoutes, type StatusRoutesOptions } from "./status_routes.ts";

/** The parts of a service. */
export interface StatusServiceOptions
  extends Omit<StatusRoutesOptions, "timeout" | "settings" | "gather"> {
  /** The settings of the exporter. */
  readonly settings: Settings;
  /** Scrapes the registry. */
  readonly scraper: Scraper;
  /** Knows the timeout of the last scrape. */
  readonly scrapeHandler: ScrapeHandler;
  /** The access control. */
  readonly access: AccessControl;
  /** Returns the URLs that the server listens on. */
  readonly urls: () => readonly URL[];
  /** Adds the options that all scrapes have in common. */
  readonly gatherOptions: (options: ScrapeOptions) => ScrapeOptions;
}

/** Creates the routes of the status. */
export function createStatusRoutes(options: StatusServiceOptions): StatusRoutes {
  const { settings, scraper, scrapeHandler, access, urls, gatherOptions } = options;
  const timeout = () => scrapeHandler.timeout;
  return new StatusRoutes({
    ...options,
    timeout,
    settings: () => effectiveSettings(settings, access.access, urls()),
    // A look must not abort collectors that scrapes would have waited for.
    gather: () => {
      const deadline = deadlineIn(Math.max(DEFAULT_SCRAPE_TIMEOUT, timeout()));
      const request = { ...gatherOptions({}), deadline };
      return scraper.scrape(request, (scrape) => scrape.gather());
    },
  });
}
