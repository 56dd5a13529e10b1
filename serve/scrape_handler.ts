/**
 * The handler of `/metrics`: from a request to a scrape, and from its result to a response.
 *
 * @module
 */

import type { ScrapeFilter } from "../collect/filter.ts";
import { negotiateEncoding, negotiateFormat } from "../encode/negotiate.ts";
import { loadZstd } from "../encode/zstd.ts";
import { deadlineIn, roundSeconds, settlesWithin } from "../model/deadline.ts";
import type { Logger } from "../model/logger.ts";
import type { Limits } from "../model/limits.ts";
import type { Registry } from "../registry.ts";
import type { ScrapeOptions } from "../registry_options.ts";
import type { InFlight, Ticket } from "./in_flight.ts";
import { filterHint, parseScrapeFilter } from "./query.ts";
import type { Encoding } from "../exposition.ts";
import type { HttpRequest } from "./request.ts";
import { busyReply, expositionReply, type Reply, textReply } from "./response.ts";
import { scrapeTimeout } from "./scrape_timeout.ts";
import type { Scraper } from "./scraper.ts";

/** Options of {@linkcode ScrapeHandler}. */
export interface ScrapeHandlerOptions {
  /** The registry that is scraped. */
  readonly registry: Registry;
  /** Scrapes the registry. */
  readonly scraper: Scraper;
  /** Bounds how many requests are answered at the same time. */
  readonly inFlight: InFlight;
  /** Returns the limits of the timeout. */
  readonly limits: () => Pick<Limits, "minTimeout" | "maxTimeout">;
  /** Logs every scrape. */
  readonly logger: Logger;
  /** Starts the exporter. The handler waits for it for as long as the scrape may take. */
  readonly startUp: () => Promise<void>;
  /** Returns whether the exporter accepts scrapes. */
  readonly isReady: () => boolean;
  /** Adds the options that all scrapes have in common. */
  readonly gatherOptions: (options: ScrapeOptions) => ScrapeOptions;
}

interface Answer {
  readonly reply: Reply;
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
  async handle(request: HttpRequest): Promise<Reply> {
    const began = performance.now();
    const { reply, samples = 0 } = await this.#answer(request);
    this.#options.logger.debug("scrape", {
      status: reply.status,
      duration: roundSeconds((performance.now() - began) / 1000),
      bytes: Number(reply.headers.get("content-length")),
      samples,
      query: request.search,
    });
    return reply;
  }

  async #answer(request: HttpRequest): Promise<Answer> {
    const ticket = this.#options.inFlight.enter();
    if (ticket === undefined) return { reply: busyReply() };
    try {
      return await this.#scrape(request, ticket);
    } catch (error) {
      ticket.leave();
      throw error;
    }
  }

  async #scrape(request: HttpRequest, ticket: Ticket): Promise<Answer> {
    const { registry, scraper, startUp, isReady, gatherOptions, limits } = this.#options;
    const refuse = (status: number, message: string) => {
      ticket.leave();
      return { reply: textReply(status, message) };
    };
    const timeout = scrapeTimeout(request.headers, limits());
    const deadline = deadlineIn(timeout);
    if (!isReady()) await settlesWithin(startUp(), timeout);
    if (!isReady()) return refuse(503, "The exporter is not ready");
    let filter: ScrapeFilter;
    try {
      filter = parseScrapeFilter(
        request.search,
        () => registry.collectorNames(),
        registry.utf8Names,
      );
    } catch (error) {
      return refuse(400, (error as Error).message);
    }
    const { gone } = request.client;
    const format = negotiateFormat(request.headers.get("accept"), registry);
    const encoding = await acceptedEncoding(request);
    try {
      return await scraper.scrape(
        { ...gatherOptions({ filter, request, ...(gone && { signal: gone }) }), deadline },
        async (scrape) => {
          const exposition = await scrape.expose(format, encoding);
          if (scrape.unmatched !== undefined) this.#logUnmatched(...scrape.unmatched);
          return { reply: expositionReply(exposition, ticket), samples: scrape.samples };
        },
      );
    } catch (error) {
      if (gone?.aborted) return refuse(499, "The client has disconnected");
      throw error;
    }
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

/** Returns the content coding that a client prefers among those of this runtime. */
async function acceptedEncoding({ headers }: HttpRequest): Promise<Encoding> {
  const accepted = headers.get("accept-encoding");
  const encoding = negotiateEncoding(accepted);
  return encoding === "zstd" && !await loadZstd() ? "identity" : encoding;
}
