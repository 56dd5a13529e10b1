/**
 * The handler of `/metrics`: from a request to a scrape, and from its result to a response.
 *
 * @module
 */

import type { ScrapeFilter } from "../collect/filter.ts";
import { negotiateEncoding, negotiateFormat } from "../encode/negotiate.ts";
import { deadlineIn, roundSeconds, settlesWithin } from "../model/deadline.ts";
import type { Logger } from "../model/logger.ts";
import type { Registry } from "../registry.ts";
import type { GatherOptions } from "../registry_options.ts";
import { filterHint, parseScrapeFilter } from "./query.ts";
import { expositionResponse, textResponse } from "./response.ts";
import { scrapeTimeout } from "./scrape_timeout.ts";
import type { Scraper } from "./scraper.ts";

/** Options of {@linkcode ScrapeHandler}. */
export interface ScrapeHandlerOptions {
  /** The registry that is scraped. */
  readonly registry: Registry;
  /** Scrapes the registry. */
  readonly scraper: Scraper;
  /** Logs every scrape. */
  readonly logger: Logger;
  /** Starts the exporter. The handler waits for it for as long as the scrape may take. */
  readonly startUp: () => Promise<void>;
  /** Returns whether the exporter accepts scrapes. */
  readonly isReady: () => boolean;
  /** Adds the options that all scrapes have in common. */
  readonly gatherOptions: (options: GatherOptions) => GatherOptions;
}

interface Answer {
  readonly response: Response;
  readonly samples?: number;
}

/** Answers scrapes over HTTP. */
export class ScrapeHandler {
  readonly #options: ScrapeHandlerOptions;

  /** Creates a handler. */
  constructor(options: ScrapeHandlerOptions) {
    this.#options = options;
  }

  /** Answers a scrape, and logs it. */
  async handle(request: Request): Promise<Response> {
    const began = performance.now();
    const { search } = new URL(request.url);
    const { response, samples = 0 } = await this.#answer(request);
    this.#options.logger.debug("scrape", {
      status: response.status,
      duration: roundSeconds((performance.now() - began) / 1000),
      bytes: Number(response.headers.get("content-length")),
      samples,
      query: search,
    });
    return response;
  }

  async #answer(request: Request): Promise<Answer> {
    const { registry, scraper, startUp, isReady, gatherOptions } = this.#options;
    const timeout = scrapeTimeout(request.headers);
    const deadline = deadlineIn(timeout);
    await settlesWithin(startUp(), timeout);
    if (!isReady()) return { response: textResponse(503, "The exporter is not ready") };
    const { search, searchParams } = new URL(request.url);
    let filter: ScrapeFilter;
    try {
      filter = parseScrapeFilter(searchParams, registry.collectorNames(), registry.utf8Names);
    } catch (error) {
      return { response: textResponse(400, (error as Error).message) };
    }
    const scrape = await scraper.share(
      `${timeout} ${search}`,
      () => gatherOptions({ filter, request, deadline }),
    );
    if (scrape.unmatched !== undefined) this.#logUnmatched(...scrape.unmatched);
    const format = negotiateFormat(request.headers.get("accept"), registry);
    const encoding = negotiateEncoding(request.headers.get("accept-encoding"));
    const response = expositionResponse(await scrape.expose(format, encoding));
    return { response, samples: scrape.samples };
  }

  /** An empty response is right for a filter that matches nothing, but a person may wonder about it. */
  #logUnmatched(name: string, value: string): void {
    const hint = filterHint(name);
    this.#options.logger.debug("filter matches nothing: no series has this label", {
      label: name,
      value,
      ...(hint !== undefined && { hint }),
    });
  }
}
