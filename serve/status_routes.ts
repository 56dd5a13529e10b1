/**
 * The status page and its documents over HTTP.
 *
 * @module
 */

import type { Gathering } from "../collect/gather.ts";
import type { StatusDocument } from "../status/document.ts";
import { type FamilyQuery, SORT_ORDERS } from "../status/families.ts";
import { Lookout } from "../status/lookout.ts";
import { pagePolicy, statusPage, type StatusPageOptions } from "../status/page.ts";
import { Reporter, type ReportSubject } from "../status/report.ts";
import type { SeriesQuery } from "../status/series.ts";
import { settlesWithin } from "../model/deadline.ts";
import { Gate } from "./gate.ts";
import type { InFlight } from "./in_flight.ts";
import type { HttpRequest } from "./request.ts";
import { busyReply, htmlReply, jsonReply, type Reply, textReply } from "./response.ts";

/** The header of answers that say how things are now. */
const FRESH = { "cache-control": "no-store" };

/** Seconds for which a request waits for the startup. */
const PATIENCE = 1;

/** How many requests read the series of families at the same time. With a search, they look at every series. */
const MAX_READING = 1;

/** Options of {@linkcode StatusRoutes}. */
export interface StatusRoutesOptions extends Omit<ReportSubject, "lookout"> {
  /** The path of the metrics. */
  readonly metricsPath: string;
  /** Collects everything. */
  readonly gather: () => Promise<Gathering>;
  /** Starts the exporter, if nothing has done that. */
  readonly startUp: () => Promise<void>;
  /** Bounds how many requests are answered at the same time. */
  readonly inFlight: InFlight;
  /** Returns whether a client may read the messages of errors and the configuration. */
  readonly mayReadDetails: (request: HttpRequest) => Promise<boolean>;
}

/** Answers requests for the status. */
export class StatusRoutes {
  readonly #options: StatusRoutesOptions;
  readonly #lookout: Lookout;
  readonly #reporter: Reporter;
  readonly #gate = new Gate(MAX_READING);

  /** Creates the routes. Nothing is looked at before the first request. */
  constructor(options: StatusRoutesOptions) {
    this.#options = options;
    this.#lookout = new Lookout({ gather: options.gather });
    this.#reporter = new Reporter({ ...options, lookout: this.#lookout });
  }

  /** Frees what was remembered for viewers, if there are none any more. */
  forgetIfUnwatched(): void {
    this.#lookout.forgetIfUnwatched();
  }

  /** Answers with the page. */
  page(request: HttpRequest): Promise<Reply> {
    return this.#answer(request, async (parameters) => {
      const query = familyQuery(parameters);
      const name = parameters.get("family");
      const family = name === null ? undefined : await this.#family(name, parameters, request);
      const html = statusPage({
        ...{ query, metricsPath: this.#options.metricsPath.slice(1) },
        status: await this.#status(query, request),
        ...(family && { family }),
      });
      return htmlReply(html, await pagePolicy(), FRESH);
    });
  }

  /** Answers with the status document. */
  document(request: HttpRequest): Promise<Reply> {
    return this.#answer(request, async (parameters) => {
      return jsonReply(await this.#status(familyQuery(parameters), request), FRESH);
    });
  }

  /** Answers with some series of a family. */
  series(request: HttpRequest): Promise<Reply> {
    return this.#answer(request, async (parameters) => {
      const name = parameters.get("family");
      if (name === null) return textReply(400, "The parameter family is missing");
      const { series } = await this.#family(name, parameters, request);
      return series === undefined ? textReply(404, "No such family") : jsonReply(series, FRESH);
    });
  }

  async #answer(
    { search }: HttpRequest,
    answer: (parameters: URLSearchParams) => Promise<Reply>,
  ): Promise<Reply> {
    const { inFlight, startUp } = this.#options;
    const ticket = inFlight.enter();
    if (ticket === undefined) return busyReply();
    try {
      await settlesWithin(startUp(), PATIENCE);
      return await answer(new URLSearchParams(search));
    } finally {
      ticket.leave();
    }
  }

  async #status(query: FamilyQuery, request: HttpRequest): Promise<StatusDocument> {
    return await this.#reporter.status(query, await this.#options.mayReadDetails(request));
  }

  async #family(
    name: string,
    parameters: URLSearchParams,
    { client }: HttpRequest,
  ): Promise<NonNullable<StatusPageOptions["family"]>> {
    const query = seriesQuery(parameters);
    const read = () => this.#reporter.series(name, query);
    return { name, match: query.match, series: await this.#gate.run(read, client.gone) };
  }
}

function familyQuery(parameters: URLSearchParams): FamilyQuery {
  const sort = SORT_ORDERS.find((order) => order === parameters.get("sort")) ?? "name";
  return { search: parameters.get("q") ?? "", sort };
}

function seriesQuery(parameters: URLSearchParams): SeriesQuery {
  const offset = Number(parameters.get("offset"));
  const isOffset = Number.isSafeInteger(offset) && offset > 0;
  return { match: parameters.get("match") ?? "", offset: isOffset ? offset : 0 };
}
